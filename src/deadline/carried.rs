//! What a request carries.

use std::time::Duration;

use crate::clock::Tick;

/// When the answer to a request is of no use any more: a tick of the clock of the timers around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Tick);

/// What a request carries from layer to layer. The default is nothing: no deadline, no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    // `NEVER`: none.
    deadline: Tick,
    attempt: u32,
}

/// A request with a place for what it carries.
///
/// What was carried last is what is carried; a clone of the request carries the same.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no place for a deadline",
    note = "implement `Carries` for it, send `({Self}, Carried)` instead, or turn the feature `http` on for `http::Request`"
)]
pub trait Carries {
    /// What it carries.
    fn carried(&self) -> Carried;

    /// Carries this from now on, in place of what it carried.
    fn carry(&mut self, carried: Carried);
}

// === impl Deadline ===

impl Deadline {
    /// At this tick. [`Tick::NEVER`] is a deadline that never passes.
    pub const fn at(tick: Tick) -> Self {
        Self(tick)
    }

    /// When `rest` of the time is left at `now`. From 584 years on it never passes.
    pub const fn after(now: Tick, rest: Duration) -> Self {
        Self(now.after(rest))
    }

    /// The tick at which it passes.
    pub const fn tick(self) -> Tick {
        self.0
    }

    /// The time that is left at `now`; zero once it has passed.
    pub const fn remaining(self, now: Tick) -> Duration {
        self.0.since(now)
    }

    /// Whether it has passed at `now`: at its own tick it has.
    pub const fn has_passed(self, now: Tick) -> bool {
        now.as_nanos() >= self.0.as_nanos() && self.0.as_nanos() != Tick::NEVER.as_nanos()
    }
}

// === impl Carried ===

impl Carried {
    /// Nothing: no deadline, no mark.
    pub const NOTHING: Self = Self {
        deadline: Tick::NEVER,
        attempt: 0,
    };

    /// The deadline, if there is one.
    pub const fn deadline(&self) -> Option<Deadline> {
        match self.deadline {
            Tick::NEVER => None,
            tick => Some(Deadline(tick)),
        }
    }

    /// The mark of the retry around: the number of the attempt that it makes, from 1 on; 0 where no retry marked the request.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// With this deadline, in place of any other.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline.0;
        self
    }

    /// With the earlier of this deadline and the one there is.
    #[must_use]
    pub fn no_later_than(mut self, deadline: Deadline) -> Self {
        self.deadline = self.deadline.min(deadline.0);
        self
    }

    /// With the mark of an attempt; 0 takes the mark away.
    #[must_use]
    pub const fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// The tick of the deadline; `NEVER` without one.
    pub(crate) const fn tick(&self) -> Tick {
        self.deadline
    }
}

impl Default for Carried {
    fn default() -> Self {
        Self::NOTHING
    }
}

// === impl Carries ===

/// Any request beside what it carries.
impl<R> Carries for (R, Carried) {
    #[inline]
    fn carried(&self) -> Carried {
        self.1
    }

    #[inline]
    fn carry(&mut self, carried: Carried) {
        self.1 = carried;
    }
}
