//! A clock on which whatever is measured takes a nanosecond.

use std::sync::atomic::{AtomicU64, Ordering};

use ninelives::{Clock, Tick};

/// Reads a nanosecond later each time.
#[derive(Default)]
pub struct Ticking(AtomicU64);

// === impl Ticking ===

impl Clock for Ticking {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.fetch_add(1, Ordering::Relaxed))
    }
}
