//! The README must name the two commands that a newcomer runs.

use crate::outcome::Outcome;
use crate::workspace::Workspace;

/// The main job, and the tests.
const COMMANDS: [&str; 2] = ["cargo run --release --example storm", "cargo xtask test"];

/// Fails for each command that `README.md` does not show.
pub fn run(workspace: &Workspace) -> Outcome {
    match workspace.read("README.md") {
        Err(error) => Outcome::Failed(error),
        Ok(text) => match missing(&text).as_slice() {
            [] => Outcome::Passed,
            some => Outcome::Failed(format!("README.md does not name {}", some.join(", "))),
        },
    }
}

fn missing(text: &str) -> Vec<String> {
    COMMANDS
        .iter()
        .filter(|command| !text.contains(**command))
        .map(|command| format!("`{command}`"))
        .collect()
}

#[cfg(test)]
mod tests;
