//! The commands of a breaker.

use super::Breaker;
use crate::breaker::limits::{Limits, LimitsSource};
use crate::breaker::step;
use crate::breaker::verdict::{Ticket, Transition};
use crate::time::Clock;

/// The random number that lengthens no open time.
const EXACTLY: u64 = 0;

// === impl Breaker ===

impl Breaker {
    /// Opens now, with a fresh deadline; while open too. Ends a forced state. How long is no matter of chance, whatever the jitter.
    ///
    /// # Progress
    /// Lock-free, as every command.
    pub fn trip(&self, limits: &Limits, clock: &impl Clock) -> Option<Transition> {
        let now = clock.now();
        self.apply(self.load(), |word| step::trip(word, limits, now, EXACTLY))
    }

    /// Opens now, if the breaker still is closed as it was when it gave the ticket; the ticket is late from then on. For whoever
    /// learns, while its call is out, that others are not well. Nothing when the breaker is out of use.
    pub fn trip_under(
        &self,
        ticket: &Ticket,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Option<Transition> {
        limits.with(|limits| {
            let limits = limits?;
            let now = clock.now();
            let random = self.draw(limits.is_jittered());
            self.apply(self.load(), |word| {
                step::trip_under(word, limits, now, random, ticket)
            })
        })
    }

    /// Closes now, with nothing counted. Every ticket that is out is late from then on; while closed too.
    pub fn reset(&self, clock: &impl Clock) -> Option<Transition> {
        let now = clock.now();
        self.apply(self.load(), |word| step::reset(word, now))
    }

    /// Rejects from now on, until a command. No outcome can undo it.
    pub fn force_open(&self) -> Option<Transition> {
        self.apply(self.load(), step::force_open)
    }

    /// Admits from now on and counts nothing, until a command. No outcome can undo it.
    pub fn force_closed(&self) -> Option<Transition> {
        self.apply(self.load(), step::force_closed)
    }

    /// As [`force_closed`](Self::force_closed), and says that the breaker is out of use.
    pub fn disable(&self) -> Option<Transition> {
        self.apply(self.load(), step::disable)
    }
}
