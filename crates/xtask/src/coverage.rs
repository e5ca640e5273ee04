//! Lines that the tests reach, by cargo-llvm-cov.

use std::collections::BTreeMap;
use std::fmt;

use crate::outcome::Outcome;
use crate::tools::Tool;
use crate::workspace::{Workspace, answers, run};

/// What a package must reach, in parts of a hundred, where that is asked.
const GATE: f64 = 95.0;

/// The packages that are asked, by the directory of their sources.
const PACKAGES: [&str; 2] = ["crates/ninelives-core/src/", "src/"];

/// Pages that are named: those with most lines that nothing reaches.
const WORST: usize = 12;

/// Lines of a page, and how many of them are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    all: u64,
    reached: u64,
}

/// The pages of one package.
#[derive(Debug, PartialEq, Eq)]
struct Pages<'t> {
    package: &'static str,
    pages: BTreeMap<&'t str, Lines>,
}

/// Runs the tests of the two libraries with every feature, and says what they reach; with `gate`, too little is a failure.
pub fn measure(workspace: &Workspace, gate: bool) -> Outcome {
    let component = ["component", "add", "llvm-tools"];
    if !answers("rustup", &component) {
        return Outcome::skipped(format!("no llvm-tools: rustup {}", component.join(" ")));
    }
    let tool = Tool {
        name: "cargo-llvm-cov",
        version: None,
    };
    let ready = match answers("cargo-llvm-cov", &["llvm-cov", "--version"]) {
        true => Outcome::Passed,
        false => tool.ready(workspace),
    };
    let report = workspace.target.join("coverage.lcov");
    ready
        .then(|| tests(workspace, &report))
        .then(|| match std::fs::read_to_string(&report) {
            Err(error) => Outcome::Failed(format!("{}: {error}", report.display())),
            Ok(text) => judge(&text, &format!("{}/", workspace.root.display()), gate),
        })
}

fn tests(workspace: &Workspace, report: &std::path::Path) -> Outcome {
    let scope = [
        "llvm-cov",
        "test",
        "--locked",
        "--package",
        "ninelives",
        "--package",
        "ninelives-core",
        "--all-features",
        "--lib",
        "--tests",
        "--lcov",
        "--output-path",
    ];
    let mut command = workspace.cargo(scope);
    command.arg(report);
    let mut path = vec![workspace.tools().join("bin")];
    path.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths),
    );
    if let Ok(path) = std::env::join_paths(path) {
        command.env("PATH", path);
    }
    command.env(
        "CARGO_LLVM_COV_TARGET_DIR",
        workspace.target.join("coverage"),
    );
    run(&mut command)
}

fn judge(report: &str, root: &str, gate: bool) -> Outcome {
    let mut missed = Vec::new();
    for package in PACKAGES {
        let pages = Pages::read(report, root, package);
        print!("{pages}");
        if pages.sum().percent() < GATE {
            missed.push(package);
        }
    }
    match missed.as_slice() {
        some @ [_, ..] if gate => Outcome::Failed(format!("below {GATE} %: {}", some.join(", "))),
        _ => Outcome::Passed,
    }
}

// === impl Lines ===

impl Lines {
    /// Of nothing, nothing is reached: a report that names no page passes no gate.
    fn percent(self) -> f64 {
        100.0 * self.reached as f64 / self.all.max(1) as f64
    }

    const fn missed(self) -> u64 {
        self.all - self.reached
    }
}

// === impl Pages ===

impl<'t> Pages<'t> {
    /// Reads an lcov report. Tests are no pages: they reach themselves.
    fn read(report: &'t str, root: &str, package: &'static str) -> Self {
        let mut pages = BTreeMap::new();
        let mut page = None;
        for line in report.lines() {
            if let Some(path) = line.strip_prefix("SF:") {
                page = path
                    .strip_prefix(root)
                    .filter(|path| path.starts_with(package) && !is_test(path));
            } else if let (Some(path), Some(("DA", count))) = (page, line.split_once(':')) {
                let lines: &mut Lines = pages.entry(path).or_default();
                lines.all += 1;
                let hits = count.split(',').nth(1);
                lines.reached += u64::from(hits.is_some_and(|hits| hits != "0"));
            }
        }
        Self { package, pages }
    }

    fn sum(&self) -> Lines {
        let add = |sum: Lines, page: &Lines| Lines {
            all: sum.all + page.all,
            reached: sum.reached + page.reached,
        };
        self.pages.values().fold(Lines::default(), add)
    }
}

impl fmt::Display for Pages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = self.sum();
        let (reached, all) = (sum.reached, sum.all);
        writeln!(
            f,
            "{} {:.2} % of {all} lines, {reached}",
            self.package,
            sum.percent()
        )?;
        let mut worst: Vec<_> = self
            .pages
            .iter()
            .filter(|(_, lines)| lines.missed() > 0)
            .collect();
        worst.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.missed()));
        worst.iter().take(WORST).try_for_each(|(path, lines)| {
            writeln!(
                f,
                "  {:>4} not reached, {:>6.2} %  {path}",
                lines.missed(),
                lines.percent()
            )
        })
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[cfg(test)]
mod tests;
