//! The way out: permits that come back, and go to whoever waits for them.

use super::Semaphore;
#[cfg(doc)]
use super::Snapshot;
use super::step::Returned;
use super::verdict::Spot;
use super::word::Word;

// === impl Semaphore ===

impl Semaphore {
    /// Gives one permit back. The first in the line gets it before it is woken.
    ///
    /// # Panics
    /// In debug builds when no permit is out. In release builds that changes nothing but [`Snapshot::surplus`]. A permit
    /// released twice while others are out, or while permits lie in [stripes](Self::striped), cannot be told from theirs.
    ///
    /// # Progress
    /// Lock-free; with nobody in the line, one load and one swap.
    #[inline]
    pub fn release(&self) {
        self.release_many(1);
    }

    /// Gives `weight` permits back. Exactly those in the line who fit then get theirs, in order, before they are woken.
    ///
    /// # Panics
    /// In debug builds when fewer are out; in release builds nothing but [`Snapshot::surplus`] changes then.
    ///
    /// # Progress
    /// As [`release`](Self::release).
    #[inline]
    pub fn release_many(&self, weight: u32) {
        self.release_to(|| Spot::at(0), weight);
    }

    /// As [`release_many`](Self::release_many), by a caller who is where `spot` says: see [`striped`](Self::striped).
    ///
    /// # Progress
    /// As [`release`](Self::release).
    #[inline]
    pub fn release_to(&self, spot: impl FnOnce() -> Spot, weight: u32) {
        if let Err(word) = self.gate.walk_out(weight) {
            self.release_and_settle(word, spot, weight);
        }
    }

    #[cold]
    #[inline(never)] // apart, so that the way out of a bulkhead without a line is short
    fn release_and_settle(&self, met: Word, spot: impl FnOnce() -> Spot, weight: u32) {
        if met.is_striped() {
            self.release_spread(spot, weight);
        } else {
            self.release_at_gate(weight);
        }
    }

    #[inline]
    pub(super) fn release_at_gate(&self, weight: u32) {
        let (word, returned) = self.gate.release(weight);
        debug_assert!(returned == Returned::Free, "a permit was released twice");
        if word.concerns_others() {
            self.hand_over();
        } else {
            self.spread_if_roomy(word);
        }
    }
}
