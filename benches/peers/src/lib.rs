//! ninelives beside its peers, in one run.
//!
//! Each case has one subject from each crate that offers it, and one by hand, the [`floor`], around the same inner service, driven by hand within the same
//! [`task`] of a current-thread runtime of tokio. Each peer is used as its documentation shows, with the settings that match ours where it has
//! them; the subject's name says where it has not.
//!
//! What is measured, of the same subjects: time ([`clock`]), instructions ([`instructions`]), allocations (the program
//! `allocations`: its counter would slow the timed calls). [`report`] makes the tables. The program `overhead` calls over HTTP.
//!
//! With the feature `membarrier` our calls are at home, and the cases in which that changes something are measured again.
//!
//! The package in `published` does the same with the published 0.2.0 beside them, which keeps tokio at 1.48.

// A benchmark measures wall time and owns its runtime: the rules for product code are not for it.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod cases;
pub mod clock;
#[path = "../../support/echo.rs"]
pub mod echo;
pub mod floor;
pub mod http;
pub mod instructions;
#[path = "../../support/loopback.rs"]
pub mod loopback;
#[path = "../../support/overhead.rs"]
pub mod overhead;
#[path = "../../support/paired.rs"]
pub mod paired;
pub mod program;
#[path = "../../support/quantiles.rs"]
pub mod quantiles;
pub mod report;
pub mod stacks;
pub mod subject;
pub mod task;

/// Ours beside its peers, on the newest tokio.
#[cfg(not(feature = "membarrier"))]
pub const PROGRAM: program::Program = program::Program {
    cases: cases::all,
    lock: include_str!("../Cargo.lock"),
    page: "docs/BENCHMARKS.md",
    mark: "peers",
    in_readme: true,
};

/// The cases whose calls own a policy, with calls at home.
#[cfg(feature = "membarrier")]
pub const PROGRAM: program::Program = program::Program {
    cases: cases::owning,
    lock: include_str!("../Cargo.lock"),
    page: "docs/benchmarks/at-home.md",
    mark: "at home",
    in_readme: false,
};
