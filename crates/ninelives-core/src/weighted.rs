//! Shared ownership that is handed out without touching its count: what calls own of their policy.
//!
//! A [`Weighted`] owner adds a stock of references to the count in advance, and gives one, a [`Unit`], to each call: a subtraction in the
//! owner's own memory, where an `Arc` does a locked addition. This is weighted reference counting (Bevan 1987; Watson and Watson 1987),
//! with one kind of owner of any weight and one of weight one.
//!
//! Dropping a unit is a locked subtraction from the count, as with an `Arc` ([`Nowhere`]). With the feature `membarrier`, on Linux, the first owner has
//! a home, which is a thread: a unit dropped on that thread is counted there by a plain addition instead (`Lease`, `Threads`). This is biased reference
//! counting (Choi, Shull and Torrellas 2018). The first owner adds up both counts when it is dropped, so no sweep is needed.
//!
//! ```
//! use ninelives_core::weighted::Weighted;
//!
//! let mut service = Weighted::new("a policy");
//! let call = service.split().expect("a stock");
//! drop(service);
//! assert_eq!(*call, "a policy");
//! ```
//!
//! There is no weak owner and no `&mut` access to the value. `clone` of either kind changes the count, as an `Arc`'s does.
//!
//! # Orderings
//! Returning references is a Release; the owner that returns the last one loads the count once more with an Acquire, before it drops the value.
//! Additions are Relaxed, because whoever adds is an owner. The count at home is stored with a Release, and read with an Acquire by the first owner when it
//! is dropped.
//!
//! # Progress
//! Wait-free, except for allocating a block, which the last owner frees. If the first owner is dropped on another thread than its home while other owners
//! are left, every thread of the process passes a fence: on Linux one system call, which interrupts the processors that run them.
//!
//! # Safety
//! The unsafe code is in one file, `cell.rs`, with what carries it. An owner may be sent to another thread and shared with it if its value
//! may be both, as with an `Arc`:
//!
//! ```compile_fail,E0277
//! # use ninelives_core::weighted::Weighted;
//! fn send(_: impl Send) {}
//! send(Weighted::new(std::rc::Rc::new(1)));
//! ```
//! ```compile_fail,E0277
//! # use ninelives_core::weighted::Weighted;
//! fn send(_: impl Send) {}
//! send(Weighted::new(std::cell::Cell::new(1)).split());
//! ```
//! ```compile_fail,E0277
//! # use ninelives_core::weighted::Weighted;
//! fn share(_: impl Sync) {}
//! share(Weighted::new(std::cell::Cell::new(1)).split());
//! ```
//!
//! # Models
//! `loom-tests/tests/loom_weighted.rs`: the last of several owners drops the value, once, after all have looked at it; `loom_home.rs`: wherever they end.

mod cell;
#[cfg(any(feature = "membarrier", ninelives_loom, test))]
mod home;
mod way_back;

use core::fmt;

pub use cell::{Unit, Weighted};
#[cfg(any(feature = "membarrier", ninelives_loom))]
pub use home::Lease;
#[cfg(all(feature = "membarrier", not(ninelives_loom)))]
pub use home::Threads;
#[cfg(ninelives_loom)]
pub use home::{Home, Homes, Vacancies};
pub use way_back::Nowhere;
#[cfg(not(ninelives_loom))]
use way_back::WayBack;
#[cfg(ninelives_loom)]
pub use way_back::WayBack;

#[cfg(test)]
mod tests;

impl<T: fmt::Debug, W: WayBack> fmt::Debug for Weighted<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug, W: WayBack> fmt::Debug for Unit<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
