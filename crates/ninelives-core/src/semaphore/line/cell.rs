//! The tree of a class over the places: each node names the place of the smallest ticket of that class beneath it.

use super::Box;
use super::leaf::Leaf;
use super::slot::Slots;
use super::tagged::Tagged;
use crate::sync::{AtomicU64, Ordering, fence, spin_hint};

/// Children per node. Eight words are one cache line; two keep the models small.
const FAN_OUT: usize = if cfg!(ninelives_loom) { 2 } else { 8 };

/// The inner nodes, as a heap: the children of `p` are `FAN_OUT * p + 1` and its neighbours. Positions from `inner` on are leaves.
pub(super) struct Tree {
    nodes: Box<[AtomicU64]>,
    inner: usize,
    class: usize,
}

/// Somebody who waits: where, and the word it was seen with.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) slot: u32,
    pub(super) leaf: Leaf,
    pub(super) key: u64,
}

// === impl Tree ===

impl Tree {
    pub(super) fn new(places: u32, class: usize) -> Self {
        let places = places as usize;
        let (mut width, mut inner) = (1, 0);
        while width < places || inner == 0 {
            inner += width;
            width *= FAN_OUT;
        }
        // The lowest row is cut off behind the last place; the rows above are whole.
        let lowest = width / FAN_OUT;
        let nodes = inner - lowest + places.div_ceil(FAN_OUT);
        Self {
            nodes: (0..nodes)
                .map(|_| AtomicU64::new(Tagged::EMPTY.bits()))
                .collect(),
            inner,
            class,
        }
    }

    /// The first of the class, at a point in time within the call.
    pub(super) fn first(&self, slots: &Slots) -> Option<Seen> {
        self.champion(0, slots)
    }

    /// Carries a change of a leaf up to the root. Afterwards every node above was computed from reads made after the change.
    ///
    /// Two tries per node suffice: who loses both lost the second to somebody that read the node after the first try began,
    /// and the children after that. A swap that changes nothing but the turn is still needed: it fails those with older reads.
    pub(super) fn update(&self, slot: u32, slots: &Slots) {
        let mut position = self.inner + slot as usize;
        while position > 0 {
            position = (position - 1) / FAN_OUT;
            if !self.refresh(position, slots) {
                self.refresh(position, slots);
            }
        }
    }

    /// Computes a node from its children; false when another swap of the node came between.
    fn refresh(&self, node: usize, slots: &Slots) -> bool {
        // SeqCst fence: pairs with the one below in another thread's refresh. A child was changed (or seen changed), fence, the
        // node is read; there: the node is read, fence, the children are read. Who reads the node's later value sees the child's.
        fence(Ordering::SeqCst);
        // Relaxed: the fences order it.
        let seen = Tagged::from_bits(self.nodes[node].load(Ordering::Relaxed));
        fence(Ordering::SeqCst);
        let end = self.inner + slots.len() as usize;
        let children = FAN_OUT * node + 1..(FAN_OUT * (node + 1) + 1).min(end);
        let mut best: Option<Seen> = None;
        for child in children {
            if let Some(waiter) = self.champion(child, slots)
                && best.is_none_or(|best| waiter.key < best.key)
            {
                best = Some(waiter);
            }
        }
        let next = seen.next(best.map(|waiter| waiter.slot));
        // Release: pairs with the Acquire in `champion`: the leaf is seen at least as new as here.
        // Acquire on failure: the caller goes on to the parent on the strength of what the winner read.
        self.nodes[node]
            .compare_exchange(
                seen.bits(),
                next.bits(),
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok()
    }

    /// The one with the smallest ticket at or beneath a position, which is that of a node or of a place.
    #[inline] // a leaf is read in place: most positions are leaves
    fn champion(&self, position: usize, slots: &Slots) -> Option<Seen> {
        if position < self.inner {
            return self.beneath(position, slots);
        }
        self.at((position - self.inner) as u32, slots)
    }

    /// The one with the smallest ticket beneath a node. If its champion no longer waits, it is refreshed first: the one that ended the
    /// wait may not have come by yet.
    fn beneath(&self, position: usize, slots: &Slots) -> Option<Seen> {
        let node = self.nodes.get(position)?;
        loop {
            // Acquire: pairs with the Release in `refresh`.
            let seen = node.load(Ordering::Acquire);
            let slot = Tagged::from_bits(seen).slot()?;
            let waiter = self.at(slot, slots);
            // Relaxed: the Acquire of the leaf keeps this load behind it. A place is given to somebody new only after the tree
            // was cleared of its earlier owner: if the leaf was read with a new ticket, the node has turned.
            if node.load(Ordering::Relaxed) == seen {
                if waiter.is_some() {
                    return waiter;
                }
                if self.refresh(position, slots) {
                    continue;
                }
            }
            spin_hint();
        }
    }

    /// Who waits in a place, if they are of the class.
    fn at(&self, slot: u32, slots: &Slots) -> Option<Seen> {
        let leaf = slots.leaf(slot);
        let key = leaf.key(self.class)?;
        Some(Seen { slot, leaf, key })
    }
}
