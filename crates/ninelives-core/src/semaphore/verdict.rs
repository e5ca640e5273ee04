//! What callers are told.

#[cfg(doc)]
use super::Semaphore;

/// What became of an attempt to get in.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit must be released, and a place must be consumed"]
pub enum Entry {
    /// A permit is the caller's; `in_flight` counts it.
    Acquired {
        /// Permits out at that point in time, this one included.
        in_flight: u32,
    },
    /// A place in the line is the caller's.
    Waiting(Place),
    /// No permit, and no place.
    Full {
        /// Permits out at that point in time. It is below `limit` when others wait for what is free.
        in_flight: u32,
        /// The limit at that point in time.
        limit: u32,
    },
    /// The semaphore was closed.
    Closed,
}

/// A place in the line of the semaphore that gave it. It is consumed exactly once, by [`Semaphore::take`] or
/// [`Semaphore::leave`]; one that is merely dropped stays taken for good, and so does the permit it may be granted.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a place that is not consumed stays taken"]
pub struct Place {
    pub(super) slot: u32,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A permit is the caller's, as soon as it calls [`Semaphore::take`].
    Granted {
        /// Permits out when this one was set aside, this one included.
        in_flight: u32,
    },
    /// The semaphore was closed. The place is given up with [`Semaphore::leave`].
    Closed,
}

/// What somebody who left their place gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// A wait; no permit was touched.
    GaveUp,
    /// A permit that was granted and not taken. It went to the next in the line, or back.
    HadGrant,
    /// Nothing: the semaphore was closed.
    Closed,
}

/// The whole gate at one point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Permits out: held, granted and not yet taken, or on their way to a waiter. Above `limit` after it shrank.
    pub in_flight: u32,
    /// The limit; 0 is a pause.
    pub limit: u32,
    /// Places taken in the line: waiters, and those that were granted or closed and did not consume their place yet.
    pub waiting: u32,
    /// Whether it is over.
    pub closed: bool,
    /// Releases without a permit out, each a bug of the caller; stays at 3.
    pub surplus: u32,
}
