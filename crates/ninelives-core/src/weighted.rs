//! Shared ownership that is handed out without touching its count: what calls own of their policy.
//!
//! A [`Weighted`] owner has taken a stock of the count ahead, and gives a [`Unit`] of it to each call: one subtraction in the owner's own
//! memory, where an `Arc` has a locked addition. What a unit gives back when it is dropped is one subtraction from the count, as an
//! `Arc`'s. So whoever hands out much pays half. It is weighted reference counting (Bevan 1987; Watson and Watson 1987), with one kind
//! of owner that has any weight and one that has the weight one.
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
//! adds is Relaxed, as whoever adds is an owner.
//!
//! # Progress
//! Wait-free, all of it. The last owner frees the block.
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
//! `loom-tests/tests/loom_weighted.rs`: the last of several owners drops the value, once, after all have looked at it.

mod cell;

pub use cell::{Unit, Weighted};

#[cfg(test)]
mod tests;
