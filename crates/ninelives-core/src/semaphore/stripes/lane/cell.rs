//! In and out of one stripe. What carries it is said on the pages of [stripes](super::super) and of [purses](super::super::purse).

use super::{Called, Given};
use crate::semaphore::stripes::Phase;
use crate::semaphore::stripes::purse::Purse;
use crate::semaphore::stripes::word::Stripe;
use crate::semaphore::verdict::Spot;
use crate::sync::{AtomicU64, Ordering, fence, light_fence, spin_hint};

/// One stripe, and its thread's purse.
pub(in crate::semaphore::stripes) struct Lane {
    stripe: AtomicU64,
    purse: Purse,
}

// === impl Lane ===

impl Lane {
    /// Shut and empty since the first era.
    pub(in crate::semaphore::stripes) fn new() -> Self {
        Self {
            stripe: AtomicU64::new(Stripe::FIRST.bits()),
            purse: Purse::new(),
        }
    }

    /// What the stripe holds now.
    pub(in crate::semaphore::stripes) fn load(&self) -> Stripe {
        // Acquire: pairs with the Release of those that change it.
        Stripe::from_bits(self.stripe.load(Ordering::Acquire))
    }

    /// The stripe, with what lies here, in the purse or not.
    pub(in crate::semaphore::stripes) fn shown(&self) -> Stripe {
        let (seen, settled) = (self.load(), self.purse.settled());
        if !seen.is_kept() {
            seen
        } else if settled.is_as_old_as(seen) {
            seen.holding(settled.permits())
        } else {
            seen.holding(self.purse.permits())
        }
    }

    /// Takes permits, if this is open and has as many.
    #[inline]
    pub(in crate::semaphore::stripes) fn take(&self, weight: u32) -> bool {
        // Relaxed: a guess; the swap below checks it.
        let mut seen = Stripe::from_bits(self.stripe.load(Ordering::Relaxed));
        while seen.is_open()
            && let Some(next) = seen.without(weight)
        {
            // Acquire: what was done under these permits is seen. Relaxed on failure: a guess again.
            match self.stripe.compare_exchange_weak(
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

    /// Lays permits down, unless this is shut, or not open to the caller. When that was done `calm` times in one era, at most as many as a limit can
    /// be, the caller keeps what lies here.
    #[inline]
    pub(in crate::semaphore::stripes) fn give(
        &self,
        spot: Spot,
        weight: u32,
        phase: impl Fn() -> Phase,
        calm: Option<u32>,
    ) -> Given {
        let mut seen = self.load();
        loop {
            if seen.is_kept() {
                return self.give_past(seen, spot, weight, calm);
            }
            let open = if seen.is_open() {
                seen
            } else {
                // Of a stripe that was shut, the era in which that was done is seen here, or a later one.
                let phase = phase();
                if !phase.is_open() {
                    return Given::ForGate(weight);
                }
                seen.moved_to(phase)
            };
            if let Some(calm) = calm
                && open == seen
                && self.purse.is_worth_it(seen, spot, calm)
                && let Some(given) = self.begin_to_keep(seen, weight)
            {
                return given;
            }
            let Some(next) = open.with(weight) else {
                return Given::ForGate(weight);
            };
            // Release: what was done under these permits is seen by who takes them. Acquire on failure: as in `load`.
            match self.stripe.compare_exchange_weak(
                seen.bits(),
                next.bits(),
                Ordering::Release,
                Ordering::Acquire,
            ) {
                Ok(_) => {
                    if calm.is_some() {
                        self.purse.count(open);
                    }
                    return Given::Laid;
                }
                Err(now) => seen = Stripe::from_bits(now),
            }
            spin_hint();
        }
    }

    /// Gives nothing to a stripe that is kept: by the caller, who was called, or by another thread.
    fn give_past(&self, seen: Stripe, spot: Spot, weight: u32, calm: Option<u32>) -> Given {
        if self.is_purse_of(spot) {
            if seen.is_called() {
                self.bring_mine(seen, self.purse.mine());
            }
        } else if let Some(calm) = calm {
            self.purse.count(seen);
            if self.purse.is_in_the_way(seen, calm) {
                return Given::PastAnother(weight);
            }
        }
        Given::ForGate(weight)
    }

    /// Changes the stripe on behalf of all: `step` says what it becomes, and what that means.
    pub(in crate::semaphore::stripes) fn change<V>(
        &self,
        step: impl Fn(Stripe) -> (Stripe, V),
    ) -> V {
        let mut seen = self.load();
        loop {
            let (next, verdict) = step(seen);
            if next == seen {
                return verdict;
            }
            match self.swap(seen, next) {
                Ok(()) => return verdict,
                Err(now) => seen = now,
            }
            spin_hint();
        }
    }

    fn swap(&self, seen: Stripe, next: Stripe) -> Result<(), Stripe> {
        // AcqRel: as `take` and `give`. Acquire on failure: as in `load`.
        let swapped = self.stripe.compare_exchange(
            seen.bits(),
            next.bits(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        swapped.map(drop).map_err(Stripe::from_bits)
    }

    // --- by the thread of the purse

    /// Whether the purse is the caller's, or nobody's yet.
    pub(in crate::semaphore::stripes) fn may_be_kept_by(&self, spot: Spot) -> bool {
        self.purse.is_of(spot) || self.purse.is_of(Spot::at(0))
    }

    #[inline]
    fn is_purse_of(&self, spot: Spot) -> bool {
        spot.may_keep() && self.purse.is_of(spot)
    }

    /// Takes permits out of the caller's own purse, if it has as many and nobody asks for them.
    #[inline]
    pub(in crate::semaphore::stripes) fn take_kept(&self, spot: Spot, weight: u32) -> bool {
        let Some(seen) = self.is_left_to(spot) else {
            return false;
        };
        match self.purse.mine().checked_sub(weight) {
            Some(rest) => self.keep(seen, rest) || self.is_counted(seen, rest),
            None => false,
        }
    }

    /// Puts permits into the caller's own purse, if it keeps some and nobody asks for them.
    #[inline]
    pub(in crate::semaphore::stripes) fn give_kept(
        &self,
        spot: Spot,
        weight: u32,
    ) -> Option<Given> {
        let seen = self.is_left_to(spot)?;
        let all = self.purse.mine() + weight;
        Some(if self.keep(seen, all) {
            Given::Laid
        } else {
            self.give_late(seen, all, weight)
        })
    }

    #[cold]
    fn give_late(&self, seen: Stripe, all: u32, weight: u32) -> Given {
        let counted = self.is_counted(seen, all);
        Given::ForGate(if counted { 0 } else { weight })
    }

    #[inline]
    fn is_left_to(&self, spot: Spot) -> Option<Stripe> {
        // Relaxed: it is looked at again afterwards. That it is kept was written by this thread, if the purse is its own.
        let seen = Stripe::from_bits(self.stripe.load(Ordering::Relaxed));
        (seen.is_left_alone() && self.is_purse_of(spot)).then_some(seen)
    }

    /// Has so many in the purse from now on; false if it was called meanwhile, and it is to be found out whether this counts.
    #[inline]
    fn keep(&self, seen: Stripe, permits: u32) -> bool {
        self.purse.put(permits);
        light_fence();
        // Relaxed: the fence comes before it.
        self.stripe.load(Ordering::Relaxed) == seen.bits()
    }

    /// Whether what this thread put last, when its purse was called, is what was settled.
    #[cold]
    fn is_counted(&self, seen: Stripe, permits: u32) -> bool {
        self.bring_mine(seen, permits) == permits
    }

    /// Moves what lies here into the purse, and what is given back besides; nothing becomes of it if the stripe has changed.
    #[cold]
    fn begin_to_keep(&self, seen: Stripe, weight: u32) -> Option<Given> {
        // Before anybody looks into it: what lies here is for whoever comes, at any moment.
        self.purse.put(seen.permits());
        let kept = seen.kept();
        self.swap(seen, kept).ok()?;
        let all = seen.permits() + weight;
        Some(if self.keep(kept, all) {
            Given::Laid
        } else {
            self.give_late(kept, all, weight)
        })
    }

    // --- by all others

    /// Calls for what is in the purse, after all stripes that are not kept were shut in this phase: nobody begins to keep one of them in it.
    pub(in crate::semaphore::stripes) fn call(&self, phase: Phase) -> Called {
        let kept = self.change(|seen| {
            if seen.is_kept() && !seen.is_later_than(phase) {
                (seen.called(), Some(seen))
            } else {
                (seen, None)
            }
        });
        match kept {
            None => Called::InVain,
            Some(seen) if self.purse.settled().is_as_old_as(seen) => Called::Settled,
            Some(_) => Called::Unsettled,
        }
    }

    /// Lays what is in the purse into the stripe, which is shut, if it was [called](Self::call) in this phase. `fenced` says that all threads
    /// have passed a fence since.
    pub(in crate::semaphore::stripes) fn bring(&self, phase: Phase, fenced: bool) {
        let seen = self.load();
        if !seen.is_called() || seen.is_later_than(phase) {
            return;
        }
        let settled = if fenced {
            self.purse.settle(seen, self.purse.permits())
        } else {
            self.purse.settled()
        };
        self.bring_settled(seen, settled);
    }

    /// The same by the thread of the purse, in which it put so much last. The answer is how much was settled.
    #[cold]
    fn bring_mine(&self, seen: Stripe, permits: u32) -> u32 {
        let settled = self.purse.settle(seen, permits);
        self.bring_settled(seen, settled);
        // SeqCst fence: of this thread, which looks later whether anything was missed, and who has missed it, one sees what the other did.
        fence(Ordering::SeqCst);
        settled.permits()
    }

    fn bring_settled(&self, seen: Stripe, settled: Stripe) {
        if settled.is_as_old_as(seen) {
            // If it is lost, somebody else did this.
            let _ = self.swap(seen, seen.brought(settled.permits()));
        }
    }
}
