//! Live values: what a change promises, and what readers, caches and subscribers see of it.
#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "adaptive/changes.rs"]
mod changes;
#[allow(dead_code)] // each test crate uses its share
#[path = "support/hand.rs"]
mod hand;
#[path = "adaptive/overrides.rs"]
mod overrides;
#[path = "adaptive/readers.rs"]
mod readers;
#[path = "adaptive/shadow.rs"]
mod shadow;
#[path = "adaptive/threads.rs"]
mod threads;
#[path = "adaptive/values.rs"]
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninelives::{Adaptive, ConfigError};

/// How many values are alive.
#[derive(Clone, Default)]
struct Census(Arc<AtomicUsize>);

/// A value that is counted, of two halves whose sum is [`SUM`].
struct Counted {
    low: u64,
    high: u64,
    census: Census,
}

const SUM: u64 = 1 << 40;

impl Census {
    fn born(&self, low: u64) -> Counted {
        self.0.fetch_add(1, Ordering::SeqCst);
        Counted {
            low,
            high: SUM - low,
            census: self.clone(),
        }
    }

    fn alive(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Counted {
    /// The number that it was made of; fails when it is half of another one.
    fn whole(&self) -> u64 {
        assert_eq!(self.low + self.high, SUM, "half of a change");
        self.low
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let before = self.census.0.fetch_sub(1, Ordering::SeqCst);
        assert!(before > 0, "dropped twice");
        self.high = 0;
    }
}

fn even(value: &u64) -> Result<(), ConfigError> {
    match value % 2 {
        0 => Ok(()),
        _ => Err(ConfigError::count("even", *value, 0..=0)),
    }
}

fn checked(value: u64) -> Adaptive<u64> {
    Adaptive::with_validation(value, even).unwrap()
}
