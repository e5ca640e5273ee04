//! The loom models: every interleaving of the machines' cells, up to a bound on preemptions.
//!
//! Each model runs twice: as it is, and with every access touching one word, which brings back the interleavings that loom leaves out
//! (`loom-tests/README.md` says why neither run is enough, and has the table that both are held against). Then each model meets the
//! mistakes that it must fail on.

mod executions;
mod mutants;
mod table;

use std::env;
use std::process::Command;

use crate::outcome::Outcome;
use crate::workspace::{Workspace, capture};
use executions::Executions;
use table::Row;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Two preemptions per execution: minutes.
    Usual,
    /// Three: long.
    Deep,
}

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// How far.
    pub depth: Depth,
    /// Not the models as they are, only their mutants.
    pub only_mutants: bool,
}

/// Branches that one execution may take before loom gives up on it, loudly.
const BRANCHES: &str = "10000";

/// Set for runs that touch.
const TOUCH: &str = "NINELIVES_TOUCH";

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

    fn set(self, command: &mut Command) {
        command
            .env("LOOM_MAX_PREEMPTIONS", self.preemptions())
            .env("LOOM_MAX_BRANCHES", BRANCHES);
    }
}

impl Job {
    /// That of `ci`.
    pub const USUAL: Self = Self {
        depth: Depth::Usual,
        only_mutants: false,
    };
}

/// What every command about models has in common: their cfg, which needs a target directory of its own.
fn models_of(workspace: &Workspace, depth: Depth, args: &[&str]) -> Command {
    let mut command = workspace.cargo(args);
    command.args(["--profile", "loom", "-p", "loom-tests"]);
    command
        .arg("--target-dir")
        .arg(workspace.target.join("loom"));
    command
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "--cfg ninelives_loom");
    depth.set(&mut command);
    command
}

/// What clippy says of the models, and of the core under their cfg.
fn lints(workspace: &Workspace) -> Result<(), String> {
    let mut command = models_of(workspace, Depth::Usual, &["clippy", "--locked"]);
    command.args(["--all-targets", "--", "-D", "warnings"]);
    capture(&mut command).map(drop)
}

/// Runs all models, touching or not.
fn executions(workspace: &Workspace, depth: Depth, touches: bool) -> Result<Executions, String> {
    let mut command = models_of(workspace, depth, &["test", "--locked"]);
    command.args(["--", "--nocapture"]).env_remove(TOUCH);
    if touches {
        command.env(TOUCH, "1");
    }
    executions::parse(&capture(&mut command)?)
}

fn models(workspace: &Workspace, depth: Depth, rows: &[Row]) -> Result<Vec<String>, String> {
    let plain = executions(workspace, depth, false)?;
    let touched = executions(workspace, depth, true)?;
    println!("{}", executions::table(&plain, &touched));
    let mut wrong = table::complaints(rows, &plain, |row| row.plain);
    wrong.extend(table::complaints(rows, &touched, |row| row.touched));
    Ok(wrong)
}

fn check(workspace: &Workspace, job: Job) -> Result<Vec<String>, String> {
    let rows = table::parse(&workspace.read(table::PAGE)?)
        .map_err(|error| format!("{}: {error}", table::PAGE))?;
    let mutants = mutants::parse(&workspace.read(mutants::PAGE)?)
        .map_err(|error| format!("{}: {error}", mutants::PAGE))?;
    let mut wrong = table::killers(&rows, &mutants);
    if !job.only_mutants {
        lints(workspace)?;
        wrong.extend(models(workspace, job.depth, &rows)?);
    }
    if wrong.is_empty() {
        wrong.extend(mutants::survivors(workspace, &mutants)?);
    }
    Ok(wrong)
}

/// Runs the models, unless the environment would cut the search short.
pub fn run(workspace: &Workspace, job: Job) -> Outcome {
    if let Some(name) = truncated_by(|name| env::var_os(name).is_some()) {
        return Outcome::Failed(format!(
            "{name} is set: it cuts the search short and reports success; unset it"
        ));
    }
    if !workspace.has("loom-tests/Cargo.toml") {
        return Outcome::skipped("there is no package loom-tests");
    }
    match check(workspace, job).as_deref() {
        Ok([]) => Outcome::Passed,
        Ok(wrong) => Outcome::Failed(wrong.join("; ")),
        Err(error) => Outcome::Failed(error.clone()),
    }
}

fn truncated_by(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    TRUNCATING.into_iter().find(|name| is_set(name))
}

#[cfg(test)]
mod tests;
