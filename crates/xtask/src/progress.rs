//! Whether an operation waits for another thread: `progress` in `profiling`.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run_code};

/// The platforms whose threads it can stop and whose system calls it can read.
const TRACES: bool = cfg!(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
));

/// What the program ends with where nothing could be shown.
const NOT_RUN: i32 = 3;

/// Runs the stalls and the count of futex calls with these flags.
pub fn run(workspace: &Workspace, flags: &[String]) -> Outcome {
    if !TRACES {
        return Outcome::skipped("threads are stopped on Linux only, on x86-64 and AArch64");
    }
    let scope = [
        "run",
        "--release",
        "--locked",
        "--package",
        "profiling",
        "--bin",
        "progress",
        "--",
    ];
    run_code(workspace.cargo(scope).args(flags), |code| {
        (code == NOT_RUN).then(|| Outcome::skipped("ptrace is not permitted: nobody was stopped"))
    })
}
