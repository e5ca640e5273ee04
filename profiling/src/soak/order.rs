//! What the stacks carry: requests, answers, faults.

use std::fmt;

use ninelives::Carried;
use ninelives::Carries;
use ninelives::bulkhead::Priority;

/// A request.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number in the run.
    pub index: u64,
    /// The permits that it takes where calls are weighed.
    pub weight: usize,
    /// Its class in a line that has classes.
    pub priority: Priority,
    /// Its deadline, and the mark of the retry around.
    pub carried: Carried,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Of the backend.
    Backend,
    /// Of a fallback.
    Spare,
}

/// Why the backend has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It answered with this status.
    Status(u16),
    /// The connection broke, or could not be made.
    Broken,
    /// The chaos layer made it up.
    Injected,
}

// === impl Order ===

impl Carries for Order {
    fn carried(&self) -> Carried {
        self.carried
    }

    fn carry(&mut self, carried: Carried) {
        self.carried = carried;
    }
}

// === impl Fault ===

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the backend answered {status}"),
            Self::Broken => f.write_str("the connection broke"),
            Self::Injected => f.write_str("injected"),
        }
    }
}

impl std::error::Error for Fault {}
