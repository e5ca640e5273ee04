//! The counter.

use crate::sync::{AtomicU64, Ordering};

/// A count. It wraps after 2^64: 584 years of one each nanosecond.
#[derive(Debug)]
pub struct Tally {
    count: AtomicU64,
}

// === impl Tally ===

impl Tally {
    /// Nothing was counted yet.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
        }
    }

    /// Nothing was counted yet.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
        }
    }

    /// Counts `more`.
    pub fn add(&self, more: u64) {
        // Relaxed: a count; guards no memory.
        self.count.fetch_add(more, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[inline]
    pub fn get(&self) -> u64 {
        // Relaxed: as above.
        self.count.load(Ordering::Relaxed)
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
