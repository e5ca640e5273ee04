//! The count behind a meter.

use super::{TRIPS_AT, step};
use crate::sync::{AtomicU32, Ordering};

/// Samples above an allowance, less those within it; see the [page](super).
#[derive(Debug)]
pub struct Meter {
    count: AtomicU32,
}

// === impl Meter ===

impl Meter {
    /// No samples yet.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            count: AtomicU32::new(0),
        }
    }

    /// No samples yet.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            count: AtomicU32::new(0),
        }
    }

    /// Takes a sample; true for the one that trips the meter.
    pub fn sample(&self, above: bool) -> bool {
        // Relaxed, all: a count; guards no memory.
        let mut seen = self.count.load(Ordering::Relaxed);
        loop {
            let next = step(seen, above);
            if next == seen {
                return false;
            }
            match self
                .count
                .compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return above && next == TRIPS_AT,
                Err(now) => seen = now,
            }
        }
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}
