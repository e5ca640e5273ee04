//! The README must name the two commands that a newcomer runs, and a link from one page to another must lead somewhere.

mod links;

use crate::outcome::Outcome;
use crate::pages;
use crate::workspace::Workspace;

/// The main job, and the tests.
const COMMANDS: [&str; 2] = ["cargo run --release --example storm", "cargo xtask test"];

/// Fails for each command that `README.md` does not show, and for each link to a file or a heading that is not there.
pub fn run(workspace: &Workspace) -> Outcome {
    match wrong(workspace).as_deref() {
        Err(error) => Outcome::Failed(error.clone()),
        Ok([]) => Outcome::Passed,
        Ok(some) => Outcome::Failed(some.join("; ")),
    }
}

fn wrong(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut wrong = missing(&workspace.read("README.md")?);
    let texts = pages::texts(workspace)?;
    wrong.extend(links::broken(&texts, |path| workspace.has(path)));
    Ok(wrong)
}

fn missing(text: &str) -> Vec<String> {
    COMMANDS
        .iter()
        .filter(|command| !text.contains(**command))
        .map(|command| format!("README.md does not name `{command}`"))
        .collect()
}

#[cfg(test)]
mod tests;
