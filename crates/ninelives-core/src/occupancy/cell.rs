//! A count for each place.

use core::array;

use crate::sync::{AtomicU32, Ordering, spin_hint};

/// How many are at each of `N` places; see the [page](super).
#[derive(Debug)]
pub struct Occupancy<const N: usize> {
    at: [AtomicU32; N],
}

// === impl Occupancy ===

impl<const N: usize> Occupancy<N> {
    /// Nobody is anywhere.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        const { assert!(N > 0, "there is a place") };
        Self {
            at: [const { AtomicU32::new(0) }; N],
        }
    }

    /// Nobody is anywhere.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            at: array::from_fn(|_| AtomicU32::new(0)),
        }
    }

    /// Goes to that of the first `among` places where the fewest are, the first of those, and says which it is. No less than one place, and
    /// no more than there are.
    ///
    /// # Progress
    /// Lock-free.
    pub fn come(&self, among: usize) -> usize {
        let among = among.clamp(1, N);
        loop {
            // Relaxed: see the page; and so is the swap.
            let counts = array::from_fn::<_, N, _>(|place| self.at[place].load(Ordering::Relaxed));
            let fewest = (0..among)
                .min_by_key(|&place| counts[place])
                .unwrap_or_default();
            let seen = counts[fewest];
            let swapped = self.at[fewest].compare_exchange_weak(
                seen,
                seen + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if swapped.is_ok() {
                return fewest;
            }
            spin_hint();
        }
    }

    /// Leaves the place that [`come`](Self::come) said, once.
    ///
    /// # Panics
    /// When there is no such place.
    ///
    /// # Progress
    /// Wait-free.
    pub fn leave(&self, place: usize) {
        self.at[place].fetch_sub(1, Ordering::Relaxed);
    }
}

impl<const N: usize> Default for Occupancy<N> {
    fn default() -> Self {
        Self::new()
    }
}
