//! Time as a value: ticks, clocks, and a clock that tests move by hand.
//!
//! A machine never asks for the time: `now` is an argument of its step. A [`Clock`] is what the caller takes it from.

use core::time::Duration;

mod cell;

pub use cell::ManualClock;

/// A point in time: nanoseconds since its clock's own origin.
///
/// Arithmetic saturates, so a far deadline is "never" and a clock that steps back makes an elapsed time of zero. Ticks of two
/// clocks say nothing about each other. The range is 584 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u64);

/// A source of monotonic time.
///
/// # Progress
/// `now` is called on request paths: an implementation must not wait for another thread.
pub trait Clock {
    /// The current tick; never below one that the same clock gave earlier on the same thread.
    fn now(&self) -> Tick;
}

// === impl Tick ===

impl Tick {
    /// The clock's origin.
    pub const ZERO: Self = Self(0);
    /// The tick that no clock reaches: a deadline there is never passed.
    pub const NEVER: Self = Self(u64::MAX);

    /// A tick from nanoseconds since the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// This tick plus `duration`; [`NEVER`](Self::NEVER) when that is out of range.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(saturating_nanos(duration)))
    }

    /// The time from `earlier` to this tick; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The duration in nanoseconds, `u64::MAX` when it is longer than that.
pub const fn saturating_nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        u64::MAX
    } else {
        nanos as u64
    }
}

// === impl Clock ===

impl<C: Clock + ?Sized> Clock for &C {
    #[inline]
    fn now(&self) -> Tick {
        (**self).now()
    }
}

#[cfg(not(ninelives_loom))]
impl<C: Clock + ?Sized> Clock for alloc::sync::Arc<C> {
    #[inline]
    fn now(&self) -> Tick {
        (**self).now()
    }
}

#[cfg(test)]
mod tests;
