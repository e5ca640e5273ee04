//! The shared word.

use core::fmt;

use super::{Limits, Withdrawal, Word};
use crate::sync::{AtomicU64, Ordering, spin_hint};
use crate::time::Tick;

/// A retry budget, shared by reference. Its owner keeps the [`Limits`] and hands them in.
///
/// One word, without padding: where it stands beside other words that threads write, the owner pads it.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::budget::{Budget, Limits, Withdrawal};
/// use ninelives_core::time::Tick;
/// let limits = Limits::new(0.5, 1.0, 2)?;
/// let budget = Budget::new(&limits);
/// assert_eq!(budget.withdraw(&limits, Tick::ZERO), Withdrawal::Granted);
/// assert_eq!(budget.withdraw(&limits, Tick::ZERO), Withdrawal::Granted);
/// assert_eq!(budget.withdraw(&limits, Tick::ZERO), Withdrawal::Empty);
/// budget.deposit(&limits);
/// budget.deposit(&limits);
/// assert_eq!(budget.withdraw(&limits, Tick::ZERO), Withdrawal::Granted);
/// let later = Tick::ZERO.after(Duration::from_secs(1));
/// assert_eq!(budget.withdraw(&limits, later), Withdrawal::Granted);
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
pub struct Budget {
    word: AtomicU64,
}

/// Limits that may change while their budget is in use: one word, so that nobody reads half of a change.
///
/// # Progress
/// Wait-free.
pub struct LimitsCell {
    word: AtomicU64,
}

// === impl Budget ===

impl Budget {
    /// A full budget.
    pub fn new(limits: &Limits) -> Self {
        Self {
            word: AtomicU64::new(Word::full(limits).0),
        }
    }

    /// Credits one request: `ratio` tokens, up to the cap. At the cap it writes nothing.
    ///
    /// Once per request, not per attempt, or retries would pay for retries.
    #[inline]
    pub fn deposit(&self, limits: &Limits) {
        self.apply(|word| (word.deposit(limits), ()));
    }

    /// Takes one token for one retry, after adding what the minimum rate makes of the time since the last refill.
    ///
    /// It never waits: [`Withdrawal::Empty`] is the answer when there is less than one token, and then nothing was written.
    #[inline]
    pub fn withdraw(&self, limits: &Limits, now: Tick) -> Withdrawal {
        self.apply(|word| word.withdraw(limits, now))
    }

    /// Gives one token back, up to the cap: for a token that was granted, and an attempt that was then not made.
    #[inline]
    pub fn refund(&self, limits: &Limits) {
        self.apply(|word| (word.refund(limits), ()));
    }

    /// Takes away what is above the cap: after the cap was lowered, so that raising it again brings nothing back.
    pub fn clip(&self, limits: &Limits) {
        self.apply(|word| (word.clip(limits), ()));
    }

    /// The tokens there are at `now`, the refill that is due included. Looking changes nothing.
    pub fn balance(&self, limits: &Limits, now: Tick) -> f64 {
        self.word().balance(limits, now)
    }

    /// The state as it is stored.
    pub fn word(&self) -> Word {
        // Relaxed: a reading; guards no memory.
        Word(self.word.load(Ordering::Relaxed))
    }

    /// Runs `step` on the word and swaps the result in; a step that changes nothing writes nothing.
    #[inline]
    fn apply<V>(&self, step: impl Fn(Word) -> (Word, V)) -> V {
        let mut seen = self.word();
        loop {
            let (next, verdict) = step(seen);
            if next == seen {
                return verdict;
            }
            // Relaxed, both: the word guards no other memory (see the page).
            match self.word.compare_exchange_weak(
                seen.0,
                next.0,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return verdict,
                Err(now) => seen = Word(now),
            }
            spin_hint();
        }
    }
}

// === impl LimitsCell ===

impl LimitsCell {
    /// A cell with these limits.
    pub fn new(limits: &Limits) -> Self {
        Self {
            word: AtomicU64::new(limits.pack()),
        }
    }

    /// The limits now.
    #[inline]
    pub fn get(&self) -> Limits {
        // Relaxed: the word is all there is to the limits, and guards no other memory.
        Limits::unpack(self.word.load(Ordering::Relaxed))
    }

    /// Changes the limits.
    pub fn set(&self, limits: &Limits) {
        // Relaxed: as in `get`.
        self.word.store(limits.pack(), Ordering::Relaxed);
    }
}

impl fmt::Debug for LimitsCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LimitsCell").field(&self.get()).finish()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Budget").field(&self.word()).finish()
    }
}
