//! The gate word: who is in, how many may be, how many places of the line are taken, and whether it is over.

use core::fmt;

use crate::bits::Field;

const USED: Field = Field::first(20);
// These two in the lower half: that both are zero is one test without a constant of 64 bits.
const STRIPED: Field = USED.then(1);
const CLOSED: Field = STRIPED.then(1);
const LIMIT: Field = CLOSED.then(20);
const SURPLUS: Field = LIMIT.then(1);
// The last two side by side at the top: that both are zero is one shift.
const PLACES: Field = SURPLUS.then(20);
const WATCHED: Field = PLACES.then(1);
const _: () = assert!(WATCHED.end() == 64);

/// The largest number of permits.
pub const MAX_PERMITS: u32 = USED.max() as u32;

/// The largest number of places in the line.
pub const MAX_PLACES: u32 = PLACES.max() as u32;

/// The gate's state, decoded on demand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u64);

// === impl Word ===

impl Word {
    /// An open gate with nobody in it.
    pub(super) const fn new(limit: u32) -> Self {
        Self(LIMIT.set(0, limit as u64))
    }

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Permits that are out: held by a caller, granted to a waiter, or on their way to one.
    #[inline]
    pub(super) const fn used(self) -> u32 {
        USED.get(self.0) as u32
    }

    #[inline]
    pub(super) const fn limit(self) -> u32 {
        LIMIT.get(self.0) as u32
    }

    /// Places taken in the line: by waiters, and by those whose verdict is not picked up yet.
    #[inline]
    pub(super) const fn places(self) -> u32 {
        PLACES.get(self.0) as u32
    }

    #[inline]
    pub(super) const fn is_closed(self) -> bool {
        CLOSED.get(self.0) == 1
    }

    /// Whether permits may lie in stripes, which count as out here.
    #[inline]
    pub(super) const fn is_striped(self) -> bool {
        STRIPED.get(self.0) == 1
    }

    /// 1 if a release found nothing to release.
    #[inline]
    pub(super) const fn surplus(self) -> u32 {
        SURPLUS.get(self.0) as u32
    }

    /// Whether so many more permits, at least one, may go out.
    #[inline]
    pub(super) const fn fits(self, weight: u32) -> bool {
        // So that for a weight of one nothing is added.
        USED.get(self.0) + (weight as u64 - 1) < LIMIT.get(self.0)
    }

    /// Whether so many permits are more than there ever are. A pause says nothing of that.
    #[inline]
    pub(super) const fn is_too_small_for(self, weight: u32) -> bool {
        self.limit() != 0 && weight > self.limit()
    }

    /// Open, no place taken, and nothing lies in stripes: one test for all three.
    #[inline]
    pub(super) const fn is_plain(self) -> bool {
        self.0 & (PLACES.mask() | CLOSED.mask() | STRIPED.mask()) == 0
    }

    /// Open, and nothing lies in stripes: one test for both.
    #[inline]
    pub(super) const fn is_open_and_whole(self) -> bool {
        self.0 & (CLOSED.mask() | STRIPED.mask()) == 0
    }

    /// What lies in stripes may be had: the gate is open, nobody waits there, and all that is out, which counts what lies in stripes, is
    /// within the limit.
    #[inline]
    pub(super) const fn lends_stripes(self) -> bool {
        self.0 & (PLACES.mask() | CLOSED.mask() | STRIPED.mask()) == STRIPED.mask()
            && self.used() <= self.limit()
    }

    /// Open, nobody waits for anything, and at least half is free, and as much as there are stripes.
    pub(super) const fn is_roomy(self, stripes: u32) -> bool {
        !self.is_closed()
            && !self.concerns_others()
            && 2 * self.used() <= self.limit()
            && stripes <= self.limit() - self.used()
    }

    /// Somebody waits until no permit is out.
    #[inline]
    pub(super) const fn is_watched(self) -> bool {
        WATCHED.get(self.0) == 1
    }

    /// A place is taken, or somebody waits until no permit is out: one test for both.
    #[inline]
    pub(super) const fn concerns_others(self) -> bool {
        self.0 >> SURPLUS.end() != 0
    }

    /// So many permits are out, and that they come back concerns nobody else and no stripe: all are one range.
    #[inline]
    pub(super) const fn may_walk_out(self, weight: u32) -> bool {
        let others = PLACES.mask() | WATCHED.mask() | STRIPED.mask();
        let out = self.0 & (USED.mask() | others);
        weight as u64 <= out && out <= USED.max()
    }

    /// So many more permits out. Only where they fit, so the field cannot overflow.
    #[inline]
    pub(super) const fn more_out(self, weight: u32) -> Self {
        Self(self.0 + USED.one() * weight as u64)
    }

    /// So many permits back. Only where as many are out.
    #[inline]
    pub(super) const fn fewer_out(self, weight: u32) -> Self {
        Self(self.0 - USED.one() * weight as u64)
    }

    /// One more place taken. Only below the line's capacity, which fits the field.
    #[inline]
    pub(super) const fn one_queued(self) -> Self {
        Self(self.0 + PLACES.one())
    }

    /// One place free again. Only above zero.
    #[inline]
    pub(super) const fn one_vacated(self) -> Self {
        Self(self.0 - PLACES.one())
    }

    pub(super) const fn with_limit(self, limit: u32) -> Self {
        Self(LIMIT.set(self.0, limit as u64))
    }

    pub(super) const fn closed(self) -> Self {
        Self(CLOSED.set(self.0, 1))
    }

    pub(super) const fn striped(self) -> Self {
        Self(STRIPED.set(self.0, 1))
    }

    pub(super) const fn watched(self, watched: bool) -> Self {
        Self(WATCHED.set(self.0, watched as u64))
    }

    #[cold]
    pub(super) const fn with_surplus(self) -> Self {
        Self(SURPLUS.set(self.0, 1))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Word")
            .field("used", &self.used())
            .field("limit", &self.limit())
            .field("places", &self.places())
            .field("closed", &self.is_closed())
            .field("striped", &self.is_striped())
            .field("surplus", &self.surplus())
            .field("watched", &self.is_watched())
            .finish()
    }
}
