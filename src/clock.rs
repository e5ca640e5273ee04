//! Where a policy takes its time from.
//!
//! [`MonotonicClock`] is the default of a policy that only reads the time. One that also waits uses a
//! [`Timer`](crate::Timer), which is a clock too, so that its deadlines and its readings agree.

#[cfg(feature = "fast-clock")]
mod fast;

use std::sync::OnceLock;
use std::time::Instant;

#[cfg(feature = "fast-clock")]
pub use fast::FastClock;
pub use ninelives_core::time::{Clock, ManualClock, Tick, saturating_nanos};

/// The operating system's monotonic clock, counted from its first use in this process.
///
/// # Progress
/// One read of the system clock, about 30 ns. The very first read of a process may wait for another thread's first read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonotonicClock;

// === impl MonotonicClock ===

impl MonotonicClock {
    /// The clock. All values of this type are the same clock.
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for MonotonicClock {
    #[inline]
    fn now(&self) -> Tick {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        let origin = *ORIGIN.get_or_init(now);
        Tick::ZERO.after(now().saturating_duration_since(origin))
    }
}

#[allow(clippy::disallowed_methods)] // this page is the clock that others must go through
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{Clock, MonotonicClock};

    #[test]
    fn readings_never_fall() {
        let mut last = MonotonicClock.now();
        for _ in 0..1000 {
            let now = MonotonicClock.now();
            assert!(now >= last);
            last = now;
        }
    }
}
