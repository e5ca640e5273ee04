//! What only the nightly toolchain has: Miri and the sanitizers.

use std::process::Command;

use crate::outcome::Outcome;
use crate::workspace::{Workspace, answers, run};

/// Seeds of the scheduler under which each test with threads runs, where none are given.
pub const SEEDS: u32 = 8;

/// Tests in which threads meet.
const THREADS: [&str; 5] = ["threads", "keepers", "e01_", "wakers", "bell::"];

/// The test that leaks on purpose.
const LEAKS: &str = "where_no_fence_can_be_passed_the_value_stays";

/// What a sanitizer is asked to look at.
const SANITIZED: [(&str, &[&str]); 2] = [
    (
        "ninelives-core",
        &["--features", "membarrier", "--lib", "--test", "linear"],
    ),
    (
        "ninelives",
        &[
            "--test",
            "bulkhead",
            "--test",
            "adaptive",
            "--test",
            "circuit_breaker",
            "--test",
            "retry",
            "--test",
            "telemetry_bus",
            "--test",
            "wheel",
        ],
    ),
];

/// The tests of the core under Miri, once; and those with threads under so many seeds.
pub fn miri(workspace: &Workspace, seeds: u32) -> Outcome {
    let once = || run(&mut interpreted(workspace, "-Zmiri-disable-isolation"));
    let many = || {
        let flags = format!("-Zmiri-disable-isolation -Zmiri-many-seeds=0..{seeds}");
        run(interpreted(workspace, &flags).arg("--").args(THREADS))
    };
    component("miri").then(many).then(once)
}

fn interpreted(workspace: &Workspace, flags: &str) -> Command {
    let scope = [
        "miri",
        "test",
        "--locked",
        "--package",
        "ninelives-core",
        "--features",
        "membarrier",
        "--lib",
        "--test",
        "linear",
        "--target-dir",
    ];
    let mut command = workspace.nightly(scope);
    command.arg(workspace.target.join("miri"));
    // Traces of panics that a test expects take Miri seconds each.
    command.env("MIRIFLAGS", flags).env("RUST_BACKTRACE", "0");
    command
}

/// The tests with threads under ThreadSanitizer, and all of those targets under AddressSanitizer.
pub fn sanitize(workspace: &Workspace) -> Outcome {
    let Some(host) = host() else {
        return Outcome::skipped("the sanitizers are asked for on Linux on x86-64 only");
    };
    component("rust-src")
        .then(|| sanitized(workspace, host, "thread", &THREADS))
        .then(|| sanitized(workspace, host, "address", &["--skip", LEAKS]))
}

/// Builds the standard library too: one that is not instrumented is taken for a race.
fn sanitized(workspace: &Workspace, host: &str, sanitizer: &str, names: &[&str]) -> Outcome {
    let mut outcome = Outcome::Passed;
    for (package, targets) in SANITIZED {
        let scope = [
            "test",
            "-Zbuild-std",
            "--locked",
            "--target",
            host,
            "--package",
            package,
        ];
        let mut command = workspace.nightly(scope);
        command.args(targets).arg("--target-dir");
        command.arg(workspace.target.join(sanitizer));
        command
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"));
        command.arg("--").args(names);
        outcome = outcome.then(|| run(&mut command));
    }
    outcome
}

const fn host() -> Option<&'static str> {
    if cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_env = "gnu"
    )) {
        Some("x86_64-unknown-linux-gnu")
    } else {
        None
    }
}

/// Makes sure of a component of the nightly toolchain.
fn component(name: &str) -> Outcome {
    let add = ["component", "add", "--toolchain", "nightly", name];
    if answers("rustup", &add) {
        return Outcome::Passed;
    }
    Outcome::skipped(format!(
        "no {name} for a nightly toolchain: rustup {}",
        add.join(" ")
    ))
}
