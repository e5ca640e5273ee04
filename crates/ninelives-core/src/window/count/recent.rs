//! The last few outcomes in one word: two bits each.

use core::fmt;

use crate::bits::Field;
use crate::window::{Mark, Rates, Term};

/// The last outcomes of a stretch, the newest lowest. A one above the oldest says how many there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recent(pub(super) u64);

const HISTORY: Field = Field::first(2 * Recent::MOST + 1);
const EPOCH: Field = HISTORY.then(Term::EPOCH_BITS);
const _: () = assert!(EPOCH.end() <= 64);

/// Every outcome's lower bit: it failed. The bits above them: it was slow.
const FAILED: u64 = 0x5555_5555_5555_5555;

// === impl Recent ===

impl Recent {
    /// As many outcomes as it keeps.
    pub const MOST: u32 = 24;

    /// No outcome, of the stretch zero.
    pub const EMPTY: Self = Self::of(Term::new(0));

    /// No outcome, of this stretch.
    pub const fn of(term: Term) -> Self {
        Self(EPOCH.set(HISTORY.one(), term.epoch()))
    }

    /// Full of successes: what one more leaves as it is.
    #[inline]
    pub const fn well(size: u32, term: Term) -> Self {
        Self(term.epoch() << HISTORY.end() | 1 << (2 * size))
    }

    /// Whether it is of this stretch.
    #[inline]
    pub const fn is_of(self, term: Term) -> bool {
        EPOCH.get(self.0) == term.epoch()
    }

    /// How many outcomes there are.
    pub const fn len(self) -> u32 {
        HISTORY.get(self.0).ilog2() / 2
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// One more outcome, and only the last `size`.
    #[inline]
    pub const fn push(self, size: u32, mark: Mark) -> Self {
        let history = HISTORY.get(self.0) << 2 | mark.bits();
        Self(EPOCH.set(cut(history, size), EPOCH.get(self.0)))
    }

    /// The last `size` outcomes.
    pub const fn cut(self, size: u32) -> Self {
        Self(EPOCH.set(cut(HISTORY.get(self.0), size), EPOCH.get(self.0)))
    }

    /// What it has of the stretch.
    #[inline]
    pub const fn rates(self, term: Term) -> Rates {
        if !self.is_of(term) {
            return Rates::NONE;
        }
        let len = self.len();
        let marks = HISTORY.get(self.0) ^ 1 << (2 * len);
        Rates {
            total: len as u64,
            failed: (marks & FAILED).count_ones() as u64,
            slow: (marks & !FAILED).count_ones() as u64,
        }
    }

    /// The outcome that is so many back from the newest.
    pub(super) const fn back(self, by: u32) -> Mark {
        Mark::from_bits(HISTORY.get(self.0) >> (2 * by))
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} ", EPOCH.get(self.0))?;
        (0..self.len()).rev().try_for_each(|by| {
            f.write_str(match self.back(by).bits() {
                0 => ".",
                1 => "x",
                2 => "s",
                _ => "X",
            })
        })
    }
}

/// The one that says how many there are comes down to `size`, if it is above.
const fn cut(history: u64, size: u32) -> u64 {
    let end = 1 << (2 * size);
    if history < end {
        history
    } else {
        history & (end - 1) | end
    }
}
