//! What a thread keeps. What carries it is said on the [page](super).

use crate::semaphore::stripes::word::Stripe;
use crate::semaphore::verdict::Spot;
use crate::semaphore::word::MAX_PERMITS;
use crate::sync::{AtomicU64, Ordering};

/// Whose it is, what is in it, and what was in it when somebody asked.
pub(in crate::semaphore::stripes) struct Purse {
    thread: AtomicU64,
    permits: AtomicU64,
    settled: AtomicU64,
    calm: AtomicU64,
}

/// Others that come by less often are in nobody's way.
const A_FEW: u32 = 8;

/// The thread of a purse that nobody has used.
const NOBODY: u64 = 0;

// === impl Purse ===

impl Purse {
    /// Empty, and nobody's.
    pub(in crate::semaphore::stripes) fn new() -> Self {
        let word = || AtomicU64::new(Stripe::FIRST.bits());
        Self {
            thread: AtomicU64::new(NOBODY),
            permits: AtomicU64::new(0),
            settled: word(),
            calm: word(),
        }
    }

    // --- by its thread, and who wants to be that

    /// Whether it is the caller's.
    #[inline]
    pub(in crate::semaphore::stripes) fn is_of(&self, spot: Spot) -> bool {
        // Relaxed: this thread wrote its number itself, or it is not there.
        self.thread.load(Ordering::Relaxed) == spot.thread()
    }

    /// Whether permits came back to the stripe `calm` times in this era already; if so, and it was nobody's, the purse is the caller's.
    #[inline]
    pub(in crate::semaphore::stripes) fn is_worth_it(
        &self,
        seen: Stripe,
        spot: Spot,
        calm: u32,
    ) -> bool {
        self.times(seen) >= calm && (self.is_of(spot) || self.is_taken_by(spot))
    }

    /// Whether others brought permits as often since, to a stripe that is kept, as it takes to be kept, and a few times at least.
    pub(in crate::semaphore::stripes) fn is_in_the_way(&self, seen: Stripe, calm: u32) -> bool {
        self.times(seen) >= (2 * calm.max(A_FEW)).min(MAX_PERMITS)
    }

    /// Permits came back to the stripe once more.
    #[inline]
    pub(in crate::semaphore::stripes) fn count(&self, seen: Stripe) {
        let times = (self.times(seen) + 1).min(MAX_PERMITS);
        // Relaxed: a rough count.
        self.calm
            .store(seen.counting(times).bits(), Ordering::Relaxed);
    }

    fn times(&self, seen: Stripe) -> u32 {
        // Relaxed: as above.
        let calm = Stripe::from_bits(self.calm.load(Ordering::Relaxed));
        if calm.is_as_old_as(seen) {
            calm.permits()
        } else {
            0
        }
    }

    fn is_taken_by(&self, spot: Spot) -> bool {
        // Relaxed: only this thread looks for its own number.
        let taken = self.thread.compare_exchange(
            NOBODY,
            spot.thread(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        taken.is_ok()
    }

    /// What is in it, to its thread.
    #[inline]
    pub(in crate::semaphore::stripes) fn mine(&self) -> u32 {
        // Relaxed: this thread wrote it.
        self.permits.load(Ordering::Relaxed) as u32
    }

    /// So many are in it from now on. By its thread.
    #[inline]
    pub(in crate::semaphore::stripes) fn put(&self, permits: u32) {
        // Release: what was done under these permits is seen by who reads it.
        self.permits.store(u64::from(permits), Ordering::Release);
    }

    // --- by all

    /// What is in it.
    pub(in crate::semaphore::stripes) fn permits(&self) -> u32 {
        // Acquire: pairs with the Release in `put`.
        self.permits.load(Ordering::Acquire) as u32
    }

    /// What was settled last, and for which era.
    pub(in crate::semaphore::stripes) fn settled(&self) -> Stripe {
        // Acquire: pairs with the Release in `settle`.
        Stripe::from_bits(self.settled.load(Ordering::Acquire))
    }

    /// Settles that so many were in it in an era. The answer is what was settled for that era, or a later one, by whoever was first.
    pub(in crate::semaphore::stripes) fn settle(&self, seen: Stripe, permits: u32) -> Stripe {
        let (before, mine) = (self.settled(), seen.counting(permits));
        if !before.is_older_than(mine) {
            return before;
        }
        // AcqRel: the permits are handed over with what was done under them. Acquire on failure: as a look.
        let swapped = self.settled.compare_exchange(
            before.bits(),
            mine.bits(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        match swapped {
            Ok(_) => mine,
            Err(now) => Stripe::from_bits(now),
        }
    }
}
