//! The clock that tests move by hand.

use core::time::Duration;

use super::{Clock, Tick, saturating_nanos};
use crate::sync::{AtomicU64, Ordering};

/// A clock that stands still until it is told to move. Tests share it by reference or in an `Arc`.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::time::{Clock, ManualClock};
/// let clock = ManualClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_millis(3));
/// assert_eq!(clock.now().since(start), Duration::from_millis(3));
/// ```
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicU64,
}

// === impl ManualClock ===

impl ManualClock {
    /// A clock at its origin.
    pub fn new() -> Self {
        Self {
            now: AtomicU64::new(0),
        }
    }

    /// Moves the clock forward, saturating at [`Tick::NEVER`].
    pub fn advance(&self, by: Duration) {
        let by = saturating_nanos(by);
        let mut now = self.now.load(Ordering::Relaxed);
        // Relaxed: a test's clock; the test orders its own threads.
        while let Err(seen) = self.now.compare_exchange_weak(
            now,
            now.saturating_add(by),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            now = seen;
        }
    }

    /// Puts the clock at `tick`, back in time too: a scenario for machines that must survive it.
    pub fn set(&self, tick: Tick) {
        // Relaxed: as in `advance`.
        self.now.store(tick.as_nanos(), Ordering::Relaxed);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Tick {
        // Relaxed: as in `advance`.
        Tick::from_nanos(self.now.load(Ordering::Relaxed))
    }
}
