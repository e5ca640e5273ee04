//! Instruction counts against their budgets: what a layer adds to the call it wraps, in instructions executed.
//!
//! The benchmarks `benches/instructions.rs`, `benches/instructions_events.rs` and `benches/instructions_wheel.rs` run under callgrind and print
//! their counts; `benches/budgets.toml` says what each may cost above a baseline of the same run. The counts repeat exactly on one toolchain, so the budgets are hard.
//!
//! What the feature `membarrier` does is in all layers of a build, so `benches/instructions_at_home.rs` has one of its own.
//!
//! Another build, with the private cfg `ninelives_untold`, has no telemetry in its layers: a layer that nobody listens to may take no
//! more than it does there.

mod budgets;
mod counts;
mod verdict;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::outcome::Outcome;
use crate::tools::Tool;
use crate::workspace::{Workspace, answers, capture};

const BENCH: &str = "benches/instructions.rs";
const BUDGETS: &str = "benches/budgets.toml";

/// Installs the runner that fits the locked library, runs the benchmark and holds its counts against the budgets.
pub fn run(workspace: &Workspace) -> Outcome {
    if !workspace.has(BENCH) {
        return Outcome::skipped(format!("there is no {BENCH}"));
    }
    if !answers("valgrind", &["--version"]) {
        return Outcome::skipped("valgrind is not installed");
    }
    match measure(workspace) {
        Ok(rows) => {
            print!("{}", verdict::table(&rows));
            let wrong: Vec<String> = rows.iter().filter_map(verdict::Row::complaint).collect();
            if wrong.is_empty() {
                Outcome::Passed
            } else {
                Outcome::Failed(wrong.join("; "))
            }
        }
        Err(error) => Outcome::Failed(error),
    }
}

fn measure(workspace: &Workspace) -> Result<Vec<verdict::Row>, String> {
    let budgets =
        budgets::parse(&workspace.read(BUDGETS)?).map_err(|error| format!("{BUDGETS}: {error}"))?;
    let version = locked(&workspace.read("Cargo.lock")?, "iai-callgrind")?;
    let runner = Tool {
        name: "iai-callgrind-runner",
        version: Some(version),
    };
    if let Outcome::Failed(error) = runner.ready(workspace) {
        return Err(error);
    }
    emptied(&workspace.target.join("iai"))?;
    let bench = |benches: &[&str]| {
        let mut bench = workspace.cargo(["bench", "--locked"]);
        for name in benches {
            bench.args(["--bench", name]);
        }
        bench
            .env("IAI_CALLGRIND_RUNNER", runner.program(workspace))
            .env("IAI_CALLGRIND_COLOR", "never");
        bench
    };
    let mut counts = counts::parse(&capture(&mut bench(&[
        "instructions",
        "instructions_events",
        "instructions_wheel",
    ]))?)?;
    let mut at_home = bench(&["instructions_at_home"]);
    at_home.args(["--features", "membarrier"]);
    counts.extend(counts::parse(&capture(&mut at_home)?)?);
    let mut without = bench(&["instructions"]);
    without
        .arg("--target-dir")
        .arg(workspace.target.join("untold"));
    without
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "--cfg ninelives_untold");
    let untold = counts::parse(&capture(&mut without)?)?;
    let mut rows = verdict::judge(&budgets, &counts);
    rows.extend(verdict::no_dearer(&counts, &untold));
    Ok(rows)
}

/// Removes what runs before this one have left there: the runner adds up all that callgrind wrote for a benchmark, and a run
/// that was killed in its midst leaves a part that the next would be charged with.
fn emptied(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The version of a package that the lock file names; an error when it names none, or several.
fn locked(lock: &str, name: &str) -> Result<String, String> {
    let table: toml::Table = lock
        .parse()
        .map_err(|error| format!("Cargo.lock: {error}"))?;
    let packages = table
        .get("package")
        .and_then(toml::Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let named = packages
        .iter()
        .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some(name));
    let versions: Vec<&str> = named
        .filter_map(|package| package.get("version")?.as_str())
        .collect();
    match versions.as_slice() {
        [version] => Ok((*version).to_string()),
        [] => Err(format!("Cargo.lock names no {name}")),
        several => Err(format!(
            "Cargo.lock names {name} in several versions: {}",
            several.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests;
