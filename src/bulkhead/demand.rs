//! What a call asks for: one permit, or as many as a function of the request says; and in which class it waits.

use std::fmt;
use std::num::NonZeroU32;

use ninelives_core::semaphore::{Ask, Priority};

/// Every call weighs one permit: the default, and free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct One;

/// Every call waits in the same line: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Same;

/// As the function of the request says.
#[derive(Clone, Copy)]
pub struct By<F>(pub(super) F);

/// [`One`] or [`By`]: how much calls weigh. Not to be implemented elsewhere.
pub trait Weigh: Clone + sealed::Sealed {
    /// What a call keeps of it.
    type Weight: Weight;

    /// What [`explain`](crate::Policy::explain) calls one of what is counted, and several.
    #[doc(hidden)]
    const COUNTED: [&'static str; 2];
}

/// How much a call with a request of type `Req` weighs. Not to be implemented elsewhere.
pub trait WeighRequest<Req>: Weigh {
    #[doc(hidden)]
    fn weigh(&self, request: &Req) -> Self::Weight;
}

/// The permits of one call: [`One`], or a number. Not to be implemented elsewhere.
pub trait Weight: Copy + fmt::Debug + sealed::Sealed {
    #[doc(hidden)]
    fn permits(self) -> NonZeroU32;
}

/// [`Same`] or [`By`]: the classes of calls. Not to be implemented elsewhere.
pub trait Rank: Clone + sealed::Sealed {
    /// Whether there are several.
    #[doc(hidden)]
    const CLASSES: bool;

    /// What [`explain`](crate::Policy::explain) says of it.
    #[doc(hidden)]
    const SAID: &'static str;
}

/// The class of a call with a request of type `Req`. Not to be implemented elsewhere.
pub trait RankRequest<Req>: Rank {
    #[doc(hidden)]
    fn rank(&self, request: &Req) -> Priority;
}

mod sealed {
    /// Keeps these to this page.
    pub trait Sealed {}

    impl Sealed for super::One {}
    impl Sealed for super::Same {}
    impl<F> Sealed for super::By<F> {}
    impl Sealed for std::num::NonZeroU32 {}
}

/// What a call of this weight, in this class, asks for.
#[inline]
pub(super) fn ask<W: Weight>(weight: W, priority: Priority) -> Ask {
    Ask::new(weight.permits(), priority)
}

/// The places that a class may take of `max_waiting`: an eighth fewer for each class above it.
pub(super) fn places_of(priority: Priority, max_waiting: usize) -> u32 {
    let kept = max_waiting as u64 * u64::from(priority.rank()) / 8;
    (max_waiting as u64 - kept) as u32
}

// === impl One ===

impl Weigh for One {
    type Weight = Self;
    const COUNTED: [&'static str; 2] = ["call in flight", "calls in flight"];
}

impl<Req> WeighRequest<Req> for One {
    #[inline]
    fn weigh(&self, _request: &Req) -> Self {
        Self
    }
}

impl Weight for One {
    #[inline]
    fn permits(self) -> NonZeroU32 {
        NonZeroU32::MIN
    }
}

// === impl Same ===

impl Rank for Same {
    const CLASSES: bool = false;
    const SAID: &'static str = "";
}

impl<Req> RankRequest<Req> for Same {
    // The highest, to which no place is denied; in a line of one class it says nothing else.
    #[inline]
    fn rank(&self, _request: &Req) -> Priority {
        Priority::Critical
    }
}

// === impl By ===

impl<F: Clone> Weigh for By<F> {
    type Weight = NonZeroU32;
    const COUNTED: [&'static str; 2] = ["permit, calls by weight", "permits, calls by weight"];
}

impl<F: Fn(&Req) -> usize + Clone, Req> WeighRequest<Req> for By<F> {
    #[inline]
    fn weigh(&self, request: &Req) -> NonZeroU32 {
        // What does not fit is above every limit, and so is the largest number.
        let weight = u32::try_from((self.0)(request)).unwrap_or(u32::MAX);
        NonZeroU32::new(weight).unwrap_or(NonZeroU32::MIN)
    }
}

impl<F: Clone> Rank for By<F> {
    const CLASSES: bool = true;
    const SAID: &'static str = ", by class";
}

impl<F: Fn(&Req) -> Priority + Clone, Req> RankRequest<Req> for By<F> {
    #[inline]
    fn rank(&self, request: &Req) -> Priority {
        (self.0)(request)
    }
}

impl<F> fmt::Debug for By<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By(..)")
    }
}

// === impl Weight ===

impl Weight for NonZeroU32 {
    #[inline]
    fn permits(self) -> Self {
        self
    }
}
