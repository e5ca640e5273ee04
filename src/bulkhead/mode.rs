//! What a bulkhead does with calls that do not fit.

use std::fmt;

use super::Queue;
use super::demand::{Rank, Same};
use crate::deadline::{Manner, Unheeding};
use crate::timer::WheelTimer;

/// Rejects at once what does not fit: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reject;

/// Lets calls wait in line, on the timer `T`, in the classes of `P`, heeding their deadlines or not, as `D` says.
#[derive(Clone, Copy, Debug)]
pub struct Queued<T = WheelTimer, P = Same, D = Unheeding> {
    pub(super) timer: T,
    pub(super) prioritize: P,
    pub(super) manner: D,
}

/// [`Reject`] or [`Queued`]. Not to be implemented elsewhere.
pub trait Mode: sealed::Sealed {
    /// What the settings say of calls that do not fit.
    type Rule: Rule;

    /// Whether calls wait in classes.
    #[doc(hidden)]
    const CLASSES: bool;

    /// What [`explain`](crate::Policy::explain) says of deadlines and of classes.
    #[doc(hidden)]
    const SAID: [&'static str; 2];
}

/// What settings say of calls that do not fit: nothing ([`Reject`]), or a [`Queue`]. Not to be implemented elsewhere.
pub trait Rule: Copy + fmt::Debug + PartialEq + sealed::Sealed {
    /// What [`explain`](crate::Policy::explain) says of it.
    #[doc(hidden)]
    fn said(&self) -> String;

    /// How many may wait.
    #[doc(hidden)]
    fn places(&self) -> usize;
}

mod sealed {
    /// Keeps modes and rules to this page.
    pub trait Sealed {}

    impl Sealed for super::Reject {}
    impl<T, P, D> Sealed for super::Queued<T, P, D> {}
    impl Sealed for super::Queue {}
}

// === impl Mode ===

impl Mode for Reject {
    type Rule = Self;
    const CLASSES: bool = false;
    const SAID: [&'static str; 2] = ["", ""];
}

impl<T, P: Rank, D: Manner> Mode for Queued<T, P, D> {
    type Rule = Queue;
    const CLASSES: bool = P::CLASSES;
    const SAID: [&'static str; 2] = [due(D::HEEDS), P::SAID];
}

const fn due(heeds: bool) -> &'static str {
    if heeds {
        ", no longer than its deadline"
    } else {
        ""
    }
}

// === impl Rule ===

impl Rule for Reject {
    fn said(&self) -> String {
        String::new()
    }

    fn places(&self) -> usize {
        0
    }
}

impl Rule for Queue {
    fn said(&self) -> String {
        format!(", {} in line for {:?}", self.max_waiting(), self.max_wait())
    }

    fn places(&self) -> usize {
        self.max_waiting()
    }
}
