//! What cargo itself checks: format, lints, documentation, tests.

use crate::outcome::Outcome;
use crate::peers;
use crate::workspace::{Workspace, run};

/// `cargo fmt --check` over the workspace, and over the workspaces beside it.
pub fn fmt(workspace: &Workspace) -> Outcome {
    let mut outcome = run(&mut workspace.cargo(["fmt", "--all", "--", "--check"]));
    let [peers, published] = peers::MANIFESTS;
    for manifest in ["fuzz/Cargo.toml", peers, published] {
        if workspace.has(manifest) {
            let scope = ["fmt", "--manifest-path", manifest, "--", "--check"];
            outcome = outcome.then(|| run(&mut workspace.cargo(scope)));
        }
    }
    outcome
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

/// The tests of live values and of the registry on a lock instead of arc-swap, which needs a target directory of its own.
pub fn rwlock(workspace: &Workspace) -> Outcome {
    let scope = ["test", "--package", "ninelives", "--locked"];
    let mut command = workspace.cargo(scope);
    command.args(["--test", "adaptive", "--test", "registry", "--target-dir"]);
    command.arg(workspace.target.join("rwlock"));
    command
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "--cfg ninelives_rwlock");
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
