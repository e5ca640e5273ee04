//! The clock of a sink, known by a number: layers that tell the same time share their readings of it.

use ninelives_core::sequence::Sequence;

use crate::clock::MonotonicClock;

/// A clock, and the number of its timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline<C> {
    clock: C,
    number: u32,
}

/// Numbers of the timelines of other clocks than the system's.
static NUMBERS: Sequence = Sequence::new();

// === impl Timeline ===

impl Timeline<MonotonicClock> {
    /// That of the system: the same for all sinks.
    pub(super) const MONOTONIC: Self = Self {
        clock: MonotonicClock::new(),
        number: u32::MAX,
    };
}

impl<C> Timeline<C> {
    /// That of a clock of the user's.
    pub(super) fn new(clock: C) -> Self {
        Self {
            clock,
            // Neither 0 nor that of the system.
            number: (NUMBERS.next() % u64::from(u32::MAX - 1)) as u32 + 1,
        }
    }

    /// What says that two readings are of one timeline: above 0.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn into_clock(self) -> C {
        self.clock
    }
}
