//! The shared counter.

use super::{GOLDEN_GAMMA, mix};
use crate::sync::{AtomicU64, Ordering};

/// A generator that many threads draw from by reference.
///
/// ```
/// use ninelives_core::rng::SharedRng;
/// let (a, b) = (SharedRng::from_seed(7), SharedRng::from_seed(7));
/// assert_eq!((a.next(), a.next()), (b.next(), b.next()));
/// ```
#[derive(Debug)]
pub struct SharedRng {
    counter: AtomicU64,
}

// === impl SharedRng ===

impl SharedRng {
    /// A generator whose values follow from `seed` alone. Every seed is as good as another, 0 included.
    #[cfg(not(ninelives_loom))]
    pub const fn from_seed(seed: u64) -> Self {
        Self {
            counter: AtomicU64::new(seed),
        }
    }

    /// A generator whose values follow from `seed` alone. The model checker's atomics are not made in a `const`.
    #[cfg(ninelives_loom)]
    pub fn from_seed(seed: u64) -> Self {
        Self {
            counter: AtomicU64::new(seed),
        }
    }

    /// Begins anew, as from [`from_seed`](Self::from_seed). Draws of other threads meanwhile are of either seed.
    pub fn reseed(&self, seed: u64) {
        // Relaxed: as in `next`.
        self.counter.store(seed, Ordering::Relaxed);
    }

    /// The next value, uniform over all of `u64`.
    #[inline]
    pub fn next(&self) -> u64 {
        // Relaxed: a place in line; guards no memory.
        let place = self.counter.fetch_add(GOLDEN_GAMMA, Ordering::Relaxed);
        mix(place.wrapping_add(GOLDEN_GAMMA))
    }
}
