//! Which stripe of a window a thread writes to.

use std::cell::Cell;
use std::num::NonZero;
use std::thread;

use ninelives_core::sequence::Sequence;

static THREADS: Sequence = Sequence::new();

thread_local! {
    // 0: not known yet. A cell without a drop: it is there as long as the thread is, and found without a look.
    static STRIPE: Cell<u32> = const { Cell::new(0) };
}

/// The most stripes that a window has.
const MOST: usize = 16;

/// This thread's stripe: threads that come one after the other have stripes one after the other.
#[inline]
pub(super) fn stripe() -> u32 {
    match STRIPE.get() {
        0 => first(),
        stripe => stripe,
    }
}

#[cold]
fn first() -> u32 {
    let stripe = (THREADS.next() as u32).max(1);
    STRIPE.set(stripe);
    stripe
}

/// As many stripes as threads run at the same time here, up to 16.
pub(super) fn stripes() -> u32 {
    let threads = thread::available_parallelism().map_or(MOST, NonZero::get);
    threads.min(MOST) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_stripe_and_the_next_thread_has_another() {
        let mine = stripe();
        assert_eq!(stripe(), mine);
        let other = thread::spawn(|| (stripe(), stripe())).join().unwrap();
        assert_eq!(other.0, other.1);
        assert_ne!(other.0, mine);
    }
}
