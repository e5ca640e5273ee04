//! Shared ownership that is handed out without touching its count: what calls own of their policy.
//!
//! A [`Weighted`] owner has taken a stock of the count ahead, and gives a [`Unit`] of it to each call: one subtraction in the owner's own
//! memory, where an `Arc` has a locked addition. It is weighted reference counting (Bevan 1987; Watson and Watson 1987), with one kind
//! of owner that has any weight and one that has the weight one.
//!
//! A unit that is dropped is one locked subtraction from the count, as an `Arc`'s ([`Nowhere`]). With the feature `membarrier`, on Linux, one that is dropped where
//! the first owner's home is, on one thread, is counted there by a plain addition instead (`Lease`, `Threads`): biased reference counting (Choi, Shull and
//! Torrellas 2018). The first owner adds up both when it goes, and nobody has to sweep.
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
//! There is no weak owner and no way to the value by `&mut`; `clone` of either kind touches the count, as an `Arc`'s does.
//!
//! # Orderings
//! Giving back is a Release, and who gave back the last looks once more with an Acquire before it drops the value: they are each other's partners. All that
//! adds is Relaxed, as whoever adds is an owner. What comes home is stored with a Release, and the owner that goes reads it with an Acquire.
//!
//! # Progress
//! Wait-free, but for making a block, which allocates. The last owner frees it. A first owner that goes on another thread than its home's while another owner is left has every
//! thread of the process pass a fence: on Linux one system call, which interrupts the processors that run them.
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
