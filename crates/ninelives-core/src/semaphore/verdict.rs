//! What callers ask for, and what they are told.

use core::num::NonZeroU32;

use crate::bits::Field;

#[cfg(doc)]
use super::Semaphore;

/// What somebody who comes asks for: so many permits at once, and the class they wait in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    weight: NonZeroU32,
    priority: Priority,
}

/// The class somebody waits in. Higher classes are served first; see the page for what keeps the lower ones from starving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Priority {
    /// May wait longest: what nobody sits in front of.
    Low = 0,
    /// The usual.
    #[default]
    Normal = 1,
    /// Before the usual.
    High = 2,
    /// Before everything else.
    Critical = 3,
}

/// Where somebody comes from: the stripe that is theirs, and the thread they are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    stripe: u32,
    thread: u64,
}

/// What became of an attempt to get in.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit must be released, and a place must be consumed"]
pub enum Entry {
    /// All permits are the caller's; `in_flight` counts them.
    Acquired {
        /// Permits out at that point in time, these included; 0 while permits lie in [stripes](Semaphore::striped), where
        /// [`Semaphore::snapshot`] counts who wants to know.
        in_flight: u32,
    },
    /// A place in the line is the caller's.
    Waiting(Place),
    /// More permits were asked for than there are.
    Overweight {
        /// The limit at that point in time.
        limit: u32,
    },
    /// Not all of the permits, and no place.
    Full {
        /// Permits out at that point in time. It is below `limit` when others wait for what is free, or when that is too little.
        in_flight: u32,
        /// The limit at that point in time.
        limit: u32,
    },
    /// The semaphore was closed.
    Closed,
}

/// A place in the line of the semaphore that gave it. It is consumed exactly once, by [`Semaphore::take`] or
/// [`Semaphore::leave`]; one that is merely dropped stays taken for good, and so do the permits it may be granted.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a place that is not consumed stays taken"]
pub struct Place {
    pub(super) slot: u32,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// All permits are the caller's, as soon as it calls [`Semaphore::take`].
    Granted {
        /// Permits out when these were set aside, these included.
        in_flight: u32,
    },
    /// Its turn came, and it weighs more than the limit has become. The place is given up with [`Semaphore::leave`].
    Overweight {
        /// The limit when its turn came.
        limit: u32,
    },
    /// The semaphore was closed. The place is given up with [`Semaphore::leave`].
    Closed,
}

/// What somebody who left their place gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// A wait; no permit was touched.
    GaveUp,
    /// Permits that were granted and not taken. They went to the next in the line, or back.
    HadGrant,
    /// Nothing: it weighed more than the limit.
    Overweight,
    /// Nothing: the semaphore was closed.
    Closed,
}

/// The whole gate at one point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Permits out: held, granted and not yet taken, or on their way to a waiter. Above `limit` after it shrank. Where some lie in
    /// [stripes](Semaphore::striped), those were looked at one after the other.
    pub in_flight: u32,
    /// The limit; 0 is a pause.
    pub limit: u32,
    /// Places taken in the line: waiters, and those that were granted or closed and did not consume their place yet.
    pub waiting: u32,
    /// Whether it is over.
    pub closed: bool,
    /// 1 if something was released without a permit out, which is a bug of the caller; else 0.
    pub surplus: u32,
}

// === impl Entry ===

impl Entry {
    /// Acquired, while permits lie in stripes.
    pub(super) const APART: Self = Self::Acquired { in_flight: 0 };
}

// === impl Spot ===

impl Spot {
    /// Of this stripe; a number that no stripe has is one of theirs.
    #[inline]
    pub const fn at(stripe: u32) -> Self {
        Self { stripe, thread: 0 }
    }

    /// The same, on a thread that may [keep](Semaphore::kept_by_threads) what lies in its stripe. Its number is no other thread's, at any time;
    /// 0 is nobody's.
    #[inline]
    #[must_use]
    pub const fn on(self, thread: u64) -> Self {
        Self { thread, ..self }
    }

    #[inline]
    pub(super) const fn stripe(self) -> u32 {
        self.stripe
    }

    #[inline]
    pub(super) const fn thread(self) -> u64 {
        self.thread
    }

    #[inline]
    pub(super) const fn may_keep(self) -> bool {
        self.thread != 0
    }
}

// === impl Ask ===

impl Ask {
    /// One permit, in the usual class.
    pub const ONE: Self = Self::new(NonZeroU32::MIN, Priority::Normal);

    /// So many permits, all or none, and the class to wait in.
    #[inline]
    pub const fn new(weight: NonZeroU32, priority: Priority) -> Self {
        Self { weight, priority }
    }

    /// The permits asked for.
    #[inline]
    pub const fn weight(self) -> u32 {
        self.weight.get()
    }

    /// The class to wait in.
    #[inline]
    pub const fn priority(self) -> Priority {
        self.priority
    }
}

// === impl Priority ===

impl Priority {
    /// Every class, the highest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// How many classes are above it.
    #[inline]
    pub const fn rank(self) -> u32 {
        Self::Critical as u32 - self as u32
    }
}

// === impl Ask ===

const CLASS: Field = Field::first(2);
const WEIGHT: Field = CLASS.then(30);

impl Ask {
    /// For a word of a place. More permits than that holds are more than any limit.
    pub(super) fn pack(self) -> u32 {
        let weight = u64::from(self.weight()).min(WEIGHT.max());
        WEIGHT.set(CLASS.set(0, self.priority as u64), weight) as u32
    }

    pub(super) fn unpack(word: u32) -> Self {
        let (class, weight) = (CLASS.get(word.into()), WEIGHT.get(word.into()));
        let priority = Priority::ALL[CLASS.max() as usize - class as usize];
        let weight = NonZeroU32::new(weight as u32).unwrap_or(NonZeroU32::MIN);
        Self::new(weight, priority)
    }
}
