//! The words of a home. What carries it is said on the [page](super).

use crossbeam_utils::CachePadded;

use super::Homes;
use crate::sync::{AtomicU64, Ordering, store_beside_writers};

/// Where the units of one block come back: on the thread at which it is open.
#[derive(Debug)]
pub struct Home(CachePadded<Words>);

#[derive(Debug)]
struct Words {
    /// The thread at which it is open. The owner's.
    thread: AtomicU64,
    /// How many have come back. That thread's, but for claims and what the owner begins with.
    returned: AtomicU64,
    /// What `returned` was when it was opened. The owner's.
    start: AtomicU64,
}

/// The thread of a home that is closed.
const CLOSED: u64 = u64::MAX;
/// In `returned`: what it says has been read, or is not to be.
const CLAIMED: u64 = 1 << 63;

// === impl Home ===

impl Home {
    /// A home that is closed.
    #[cfg(not(ninelives_loom))]
    pub(crate) const fn new() -> Self {
        Self(CachePadded::new(Words {
            thread: AtomicU64::new(CLOSED),
            returned: AtomicU64::new(0),
            start: AtomicU64::new(0),
        }))
    }

    /// A home that is closed.
    #[cfg(ninelives_loom)]
    pub(crate) fn new() -> Self {
        Self(CachePadded::new(Words {
            thread: AtomicU64::new(CLOSED),
            returned: AtomicU64::new(0),
            start: AtomicU64::new(0),
        }))
    }

    /// Opens it on the thread that calls this and has this number; not if that is none. By an owner that has not opened it yet.
    pub(crate) fn open(&self, here: u64) {
        if here == 0 {
            return;
        }
        let Words {
            thread,
            returned,
            start,
        } = &*self.0;
        // Past whatever the thread of an earlier owner still compares with. Relaxed: it was leased after it was given back.
        let begun = (returned.load(Ordering::Relaxed) & !CLAIMED) + 1;
        // Relaxed: as above.
        returned.store(begun, Ordering::Relaxed);
        // Relaxed: for the owner.
        start.store(begun, Ordering::Relaxed);
        // Relaxed: only this thread looks for its own number.
        thread.store(here, Ordering::Relaxed);
    }

    /// Where it is open. Asked by its owner.
    pub(crate) fn thread(&self) -> Option<u64> {
        // Relaxed: the owner wrote it.
        let thread = self.0.thread.load(Ordering::Relaxed);
        (thread != CLOSED).then_some(thread)
    }

    /// Counts a unit that is given back here, if that is at home; if it does not, the unit is counted elsewhere. A unit
    /// that was counted holds its block no longer.
    #[inline]
    pub(crate) fn take_back<H: Homes>(&self) -> bool {
        let here = H::here();
        // Relaxed: this thread put its number there itself; that it was taken away is looked for below.
        if self.0.thread.load(Ordering::Relaxed) != here {
            return false;
        }
        // Relaxed: this thread opened it, and only this thread adds; a claim is looked for below.
        let mine = self.0.returned.load(Ordering::Relaxed) + 1;
        // Release: pairs with the Acquires in `close`; the value is dropped after every look at it.
        store_beside_writers(&self.0.returned, mine, Ordering::Release);
        H::light_fence();
        // Relaxed: the fence comes before it. If the owner was the last one there was none on its side, and its claim decides.
        self.0.thread.load(Ordering::Relaxed) == here || self.is_counted(mine)
    }

    /// Whether the owner, which has closed meanwhile, counts what came back last.
    #[cold]
    fn is_counted(&self, mine: u64) -> bool {
        let claimed = mine | CLAIMED;
        // Relaxed: a claim hands nothing over. Who claims gives back elsewhere.
        let claim =
            self.0
                .returned
                .compare_exchange(mine, claimed, Ordering::Relaxed, Ordering::Relaxed);
        claim.is_err()
    }

    /// Closes it, and says how many units have come back for the owner to count; none if the threads could not be made to pass a fence.
    /// `is_last` says whether nobody else is left if so many have come back: then nobody can be in the midst of it. By the owner, once.
    pub(crate) fn close<H: Homes>(&self, is_last: impl FnOnce(u64) -> bool) -> Option<u64> {
        let Words {
            thread,
            returned,
            start,
            ..
        } = &*self.0;
        let Some(open) = self.thread() else {
            return Some(0);
        };
        // Relaxed: the owner wrote it.
        let start = start.load(Ordering::Relaxed);
        if open == H::here() {
            // Relaxed: no other thread is at home, and this one is not in the midst of `take_back`.
            thread.store(CLOSED, Ordering::Relaxed);
            // Relaxed: this thread wrote it.
            return Some(returned.load(Ordering::Relaxed) - start);
        }
        // Acquire: pairs with the Release in `take_back`.
        let is_last = is_last(returned.load(Ordering::Acquire) - start);
        // Relaxed: the fence comes after it; or nobody can be in the midst of coming back.
        thread.store(CLOSED, Ordering::Relaxed);
        if !is_last && !H::barrier() {
            return None;
        }
        // Acquire: as above.
        let end = returned.fetch_or(CLAIMED, Ordering::Acquire);
        let uncounted = end >> 63; // the thread has claimed: it counts its last one itself
        Some((end & !CLAIMED) - uncounted - start)
    }
}
