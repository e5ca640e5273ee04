//! One count of one slot: how many, and of when.

use core::fmt;

use crate::bits::Field;
use crate::window::Term;

/// A count and its stamp. A stamp that is not the one asked for means: nothing was counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(pub(super) u64);

/// Of when a count is: a lap of the ring, and whose history. In its place, with a count of zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stamp(u64);

const COUNT: Field = Field::first(22);
const EPOCH: Field = COUNT.then(Term::EPOCH_BITS);
const LAP: Field = EPOCH.then(28);
const _: () = assert!(LAP.end() == 64);

// === impl Stamp ===

impl Stamp {
    pub(super) const NONE: Self = Self(0);

    /// The lap, modulo 2^28, in this stretch.
    #[inline]
    pub const fn new(term: Term, lap: u64) -> Self {
        Self(lap << EPOCH.end() | term.epoch() << COUNT.end())
    }

    const fn lap(self) -> u64 {
        LAP.get(self.0)
    }
}

// === impl Word ===

impl Word {
    /// Never written: nothing, of a lap that no clock reaches, so that the first of every lap finds that it is.
    pub const EMPTY: Self = Self(EPOCH.mask() | LAP.mask());
    /// The count that goes no further: 4194303.
    pub const FULL: u64 = COUNT.max();

    /// So many, of then.
    pub const fn of(stamp: Stamp, count: u64) -> Self {
        Self(COUNT.set(stamp.0, count))
    }

    /// How many, whenever it was.
    pub const fn count(self) -> u64 {
        COUNT.get(self.0)
    }

    /// How many of then; zero when it is of another time, or of another stretch.
    #[inline]
    pub const fn count_of(self, stamp: Stamp) -> u64 {
        let count = self.0 ^ stamp.0;
        if count > Self::FULL { 0 } else { count }
    }

    /// Whether it is of then.
    #[inline]
    pub const fn is_of(self, stamp: Stamp) -> bool {
        self.0 ^ stamp.0 <= Self::FULL
    }

    /// Whether it is of then and can count one more: the one question of the way that every call goes.
    #[inline]
    pub(super) const fn has_room(self, stamp: Stamp) -> bool {
        self.0 ^ stamp.0 < Self::FULL
    }

    #[inline]
    pub(super) const fn one_more(self) -> Self {
        Self(self.0 + COUNT.one())
    }

    pub(super) const fn one_less(self) -> Self {
        Self(self.0 - COUNT.one())
    }

    /// How many laps it is ahead of then, modulo 2^28.
    pub(super) const fn laps_ahead(self, stamp: Stamp) -> u64 {
        LAP.get(self.0).wrapping_sub(stamp.lap()) & LAP.max()
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, epoch, lap) = (self.count(), EPOCH.get(self.0), LAP.get(self.0));
        write!(f, "{count} of lap {lap}#{epoch}")
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lap {}#{}", self.lap(), EPOCH.get(self.0))
    }
}
