//! The count behind [weighted](super) owners: the one file of the project with unsafe code.
//!
//! # Safety
//! An owner, a [`Weighted`] or a [`Unit`], is a pointer to a block and a weight. Five sentences carry whatever is unsafe on this page. They lean on
//! what a [`WayBack`] promises, which nobody outside of the crate implements or calls, but for models.
//!
//! 1. **The count is at least the sum of the weights of all owners.** [`Weighted::with_way_back`] makes both alike; `split` moves one from an owner
//!    to the one it makes; `clone` and `stock` add to the count before they add to an owner; `drop` takes away what goes
//!    with its owner, and the first owner's what came home besides, which its [home](super::home) says once and never too high. An owner that is forgotten leaves
//!    its weight in the count.
//! 2. **An owner's weight is at least one**: `split` does not give away the last. So the count is above zero
//!    while there is an owner, and its block is there: each dereference is by an owner, for no longer than that owner is borrowed, or by who took
//!    away the last weight and is to free it. A unit that came home looks at its block no more, but at its home, which is never freed.
//! 3. **The count becomes zero once, by the last owner.** Whoever takes away as much as there was has left no weight to anybody, and only an
//!    owner makes owners. So what is freed is freed by one. A unit that came home takes nothing away: until the first owner goes, the count
//!    is above zero by that owner.
//! 4. **The value is dropped after every look at it.** Every subtraction of what an owner had is a Release; each is part of the release sequence of those before
//!    it, for nothing but additions and subtractions in place writes the count; and the Acquire load of who saw the last one meets them all. What came
//!    home was stored with a Release by one thread, and the first owner, before it subtracts, has read that with an Acquire, or is on that thread.
//! 5. **The count does not overflow.** What finds it above half of its range takes its addition back and panics. To pass the other
//!    half, 2^47 threads would have to be between the two at once. What came home is in it until the first owner goes: 2^63 are 292 years of one each
//!    nanosecond.
//!
//! **Across threads** an owner is what an `Arc` is: through it any thread may look at the value, and any may be the last and drop it. So it is
//! `Send` and `Sync` for a value that is both, and for no other.

#![allow(
    unsafe_code,
    reason = "a unit is half as dear as an `Arc`, and no safe way to it was found: see docs/DESIGN.md"
)]

use alloc::boxed::Box;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

use crossbeam_utils::CachePadded;

use super::{Nowhere, WayBack};
use crate::sync::{AtomicU64, Ordering};

/// An owner of a value, with a stock of further owners to hand out.
pub struct Weighted<T, W: WayBack = Nowhere> {
    block: Pointer<T, W>,
    weight: u32,
    first: bool,
}

/// An owner of a value that has no stock.
pub struct Unit<T, W: WayBack = Nowhere> {
    block: Pointer<T, W>,
}

/// A pointer to a block, for an owner to be made of: no owner by itself.
struct Pointer<T, W> {
    at: NonNull<CachePadded<Block<T, W>>>,
    /// Who drops an owner may drop a value.
    owned: PhantomData<Block<T, W>>,
}

struct Block<T, W> {
    count: AtomicU64,
    way_back: W,
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
unsafe impl<T: Send + Sync, W: WayBack> Send for Pointer<T, W> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync, W: WayBack> Sync for Pointer<T, W> {}

// === impl Weighted ===

impl<T> Weighted<T> {
    /// The first owner of `value`, which moves to a block of its own, a cache line or two away from everything else. It has a stock.
    pub fn new(value: T) -> Self {
        Self::with_way_back(value)
    }
}

impl<T, W: WayBack> Weighted<T, W> {
    /// The first owner of `value`, as by [`new`](Weighted::new). It has a stock of one if where its calls are made is to be found out yet.
    pub fn with_way_back(value: T) -> Self {
        let weight = if W::STOCKED { 1 + STOCK } else { 2 };
        let block = CachePadded::new(Block {
            count: AtomicU64::new(u64::from(weight)),
            way_back: W::new(),
            value,
        });
        Self {
            block: Pointer {
                at: NonNull::from(Box::leak(Box::new(block))),
                owned: PhantomData,
            },
            weight,
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
    pub fn split(&mut self) -> Option<Unit<T, W>> {
        self.weight -= 1;
        if self.weight == 0 {
            self.weight = 1;
            return None;
        }
        let block = self.block;
        Some(Unit { block })
    }

    /// Whether this first owner's units come home on another thread than this one.
    #[inline]
    pub fn is_abroad(&self) -> bool {
        self.first && self.block.get().way_back.is_abroad()
    }

    /// Whether this first owner's units come home on this thread.
    #[inline]
    pub fn is_at_home(&self) -> bool {
        self.first && self.block.get().way_back.is_at_home()
    }

    /// Takes a stock for 65,536 units, if it has none. The first owner's units are at home on the thread that did so first.
    ///
    /// # Panics
    /// If more than 2^47 owners were forgotten.
    pub fn stock(&mut self) {
        if self.weight == 1 {
            self.block.add(STOCK);
            self.weight += STOCK;
        }
        if self.first {
            self.block.get().way_back.open();
        }
    }
}

/// Another owner, with a stock of one.
///
/// # Panics
/// If more than 2^47 owners were forgotten.
impl<T, W: WayBack> Clone for Weighted<T, W> {
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

/// The first owner has all threads pass a fence if it goes elsewhere than at home while others are left.
impl<T, W: WayBack> Drop for Weighted<T, W> {
    #[inline]
    fn drop(&mut self) {
        let weight = u64::from(self.weight);
        if !self.first {
            return self.block.give_back(weight);
        }
        let Block {
            count, way_back, ..
        } = self.block.get();
        // Relaxed: an owner adds before it is given back itself, so what is seen to be given back was seen to be added.
        let is_last = |back| count.load(Ordering::Relaxed) == weight + back;
        // Without a fence it is as if it had been forgotten.
        if let Some(back) = way_back.close(is_last) {
            self.block.give_back(weight + back);
        }
    }
}

impl<T, W: WayBack> Deref for Weighted<T, W> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.block.get().value
    }
}

// An owner that moves moves no value.
impl<T, W: WayBack> Unpin for Weighted<T, W> {}

// === impl Unit ===

/// Another owner; it touches the count.
///
/// # Panics
/// If more than 2^63 owners were forgotten.
impl<T, W: WayBack> Clone for Unit<T, W> {
    #[inline]
    fn clone(&self) -> Self {
        self.block.add(1);
        Self { block: self.block }
    }
}

impl<T, W: WayBack> Drop for Unit<T, W> {
    #[inline]
    fn drop(&mut self) {
        if !self.block.get().way_back.take_back() {
            self.block.give_back(1);
        }
    }
}

impl<T, W: WayBack> Deref for Unit<T, W> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.block.get().value
    }
}

impl<T, W: WayBack> Unpin for Unit<T, W> {}

// === impl Pointer ===

impl<T, W> Pointer<T, W> {
    /// What an owner looks at.
    #[inline]
    fn get(&self) -> &Block<T, W> {
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
    fn give_back(self, weight: u64) {
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
        // SAFETY: sentences 3 and 4. The block came out of a box, in `with_way_back`.
        drop(unsafe { Box::from_raw(self.at.as_ptr()) });
    }
}

impl<T, W> Clone for Pointer<T, W> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, W> Copy for Pointer<T, W> {}

#[cold]
fn too_many() -> ! {
    panic!("too many owners were forgotten")
}
