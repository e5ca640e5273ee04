//! How many of the outcomes of a ring there are of each kind, in one word; and one outcome, in one of its places.

use core::fmt;

use crate::bits::Field;
use crate::window::{Mark, Rates, Term};

/// Counts of a stretch. Each is a number of both signs: who takes an outcome away may come before who counts it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sum(pub(super) u64);

/// One outcome, and whose it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seat(pub(super) u64);

const TOTAL: Field = Field::first(16);
const FAILED: Field = TOTAL.then(16);
const SLOW: Field = FAILED.then(16);
const EPOCH: Field = SLOW.then(Term::EPOCH_BITS);
const _: () = assert!(EPOCH.end() <= 64);

const MARK: Field = Field::first(2);
const TAKEN: Field = MARK.then(1);
const TERM: Field = TAKEN.then(Term::BITS);
const _: () = assert!(TERM.end() <= 64);

// === impl Sum ===

impl Sum {
    /// Nothing, of the stretch zero.
    pub const EMPTY: Self = Self::of(Term::new(0));

    /// Nothing, of this stretch.
    pub const fn of(term: Term) -> Self {
        Self(EPOCH.set(0, term.epoch()))
    }

    /// Whether it is of this stretch.
    #[inline]
    pub const fn is_of(self, term: Term) -> bool {
        EPOCH.get(self.0) == term.epoch()
    }

    /// `new` came, and `old` left its place to it.
    pub const fn turned(self, new: Mark, old: Option<Mark>) -> Self {
        let sum = self.plus(new, 1);
        match old {
            Some(old) => sum.plus(old, -1),
            None => sum,
        }
    }

    /// What it has of the stretch; nobody sees less than nothing, or more failures than calls.
    #[inline]
    pub const fn rates(self, term: Term) -> Rates {
        if !self.is_of(term) {
            return Rates::NONE;
        }
        let total = signed(TOTAL.get(self.0));
        Rates {
            total,
            failed: least(signed(FAILED.get(self.0)), total),
            slow: least(signed(SLOW.get(self.0)), total),
        }
    }

    const fn plus(self, mark: Mark, by: i16) -> Self {
        let (failed, slow) = (by * mark.failed as i16, by * mark.slow as i16);
        let word = add(self.0, TOTAL, by);
        Self(add(add(word, FAILED, failed), SLOW, slow))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |field: Field| field.get(self.0) as u16 as i16;
        let (total, failed, slow) = (count(TOTAL), count(FAILED), count(SLOW));
        let epoch = EPOCH.get(self.0);
        write!(f, "#{epoch} {total}: {failed} failed, {slow} slow")
    }
}

// === impl Seat ===

impl Seat {
    /// Never taken.
    pub const EMPTY: Self = Self(0);

    /// Taken by this outcome.
    #[inline]
    pub const fn of(term: Term, mark: Mark) -> Self {
        Self(TERM.set(TAKEN.set(mark.bits(), 1), term.number()))
    }

    /// Whether it was taken in this stretch.
    #[inline]
    pub const fn is_of(self, term: Term) -> bool {
        self.0 >> MARK.end() == Self::of(term, Mark::SUCCESS).0 >> MARK.end()
    }

    /// The outcome, if it is of this stretch.
    #[inline]
    pub const fn mark(self, term: Term) -> Option<Mark> {
        if self.is_of(term) {
            Some(Mark::from_bits(MARK.get(self.0)))
        } else {
            None
        }
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (term, mark) = (TERM.get(self.0), Mark::from_bits(MARK.get(self.0)));
        write!(f, "#{term} {mark:?}")
    }
}

/// Modulo the field, which no neighbour notices.
const fn add(word: u64, field: Field, by: i16) -> u64 {
    field.set(
        word,
        (field.get(word) as u16).wrapping_add_signed(by) as u64,
    )
}

const fn signed(count: u64) -> u64 {
    let count = count as u16 as i16;
    if count < 0 { 0 } else { count as u64 }
}

const fn least(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}
