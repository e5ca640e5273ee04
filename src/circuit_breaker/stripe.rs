//! Which stripe of a window a thread writes to.

use std::cell::Cell;
use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

use ninelives_core::sequence::Sequence;

static THREADS: Sequence = Sequence::new();

thread_local! {
    // A cell without a drop: it is there as long as the thread is, and found without a look.
    static STRIPE: Cell<u32> = const { Cell::new(UNKNOWN) };
}

static STRIPES: OnceLock<u32> = OnceLock::new();

/// The most stripes that a window has.
const MOST: usize = 16;
/// What no stripe's number is.
const UNKNOWN: u32 = u32::MAX;

/// This thread's stripe: threads that come one after the other have stripes one after the other.
#[inline]
pub(super) fn stripe() -> u32 {
    match STRIPE.get() {
        UNKNOWN => first(),
        stripe => stripe,
    }
}

/// This thread's stripe, or a number that no window has if it never asked for its own.
#[inline]
pub(super) fn known() -> u32 {
    STRIPE.get()
}

#[cold]
fn first() -> u32 {
    let stripe = THREADS.next() as u32 % stripes();
    STRIPE.set(stripe);
    stripe
}

/// As many stripes as threads ran at the same time here when it was asked first, up to 16.
pub(super) fn stripes() -> u32 {
    *STRIPES.get_or_init(|| {
        let threads = thread::available_parallelism().map_or(MOST, NonZero::get);
        threads.min(MOST) as u32
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
    fn threads_that_come_one_after_the_other_go_round_all_stripes() {
        let run = |_| thread::spawn(|| (stripe(), known())).join().unwrap();
        // Twice round: other tests have threads too.
        let seen: BTreeSet<_> = (0..2 * stripes()).map(run).collect();
        assert!(seen.iter().all(|(stripe, known)| stripe == known));
        assert_eq!(known(), UNKNOWN, "who never asked has none");
    }
}
