//! The one door to atomics: the platform's own, or the model checker's.
//!
//! Every machine takes its atomics from here, so that `--cfg ninelives_loom` turns the same lines into a model. `portable-atomic`
//! stands in where a target has no 64-bit atomics of its own. The cfg is private to this project: the global `--cfg loom` would
//! take `net` and `fs` away from tokio.
//!
//! # Not promised
//! This module is public for the models and the layers of this project. Its items may change in any release.

#[cfg(ninelives_loom)]
mod modelled;

#[cfg(not(ninelives_loom))]
pub use atomic_waker::AtomicWaker;
#[cfg(not(ninelives_loom))]
pub use portable_atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};

#[cfg(ninelives_loom)]
pub use modelled::{
    AtomicBool, AtomicU32, AtomicU64, AtomicUsize, AtomicWaker, Ordering, begin, fence,
};

/// Tells the processor, or the model checker, that a compare-and-swap lost and will be tried again.
#[inline]
pub fn spin_hint() {
    #[cfg(not(ninelives_loom))]
    core::hint::spin_loop();
    #[cfg(ninelives_loom)]
    loom::thread::yield_now();
}

/// One side of a pair of fences of which the other side bears the cost: the compiler reorders nothing across it, and a processor may. The other
/// side has every thread pass a full fence. To the model checker, and to an interpreter, both are full fences.
#[inline]
pub fn light_fence() {
    #[cfg(not(any(ninelives_loom, miri)))]
    core::sync::atomic::compiler_fence(Ordering::SeqCst);
    #[cfg(any(ninelives_loom, miri))]
    fence(Ordering::SeqCst);
}

/// Stores a value where another thread may read, modify and write. To the model checker it is a swap: it does not know that nothing comes
/// between what such a write has read and what it wrote, and would let a later one read what the store lies over.
#[inline]
pub fn store_beside_writers(word: &AtomicU64, value: u64, order: Ordering) {
    #[cfg(not(ninelives_loom))]
    word.store(value, order);
    #[cfg(ninelives_loom)]
    word.swap(value, order);
}
