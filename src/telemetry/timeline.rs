//! The clock of a sink, known by a number: layers that tell the same time share their readings of it.

use ninelives_core::sequence::Sequence;

use crate::clock::{Clock, MonotonicClock, Tick};
use crate::emit::moment;

/// A clock, and the number of its timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline<C> {
    clock: C,
    number: u64,
}

/// Numbers of the timelines of other clocks than the system's.
static NUMBERS: Sequence = Sequence::new();

// === impl Timeline ===

impl Timeline<MonotonicClock> {
    /// That of the system: the same for all sinks.
    pub(super) const MONOTONIC: Self = Self {
        clock: MonotonicClock::new(),
        number: u64::MAX,
    };
}

impl<C> Timeline<C> {
    /// That of a clock of the user's.
    pub(super) fn new(clock: C) -> Self {
        Self {
            clock,
            number: NUMBERS.next(),
        }
    }
}

impl<C: Clock> Timeline<C> {
    #[inline]
    pub(super) fn now(&self) -> Tick {
        moment::on(self.number, || self.clock.now())
    }
}
