//! The loom models: every interleaving of the machines' cells, up to a bound on preemptions.

use std::env;

use crate::outcome::Outcome;
use crate::workspace::{self, Workspace};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Two preemptions per execution: minutes.
    Usual,
    /// Three: long.
    Deep,
}

/// Branches that one execution may take before loom gives up on it, loudly.
const BRANCHES: &str = "10000";

/// Bounds that end a search early and still let it pass: a run under them proves nothing.
const TRUNCATING: [&str; 2] = ["LOOM_MAX_DURATION", "LOOM_MAX_PERMUTATIONS"];

// === impl Depth ===

impl Depth {
    fn preemptions(self) -> &'static str {
        match self {
            Self::Usual => "2",
            Self::Deep => "3",
        }
    }
}

/// Builds under the models' cfg, which needs a target directory of its own, and runs them.
fn models(workspace: &Workspace, depth: Depth) -> Outcome {
    let mut command = workspace.cargo([
        "test",
        "--profile",
        "loom",
        "--locked",
        "-p",
        "loom-tests",
        "--target-dir",
    ]);
    command.arg(workspace.target.join("loom"));
    command
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "--cfg ninelives_loom");
    command
        .env("LOOM_MAX_PREEMPTIONS", depth.preemptions())
        .env("LOOM_MAX_BRANCHES", BRANCHES);
    workspace::run(&mut command)
}

/// Runs the models, unless the environment would cut the search short.
pub fn run(workspace: &Workspace, depth: Depth) -> Outcome {
    if let Some(name) = truncated_by(|name| env::var_os(name).is_some()) {
        return Outcome::Failed(format!(
            "{name} is set: it cuts the search short and reports success; unset it"
        ));
    }
    if !workspace.has("loom-tests/Cargo.toml") {
        return Outcome::skipped("there is no package loom-tests");
    }
    models(workspace, depth)
}

fn truncated_by(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    TRUNCATING.into_iter().find(|name| is_set(name))
}

#[cfg(test)]
mod tests;
