//! Ours beside its peers, call by call, on the newest tokio.

use std::process::ExitCode;

fn main() -> ExitCode {
    peers::PROGRAM.calls()
}
