//! Where what calls own is given back without a locked instruction: at home, on one thread.
//!
//! A [`Home`] is a count beside the count of a [block of owners](crate::weighted), and one thread alone adds to it, by a load and a store.
//! It is biased reference counting (Choi, Shull and Torrellas 2018), with an end that needs nobody to sweep. A home belongs to
//! one block at a time, by a [`Lease`], and stays in memory for good, so that a thread that looks at it late looks at nothing else.
//!
//! # Words
//! | word       | meaning                              | written by                               |
//! |------------|--------------------------------------|------------------------------------------|
//! | `thread`   | the thread where it is open, or none | the owner                                |
//! | `returned` | how many have come back, and a claim | that thread; the owner begins and claims |
//! | `start`    | what `returned` was at the beginning | the owner                                |
//!
//! `returned` goes on from one owner of the home to the next, one further with each, and never back: 2^63 is 292 years of one each nanosecond. An owner
//! opens its home once and closes it once.
//!
//! # The end
//! While a home is open its thread reads `returned`, adds one and stores it, and looks whether the home is still
//! open. The owner closes it, perhaps on another thread, and then reads how many came back. Between the store and the look on one
//! side, and between closing and reading on the other, stands a fence: so the thread sees that the home is closed, or the owner sees
//! what the thread has stored. Both may be so. Then they agree through the word itself, in which one bit means claimed:
//!
//! | Who claims                         | The owner read            | Who counts the thread's last unit |
//! |------------------------------------|---------------------------|-----------------------------------|
//! | the owner, after the thread stored | all of them               | the owner: the thread finds the claim |
//! | the owner, before                  | all but that one          | the thread: it has written over the claim, or added to it |
//! | the thread                         | all of them, and the claim | the thread: the owner takes one off |
//!
//! A thread is late by one unit at most: once it has found the home closed it counts nothing there. Until that unit is counted its block is there, and its home
//! has no other owner; after it, the thread does nothing but look, and compare with a number that does not come again.
//!
//! The thread's fence stands in the way of every call, and costs nothing: it keeps the compiler from reordering, and no more. The owner's, which
//! is rare, makes up for it: it has every thread of the process pass a full fence. A thread passes its one before its look,
//! and then its store, which came earlier, is seen by the owner; or after, and then the look sees that the home is closed. In a
//! model and under Miri both are full fences. An owner that ends at home needs none. Nor does one that finds that as many have come back as were out:
//! then the thread has stored all that it will, and at most has not looked yet, and the claim decides.
//!
//! # Orderings
//! What comes back is stored with a Release, and the owner reads it with an Acquire. A home is given back with a Release and leased with an
//! Acquire. All else is Relaxed: fences stand between, or one word decides.
//!
//! # Progress
//! Coming back is wait-free. [`Homes::lease`] is lock-free and may allocate; [`Homes::barrier`] asks the system, which interrupts other processors and
//! waits for none of their threads.
//!
//! # Models
//! `loom-tests/tests/loom_home.rs`.

mod cell;
mod slot;
#[cfg(all(feature = "membarrier", not(ninelives_loom)))]
mod threads;

use core::fmt;
use core::marker::PhantomData;

use super::WayBack;
use crate::sync;

pub use cell::Home;
pub use slot::Vacancies;
#[cfg(all(feature = "membarrier", not(ninelives_loom)))]
pub use threads::Threads;

/// Which threads there are, and where their homes come from. As with [`WayBack`], nobody outside of the crate can name it, but for models.
pub trait Homes: 'static {
    /// This thread's number, which no other thread has or will have; 0 if it has none yet. It is asked for by each call.
    fn here() -> u64;

    /// The same, of a thread that gets one now if it has none; 0 if none is given, because [`barrier`](Homes::barrier) does not work.
    fn arrive() -> u64;

    /// A home that nobody has; none if [`barrier`](Homes::barrier) does not work.
    fn lease() -> Option<&'static Home>;

    /// Nobody has it any longer. Whoever leases it next does so after this.
    fn give_back(home: &'static Home);

    /// The side of the fence that costs nothing.
    #[inline]
    fn light_fence() {
        sync::light_fence();
    }

    /// The other: every thread passes a full fence between the beginning and the end of this; or it says that they did not.
    fn barrier() -> bool;
}

/// By a home, for as long as the block is there; or by the count alone, if there was none to lease.
pub struct Lease<H: Homes> {
    /// One that is never opened, and that all share who have leased none: so each call looks at a home.
    home: &'static Home,
    leased: bool,
    homes: PhantomData<fn() -> H>,
}

#[cfg(not(ninelives_loom))]
fn closed() -> &'static Home {
    static CLOSED: Home = Home::new();
    &CLOSED
}

#[cfg(ninelives_loom)]
fn closed() -> &'static Home {
    alloc::boxed::Box::leak(alloc::boxed::Box::new(Home::new()))
}

// === impl Lease ===

impl<H: Homes> WayBack for Lease<H> {
    const STOCKED: bool = false;

    fn new() -> Self {
        let home = H::lease();
        Self {
            home: home.unwrap_or_else(closed),
            leased: home.is_some(),
            homes: PhantomData,
        }
    }

    fn open(&self) {
        if self.leased && self.home.thread().is_none() {
            self.home.open(H::arrive());
        }
    }

    fn is_abroad(&self) -> bool {
        let thread = self.home.thread();
        thread.is_some_and(|thread| thread != H::here())
    }

    fn is_at_home(&self) -> bool {
        self.home.thread() == Some(H::here())
    }

    #[inline]
    fn take_back(&self) -> bool {
        self.home.take_back::<H>()
    }

    fn close(&self, is_last: impl FnOnce(u64) -> bool) -> Option<u64> {
        self.home.close::<H>(is_last)
    }
}

impl<H: Homes> fmt::Debug for Lease<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("leased", &self.leased)
            .field("home", self.home)
            .finish()
    }
}

/// With its block, after everybody's last look at the home but a late one's.
impl<H: Homes> Drop for Lease<H> {
    fn drop(&mut self) {
        if self.leased {
            H::give_back(self.home);
        }
    }
}
