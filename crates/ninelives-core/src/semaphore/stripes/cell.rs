//! The phase, and a word for each stripe.

use alloc::boxed::Box;
use core::fmt;

use crossbeam_utils::CachePadded;

use super::lane::{Given, Lane};
use super::word::Phase;
use crate::semaphore::verdict::Spot;
use crate::semaphore::word::MAX_PERMITS;
use crate::sync::{AtomicBool, AtomicU64, Ordering, fence, spin_hint};

/// What lies where; see the [page](super).
pub(in crate::semaphore) struct Stripes {
    phase: CachePadded<AtomicU64>,
    pub(super) lanes: Box<[CachePadded<Lane>]>,
    /// Without it no thread keeps permits.
    keeping: Option<Keeping>,
    /// It could not, once.
    refused: AtomicBool,
}

/// When threads keep permits, and how they are got from them.
#[derive(Clone, Copy)]
struct Keeping {
    /// So many have come back to a stripe before, at most as many as a limit can be.
    calm: u32,
    /// Has every thread pass a fence, or says that it cannot.
    barrier: fn() -> bool,
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
        let stripes = 0..stripes.max(1);
        Self {
            phase: CachePadded::new(AtomicU64::new(phase.bits())),
            lanes: stripes.map(|_| CachePadded::new(Lane::new())).collect(),
            keeping: None,
            refused: AtomicBool::new(false),
        }
    }

    /// Threads keep what lies in their stripes after `calm` permits came back there, as `barrier` has every thread pass a fence.
    pub(in crate::semaphore) fn kept_by_threads(
        mut self,
        calm: u32,
        barrier: fn() -> bool,
    ) -> Self {
        let calm = calm.min(MAX_PERMITS);
        self.keeping = Some(Keeping { calm, barrier });
        self
    }

    pub(in crate::semaphore) fn len(&self) -> u32 {
        self.lanes.len() as u32
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

    /// Takes permits that the caller keeps, if there are as many and nobody asks for them.
    #[inline]
    pub(in crate::semaphore) fn take_kept(&self, spot: Spot, weight: u32) -> bool {
        spot.may_keep() && self.lane(spot).take_kept(spot, weight)
    }

    /// Keeps permits for the caller, if it keeps some already and nobody asks for them; none if nothing was done.
    #[inline]
    pub(in crate::semaphore) fn give_kept(&self, spot: Spot, weight: u32) -> Option<Given> {
        if spot.may_keep() {
            self.lane(spot).give_kept(spot, weight)
        } else {
            None
        }
    }

    /// Takes permits out of the caller's stripe, if it is open and has as many.
    #[inline]
    pub(in crate::semaphore) fn take(&self, spot: Spot, weight: u32) -> bool {
        self.lane(spot).take(weight)
    }

    /// Lays permits into the caller's stripe, unless stripes are shut.
    #[inline]
    pub(in crate::semaphore) fn give(&self, spot: Spot, weight: u32) -> Given {
        let calm = self.lets_keep(spot);
        self.lane(spot).give(spot, weight, || self.phase(), calm)
    }

    /// After how many permits the caller keeps what lies in its stripe, if it may.
    #[inline]
    fn lets_keep(&self, spot: Spot) -> Option<u32> {
        let keeping = self
            .keeping
            .filter(|_| spot.may_keep() && !self.was_refused());
        keeping.map(|keeping| keeping.calm)
    }

    /// Whether the caller may keep what lies in its stripe, now or some time.
    pub(in crate::semaphore) fn may_be_kept_by(&self, spot: Spot) -> bool {
        self.lets_keep(spot).is_some() && self.lane(spot).may_be_kept_by(spot)
    }

    /// Has every thread pass a fence. If that is refused, which is asked for once, some of what threads keep cannot be had until they bring it.
    pub(super) fn all_pass_a_fence(&self) -> bool {
        let keeping = self.keeping.filter(|_| !self.was_refused());
        let passed = keeping.is_some_and(|keeping| (keeping.barrier)());
        if !passed {
            self.refuse();
        }
        passed
    }

    #[cold]
    fn refuse(&self) {
        // Relaxed: fences come between.
        self.refused.store(true, Ordering::Relaxed);
        // SeqCst fence: of the caller, which looks at the lanes next, and a thread that brings what it kept, one sees what the other did.
        fence(Ordering::SeqCst);
    }

    /// Whether the caller may have brought something to its stripe that somebody who wanted it has missed.
    pub(in crate::semaphore) fn may_have_missed_some(&self, spot: Spot) -> bool {
        spot.may_keep() && self.was_refused()
    }

    fn was_refused(&self) -> bool {
        // Relaxed: fences come between, where it matters.
        self.refused.load(Ordering::Relaxed)
    }

    /// What lies in all of them, one looked at after the other.
    pub(in crate::semaphore) fn permits(&self) -> u32 {
        self.each().map(|lane| lane.shown().permits()).sum()
    }

    /// Whether its thread keeps what lies in a stripe.
    #[cfg(test)]
    pub(in crate::semaphore) fn is_kept(&self, stripe: usize) -> bool {
        self.lanes[stripe].load().is_kept()
    }

    fn each(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().map(|lane| &**lane)
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
    pub(super) fn lane(&self, spot: Spot) -> &Lane {
        let stripe = spot.stripe() as usize;
        match self.lanes.get(stripe) {
            Some(lane) => lane,
            None => &self.lanes[stripe % self.lanes.len()],
        }
    }
}

impl fmt::Debug for Stripes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stripes ")?;
        f.debug_map()
            .entry(&"phase", &self.phase())
            .entries(self.each().map(Lane::shown).enumerate())
            .finish()
    }
}
