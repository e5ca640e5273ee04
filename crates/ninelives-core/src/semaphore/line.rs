//! The line: first come, first served in each class, with fixed memory, and anyone may leave from the middle.
//!
//! # Shape
//! A fixed number of places, each a leaf word (state, class and ticket), a weight and a waker; a stack of the free ones; a counter of
//! tickets; and for each class a tree over the leaves, in which every node names the place with the smallest ticket of that class
//! beneath it, so that the root names the first of the class. Somebody who comes takes a free place, writes a ticket, and carries the
//! change up to the root of its class. Somebody who leaves, for whatever reason, does the same before the place is given away again,
//! so a cancelled wait leaves nothing behind.
//!
//! # Turns
//! The first of the highest class that waits is next, but in every eighth turn whoever has waited longest, of whatever class. Who is
//! next is next until they are served or leave: what is free is kept for them. A turn ends with a grant.
//!
//! # Words
//! | word   | bits 0..         | bits ..64   | when the upper field overflows                                     |
//! |--------|------------------|-------------|--------------------------------------------------------------------|
//! | leaf   | state 2, class 2 | ticket 60   | after 36 years at 1e9 tickets a second                             |
//! | node   | slot + 1, 21     | turn 43     | harmless, unless one thread sleeps through exactly a multiple of 8.8e12 swaps of this node |
//! | free   | slot + 1, 21     | turn 43     | the same                                                           |
//!
//! # Why a node is right
//! Nodes hold a slot, not its ticket; the ticket is read from the leaf. Three rules make that sound. (1) Every change of a leaf is
//! carried to the root by its owner, with a new turn at each node even where the slot stays, so a swap prepared from reads before
//! the change fails. (2) A place is handed to somebody new only after that, so as long as a node keeps its turn, the ticket behind
//! it can vanish but never grow. (3) Whoever meets a node whose champion no longer waits refreshes it before believing its siblings,
//! so a stopped thread cannot hide a waiter behind one who is gone. To the tree of another class a leaf is as good as empty.
//!
//! # Progress
//! Lock-free: a retry means that another thread changed the same word. O(log n) words are touched in the absence of contention. A
//! thread that is stopped between a grant and the end of its turn holds nothing up: the next grant ends it.

mod cell;
mod leaf;
mod slot;
mod tagged;

pub(super) use self::leaf::State;

use alloc::boxed::Box;
use core::task::Waker;

use self::cell::{Seen, Tree};
use self::slot::Slots;
use super::verdict::{Ask, Place, Priority};

/// Classes that a line can have.
const CLASSES: usize = Priority::ALL.len();

/// Grants of which one goes to whoever has waited longest.
const ROUND: u64 = 8;

/// Places, free list, tickets, and a tree for each class.
pub(super) struct Line {
    slots: Slots,
    trees: Box<[Tree]>,
}

/// Whose turn it is, and what they wait for.
#[derive(Clone, Copy)]
pub(super) struct Next {
    pub(super) weight: u32,
    seen: Seen,
    turn: u64,
}

// === impl Line ===

impl Line {
    /// A line in which everybody is of one class.
    pub(super) fn new(places: u32) -> Self {
        Self::of(places, 1)
    }

    /// A line with all classes.
    pub(super) fn with_classes(places: u32) -> Self {
        Self::of(places, CLASSES)
    }

    fn of(places: u32, classes: usize) -> Self {
        Self {
            slots: Slots::new(places),
            trees: (0..classes).map(|class| Tree::new(places, class)).collect(),
        }
    }

    pub(super) fn places(&self) -> u32 {
        self.slots.len()
    }

    /// Joins the line. The gate word has counted the caller in.
    pub(super) fn join(&self, ask: Ask) -> Place {
        let slot = self.slots.pop();
        let class = self.class(|| ask);
        self.slots.write(slot, ask, class);
        self.trees[class].update(slot, &self.slots);
        Place { slot }
    }

    /// Whether nobody waits. Those whose verdict is there but not picked up do not wait.
    pub(super) fn is_clear(&self) -> bool {
        let mut trees = self.trees.iter();
        trees.all(|tree| tree.first(&self.slots).is_none())
    }

    /// Whose turn it is; `None` when nobody waits.
    pub(super) fn next(&self) -> Option<Next> {
        let turn = self.turn();
        let mut firsts = self.trees.iter().filter_map(|tree| tree.first(&self.slots));
        let seen = if turn % ROUND == ROUND - 1 {
            firsts.min_by_key(|seen| seen.key)
        } else {
            firsts.next()
        }?;
        let weight = self.slots.ask(seen.slot).weight();
        Some(Next { weight, seen, turn })
    }

    /// Ends the wait of the one whose turn it is; false when it was over already. The caller wakes them.
    pub(super) fn settle(&self, next: &Next, state: State) -> bool {
        let settled = self.slots.settle(next.seen.slot, next.seen.leaf, state);
        if settled && self.trees.len() > 1 && matches!(state, State::Granted { .. }) {
            self.slots.turned(next.turn);
        }
        settled
    }

    /// Ends the owner's own wait. The answer is the state that was there before: `Waiting` when the owner was first to end it.
    pub(super) fn give_up(&self, place: &Place) -> State {
        let leaf = self.slots.leaf(place.slot);
        if leaf.state() == State::Waiting && !self.slots.settle(place.slot, leaf, State::Idle) {
            return self.state(place);
        }
        leaf.state()
    }

    /// What the owner asked for.
    pub(super) fn ask(&self, place: &Place) -> Ask {
        self.slots.ask(place.slot)
    }

    pub(super) fn state(&self, place: &Place) -> State {
        self.slots.leaf(place.slot).state()
    }

    pub(super) fn register(&self, place: &Place, waker: &Waker) {
        self.slots.register(place.slot, waker);
    }

    /// Wakes the one whose wait was ended.
    pub(super) fn wake(&self, next: &Next) {
        if let Some(waker) = self.slots.take_waker(next.seen.slot) {
            waker.wake();
        }
    }

    /// Frees a place whose wait is over. The gate word is told afterwards. The old waker is the caller's to drop, last: its drop
    /// is foreign code and may panic.
    #[must_use]
    pub(super) fn free(&self, place: &Place) -> Option<Waker> {
        self.trees[self.class(|| self.ask(place))].update(place.slot, &self.slots);
        let waker = self.slots.take_waker(place.slot);
        self.slots.push(place.slot);
        waker
    }

    /// The tree of somebody's class. What they asked for is looked up only where there are several.
    #[inline]
    fn class(&self, ask: impl FnOnce() -> Ask) -> usize {
        match self.trees.len() {
            1 => 0,
            _ => ask().priority().rank() as usize,
        }
    }

    /// The turn; always the first where there is one class, because its end would change nothing.
    fn turn(&self) -> u64 {
        match self.trees.len() {
            1 => 0,
            _ => self.slots.turn(),
        }
    }
}
