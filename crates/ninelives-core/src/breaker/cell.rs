//! The breaker behind one atomic word.

use core::fmt;

use super::limits::{Limits, LimitsSource};
use super::step;
use super::verdict::{Admission, Outcome, Rejected, Report, State, Ticket, Transition, View};
use super::word::Word;
use crate::sync::{AtomicU64, Ordering, spin_hint};
use crate::time::{Clock, Tick};

/// A circuit breaker: eight bytes, shared by reference. Limits and clock are the caller's.
pub struct Breaker {
    word: AtomicU64,
}

// === impl Breaker ===

impl Breaker {
    /// Closed.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self::with(Word::CLOSED)
    }

    /// Disabled: admits everything and counts nothing, until a command.
    #[cfg(not(ninelives_loom))]
    pub const fn disabled() -> Self {
        Self::with(Word::DISABLED)
    }

    #[cfg(not(ninelives_loom))]
    pub(super) const fn with(word: Word) -> Self {
        Self {
            word: AtomicU64::new(word.bits()),
        }
    }

    /// Closed. The model checker's atomics are not made in a `const`.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            word: AtomicU64::new(Word::CLOSED.bits()),
        }
    }

    /// Disabled.
    #[cfg(ninelives_loom)]
    pub fn disabled() -> Self {
        Self {
            word: AtomicU64::new(Word::DISABLED.bits()),
        }
    }

    /// Asks to pass. Reads the clock only while open or half-open.
    ///
    /// # Progress
    /// Closed, forced or disabled: wait-free, one load. Open, and still so: one load and the clock. Else lock-free.
    #[inline]
    pub fn admit(&self, limits: impl LimitsSource, clock: &impl Clock) -> Admission {
        let seen = self.load();
        if let State::Closed = seen.state() {
            return Admission::Admitted(Ticket::under(seen, Tick::ZERO));
        }
        self.admit_unwell(seen, limits, clock)
    }

    #[inline(never)]
    fn admit_unwell(&self, seen: Word, limits: impl LimitsSource, clock: &impl Clock) -> Admission {
        limits.with(|limits| {
            let Some(limits) = limits else {
                return step::admit_out_of_use(seen);
            };
            // A word that needs no time writes nothing, so the loop never meets a later word without it.
            let now = if step::admit_needs_time(seen) {
                clock.now()
            } else {
                Tick::ZERO
            };
            self.apply(seen, |word| step::admit(word, limits, now))
        })
    }

    /// Whether [`admit`](Self::admit) would let a call pass now. Changes nothing and reserves nothing.
    ///
    /// # Errors
    /// The refusal that `admit` would give.
    ///
    /// # Progress
    /// Wait-free.
    #[inline]
    pub fn would_admit(
        &self,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Result<(), Rejected> {
        let seen = self.load();
        if let State::Closed = seen.state() {
            return Ok(());
        }
        Self::would_admit_unwell(seen, limits, clock)
    }

    #[inline(never)] // apart, so that the way of a closed breaker is short
    fn would_admit_unwell(
        seen: Word,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Result<(), Rejected> {
        let admission = limits.with(|limits| match limits {
            None => step::admit_out_of_use(seen),
            Some(limits) => {
                let now = if step::admit_needs_time(seen) {
                    clock.now()
                } else {
                    Tick::ZERO
                };
                step::admit(seen, limits, now).1
            }
        });
        match admission {
            Admission::Rejected(rejected) => Err(rejected),
            Admission::Admitted(_) | Admission::Probe { .. } => Ok(()),
        }
    }

    /// Gives a ticket back with its outcome. Reads the clock only for a failure and for a probe.
    ///
    /// # Progress
    /// A success while closed with no failures counted: wait-free, one load. Else lock-free.
    #[inline]
    pub fn report(
        &self,
        ticket: Ticket,
        outcome: Outcome,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Report {
        let seen = self.load();
        // Only a closed word without failures equals its ticket and is written by a success: with itself.
        if let Outcome::Success = outcome
            && seen.bits() == ticket.id
        {
            return Report::COUNTED;
        }
        self.report_changing(seen, ticket, outcome, limits, clock)
    }

    #[inline(never)]
    fn report_changing(
        &self,
        seen: Word,
        ticket: Ticket,
        outcome: Outcome,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Report {
        limits.with(|limits| {
            let Some(limits) = limits else {
                return self.abandon(ticket);
            };
            let now = if step::report_needs_time(&ticket, outcome) {
                clock.now()
            } else {
                Tick::ZERO
            };
            self.apply(seen, |word| {
                step::report(word, limits, now, &ticket, outcome)
            })
        })
    }

    /// Gives a ticket back with no outcome: a probe frees its slot, and nothing is counted.
    ///
    /// # Progress
    /// Lock-free.
    pub fn abandon(&self, ticket: Ticket) -> Report {
        self.apply(self.load(), |word| step::abandon(word, &ticket))
    }

    /// Opens now, with a fresh deadline; while open too. Ends a forced state.
    ///
    /// # Progress
    /// Lock-free, as every command.
    pub fn trip(&self, limits: &Limits, clock: &impl Clock) -> Option<Transition> {
        let now = clock.now();
        self.apply(self.load(), |word| step::trip(word, limits, now))
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
            self.apply(self.load(), |word| {
                step::trip_under(word, limits, now, ticket)
            })
        })
    }

    /// Whether nothing has changed since the ticket was given. At the next moment it may have.
    ///
    /// # Progress
    /// Wait-free, one load.
    #[inline]
    pub fn is_current(&self, ticket: &Ticket) -> bool {
        step::is_current(self.load(), ticket)
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

    /// The state, as it is stored: open also when its time is over and no call has come since.
    ///
    /// # Progress
    /// Wait-free.
    #[inline]
    pub fn state(&self) -> State {
        self.load().state()
    }

    /// Everything that is stored, and what the next call would meet. Changes nothing.
    ///
    /// # Progress
    /// Wait-free.
    pub fn view(&self, limits: &Limits, clock: &impl Clock) -> View {
        step::view(self.load(), limits, clock.now())
    }

    /// The whole word.
    pub fn word(&self) -> Word {
        self.load()
    }

    #[inline]
    fn load(&self) -> Word {
        // Relaxed: the word guards no other memory. One location has one order, and the swap below decides by it.
        Word::from_bits(self.word.load(Ordering::Relaxed))
    }

    /// Runs the step on what is seen until its word is in place; writes nothing when the step leaves the word as it is.
    #[inline]
    fn apply<V>(&self, mut seen: Word, step: impl Fn(Word) -> (Word, V)) -> V {
        loop {
            let (next, verdict) = step(seen);
            if next == seen {
                return verdict;
            }
            // Relaxed, both: as in `load`.
            match self.word.compare_exchange_weak(
                seen.bits(),
                next.bits(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return verdict,
                Err(current) => seen = Word::from_bits(current),
            }
            spin_hint();
        }
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Breaker").field(&self.load()).finish()
    }
}
