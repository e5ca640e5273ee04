//! The breaker behind one atomic word.

use core::fmt;

use super::limits::{Limits, LimitsSource};
use super::step;
use super::verdict::{Outcome, Report, State, Ticket, View};
use super::word::Word;
use crate::rng::SharedRng;
use crate::sync::{AtomicU64, Ordering, spin_hint};
use crate::time::{Clock, Tick};

mod admit;
mod commands;

/// A circuit breaker: sixteen bytes, shared by reference. Limits and clock are the caller's.
pub struct Breaker {
    word: AtomicU64,
    /// For the jitter of an open time, and for the calls that a ramp admits.
    chance: SharedRng,
}

/// The random number with which an open time is longest.
const UNLUCKY: u64 = u64::MAX;

// === impl Breaker ===

#[cfg(not(ninelives_loom))]
impl Breaker {
    /// Closed. What is left to chance follows from seed 0: see [`seeded`](Self::seeded).
    pub const fn new() -> Self {
        Self::seeded(0)
    }

    /// Closed. The jitter of its open times and the calls that its ramp admits follow from `seed` and their order alone, so breakers
    /// that must not try together need seeds of their own.
    pub const fn seeded(seed: u64) -> Self {
        Self::with(Word::CLOSED, seed)
    }

    /// Disabled: admits everything and counts nothing, until a command.
    pub const fn disabled() -> Self {
        Self::with(Word::DISABLED, 0)
    }

    pub(super) const fn with(word: Word, seed: u64) -> Self {
        Self {
            word: AtomicU64::new(word.bits()),
            chance: SharedRng::from_seed(seed),
        }
    }
}

/// The model checker's atomics are not made in a `const`.
#[cfg(ninelives_loom)]
impl Breaker {
    /// Closed.
    pub fn new() -> Self {
        Self::with(Word::CLOSED)
    }

    /// Disabled.
    pub fn disabled() -> Self {
        Self::with(Word::DISABLED)
    }

    fn with(word: Word) -> Self {
        Self {
            word: AtomicU64::new(word.bits()),
            chance: SharedRng::from_seed(0),
        }
    }
}

impl Breaker {
    /// Begins what is left to chance anew, for runs that must repeat.
    pub fn reseed(&self, seed: u64) {
        self.chance.reseed(seed);
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
        if let Outcome::Success = outcome
            && step::is_untouched(seen, &ticket)
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
            let needs_time = step::report_needs_time(&ticket, outcome);
            let now = if needs_time { clock.now() } else { Tick::ZERO };
            // What looks at no clock opens nothing.
            let random = self.draw(needs_time && limits.is_jittered());
            self.apply(seen, |word| {
                step::report(word, limits, now, random, &ticket, outcome)
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

    /// Whether nothing has changed since the ticket was given. At the next moment it may have.
    ///
    /// # Progress
    /// Wait-free, one load.
    #[inline]
    pub fn is_current(&self, ticket: &Ticket) -> bool {
        step::is_current(self.load(), ticket)
    }

    /// Whether to report a success of this ticket would change nothing: it is current, and no failures are counted. At the next
    /// moment it may be otherwise.
    ///
    /// # Progress
    /// Wait-free, one load.
    #[inline]
    pub fn is_untouched(&self, ticket: &Ticket) -> bool {
        step::is_untouched(self.load(), ticket)
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

    /// The next random number, if it is asked for.
    #[inline]
    fn draw(&self, asked: bool) -> u64 {
        if asked { self.chance.next() } else { UNLUCKY }
    }

    #[inline]
    fn load(&self) -> Word {
        // Relaxed: the word guards no other memory. One location has one order, and the swap below decides by it.
        Word::from_bits(self.word.load(Ordering::Relaxed))
    }

    /// Runs the step on what is seen until its word is in place.
    #[inline]
    fn apply<V>(&self, mut seen: Word, step: impl Fn(Word) -> (Word, V)) -> V {
        loop {
            let (next, verdict) = step(seen);
            match self.swap(seen, next) {
                Ok(()) => return verdict,
                Err(current) => seen = current,
            }
            spin_hint();
        }
    }

    /// Puts `next` in the place of `seen`; writes nothing when they are the same.
    #[inline]
    fn swap(&self, seen: Word, next: Word) -> Result<(), Word> {
        if next == seen {
            return Ok(());
        }
        // Relaxed, both: as in `load`.
        let (seen, next) = (seen.bits(), next.bits());
        match self
            .word
            .compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed)
        {
            Ok(_) => Ok(()),
            Err(current) => Err(Word::from_bits(current)),
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
