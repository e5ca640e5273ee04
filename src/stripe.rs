//! Which stripe is a thread's: of what several threads write, each its own part.

use std::cell::Cell;
use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

use ninelives_core::occupancy::Occupancy;
use ninelives_core::semaphore::Spot;

/// The most stripes that anything has.
const MOST: usize = 16;
/// What no stripe's number is.
const UNKNOWN: u32 = u32::MAX;

/// How many threads there are that have each stripe.
static THREADS: Occupancy<MOST> = Occupancy::new();

static STRIPES: OnceLock<u32> = OnceLock::new();

thread_local! {
    // A cell without a drop: it is there as long as the thread is, and found without a look.
    static STRIPE: Cell<u32> = const { Cell::new(UNKNOWN) };
    static LEAVE: Leave = const { Leave };
}

/// Leaves the thread's stripe to others when the thread ends.
struct Leave;

/// This thread's stripe: that which the fewest threads had when it asked first. Threads that run at the same time share one only when there
/// are more of them than stripes.
///
/// # Progress
/// Wait-free, but for the first time on a thread: to hear of the thread's end, the standard library asks the C library, which may allocate and
/// takes a lock of its own.
#[inline]
pub(crate) fn stripe() -> u32 {
    match STRIPE.get() {
        UNKNOWN => first(),
        stripe => stripe,
    }
}

/// This thread's stripe, and, with the feature `membarrier`, the number by which it may keep what lies there.
#[inline]
pub(crate) fn spot() -> Spot {
    let spot = Spot::at(stripe());
    #[cfg(feature = "membarrier")]
    let spot = spot.on(ninelives_core::weighted::Threads::number());
    spot
}

/// This thread's stripe, or a number that nothing has if it never asked for its own.
#[inline]
pub(crate) fn known() -> u32 {
    STRIPE.get()
}

#[cold]
fn first() -> u32 {
    let stripe = THREADS.come(stripes() as usize) as u32;
    STRIPE.set(stripe);
    // One that asks first while it ends keeps its stripe for good.
    let _ = LEAVE.try_with(|_| ());
    stripe
}

/// As many stripes as threads ran at the same time here when it was asked first, up to 16.
pub(crate) fn stripes() -> u32 {
    *STRIPES.get_or_init(|| {
        let threads = thread::available_parallelism().map_or(MOST, NonZero::get);
        threads.min(MOST) as u32
    })
}

// === impl Leave ===

impl Drop for Leave {
    fn drop(&mut self) {
        let stripe = STRIPE.replace(UNKNOWN);
        if stripe != UNKNOWN {
            THREADS.leave(stripe as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_stripe() {
        let mine = stripe();
        assert_eq!(stripe(), mine);
        let other = thread::spawn(|| (stripe(), stripe())).join().unwrap();
        assert_eq!(other.0, other.1);
        assert!(mine < stripes() && other.0 < stripes());
    }

    #[test]
    fn a_thread_that_ends_leaves_its_stripe() {
        let ended = || {
            assert!(stripe() < stripes());
            drop(Leave);
            known()
        };
        assert_eq!(thread::spawn(ended).join().unwrap(), UNKNOWN);
    }

    #[test]
    fn who_never_asked_has_none() {
        assert_eq!(thread::spawn(known).join().unwrap(), UNKNOWN);
    }
}
