//! The peers, each case with a subject of the published 0.2.0 more.
//!
//! Everything here is on tokio 1.48, which 0.2.0 asks for. That tokio does not tell its runtimes apart, so our wheel takes timers of tokio there, each in
//! a box.

mod cases;
mod layers;

pub use layers::overheard;

use peers::program::Program;

/// Ours beside its peers and beside 0.2.0.
pub const PROGRAM: Program = Program {
    cases: cases::all,
    lock: include_str!("../Cargo.lock"),
    page: "docs/benchmarks/published.md",
    mark: "published",
    in_readme: false,
};
