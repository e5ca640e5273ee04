//! What the stacks add to a real HTTP call, on the newest tokio.

use std::process::ExitCode;

fn main() -> ExitCode {
    peers::http::main(peers::PROGRAM.lock, |_| Vec::new())
}
