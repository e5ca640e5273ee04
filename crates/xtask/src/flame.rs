//! Flame graphs of the scenarios in `profiling`.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run};

/// What the graph of the full stack must name although everything in it is inlined, as the release profile builds it.
const NAMED: [&str; 4] = [
    "ninelives::timeout::",
    "ninelives::bulkhead::",
    "ninelives::circuit_breaker::",
    "ninelives::retry::",
];

/// The platforms that the library can sample on.
const SAMPLES: bool = cfg!(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
));

/// Runs `flame` with these flags; without any, it draws the full stack and looks for the names of its layers.
pub fn graph(workspace: &Workspace, flags: &[String]) -> Outcome {
    if !SAMPLES {
        return Outcome::optional("no sampler on this platform");
    }
    if flags.is_empty() {
        return check(workspace);
    }
    flame(workspace, flags)
}

fn check(workspace: &Workspace) -> Outcome {
    let out = workspace.target.join("flame.svg");
    let flags = ["--samples", "100", "--out", &out.to_string_lossy()].map(str::to_owned);
    flame(workspace, &flags).then(|| match std::fs::read_to_string(&out) {
        Err(error) => Outcome::Failed(format!("{}: {error}", out.display())),
        Ok(svg) => match missing(&svg).as_slice() {
            [] => Outcome::Passed,
            some => Outcome::Failed(format!(
                "{} does not name {}",
                out.display(),
                some.join(", ")
            )),
        },
    })
}

fn flame(workspace: &Workspace, flags: &[String]) -> Outcome {
    let scope = [
        "run",
        "--release",
        "--locked",
        "--package",
        "profiling",
        "--features",
        "flamegraph",
        "--bin",
        "flame",
        "--",
    ];
    run(workspace.cargo(scope).args(flags))
}

fn missing(svg: &str) -> Vec<&'static str> {
    let named = NAMED.into_iter();
    named.filter(|name| !svg.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::{NAMED, missing};

    #[test]
    fn a_layer_that_the_graph_does_not_name_is_missing() {
        let whole = NAMED.join(" ");
        assert!(missing(&whole).is_empty());
        let without = whole.replace("ninelives::retry::", "");
        assert_eq!(missing(&without), ["ninelives::retry::"]);
    }
}
