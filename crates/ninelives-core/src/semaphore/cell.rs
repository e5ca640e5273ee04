//! The gate: one word, one swap.

use crossbeam_utils::CachePadded;

use super::step::{self, Admit, Returned, Served};
use super::word::Word;
use crate::sync::{AtomicU64, Ordering, fence, spin_hint};

/// The word on a cache line of its own.
pub(super) struct Gate(CachePadded<AtomicU64>);

/// What a first look at the word says.
pub(super) enum Glance {
    /// They are turned away.
    Refused(Word, Admit),
    /// It has to be decided, by the word alone.
    Whole,
    /// It has to be decided, and what lies in stripes may be had.
    Striped,
    /// It has to be decided, and whatever lies in stripes has to come to the gate first.
    Strict,
}

// === impl Gate ===

impl Gate {
    pub(super) fn new(limit: u32) -> Self {
        Self(CachePadded::new(AtomicU64::new(Word::new(limit).bits())))
    }

    /// The only place that writes the word. The answer is the word in force after the step.
    #[inline]
    fn apply<V>(&self, mut step: impl FnMut(Word) -> (Word, V)) -> (Word, V) {
        // Relaxed: a guess; the swap below checks it.
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let (next, verdict) = step(Word::from_bits(seen));
            if next.bits() == seen {
                return (next, verdict);
            }
            // Release: a slot pushed to the free list, or what a caller did under its permit, is published to
            // Acquire: whoever takes that place or that permit, here, by a later swap of the same word.
            // Relaxed on failure: a guess again.
            match self.0.compare_exchange_weak(
                seen,
                next.bits(),
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return (next, verdict),
                Err(now) => seen = now,
            }
            spin_hint();
        }
    }

    /// One try of the shortest way in; `None` says nothing but that it was not that short.
    #[inline]
    pub(super) fn walk_in(&self, weight: u32) -> Option<Word> {
        // Relaxed: as in `apply`.
        let seen = self.0.load(Ordering::Relaxed);
        let next = step::walk_in(Word::from_bits(seen), weight)?;
        // Acquire: as in `apply`. Nothing of the line was touched, and the release sequences of others pass through this swap.
        self.0
            .compare_exchange(seen, next.bits(), Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| next)
    }

    /// What can be said at first sight of who comes and was not let in by the shortest way.
    #[inline]
    pub(super) fn glance(&self, weight: u32, capacity: u32) -> Glance {
        // Relaxed: as in `apply`, which would write nothing either.
        let word = Word::from_bits(self.0.load(Ordering::Relaxed));
        if word.is_open_and_whole() {
            match step::turn_away(word, weight, capacity) {
                Some(admit) => Glance::Refused(word, admit),
                None => Glance::Whole,
            }
        } else if word.lends_stripes() {
            Glance::Striped
        } else if word.is_striped() {
            Glance::Strict
        } else {
            Glance::Refused(word, Admit::Closed)
        }
    }

    /// Whether permits may lie in stripes. Once they might, it stays so.
    #[inline]
    pub(super) fn is_striped(&self) -> bool {
        // Relaxed: whoever set it has told in the phase of stripes what else there is to see; who changed the word before it was set
        // changed the same word.
        Word::from_bits(self.0.load(Ordering::Relaxed)).is_striped()
    }

    /// One try of the shortest way out, as [`walk_in`](Self::walk_in), or the word that it met.
    #[inline]
    pub(super) fn walk_out(&self, weight: u32) -> Result<(), Word> {
        // Relaxed: as in `apply`.
        let seen = Word::from_bits(self.0.load(Ordering::Relaxed));
        let Some(next) = step::walk_out(seen, weight) else {
            return Err(seen);
        };
        // Release: as in `apply`. The answer says that nobody waits, so nothing is read that another published.
        let swapped = self.0.compare_exchange(
            seen.bits(),
            next.bits(),
            Ordering::Release,
            Ordering::Relaxed,
        );
        swapped.map(drop).map_err(Word::from_bits)
    }

    pub(super) fn enter(
        &self,
        weight: u32,
        capacity: u32,
        clear: impl Fn() -> bool,
    ) -> (Word, Admit) {
        self.apply(|word| step::enter(word, weight, capacity, &clear))
    }

    pub(super) fn serve(&self, weight: u32) -> (Word, Served) {
        self.apply(|word| step::serve(word, weight))
    }

    pub(super) fn release(&self, weight: u32) -> (Word, Returned) {
        self.apply(|word| step::release(word, weight))
    }

    pub(super) fn vacate(&self) -> Word {
        self.apply(step::vacate).0
    }

    pub(super) fn forgo(&self, weight: u32) -> Word {
        self.apply(|word| step::forgo(word, weight)).0
    }

    pub(super) fn resize(&self, limit: u32) -> (Word, u32) {
        self.apply(|word| step::resize(word, limit))
    }

    pub(super) fn stripe(&self, stripes: u32) -> bool {
        self.apply(|word| step::stripe(word, stripes)).1
    }

    pub(super) fn watch(&self) -> bool {
        self.apply(step::watch).1
    }

    pub(super) fn rest(&self) -> bool {
        self.apply(step::rest).1
    }

    pub(super) fn close(&self) -> Word {
        self.apply(step::close).0
    }

    /// The word now. Acquire: pairs with the Release of `apply`, so that what came before the counted event is seen.
    #[inline]
    pub(super) fn load(&self) -> Word {
        Word::from_bits(self.0.load(Ordering::Acquire))
    }

    /// Between a change of the word or of the line and a look at the other.
    ///
    /// SeqCst fence: everyone who changed one of them passes here before looking at the other. Of a releaser (word, fence, line) and
    /// a waiter (line, fence, word), at least one sees what the other did.
    pub(super) fn face_the_line(&self) {
        fence(Ordering::SeqCst);
    }
}
