//! What a call keeps of its request's deadline.

use std::fmt;
use std::time::Duration;

use crate::clock::Tick;
use crate::timer::Timer;

/// A deadline, or no place for one.
#[doc(hidden)]
pub trait Due: Copy + fmt::Debug {
    fn at(tick: Tick) -> Self;

    /// `NEVER` without one.
    fn tick(self) -> Tick;
}

/// How long ago the deadline passed, if it has. A call without one reads no clock.
pub(crate) fn late_by(due: impl Due, timer: &impl Timer) -> Option<Duration> {
    let due = due.tick();
    if due == Tick::NEVER {
        return None;
    }
    let now = timer.now();
    (now >= due).then(|| now.since(due))
}

// === impl Due ===

impl Due for () {
    #[inline]
    fn at(_tick: Tick) -> Self {}

    #[inline]
    fn tick(self) -> Tick {
        Tick::NEVER
    }
}

impl Due for Tick {
    #[inline]
    fn at(tick: Tick) -> Self {
        tick
    }

    #[inline]
    fn tick(self) -> Tick {
        self
    }
}
