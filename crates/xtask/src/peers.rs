//! Ours beside its peers: workspaces of their own, built for themselves.

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

/// The program of two threads.
pub const THREADS: &str = "threads";

/// Ours alone, by layers, subscribers, windows and names.
pub const SCALING: &str = "scaling";

/// A workspace that compares.
#[derive(Clone, Copy, Debug)]
struct Company {
    manifest: &'static str,
    /// The program that compares call by call.
    calls: &'static str,
    features: &'static [&'static str],
    /// Where it is built.
    folder: &'static str,
}

/// The peers on the newest tokio.
const PEERS: Company = Company {
    manifest: "benches/peers/Cargo.toml",
    calls: "peers",
    features: &[],
    folder: "peers",
};

/// The same, with our calls at home: what this feature does, it does in all of a program.
const AT_HOME: Company = Company {
    features: &["--features", "membarrier"],
    folder: "at-home",
    ..PEERS
};

/// The same beside the published 0.2.0, on the tokio that it asks for.
const PUBLISHED: Company = Company {
    manifest: "benches/peers/published/Cargo.toml",
    calls: "published",
    features: &[],
    folder: "published",
};

/// Their manifests.
pub const MANIFESTS: [&str; 2] = [PEERS.manifest, PUBLISHED.manifest];

/// Builds the programs and runs them.
pub fn run(workspace: &Workspace, job: Job) -> Outcome {
    let companies: &[Company] = match job.program {
        SCALING => &[PEERS],
        THREADS => &[PEERS, AT_HOME],
        _ => &[PEERS, AT_HOME, PUBLISHED],
    };
    let measures =
        |so_far: Outcome, company: &Company| so_far.then(|| company.measures(workspace, job));
    companies.iter().fold(Outcome::Passed, measures)
}

// === impl Company ===

impl Company {
    fn measures(self, workspace: &Workspace, job: Job) -> Outcome {
        let calls = job.program == CALLS;
        let program = if calls { self.calls } else { job.program };
        let mut command = self.cargo(workspace, &["run", "--release", "--bin", program]);
        command.arg("--");
        let flags = [("--quick", job.quick), ("--write", job.write)];
        command.args(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag));
        if calls {
            let counter = ["build", "--release", "--bin", "allocations"];
            run_command(&mut self.cargo(workspace, &counter)).then(|| run_command(&mut command))
        } else {
            run_command(&mut command)
        }
    }

    fn cargo(self, workspace: &Workspace, words: &[&str]) -> std::process::Command {
        let mut command = workspace.cargo(words);
        // Not `--locked`: their lock files follow the dependencies of the library, which change without them.
        command.args(["--manifest-path", self.manifest, "--target-dir"]);
        command.arg(workspace.target.join(self.folder));
        command.args(self.features);
        command
    }
}
