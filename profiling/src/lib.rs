//! One load, several instruments: scenarios with names, and what looks at them.
//!
//! A [`Scenario`](scenario::Scenario) loads the library until its [`Course`](course::Course) is over, and counts. What it is run under is not its business:
//! [`flame`] draws where its processor time goes.
//!
//! A [`Simulation`](simulate::Simulation) is the other way to look: a policy over an hour of virtual time, from one seed. A [`soak`] is the
//! third: everything at once over real HTTP, for minutes or days, and every law of conservation holds.

#![forbid(unsafe_code)]
// The instruments own their threads and runtimes and measure wall time: the rules for product code are not for them.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod backend;
pub mod course;
#[cfg(feature = "flamegraph")]
pub mod flame;
#[path = "../../examples/storm/histogram.rs"]
pub mod histogram;
pub mod plot;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub mod progress;
#[path = "../../examples/storm/rng.rs"]
pub mod rng;
pub mod scenario;
pub mod simulate;
pub mod soak;
#[path = "../../examples/storm/weather.rs"]
pub mod weather;
