//! The line: first come, first served, with fixed memory, and anyone may leave from the middle.
//!
//! # Shape
//! A fixed number of places, each a leaf word (state and ticket) and a waker; a stack of the free ones; a counter of tickets; and a
//! tree over the leaves in which every node names the place with the smallest ticket beneath it, so that the root names the first
//! in the line. Somebody who comes takes a free place, writes a ticket, and carries the change up to the root. Somebody who leaves,
//! for whatever reason, does the same before the place is given away again, so a cancelled wait leaves nothing behind.
//!
//! # Words
//! | word   | bits 0..         | bits ..64   | when the upper field overflows                                     |
//! |--------|------------------|-------------|--------------------------------------------------------------------|
//! | leaf   | state 2          | ticket 62   | after 146 years at 1e9 tickets a second                            |
//! | node   | slot + 1, 21     | turn 43     | harmless, unless one thread sleeps through exactly a multiple of 8.8e12 swaps of this node |
//! | free   | slot + 1, 21     | turn 43     | the same                                                           |
//!
//! # Why a node is right
//! Nodes hold a slot, not its ticket; the ticket is read from the leaf. Three rules make that sound. (1) Every change of a leaf is
//! carried to the root by its owner, with a new turn at each node even where the slot stays, so a swap prepared from reads before
//! the change fails. (2) A place is handed to somebody new only after that, so as long as a node keeps its turn, the ticket behind
//! it can vanish but never grow. (3) Whoever meets a node whose champion no longer waits refreshes it before believing its siblings,
//! so a stopped thread cannot hide a waiter behind one who is gone.
//!
//! # Progress
//! Lock-free: a retry means that another thread changed the same word. O(log n) words are touched in the absence of contention.

mod cell;
mod leaf;
mod slot;
mod tagged;

pub(super) use self::leaf::State;

use alloc::boxed::Box;
use core::task::Waker;

use self::cell::Tree;
use self::slot::Slots;
use crate::sync::spin_hint;

/// Places, free list, tickets and the tree.
pub(super) struct Line {
    slots: Slots,
    tree: Tree,
}

// === impl Line ===

impl Line {
    pub(super) fn new(places: u32) -> Self {
        Self {
            slots: Slots::new(places),
            tree: Tree::new(places),
        }
    }

    pub(super) fn places(&self) -> u32 {
        self.slots.len()
    }

    /// Joins the line. The gate word has counted the caller in.
    pub(super) fn join(&self) -> u32 {
        let slot = self.slots.pop();
        self.slots.write(slot);
        self.tree.update(slot, &self.slots);
        slot
    }

    /// Whether nobody waits. Those whose verdict is there but not picked up do not wait.
    pub(super) fn is_clear(&self) -> bool {
        self.tree.first(&self.slots).is_none()
    }

    /// Ends the wait of the first in the line; `None` when nobody waits. The caller wakes that place.
    pub(super) fn settle_first(&self, state: State) -> Option<u32> {
        loop {
            let first = self.tree.first(&self.slots)?;
            if self.slots.settle(first.slot, first.leaf, state) {
                return Some(first.slot);
            }
            spin_hint();
        }
    }

    /// Ends the owner's own wait. The answer is the state that was there before: `Waiting` when the owner was first to end it.
    pub(super) fn give_up(&self, slot: u32) -> State {
        let leaf = self.slots.leaf(slot);
        if leaf.state() == State::Waiting && !self.slots.settle(slot, leaf, State::Idle) {
            return self.state(slot);
        }
        leaf.state()
    }

    pub(super) fn state(&self, slot: u32) -> State {
        self.slots.leaf(slot).state()
    }

    pub(super) fn register(&self, slot: u32, waker: &Waker) {
        self.slots.register(slot, waker);
    }

    /// Wakes whoever is in the place.
    pub(super) fn wake(&self, slot: u32) {
        if let Some(waker) = self.slots.take_waker(slot) {
            waker.wake();
        }
    }

    /// Frees a place whose wait is over. The gate word is told afterwards. The old waker is the caller's to drop, last: its drop
    /// is foreign code and may panic.
    #[must_use]
    pub(super) fn free(&self, slot: u32) -> Option<Waker> {
        self.tree.update(slot, &self.slots);
        let waker = self.slots.take_waker(slot);
        self.slots.push(slot);
        waker
    }
}
