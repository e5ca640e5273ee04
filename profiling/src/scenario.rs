//! Loads with names.

mod contention;
mod events;
mod half_open;
mod layers;
pub(crate) mod stack;
mod storm;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use ninelives::ConfigError;

use crate::course::Course;

/// One load.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// What it is asked for by.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    run: fn(&Arc<Course>) -> Result<(), ConfigError>,
}

/// There is no scenario of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScenario(String);

/// Every scenario.
pub const ALL: [Scenario; 12] = [
    Scenario {
        name: "timeout",
        about: "a timeout; every second call waits, and arms a timer",
        run: layers::timeout,
    },
    Scenario {
        name: "retry",
        about: "three attempts without a wait between them; every eighth attempt fails",
        run: layers::retry,
    },
    Scenario {
        name: "breaker",
        about: "a circuit breaker that stays closed; every sixteenth call fails",
        run: layers::breaker,
    },
    Scenario {
        name: "bulkhead",
        about: "a bulkhead with room; every second call waits inside it",
        run: layers::bulkhead,
    },
    Scenario {
        name: "line",
        about: "a bulkhead of 8 with a line, and 16 callers: half of them stand in it",
        run: layers::line,
    },
    Scenario {
        name: "fallback",
        about: "a fallback that every fourth call needs",
        run: layers::fallback,
    },
    Scenario {
        name: "fork-join",
        about: "two arms at once; every second one waits",
        run: layers::fork_join,
    },
    Scenario {
        name: "full-stack",
        about: "timeout + bulkhead + breaker + retry, 4 callers; a quarter waits, one of 64 fails",
        run: stack::full_stack,
    },
    Scenario {
        name: "events",
        about: "the same stack, told to a sink, and a thread that reads every event",
        run: events::events,
    },
    Scenario {
        name: "contention",
        about: "the same stack, called by several threads at once",
        run: contention::contention,
    },
    Scenario {
        name: "half-open",
        about: "a circuit that opens, rejects, lets probes through and closes, without end",
        run: half_open::half_open,
    },
    Scenario {
        name: "storm",
        about: "256 callers of a policy with a fallback, and a backend that is well, slow, failing, hanging, recovering",
        run: storm::storm,
    },
];

// === impl Scenario ===

impl Scenario {
    /// The scenario of this name.
    ///
    /// # Errors
    /// [`UnknownScenario`], which names those that there are.
    pub fn named(name: &str) -> Result<Self, UnknownScenario> {
        let found = ALL.into_iter().find(|scenario| scenario.name == name);
        found.ok_or_else(|| UnknownScenario(name.to_owned()))
    }

    /// Loads the library until the course is over.
    ///
    /// # Errors
    /// A setting outside its range, which is a mistake of this package.
    pub fn run(&self, course: &Arc<Course>) -> Result<(), ConfigError> {
        (self.run)(course)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scenario").field(&self.name).finish()
    }
}

// === impl UnknownScenario ===

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = ALL.map(|scenario| scenario.name).join(", ");
        write!(f, "unknown scenario `{}`: there are {known}", self.0)
    }
}

impl Error for UnknownScenario {}
