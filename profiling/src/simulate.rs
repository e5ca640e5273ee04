//! Simulations in virtual time: what a policy does over an hour, in a moment, from one seed.
//!
//! A simulation is a function from a seed to [`Findings`]: figures that a test holds it to, and a plot. It sleeps nowhere and reads no clock
//! but its own, so a seed gives the same findings every time.

mod amplification;
mod args;
mod ramp;

use std::error::Error;
use std::fmt;

use ninelives::ConfigError;

use crate::plot::Plot;
pub use args::{Asked, HELP, Job, UsageError, parse};

/// One simulation.
#[derive(Clone, Copy)]
pub struct Simulation {
    /// What it is asked for by.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    run: fn(u64) -> Result<Findings, ConfigError>,
}

/// What a simulation found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// What it was a function of.
    pub seed: u64,
    /// In the order in which they are printed.
    pub figures: Vec<Figure>,
    /// The course of it.
    pub plot: Plot,
}

/// One number.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is counted, in words.
    pub what: String,
    /// How many.
    pub value: f64,
}

/// There is no simulation of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSimulation(String);

/// Every simulation.
pub const ALL: [Simulation; 2] = [
    Simulation {
        name: "ramp",
        about: "a backend that is well at 1 request a second and dead at 100, behind an on/off breaker and behind a ramp",
        run: ramp::run,
    },
    Simulation {
        name: "amplification",
        about: "three retries one behind another while the backend is down: the calls that each request becomes",
        run: amplification::run,
    },
];

// === impl Simulation ===

impl Simulation {
    /// The one of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<Self, UnknownSimulation> {
        ALL.into_iter()
            .find(|simulation| simulation.name == name)
            .ok_or_else(|| UnknownSimulation(name.to_owned()))
    }

    /// Runs it.
    ///
    /// # Errors
    /// A policy refused its settings: none of a simulation as it is does.
    pub fn run(&self, seed: u64) -> Result<Findings, ConfigError> {
        (self.run)(seed)
    }
}

// === impl Findings ===

impl Findings {
    /// The figure of these words.
    ///
    /// # Panics
    /// When there is none: whoever asks and whoever found do not agree on a name.
    pub fn figure(&self, what: &str) -> f64 {
        let found = self.figures.iter().find(|figure| figure.what == what);
        found
            .unwrap_or_else(|| panic!("no figure `{what}`: {self}"))
            .value
    }
}

/// A line for the seed, and one for each figure.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.seed)?;
        for Figure { what, value } in &self.figures {
            write!(f, "\n{value:>12.3}  {what}")?;
        }
        Ok(())
    }
}

// === impl UnknownSimulation ===

impl fmt::Display for UnknownSimulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ALL.map(|simulation| simulation.name).join(", ");
        write!(f, "no scenario `{}`: there are {names}", self.0)
    }
}

impl Error for UnknownSimulation {}
