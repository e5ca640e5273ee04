//! The model checker's atomics, which may touch a word that all threads share.
//!
//! Loom orders two accesses of a place only where it takes them for dependent, and of each place it remembers the last access alone: a
//! thread's own load hides an earlier one of another thread, and a load followed by a swap is searched with orders left out. In a
//! run that touches, every access first adds nothing to one word, so that each depends on each and all orders are tried. The
//! addition is Relaxed: it orders nothing for the code under test, unless fences stand around it, which then meet through the word.
//! So a model runs both ways.

use core::ops::Deref;
use core::sync::atomic::AtomicBool as Outside;
use core::task::Waker;

pub use loom::sync::atomic::{Ordering, fence};

/// An atomic that is touched before each access.
#[derive(Debug)]
pub struct Touched<T>(T);

/// As `atomic_waker::AtomicWaker`.
#[derive(Debug)]
pub struct AtomicWaker(Touched<loom::future::AtomicWaker>);

/// A flag.
pub type AtomicBool = Touched<loom::sync::atomic::AtomicBool>;
/// A word of 32 bits.
pub type AtomicU32 = Touched<loom::sync::atomic::AtomicU32>;
/// A word of 64 bits.
pub type AtomicU64 = Touched<loom::sync::atomic::AtomicU64>;
/// A word as wide as a pointer.
pub type AtomicUsize = Touched<loom::sync::atomic::AtomicUsize>;

/// Whether this run touches. No part of a model: it is set before the threads of an execution begin.
static TOUCHES: Outside = Outside::new(false);

loom::lazy_static! {
    static ref WORD: loom::sync::atomic::AtomicU64 = loom::sync::atomic::AtomicU64::new(0);
}

/// Begins an execution, on the model's main thread: every thread that it spawns finds the word as this one left it, and so learns of no
/// other thread by finding it.
pub fn begin(touches: bool) {
    TOUCHES.store(touches, Ordering::Relaxed);
    if touches {
        let _ = &*WORD;
    }
}

// === impl Touched ===

impl<T> Deref for Touched<T> {
    type Target = T;

    fn deref(&self) -> &T {
        if TOUCHES.load(Ordering::Relaxed) {
            // Relaxed: it must order nothing.
            WORD.fetch_add(0, Ordering::Relaxed);
        }
        &self.0
    }
}

macro_rules! new {
    ($($atomic:ident of $value:ty),*) => {$(
        impl $atomic {
            /// With this value.
            #[track_caller]
            pub fn new(value: $value) -> Self {
                Self(loom::sync::atomic::$atomic::new(value))
            }
        }
    )*};
}

new!(AtomicBool of bool, AtomicU32 of u32, AtomicU64 of u64, AtomicUsize of usize);

// === impl AtomicWaker ===

impl AtomicWaker {
    /// Wakes nobody yet.
    pub fn new() -> Self {
        Self(Touched(loom::future::AtomicWaker::new()))
    }

    /// From now on `waker` is woken.
    pub fn register(&self, waker: &Waker) {
        self.0.register_by_ref(waker);
    }

    /// Wakes whoever is registered, who is not any more.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Takes the waker out.
    pub fn take(&self) -> Option<Waker> {
        self.0.take_waker()
    }
}

impl Default for AtomicWaker {
    fn default() -> Self {
        Self::new()
    }
}
