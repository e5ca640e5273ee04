//! What the keeper and those who arm tell each other: the list of slots to look at, and the keeper's rest.

use core::num::NonZeroU64;
use core::task::Waker;

use crossbeam_utils::CachePadded;

use super::{Boxed, Pace};
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, AtomicWaker, Ordering};
use crate::time::Tick;

const BITS: usize = u64::BITS as usize;

/// A set of slots, as one bit each, with one bit for each 64 of them.
pub(super) struct List {
    bits: Boxed<AtomicU64>,
    groups: Boxed<AtomicU64>,
}

/// How many rows there are.
pub(super) struct Fill {
    top: AtomicUsize,
}

/// Until when the keeper rests, and what it leaves for others meanwhile.
pub(super) struct Rest {
    until: CachePadded<AtomicU64>,
    recent: AtomicU64,
    busy: AtomicBool,
    /// Whose keeper it is; 0: nobody's.
    owner: AtomicU64,
    waker: AtomicWaker,
}

/// The keeper naps: it comes by in a tick, whatever is armed.
const NAPPING: u64 = 0;
/// There is no keeper.
const CLOSED: u64 = 1;
/// The keeper was woken, or is at work: it will look at the list before it rests.
const ROUSED: u64 = 2;
/// The least tick that it may rest until.
const FIRST: u64 = 3;

// === impl List ===

impl List {
    pub(super) fn new(slots: usize) -> Self {
        let words = slots.div_ceil(BITS);
        let none = |count: usize| (0..count).map(|_| AtomicU64::new(0)).collect();
        Self {
            bits: none(words),
            groups: none(words.div_ceil(BITS)),
        }
    }

    /// Puts a slot on the list.
    pub(super) fn add(&self, slot: usize) {
        let word = slot / BITS;
        // Release: pairs with the Acquire in `drain`: the keeper finds the slot as it was published.
        // Acquire: pairs with the Release in `drain`: if the keeper has taken this word before, its group is seen as cleared.
        self.bits[word].fetch_or(1 << (slot % BITS), Ordering::AcqRel);
        let (group, bit) = (&self.groups[word / BITS], 1 << (word % BITS));
        // Acquire: pairs with the Release in `is_clear`, and the swaps that come after it: see `Rest`.
        if group.load(Ordering::Acquire) & bit == 0 {
            // Release: pairs with the Acquire in `drain` and in `is_clear`. Acquire: as of the load.
            group.fetch_or(bit, Ordering::AcqRel);
        }
    }

    /// Takes all slots off the list.
    pub(super) fn drain(&self, mut each: impl FnMut(usize)) {
        for (index, group) in self.groups.iter().enumerate() {
            // Relaxed: a look; `is_clear` decides whether the keeper may rest.
            if group.load(Ordering::Relaxed) == 0 {
                continue;
            }
            // AcqRel: the group before its words; see `add`.
            let words = group.swap(0, Ordering::AcqRel);
            for word in ones(words).map(|bit| index * BITS + bit) {
                // Acquire: pairs with the Release in `add`. Release: with the Acquire there.
                let slots = self.bits[word].swap(0, Ordering::AcqRel);
                ones(slots).for_each(|bit| each(word * BITS + bit));
            }
        }
    }

    /// Takes all slots off the list, also those that are not in their group yet.
    pub(super) fn wipe(&self) {
        // AcqRel, and the groups before their words, as in `drain`: who adds to a word later does not take its group for told.
        for group in &self.groups {
            group.swap(0, Ordering::AcqRel);
        }
        for word in &self.bits {
            // AcqRel: who adds to this word later sees that the wheel is closed; who did before is seen.
            word.swap(0, Ordering::AcqRel);
        }
    }

    /// Whether nothing is on the list; who adds to it later sees all that the keeper did before.
    pub(super) fn is_clear(&self) -> bool {
        // AcqRel, a swap although it changes nothing: of this and an `add`, one sees the other.
        self.groups
            .iter()
            .all(|group| group.fetch_or(0, Ordering::AcqRel) == 0)
    }
}

fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

// === impl Fill ===

impl Fill {
    pub(super) fn new() -> Self {
        Self {
            top: AtomicUsize::new(0),
        }
    }

    /// The topmost row.
    #[inline]
    pub(super) fn top(&self) -> usize {
        // Acquire: pairs with the Release in `raise`: the row is there.
        self.top.load(Ordering::Acquire)
    }

    /// The row `top` is there.
    pub(super) fn raise(&self, top: usize) {
        // AcqRel: see `settle`.
        self.top.fetch_max(top, Ordering::AcqRel);
    }

    /// The keeper sees every row that was raised before this; who raises one later sees all that the keeper did before.
    pub(super) fn settle(&self) {
        // AcqRel, a swap although it changes nothing: as `List::is_clear`.
        self.top.fetch_max(0, Ordering::AcqRel);
    }
}

// === impl Rest ===

impl Rest {
    pub(super) fn new() -> Self {
        Self {
            until: CachePadded::new(AtomicU64::new(CLOSED)),
            recent: AtomicU64::new(0),
            busy: AtomicBool::new(false),
            owner: AtomicU64::new(0),
            waker: AtomicWaker::new(),
        }
    }

    /// How a wait is to be armed now.
    #[inline]
    pub(super) fn pace(&self) -> Pace {
        // Acquire: pairs with the Release in `nap`: the recent tick is not older than the nap.
        match self.until.load(Ordering::Acquire) {
            // Relaxed: any tick that was once told is a tick that has passed.
            NAPPING => Pace::Coarse {
                recent: Tick::from_nanos(self.recent.load(Ordering::Relaxed)),
            },
            CLOSED => Pace::Closed,
            _ => Pace::Precise,
        }
    }

    /// After something was put on the list: wakes a keeper that would rest beyond `deadline`. False: there is no keeper.
    pub(super) fn rouse(&self, deadline: Tick) -> bool {
        // Relaxed: the swap or the load of the group in `List::add` orders it.
        let mut until = self.until.load(Ordering::Relaxed);
        while until > ROUSED && deadline.as_nanos() < until {
            // Acquire: pairs with the Release in `rest`: the waker is there. Release: with the Acquire in `is_roused`.
            let swapped =
                self.until
                    .compare_exchange(until, ROUSED, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => self.waker.wake(),
                Err(seen) => {
                    until = seen;
                    continue;
                }
            }
            return true;
        }
        until != CLOSED
    }

    /// Says that so much is armed that naps are worth it.
    pub(super) fn ask_for_naps(&self) {
        // Relaxed: advice.
        self.busy.store(true, Ordering::Relaxed);
        self.rouse(Tick::ZERO);
    }

    pub(super) fn is_asked_for_naps(&self) -> bool {
        // Relaxed: advice.
        self.busy.load(Ordering::Relaxed) && self.busy.swap(false, Ordering::Relaxed)
    }

    /// Makes the wheel the one of `owner`, if it is nobody's.
    pub(super) fn occupy(&self, owner: NonZeroU64) -> bool {
        // Acquire: pairs with the Release in `vacate`: the keeper before has left.
        self.owner
            .compare_exchange(0, owner.get(), Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// The keeper has left.
    pub(super) fn vacate(&self) {
        // Release: pairs with the Acquire in `occupy`.
        self.owner.store(0, Ordering::Release);
    }

    pub(super) fn is_of(&self, owner: NonZeroU64) -> bool {
        // Relaxed: who is turned away by the wheel looks again.
        self.owner.load(Ordering::Relaxed) == owner.get()
    }

    /// The keeper is there, and at work.
    pub(super) fn open(&self) {
        // Release: pairs with the Acquire in `pace`.
        self.until.store(ROUSED, Ordering::Release);
    }

    /// The keeper will come by in a tick.
    pub(super) fn nap(&self) {
        // Release: pairs with the Acquire in `pace`.
        self.until.store(NAPPING, Ordering::Release);
    }

    /// The keeper rests until `until`, if nothing is on the list after this.
    pub(super) fn rest(&self, until: Tick) {
        // Release: pairs with the Acquire in `rouse`. What comes next is `List::is_clear`, which orders it before any `add` that the
        // keeper has not seen.
        self.until
            .store(until.as_nanos().max(FIRST), Ordering::Release);
    }

    /// There is no keeper any more.
    pub(super) fn close(&self) {
        // Relaxed: the swaps of the lists order it.
        self.until.store(CLOSED, Ordering::Relaxed);
    }

    pub(super) fn is_roused(&self) -> bool {
        // Acquire: pairs with the Release in `rouse`.
        self.until.load(Ordering::Acquire) == ROUSED
    }

    pub(super) fn tell(&self, now: Tick) {
        // Relaxed: see `pace`.
        self.recent.store(now.as_nanos(), Ordering::Relaxed);
    }

    pub(super) fn register(&self, waker: &Waker) {
        self.waker.register(waker);
    }
}
