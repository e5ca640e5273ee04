//! Ours beside its peers: a workspace of its own, built for itself.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run as run_command};

/// What to measure, and where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The program of the workspace that measures.
    pub program: &'static str,
    /// Few rounds: whether it runs.
    pub quick: bool,
    /// Put the tables into the pages.
    pub write: bool,
}

/// Call by call.
pub const CALLS: &str = "peers";

/// Over HTTP.
pub const OVERHEAD: &str = "overhead";

/// Ours alone, by layers and by subscribers.
pub const SCALING: &str = "scaling";

/// The workspace of the peers.
pub const MANIFEST: &str = "benches/peers/Cargo.toml";

/// Builds the program and runs it.
pub fn run(workspace: &Workspace, job: Job) -> Outcome {
    let mut command = cargo(workspace, &["run", "--release", "--bin", job.program]);
    command.arg("--");
    let flags = [("--quick", job.quick), ("--write", job.write)];
    command.args(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag));
    if job.program == CALLS {
        let counter = ["build", "--release", "--bin", "allocations"];
        run_command(&mut cargo(workspace, &counter)).then(|| run_command(&mut command))
    } else {
        run_command(&mut command)
    }
}

fn cargo(workspace: &Workspace, words: &[&str]) -> std::process::Command {
    let mut command = workspace.cargo(words);
    // Not `--locked`: its lock file follows the dependencies of the library, which change without it.
    command.args(["--manifest-path", MANIFEST, "--target-dir"]);
    command.arg(workspace.target.join("peers"));
    command
}
