//! The soak in `profiling`, and the breakages on purpose that it must see.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run as run_command};

/// Runs it for so many seconds, with its report in the target directory, and then each plant.
pub fn run(workspace: &Workspace, seconds: u64) -> Outcome {
    let (seconds, report) = (seconds.to_string(), workspace.target.join("soak"));
    let report = report.to_string_lossy();
    soak(workspace, &["--seconds", &seconds, "--report", &report])
        .then(|| soak(workspace, &["--plants"]))
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
