//! Ours beside its peers and the published 0.2.0, call by call.

use std::process::ExitCode;

fn main() -> ExitCode {
    published::PROGRAM.calls()
}
