//! The phase, and a word for each stripe.

use alloc::boxed::Box;
use core::fmt;

use crossbeam_utils::CachePadded;

use super::word::{Phase, Stripe};
use crate::sync::{AtomicU64, Ordering, fence, spin_hint};

/// What lies where; see the [page](super).
pub(in crate::semaphore) struct Stripes {
    phase: CachePadded<AtomicU64>,
    cells: Box<[CachePadded<AtomicU64>]>,
}

/// What a look through all stripes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::semaphore) enum Look {
    /// The permits are the caller's.
    Taken,
    /// No stripe has as many.
    Nowhere,
    /// Meanwhile a later era began.
    TooLate,
}

// === impl Stripes ===

impl Stripes {
    /// So many, shut and empty; at least one.
    pub(in crate::semaphore) fn new(stripes: u32) -> Self {
        Self::since(Phase::FIRST, stripes)
    }

    /// The same, about to open for the last time.
    #[cfg(test)]
    pub(in crate::semaphore) fn near_the_end(stripes: u32) -> Self {
        Self::since(Phase::LATE, stripes)
    }

    fn since(phase: Phase, stripes: u32) -> Self {
        let cell = |bits| CachePadded::new(AtomicU64::new(bits));
        let stripes = 0..stripes.max(1);
        Self {
            phase: cell(phase.bits()),
            cells: stripes.map(|_| cell(Stripe::FIRST.bits())).collect(),
        }
    }

    pub(in crate::semaphore) fn len(&self) -> u32 {
        self.cells.len() as u32
    }

    /// The phase now. Acquire: pairs with the Release of those that change it, so that what they did to the gate or to stripes before is
    /// seen.
    #[inline]
    pub(in crate::semaphore) fn phase(&self) -> Phase {
        Phase::from_bits(self.phase.load(Ordering::Acquire))
    }

    /// Whether it is the same phase as before a look at the gate.
    pub(in crate::semaphore) fn is_still(&self, phase: Phase) -> bool {
        // Acquire fence: whoever has changed the gate's word to what was seen there has told what they knew of the phase.
        fence(Ordering::Acquire);
        self.phase() == phase
    }

    /// Takes permits out of the caller's stripe, if it is open and has as many.
    #[inline]
    pub(in crate::semaphore) fn take(&self, stripe: u32, weight: u32) -> bool {
        let cell = self.cell(stripe);
        // Relaxed: a guess; the swap below checks it.
        let mut seen = Stripe::from_bits(cell.load(Ordering::Relaxed));
        while seen.is_open()
            && let Some(next) = seen.without(weight)
        {
            // Acquire: what was done under these permits is seen. Relaxed on failure: a guess again.
            match cell.compare_exchange_weak(
                seen.bits(),
                next.bits(),
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => seen = Stripe::from_bits(now),
            }
            spin_hint();
        }
        false
    }

    /// Lays permits into the caller's stripe, unless stripes are shut.
    #[inline]
    pub(in crate::semaphore) fn give(&self, stripe: u32, weight: u32) -> bool {
        let cell = self.cell(stripe);
        // Acquire: of a stripe that was shut, the era in which that was done is seen below, or a later one.
        let mut seen = Stripe::from_bits(cell.load(Ordering::Acquire));
        loop {
            let open = if seen.is_open() {
                seen
            } else {
                let phase = self.phase();
                if !phase.is_open() {
                    return false;
                }
                seen.moved_to(phase)
            };
            let Some(next) = open.with(weight) else {
                return false;
            };
            // Release: what was done under these permits is seen by who takes them. Acquire on failure: as above.
            match cell.compare_exchange_weak(
                seen.bits(),
                next.bits(),
                Ordering::Release,
                Ordering::Acquire,
            ) {
                Ok(_) => return true,
                Err(now) => seen = Stripe::from_bits(now),
            }
            spin_hint();
        }
    }

    /// Takes permits out of whatever stripe has as many, and shuts those it comes by. After `Nowhere` they are all shut.
    pub(in crate::semaphore) fn take_anywhere(&self, phase: Phase, weight: u32) -> Look {
        for cell in &self.cells {
            let shut = change(cell, |seen| {
                if seen.is_later_than(phase) {
                    return (seen, Look::TooLate);
                }
                let shut = seen.moved_to(phase);
                match shut.without(weight) {
                    Some(rest) => (rest, Look::Taken),
                    None => (shut, Look::Nowhere),
                }
            });
            if shut != Look::Nowhere {
                return shut;
            }
        }
        Look::Nowhere
    }

    /// Shuts all stripes and takes out what lies in them; false when meanwhile a later era began.
    pub(in crate::semaphore) fn empty(&self, phase: Phase) -> (u32, bool) {
        let mut permits = 0;
        for cell in &self.cells {
            let found = change(cell, |seen| {
                if seen.is_later_than(phase) {
                    return (seen, None);
                }
                let shut = seen.moved_to(phase);
                let rest = shut.without(shut.permits()).unwrap_or(shut);
                (rest, Some(seen.permits()))
            });
            match found {
                Some(found) => permits += found,
                None => return (permits, false),
            }
        }
        (permits, true)
    }

    /// What lies in all of them, one looked at after the other.
    pub(in crate::semaphore) fn permits(&self) -> u32 {
        self.each().map(Stripe::permits).sum()
    }

    fn each(&self) -> impl Iterator<Item = Stripe> {
        // Acquire: as a look at the gate.
        let look = |cell: &CachePadded<AtomicU64>| cell.load(Ordering::Acquire);
        self.cells
            .iter()
            .map(move |cell| Stripe::from_bits(look(cell)))
    }

    /// Lets permits into stripes from now on, unless the phase has changed since `seen`.
    pub(in crate::semaphore) fn open(&self, seen: Phase) {
        if let Some(next) = seen.opened() {
            self.swap(seen, next);
        }
    }

    /// Lets no permits into stripes that are shut from now on. The answer is the phase of that.
    pub(in crate::semaphore) fn close(&self) -> Phase {
        self.advance(Phase::closed)
    }

    /// The same, and whoever has looked at the phase before opens nothing.
    pub(in crate::semaphore) fn shut(&self) -> Phase {
        self.advance(Phase::shut)
    }

    /// Marks that nothing lies anywhere, as all stripes were found shut and empty in the phase.
    pub(in crate::semaphore) fn mark_swept(&self, seen: Phase) {
        self.swap(seen, seen.swept());
    }

    fn advance(&self, next: impl Fn(Phase) -> Phase) -> Phase {
        loop {
            let seen = self.phase();
            let next = next(seen);
            if next == seen || self.swap(seen, next) {
                return next;
            }
            spin_hint();
        }
    }

    fn swap(&self, seen: Phase, next: Phase) -> bool {
        // Release: what the caller did to the gate or to stripes is seen by who reads the phase. Acquire: and what others did, by it.
        let swapped = self.phase.compare_exchange(
            seen.bits(),
            next.bits(),
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        swapped.is_ok()
    }

    #[inline]
    fn cell(&self, stripe: u32) -> &AtomicU64 {
        let stripe = stripe as usize;
        match self.cells.get(stripe) {
            Some(cell) => cell,
            None => &self.cells[stripe % self.cells.len()],
        }
    }
}

impl fmt::Debug for Stripes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stripes ")?;
        f.debug_map()
            .entry(&"phase", &self.phase())
            .entries(self.each().enumerate())
            .finish()
    }
}

/// Changes a stripe on behalf of all: `step` says what it becomes, and what that means.
fn change<V>(cell: &AtomicU64, step: impl Fn(Stripe) -> (Stripe, V)) -> V {
    // Acquire: of a stripe that is as it should be already, what was done before is seen.
    let mut seen = Stripe::from_bits(cell.load(Ordering::Acquire));
    loop {
        let (next, verdict) = step(seen);
        if next == seen {
            return verdict;
        }
        // AcqRel: as `take` and `give`. Acquire on failure: as above.
        match cell.compare_exchange_weak(
            seen.bits(),
            next.bits(),
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => return verdict,
            Err(now) => seen = Stripe::from_bits(now),
        }
        spin_hint();
    }
}
