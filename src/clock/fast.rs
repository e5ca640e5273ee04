//! The processor's own counter as a clock.

use std::sync::OnceLock;

use super::{Clock, Tick};

/// The processor's time stamp counter, where it has one that runs at a constant rate; elsewhere the operating system's monotonic clock.
///
/// It counts from its first use in this process, and all values of this type are the same clock. Its readings never fall. It was
/// calibrated against the operating system's clock when it was made, and may run apart from it by some parts in a million: good
/// for how long something took, not for the time of day. Needs the feature `fast-clock`.
///
/// ```
/// use ninelives::prelude::*;
/// use ninelives::clock::FastClock;
///
/// let sink = MemorySink::new().with_clock(FastClock::new());
/// let config = CircuitBreakerConfig::new(5, std::time::Duration::from_secs(30), 1)?;
/// let breaker = CircuitBreakerLayer::with_clock(config, FastClock::new())?;
/// # let _ = (sink, breaker);
/// # Ok::<(), ninelives::ConfigError>(())
/// ```
///
/// # Progress
/// Wait-free, two fifths of a reading of [`MonotonicClock`](super::MonotonicClock) on x86-64. The first value of a process is calibrated,
/// which keeps its thread busy for up to a fifth of a second, and others that make one meanwhile waiting: make it at the start.
#[derive(Clone, Copy, Debug)]
pub struct FastClock(
    // Made by `new` alone, so that the first reading of a request is never the one that calibrates.
    (),
);

#[derive(Debug)]
struct Counter {
    clock: quanta::Clock,
    origin: u64,
}

static COUNTER: OnceLock<Counter> = OnceLock::new();

// === impl FastClock ===

impl FastClock {
    /// The clock, calibrated.
    pub fn new() -> Self {
        COUNTER.get_or_init(Counter::start);
        Self(())
    }
}

impl Default for FastClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FastClock {
    #[inline]
    fn now(&self) -> Tick {
        let Counter { clock, origin } = COUNTER.get_or_init(Counter::start);
        Tick::from_nanos(clock.delta_as_nanos(*origin, clock.raw()))
    }
}

// === impl Counter ===

impl Counter {
    fn start() -> Self {
        let clock = quanta::Clock::new();
        let origin = clock.raw();
        Self { clock, origin }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, FastClock};
    use crate::clock::MonotonicClock;

    #[test]
    fn readings_never_fall() {
        let clock = FastClock::new();
        let mut last = clock.now();
        for _ in 0..1000 {
            let now = clock.now();
            assert!(now >= last);
            last = now;
        }
    }

    #[test]
    fn it_runs_as_fast_as_the_clock_of_the_system() {
        let (fast, system) = (FastClock::new(), MonotonicClock);
        let outer = system.now();
        let start = fast.now();
        let inner = system.now();
        while system.now().since(inner).as_millis() < 20 {}
        let least = system.now().since(inner);
        let took = fast.now().since(start);
        let most = system.now().since(outer);
        // Calibrated within a part in a hundred.
        assert!(
            took >= least - least / 100,
            "{took:?} of at least {least:?}"
        );
        assert!(took <= most + most / 100, "{took:?} of at most {most:?}");
    }

    #[test]
    fn values_made_apart_are_the_same_clock() {
        let first = FastClock::new().now();
        let second = FastClock::default().now();
        assert!(second >= first && second.since(first).as_secs() < 60);
    }
}
