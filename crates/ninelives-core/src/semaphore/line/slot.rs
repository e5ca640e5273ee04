//! The places themselves: a leaf word and a waker each, and the list of those that are free.

use core::task::Waker;

use crossbeam_utils::CachePadded;

use super::super::verdict::Ask;
use super::Box;
use super::leaf::{Leaf, State};
use super::tagged::Tagged;
use crate::sync::{AtomicU32, AtomicU64, AtomicWaker, Ordering, spin_hint};

/// All places of a line. Leaves are packed, so that the eight of one tree node share a cache line.
pub(super) struct Slots {
    leaves: Box<[AtomicU64]>,
    /// What the owner of each place asked for.
    asks: Box<[AtomicU32]>,
    wakers: Box<[AtomicWaker]>,
    /// Behind each free place the next one, as its number plus one.
    links: Box<[AtomicU32]>,
    free: CachePadded<AtomicU64>,
    tickets: CachePadded<AtomicU64>,
    /// Grants so far, for the turns of the classes.
    turns: CachePadded<AtomicU64>,
}

// === impl Slots ===

impl Slots {
    pub(super) fn new(places: u32) -> Self {
        Self {
            leaves: (0..places)
                .map(|_| AtomicU64::new(Leaf::settled(State::Idle).bits()))
                .collect(),
            asks: (0..places).map(|_| AtomicU32::new(0)).collect(),
            wakers: (0..places).map(|_| AtomicWaker::new()).collect(),
            links: (1..=places)
                .map(|next| AtomicU32::new(if next < places { next + 1 } else { 0 }))
                .collect(),
            free: CachePadded::new(AtomicU64::new(Tagged::EMPTY.next(Some(0)).bits())),
            tickets: CachePadded::new(AtomicU64::new(0)),
            turns: CachePadded::new(AtomicU64::new(0)),
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.leaves.len() as u32
    }

    /// Takes a free place. The caller was counted in by the gate word, so there is one: a place is pushed before it is
    /// counted out.
    pub(super) fn pop(&self) -> u32 {
        // Acquire, here and on failure: pairs with the Release in `push`; the link behind the head was written before it.
        let mut seen = Tagged::from_bits(self.free.load(Ordering::Acquire));
        loop {
            let Some(slot) = seen.slot() else {
                unreachable!("the gate counts no more places than there are")
            };
            // Relaxed: published with the head. If the place was taken and put back meanwhile, this may be a newer link, and
            // the turn in the head fails the swap.
            let link = self.links[slot as usize].load(Ordering::Relaxed);
            let next = seen.next(link.checked_sub(1));
            // Acquire: as above. A swap carries on the release sequence of the pushes before it, so no Release is needed.
            match self.free.compare_exchange_weak(
                seen.bits(),
                next.bits(),
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return slot,
                Err(now) => seen = Tagged::from_bits(now),
            }
            spin_hint();
        }
    }

    /// Puts a place back that nobody is in.
    pub(super) fn push(&self, slot: u32) {
        // Relaxed: a guess; only its number is used, and the swap checks it.
        let mut seen = Tagged::from_bits(self.free.load(Ordering::Relaxed));
        loop {
            let link = seen.slot().map_or(0, |below| below + 1);
            // Relaxed: published by the swap below.
            self.links[slot as usize].store(link, Ordering::Relaxed);
            // Release: pairs with the Acquire in `pop`; publishes the link, and the tree cleared of the earlier owner.
            match self.free.compare_exchange_weak(
                seen.bits(),
                seen.next(Some(slot)).bits(),
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => seen = Tagged::from_bits(now),
            }
            spin_hint();
        }
    }

    /// Draws a ticket and writes it into a place that was just popped.
    pub(super) fn write(&self, slot: u32, ask: Ask, class: usize) {
        // Relaxed: published with the leaf.
        self.asks[slot as usize].store(ask.pack(), Ordering::Relaxed);
        // Relaxed: a counter; whoever comes after this call draws a larger one by the order of this one location.
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        // Release: pairs with the Acquire in `leaf`; who reads the new ticket also sees what was asked for, and that the tree was cleared
        // of the place's earlier owner.
        let leaf = Leaf::waiting(class, ticket);
        self.leaves[slot as usize].store(leaf.bits(), Ordering::Release);
    }

    /// What the owner of a place asked for, whose leaf was read before; or what a later owner did, and then the leaf has changed.
    pub(super) fn ask(&self, slot: u32) -> Ask {
        // Relaxed: the Acquire of the leaf keeps this load behind it; and an owner reads what it wrote.
        Ask::unpack(self.asks[slot as usize].load(Ordering::Relaxed))
    }

    /// The grants so far. Of several that are made in the same moment one may be counted.
    pub(super) fn turn(&self) -> u64 {
        // Relaxed: a count; the fence between a change and a look at the line orders it.
        self.turns.load(Ordering::Relaxed)
    }

    /// A grant was made under `turn`.
    pub(super) fn turned(&self, turn: u64) {
        // Relaxed: as in `turn`. A swap, not an addition: the next turn begins only after a grant of this one, so none is left out.
        // It fails when another grant of this turn was counted.
        let next = turn.wrapping_add(1);
        let _ = self
            .turns
            .compare_exchange(turn, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn leaf(&self, slot: u32) -> Leaf {
        // Acquire: pairs with the Release in `write` and in `settle`.
        Leaf::from_bits(self.leaves[slot as usize].load(Ordering::Acquire))
    }

    /// Ends a wait: of a grant, a close and the owner leaving, one wins.
    pub(super) fn settle(&self, slot: u32, waiting: Leaf, state: State) -> bool {
        // Release: pairs with the Acquire in `leaf`: the owner sees what was done before its permit came back.
        // Acquire: the loser acts on the winner's word. Strong, not weak: a spurious failure would be read as a lost race.
        self.leaves[slot as usize]
            .compare_exchange(
                waiting.bits(),
                Leaf::settled(state).bits(),
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok()
    }

    /// Keeps the newest waker. One that wakes the same task is not cloned.
    pub(super) fn register(&self, slot: u32, waker: &Waker) {
        self.wakers[slot as usize].register(waker);
    }

    /// Takes the waker out, to be woken or dropped by the caller with nothing held.
    pub(super) fn take_waker(&self, slot: u32) -> Option<Waker> {
        self.wakers[slot as usize].take()
    }
}
