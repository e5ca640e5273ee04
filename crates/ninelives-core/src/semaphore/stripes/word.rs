//! The words of stripes: which era it is, and what one stripe holds.

use core::fmt;

use crate::bits::Field;
use crate::semaphore::word::MAX_PERMITS;

const SWEPT: Field = Field::first(1);
const ERA: Field = SWEPT.then(44);

const PERMITS: Field = Field::first(20);
const SINCE: Field = PERMITS.then(44);
const _: () = assert!(SINCE.end() == 64 && PERMITS.max() == MAX_PERMITS as u64);

/// The era after which stripes stay shut for good.
const LAST: u64 = ERA.max() - 1;
const _: () = assert!(LAST.is_multiple_of(2));

/// Which era it is. In an odd one stripes are open: permits that come back may lie in them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::semaphore) struct Phase(u64);

/// What one stripe holds, and since which era. It is open while that is odd.
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
        SINCE.get(self.0) % 2 == 1
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
            .finish()
    }
}
