//! The counter behind a sequence.

use crate::sync::{AtomicU64, Ordering};

/// A counter that starts at 1 and gives each number once.
#[derive(Debug)]
pub struct Sequence {
    given: AtomicU64,
}

// === impl Sequence ===

impl Sequence {
    /// A sequence that gives 1 first.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            given: AtomicU64::new(0),
        }
    }

    /// A sequence that gives 1 first.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            given: AtomicU64::new(0),
        }
    }

    /// The next number. It wraps after 2^64 numbers: 584 years of one each nanosecond.
    pub fn next(&self) -> u64 {
        // Relaxed: the number itself is all that is handed over.
        self.given.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }
}

impl Default for Sequence {
    fn default() -> Self {
        Self::new()
    }
}
