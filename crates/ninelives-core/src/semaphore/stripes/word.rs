//! The words of stripes: which era it is, and what one stripe holds.

use core::fmt;

use crate::bits::Field;
use crate::semaphore::word::MAX_PERMITS;

const SWEPT: Field = Field::first(1);
const ERA: Field = SWEPT.then(42);

const PERMITS: Field = Field::first(20);
const KEPT: Field = PERMITS.then(1);
const CALLED: Field = KEPT.then(1);
const SINCE: Field = CALLED.then(42);
const _: () = assert!(SINCE.end() == 64 && PERMITS.max() == MAX_PERMITS as u64);
const _: () = assert!(SINCE.max() == ERA.max());

/// The era after which stripes stay shut for good.
const LAST: u64 = ERA.max() - 1;
const _: () = assert!(LAST.is_multiple_of(2));

/// Which era it is. In an odd one stripes are open: permits that come back may lie in them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::semaphore) struct Phase(u64);

/// What one stripe holds, and since which era. It is open while that is odd, and its thread does not keep what it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::semaphore) struct Stripe(u64);

// === impl Phase ===

impl Phase {
    /// The first era: shut, and nothing lies anywhere.
    pub(super) const FIRST: Self = Self(SWEPT.one());

    /// The last but one in which stripes are shut.
    #[cfg(test)]
    pub(super) const LATE: Self = Self(ERA.set(SWEPT.one(), LAST - 2));

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(in crate::semaphore) const fn is_open(self) -> bool {
        self.era() % 2 == 1
    }

    /// Every stripe was found shut and empty in this era, which they stay as long as it lasts.
    #[inline]
    pub(in crate::semaphore) const fn is_swept(self) -> bool {
        SWEPT.get(self.0) == 1
    }

    #[inline]
    const fn era(self) -> u64 {
        ERA.get(self.0)
    }

    /// The era in which stripes are open that follows this one; none after the last.
    pub(super) const fn opened(self) -> Option<Self> {
        if self.is_open() || self.era() == LAST {
            None
        } else {
            Some(Self(ERA.set(0, self.era() + 1)))
        }
    }

    /// The same era if stripes are shut in it, and else the one that follows.
    pub(super) const fn closed(self) -> Self {
        if self.is_open() { self.shut() } else { self }
    }

    /// A later era in which stripes are shut: nobody who saw this one opens them any more. After the last nobody does anyhow.
    pub(super) const fn shut(self) -> Self {
        if self.era() == LAST {
            return self;
        }
        let step = if self.is_open() { 1 } else { 2 };
        Self(ERA.set(0, self.era() + step))
    }

    pub(super) const fn swept(self) -> Self {
        Self(SWEPT.set(self.0, 1))
    }
}

impl fmt::Debug for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phase")
            .field("era", &self.era())
            .field("swept", &self.is_swept())
            .finish()
    }
}

// === impl Stripe ===

impl Stripe {
    /// Shut and empty since the first era.
    pub(super) const FIRST: Self = Self(0);

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(super) const fn permits(self) -> u32 {
        PERMITS.get(self.0) as u32
    }

    #[inline]
    pub(super) const fn is_open(self) -> bool {
        self.0 & (SINCE.one() | KEPT.mask()) == SINCE.one()
    }

    /// What it holds is in the purse of its thread.
    #[inline]
    pub(super) const fn is_kept(self) -> bool {
        self.0 & KEPT.mask() != 0
    }

    /// The same, and nobody asks for it.
    #[inline]
    pub(super) const fn is_left_alone(self) -> bool {
        self.0 & (KEPT.mask() | CALLED.mask()) == KEPT.mask()
    }

    /// What it holds is in the purse of its thread, and somebody asks for it.
    #[inline]
    pub(super) const fn is_called(self) -> bool {
        self.0 & CALLED.mask() != 0
    }

    /// Its thread keeps what it holds, which is no longer here.
    pub(super) const fn kept(self) -> Self {
        Self(KEPT.set(self.0, 1)).holding(0)
    }

    /// Its thread is asked for what it keeps.
    pub(super) const fn called(self) -> Self {
        Self(CALLED.set(self.0, 1))
    }

    /// What its thread kept is here again, and it is shut.
    pub(super) const fn brought(self, permits: u32) -> Self {
        Self(SINCE.set(0, SINCE.get(self.0) + 1)).holding(permits)
    }

    /// With so many permits.
    pub(super) const fn holding(self, permits: u32) -> Self {
        Self(PERMITS.set(self.0, permits as u64))
    }

    /// So many, of the same era.
    #[inline]
    pub(super) const fn counting(self, permits: u32) -> Self {
        Self(SINCE.mask() & self.0).holding(permits)
    }

    /// Of the same era.
    #[inline]
    pub(super) const fn is_as_old_as(self, other: Self) -> bool {
        SINCE.get(self.0) == SINCE.get(other.0)
    }

    /// Of an earlier era.
    #[inline]
    pub(super) const fn is_older_than(self, other: Self) -> bool {
        SINCE.get(self.0) < SINCE.get(other.0)
    }

    /// Of an era that follows this one.
    pub(super) const fn is_later_than(self, phase: Phase) -> bool {
        SINCE.get(self.0) > phase.era()
    }

    /// The same permits in another era.
    #[inline]
    pub(super) const fn moved_to(self, phase: Phase) -> Self {
        Self(SINCE.set(self.0, phase.era()))
    }

    /// So many more permits; none where they do not fit, which no limit allows.
    #[inline]
    pub(super) const fn with(self, more: u32) -> Option<Self> {
        if PERMITS.get(self.0) + more as u64 <= PERMITS.max() {
            Some(Self(self.0 + PERMITS.one() * more as u64))
        } else {
            None
        }
    }

    /// So many permits fewer; none where there are not as many.
    #[inline]
    pub(super) const fn without(self, fewer: u32) -> Option<Self> {
        if fewer as u64 <= PERMITS.get(self.0) {
            Some(Self(self.0 - PERMITS.one() * fewer as u64))
        } else {
            None
        }
    }
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe")
            .field("since", &SINCE.get(self.0))
            .field("permits", &self.permits())
            .field("kept", &self.is_kept())
            .finish()
    }
}
