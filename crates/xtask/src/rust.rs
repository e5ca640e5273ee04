//! What cargo itself checks: format, lints, documentation, tests.

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run};

/// `cargo fmt --check` over the workspace, and over the fuzz workspace where there is one.
pub fn fmt(workspace: &Workspace) -> Outcome {
    run(&mut workspace.cargo(["fmt", "--all", "--", "--check"])).then(|| {
        if workspace.has("fuzz/Cargo.toml") {
            run(&mut workspace.cargo([
                "fmt",
                "--manifest-path",
                "fuzz/Cargo.toml",
                "--",
                "--check",
            ]))
        } else {
            Outcome::Passed
        }
    })
}

/// Clippy over every target, warnings refused.
pub fn clippy(workspace: &Workspace) -> Outcome {
    let scope = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
    ];
    run(workspace.cargo(scope).args(["--", "-D", "warnings"]))
}

/// The documentation, warnings refused.
pub fn doc(workspace: &Workspace) -> Outcome {
    let scope = [
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--locked",
    ];
    run(workspace.cargo(scope).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Unit tests, integration tests and documentation tests of the workspace.
///
/// The loom models are left out: they exist only under their own cfg (`cargo xtask loom`).
pub fn test(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo(["test", "--workspace", "--locked"]);
    if workspace.has("loom-tests/Cargo.toml") {
        command.args(["--exclude", "loom-tests"]);
    }
    run(&mut command)
}

/// The tests of the two libraries and of the instruments with every feature, those that need one among them.
pub fn features(workspace: &Workspace) -> Outcome {
    let scope = [
        "test",
        "--package",
        "ninelives",
        "--package",
        "ninelives-core",
        "--package",
        "profiling",
        "--all-features",
        "--lib",
        "--tests",
        "--locked",
    ];
    let pages = [
        "test",
        "--package",
        "ninelives",
        "--all-features",
        "--doc",
        "--locked",
    ];
    run(&mut workspace.cargo(scope)).then(|| run(&mut workspace.cargo(pages)))
}
