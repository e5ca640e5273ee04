//! The count behind [weighted](super) owners: the one file of the project with unsafe code.
//!
//! # Safety
//! An owner, a [`Weighted`] or a [`Unit`], is a pointer to a block and a weight. Five sentences carry whatever is unsafe on this page.
//!
//! 1. **The count is at least the sum of the weights of all owners.** [`Weighted::new`] makes both alike; `split` moves one from an owner
//!    to the one it makes; `clone` and `stock` add to the count before they add to an owner; `drop` takes away what goes
//!    with its owner. An owner that is forgotten leaves its weight in the count.
//! 2. **An owner's weight is at least one**: `split` does not give away the last. So the count is above zero
//!    while there is an owner, and its block is there: each dereference is by an owner, for no longer than that owner is borrowed.
//! 3. **The count becomes zero once, by the last owner.** Whoever takes away as much as there was has left no weight to anybody, and only an
//!    owner makes owners. So what is freed is freed by one.
//! 4. **The value is dropped after every look at it.** Every subtraction is a Release; each is part of the release sequence of those before
//!    it, for nothing but additions and subtractions in place writes the count; and the Acquire load of who saw the last one meets them all.
//! 5. **The count does not overflow.** What finds it above half of its range takes its addition back and panics. To pass the other
//!    half, 2^47 threads would have to be between the two at once.
//!
//! **Across threads** an owner is what an `Arc` is: through it any thread may look at the value, and any may be the last and drop it. So it is
//! `Send` and `Sync` for a value that is both, and for no other.

#![allow(
    unsafe_code,
    reason = "a unit is half as dear as an `Arc`, and no safe way to it was found: see docs/DESIGN.md"
)]

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicU64, Ordering};

/// An owner of a value, with a stock of further owners to hand out.
pub struct Weighted<T> {
    block: Pointer<T>,
    weight: u32,
    first: bool,
}

/// An owner of a value that has no stock.
pub struct Unit<T> {
    block: Pointer<T>,
}

/// A pointer to a block, for an owner to be made of: no owner by itself.
struct Pointer<T> {
    at: NonNull<CachePadded<Block<T>>>,
    /// Who drops an owner may drop a value.
    owned: PhantomData<Block<T>>,
}

struct Block<T> {
    count: AtomicU64,
    value: T,
}

/// For how many units a stock is. In a model and under Miri every third one needs a new stock.
const STOCK: u32 = if cfg!(any(ninelives_loom, miri)) {
    2
} else {
    1 << 16
};

/// Above it the count panics instead of growing.
const MOST: u64 = 1 << 63;

// SAFETY: "Across threads", on this page.
unsafe impl<T: Send + Sync> Send for Pointer<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Pointer<T> {}

// === impl Weighted ===

impl<T> Weighted<T> {
    /// The first owner of `value`, which moves to a block of its own, a cache line or two away from everything else.
    pub fn new(value: T) -> Self {
        let block = CachePadded::new(Block {
            count: AtomicU64::new(u64::from(1 + STOCK)),
            value,
        });
        Self {
            block: Pointer {
                at: NonNull::from(Box::leak(Box::new(block))),
                owned: PhantomData,
            },
            weight: 1 + STOCK,
            first: true,
        }
    }

    /// Whether this is the owner that came with the value.
    #[inline]
    pub fn is_first(&self) -> bool {
        self.first
    }

    /// Another owner, out of the stock; none once it is used up.
    #[inline]
    pub fn split(&mut self) -> Option<Unit<T>> {
        self.weight -= 1;
        if self.weight == 0 {
            self.weight = 1;
            return None;
        }
        let block = self.block;
        Some(Unit { block })
    }

    /// Takes a stock for 65,536 units, if it has none.
    ///
    /// # Panics
    /// If more than 2^47 owners were forgotten.
    pub fn stock(&mut self) {
        if self.weight == 1 {
            self.block.add(STOCK);
            self.weight += STOCK;
        }
    }
}

/// Another owner, with a stock of one.
///
/// # Panics
/// If more than 2^47 owners were forgotten.
impl<T> Clone for Weighted<T> {
    #[inline]
    fn clone(&self) -> Self {
        self.block.add(2);
        Self {
            block: self.block,
            weight: 2,
            first: false,
        }
    }
}

impl<T> Drop for Weighted<T> {
    #[inline]
    fn drop(&mut self) {
        self.block.give_back(self.weight);
    }
}

impl<T> Deref for Weighted<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.block.get().value
    }
}

/// The same owner, without a stock.
impl<T> From<Unit<T>> for Weighted<T> {
    #[inline]
    fn from(unit: Unit<T>) -> Self {
        let block = ManuallyDrop::new(unit).block;
        Self {
            block,
            weight: 1,
            first: false,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Weighted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

// An owner that moves moves no value.
impl<T> Unpin for Weighted<T> {}

// === impl Unit ===

/// Another owner; it touches the count.
///
/// # Panics
/// If more than 2^63 owners were forgotten.
impl<T> Clone for Unit<T> {
    #[inline]
    fn clone(&self) -> Self {
        self.block.add(1);
        Self { block: self.block }
    }
}

impl<T> Drop for Unit<T> {
    #[inline]
    fn drop(&mut self) {
        self.block.give_back(1);
    }
}

impl<T> Deref for Unit<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.block.get().value
    }
}

impl<T: fmt::Debug> fmt::Debug for Unit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Unpin for Unit<T> {}

// === impl Pointer ===

impl<T> Pointer<T> {
    /// What an owner looks at.
    #[inline]
    fn get(&self) -> &Block<T> {
        // SAFETY: sentence 2.
        unsafe { self.at.as_ref() }
    }

    /// For an owner that is about to be made, or to be given more.
    #[inline]
    fn add(&self, weight: u32) {
        let weight = u64::from(weight);
        let count = &self.get().count;
        // Relaxed: who adds is an owner.
        if count.fetch_add(weight, Ordering::Relaxed) >= MOST {
            // Relaxed: it takes back what nobody has.
            count.fetch_sub(weight, Ordering::Relaxed);
            too_many();
        }
    }

    /// By an owner that is being dropped, all that it has.
    #[inline]
    fn give_back(self, weight: u32) {
        let weight = u64::from(weight);
        // Release: pairs with the Acquire in `free`.
        if self.get().count.fetch_sub(weight, Ordering::Release) == weight {
            self.free();
        }
    }

    /// By the last owner.
    #[cold]
    #[inline(never)]
    fn free(self) {
        // Acquire: pairs with every Release in `give_back`.
        self.get().count.load(Ordering::Acquire);
        // SAFETY: sentences 3 and 4. The block came out of a box, in `new`.
        drop(unsafe { Box::from_raw(self.at.as_ptr()) });
    }
}

impl<T> Clone for Pointer<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pointer<T> {}

#[cold]
fn too_many() -> ! {
    panic!("too many owners were forgotten")
}
