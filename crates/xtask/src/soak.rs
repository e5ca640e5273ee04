//! The soak in `profiling`, and the breakages on purpose that it must see.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run as run_command};

/// Runs it for so many seconds, and then each plant.
pub fn run(workspace: &Workspace, seconds: u64) -> Outcome {
    let seconds = seconds.to_string();
    soak(workspace, &["--seconds", &seconds]).then(|| soak(workspace, &["--plants"]))
}

fn soak(workspace: &Workspace, flags: &[&str]) -> Outcome {
    let scope = [
        "run",
        "--release",
        "--locked",
        "--package",
        "profiling",
        "--bin",
        "soak",
        "--",
    ];
    run_command(workspace.cargo(scope).args(flags))
}
