//! What a call in line keeps of its request's deadline.

use std::fmt;
use std::time::Duration;

use crate::clock::Tick;
use crate::deadline::{Heeding, Manner, Unheeding};
use crate::timer::Timer;

/// How long calls stand in line: [`Unheeding`], as long as they may; [`Heeding`], no longer than their request's deadline. Not to be
/// implemented elsewhere.
pub trait Patience: Manner {
    /// What a call in line keeps for it.
    #[doc(hidden)]
    type Due: Due;

    /// What [`explain`](crate::Policy::explain) says of it.
    #[doc(hidden)]
    const SAID: &'static str;
}

/// A deadline, or no place for one.
#[doc(hidden)]
pub trait Due: Copy + fmt::Debug {
    fn at(tick: Tick) -> Self;

    /// `NEVER` without one.
    fn tick(self) -> Tick;
}

/// How long ago the deadline passed, if it has. A call without one reads no clock.
pub(super) fn late_by(due: impl Due, timer: &impl Timer) -> Option<Duration> {
    let due = due.tick();
    if due == Tick::NEVER {
        return None;
    }
    let now = timer.now();
    (now >= due).then(|| now.since(due))
}

// === impl Patience ===

impl Patience for Unheeding {
    type Due = ();
    const SAID: &'static str = "";
}

impl Patience for Heeding {
    type Due = Tick;
    const SAID: &'static str = ", no longer than its deadline";
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
