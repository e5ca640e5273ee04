//! The fuzz targets, each for its share of the time; their properties under proptest where there is no nightly.

use std::process::Command;

use crate::outcome::Outcome;
use crate::tools::Tool;
use crate::workspace::{Workspace, answers, run as run_command};

/// What to fuzz, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Seconds in all, shared evenly among the targets; building is not counted.
    pub seconds: u64,
    /// One target, or all of them.
    pub target: Option<String>,
}

const MANIFEST: &str = "fuzz/Cargo.toml";
const PROPERTIES: &str = "crates/ninelives-core/tests/properties.rs";

/// Fuzzes on nightly; without a nightly toolchain, runs the same properties under proptest and says so.
pub fn run(workspace: &Workspace, job: &Job) -> Outcome {
    if !workspace.has(MANIFEST) {
        return Outcome::optional("there is no fuzz workspace");
    }
    let targets = match workspace
        .read(MANIFEST)
        .and_then(|text| targets(&text, job.target.as_deref()))
    {
        Ok(targets) => targets,
        Err(error) => return Outcome::Failed(error),
    };
    if targets.is_empty() {
        return Outcome::optional(format!("{MANIFEST} has no targets"));
    }
    if !has_nightly() {
        println!("no nightly toolchain: the properties run under proptest instead");
        return properties(workspace);
    }
    let tool = Tool {
        name: "cargo-fuzz",
        version: None,
    };
    let installed = answers("cargo-fuzz", &["--version"]);
    let mut outcome = if installed {
        Outcome::Passed
    } else {
        tool.ready(workspace)
    };
    let share = share(job.seconds, targets.len());
    for target in targets {
        outcome = outcome.then(|| fuzz(workspace, &target, share));
    }
    outcome
}

fn fuzz(workspace: &Workspace, target: &str, seconds: u64) -> Outcome {
    let mut command = workspace.nightly(["fuzz", "run", target, "--target-dir"]);
    command.arg(workspace.target.join("fuzz"));
    // The corpus that a run grows comes first, the seeds kept in the repository after it.
    command.arg(format!("fuzz/corpus/{target}"));
    let seeds = format!("fuzz/seeds/{target}");
    if workspace.has(&seeds) {
        command.arg(seeds);
    }
    let corpus = workspace.root.join(format!("fuzz/corpus/{target}"));
    if let Err(error) = std::fs::create_dir_all(&corpus) {
        return Outcome::Failed(format!("{}: {error}", corpus.display()));
    }
    run_command(command.args(["--", &format!("-max_total_time={seconds}")]))
}

fn properties(workspace: &Workspace) -> Outcome {
    if !workspace.has(PROPERTIES) {
        return Outcome::skipped(format!(
            "no nightly toolchain, and no {PROPERTIES} to fall back to"
        ));
    }
    let core = [
        "test",
        "--locked",
        "-p",
        "ninelives-core",
        "--test",
        "properties",
    ];
    let text = [
        "test",
        "--locked",
        "-p",
        "ninelives",
        "--features",
        "serde",
        "--test",
        "config_text",
    ];
    let outcome = run_command(&mut workspace.cargo(core));
    let outcome = outcome.then(|| run_command(&mut workspace.cargo(text)));
    outcome.then(|| {
        Outcome::FellBack("no nightly toolchain: the properties ran under proptest".to_string())
    })
}

fn has_nightly() -> bool {
    let listed = Command::new("rustup").args(["toolchain", "list"]).output();
    listed.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .any(|line| line.starts_with("nightly"))
    })
}

/// The names of the manifest's binaries, or the one asked for.
fn targets(manifest: &str, wanted: Option<&str>) -> Result<Vec<String>, String> {
    let table: toml::Table = manifest
        .parse()
        .map_err(|error| format!("{MANIFEST}: {error}"))?;
    let bins = table
        .get("bin")
        .and_then(toml::Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let all: Vec<String> = bins
        .iter()
        .filter_map(|bin| bin.get("name")?.as_str().map(str::to_string))
        .collect();
    match wanted {
        None => Ok(all),
        Some(name) if all.iter().any(|known| known == name) => Ok(vec![name.to_string()]),
        Some(name) => Err(format!(
            "no fuzz target `{name}`; there are: {}",
            all.join(", ")
        )),
    }
}

/// Seconds for each of `targets`, never zero: libFuzzer takes zero for "without end".
fn share(seconds: u64, targets: usize) -> u64 {
    (seconds / targets.max(1) as u64).max(1)
}

#[cfg(test)]
mod tests;
