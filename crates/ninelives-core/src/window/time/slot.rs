//! A slot: four words, each with its own stamp; and the slots of a stripe.

use super::shape::{PLACES, place};
use super::step::{self, Added};
use super::word::{Stamp, Word};
use crate::sync::{AtomicU64, Ordering, fence, spin_hint};
use crate::window::{Mark, Rates};

/// One count, that is put to a later time by whoever comes first then.
#[derive(Debug)]
pub(super) struct Count {
    word: AtomicU64,
}

/// What was counted in one part of the window, on one stripe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'a> {
    pub(super) calls: &'a Count,
    pub(super) failed: &'a Count,
    pub(super) slow: &'a Count,
}

/// A stripe: the words of its slots, by kind, so that a success touches as few lines as there can be.
#[derive(Debug)]
pub(super) struct Stripe {
    calls: Ring,
    failed: Ring,
    slow: Ring,
    /// Calls that began in a slot and are out.
    open: Ring,
}

type Ring = [Count; PLACES as usize];

// === impl Count ===

impl Count {
    fn new() -> Self {
        Self {
            word: AtomicU64::new(Word::EMPTY.0),
        }
    }

    /// One more of then, if that is how it is and nobody comes between: the way of nearly every call.
    #[inline]
    pub(super) fn try_add(&self, stamp: Stamp) -> bool {
        let seen = self.look();
        seen.has_room(stamp) && self.swap(seen, seen.one_more()).is_ok()
    }

    /// One more of then.
    pub(super) fn add(&self, stamp: Stamp, patience: u64, current: &impl Fn() -> bool) -> Added {
        self.apply(|word| {
            let current = asked(word, stamp, patience, current);
            step::add(word, stamp, patience, current)
        })
    }

    /// Nothing of then yet, unless somebody came first.
    fn turn(&self, stamp: Stamp, patience: u64, current: &impl Fn() -> bool) {
        self.apply(|word| {
            let current = asked(word, stamp, patience, current);
            (step::turn(word, stamp, patience, current), ())
        });
    }

    /// One less of then, if the count still is of then.
    pub(super) fn remove(&self, stamp: Stamp) {
        self.apply(|word| (step::remove(word, stamp), ()));
    }

    /// Puts so many more into a count that nobody else knows yet.
    pub(super) fn pour(&self, stamp: Stamp, more: u64) {
        let count = self.look().count_of(stamp).saturating_add(more);
        // Relaxed: as said, nobody else knows it.
        self.word
            .store(Word::of(stamp, count.min(Word::FULL)).0, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn look(&self) -> Word {
        // Relaxed: one count of several; `Slot::rates` orders those that belong together.
        Word(self.word.load(Ordering::Relaxed))
    }

    /// As [`look`](Self::look), and every count that came before is seen from here on.
    fn look_first(&self) -> Word {
        // Acquire: pairs with the Release in `swap`; whoever counted a failure had counted its call.
        Word(self.word.load(Ordering::Acquire))
    }

    /// Runs the step on what is seen until its word is in place; writes nothing when the step leaves the word as it is.
    fn apply<V>(&self, step: impl Fn(Word) -> (Word, V)) -> V {
        let mut seen = self.look();
        loop {
            let (next, verdict) = step(seen);
            if next == seen {
                return verdict;
            }
            match self.swap(seen, next) {
                Ok(()) => return verdict,
                Err(other) => seen = other,
            }
            spin_hint();
        }
    }

    #[inline]
    fn swap(&self, seen: Word, next: Word) -> Result<(), Word> {
        // Release: pairs with the Acquire in `look_first`, and with the fence in `asked`. Relaxed: `asked` fences.
        self.word
            .compare_exchange_weak(seen.0, next.0, Ordering::Release, Ordering::Relaxed)
            .map(drop)
            .map_err(Word)
    }
}

// === impl Stripe ===

impl Stripe {
    pub(super) fn new() -> Self {
        let ring = || core::array::from_fn(|_| Count::new());
        Self {
            calls: ring(),
            failed: ring(),
            slow: ring(),
            open: ring(),
        }
    }

    #[inline]
    pub(super) const fn slot(&self, number: u64) -> Slot<'_> {
        let place = place(number);
        Slot {
            calls: &self.calls[place],
            failed: &self.failed[place],
            slow: &self.slow[place],
        }
    }

    #[inline]
    pub(super) const fn open(&self, number: u64) -> &Count {
        &self.open[place(number)]
    }
}

// === impl Slot ===

impl Slot<'_> {
    /// One call more of then, with what it was like; whether it was counted.
    #[inline(never)]
    pub(super) fn record(
        self,
        stamp: Stamp,
        patience: u64,
        mark: Mark,
        current: &impl Fn() -> bool,
    ) -> bool {
        let added = self.calls.add(stamp, patience, current);
        if let Added::Turned = added {
            // Who is the first takes the failures and slow calls of before away.
            self.failed.turn(stamp, patience, current);
            self.slow.turn(stamp, patience, current);
        }
        let counted = added.is_counted();
        // After the call itself: a look never sees more failures than calls.
        if counted && mark.failed {
            self.failed.add(stamp, patience, current);
        }
        if counted && mark.slow {
            self.slow.add(stamp, patience, current);
        }
        counted
    }

    /// What it has of then. Never more failures, or slow calls, than calls.
    #[inline]
    pub(super) fn rates(self, stamp: Stamp) -> Rates {
        if !self.calls.look().is_of(stamp) {
            return Rates::default();
        }
        let (failed, slow) = (self.failed.look_first(), self.slow.look_first());
        // After the others. A slot that has been put to another time since is gone, with all that it had.
        let calls = self.calls.look();
        if !calls.is_of(stamp) {
            return Rates::default();
        }
        // A thread that is held between the words while others turn them may leave more; nobody is to see that.
        let total = calls.count_of(stamp);
        Rates {
            total,
            failed: failed.count_of(stamp).min(total),
            slow: slow.count_of(stamp).min(total),
        }
    }
}

/// Whether the stretch still counts, where that matters; elsewhere nobody asks.
fn asked(seen: Word, stamp: Stamp, patience: u64, current: &impl Fn() -> bool) -> bool {
    step::asks(seen, stamp, patience) && {
        // Acquire fence: pairs with the Release in `swap`: who put this word to its stretch had seen that stretch begin, so
        // whoever reads the word and then asks, learns of it too.
        fence(Ordering::Acquire);
        current()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Term;

    #[test]
    fn o07_whatever_was_left_in_a_slot_nobody_sees_more_failures_than_calls() {
        let (stripe, stamp) = (Stripe::new(), Stamp::new(Term::new(1), 7));
        let slot = stripe.slot(3);
        slot.failed.pour(stamp, 5);
        slot.slow.pour(stamp, 3);
        assert_eq!(slot.rates(stamp), Rates::default());
        slot.calls.pour(stamp, 2);
        let all = Rates {
            total: 2,
            failed: 2,
            slow: 2,
        };
        assert_eq!(slot.rates(stamp), all);
    }
}
