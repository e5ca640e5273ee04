//! What the stacks add to a real HTTP call, that of 0.2.0 too.

use std::process::ExitCode;

fn main() -> ExitCode {
    peers::http::main(published::PROGRAM.lock, published::overheard)
}
