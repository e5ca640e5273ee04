//! A soak: stacks of policies over real HTTP while everything goes wrong, for seconds or for days, and every law holds.
//!
//! # What goes on
//! Calls come at their times, whatever became of those before, and go through stacks of all policies to a backend on loopback. Faults are
//! injected around the client ([`ChaosLayer`](ninelives::chaos::ChaosLayer)) and made by the backend; callers drop calls at random polls;
//! polls block their threads; settings change by name, in and out of their ranges, shadows come and go; sinks are slow, fail and panic.
//!
//! # Epochs
//! Each has draws of its own, from the seed and its number, and some of the faults. At its end the load stops, what is out ends or is given
//! up, and when all is quiet the [laws] are checked as equations; in between, each second, as bounds. The stacks of the house, their
//! permits, circuits and books live as long as the run; guests live for an epoch.
//!
//! # Repeatability
//! The draws of an epoch repeat, the schedule of its threads does not.

pub mod args;
pub mod backend;
pub mod calls;
pub mod client;
pub mod count;
pub mod epoch;
pub mod faults;
pub mod gauge;
pub mod host;
pub mod laws;
pub mod listen;
pub mod load;
pub mod memory;
pub mod order;
pub mod plant;
pub mod prove;
pub mod report;
pub mod run;
pub mod sample;
pub mod slope;
pub mod stacks;
pub mod tally;
pub mod timer;
pub mod tuner;
pub mod values;
pub mod watchdog;
pub mod watched;

use std::path::PathBuf;
use std::time::Duration;

use plant::Plant;

/// What a soak is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// How long.
    pub length: Duration,
    /// How long between two moments of quiet.
    pub epoch: Duration,
    /// Calls a second.
    pub rate: f64,
    /// What all draws come from.
    pub seed: u64,
    /// Where the report goes.
    pub report: Option<PathBuf>,
    /// What is broken on purpose.
    pub plant: Option<Plant>,
}

// === impl Job ===

impl Default for Job {
    fn default() -> Self {
        Self {
            length: Duration::from_secs(60),
            epoch: Duration::from_secs(10),
            rate: 2_000.0,
            seed: 42,
            report: None,
            plant: None,
        }
    }
}
