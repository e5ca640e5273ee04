//! One record's place: plain words that may be read while they are written.

use crate::sync::{AtomicU64, Ordering};

/// The words of one record.
pub(super) struct Slot<const WORDS: usize> {
    words: [AtomicU64; WORDS],
}

// === impl Slot ===

impl<const WORDS: usize> Slot<WORDS> {
    pub(super) fn new() -> Self {
        Self {
            words: core::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Relaxed throughout: the fence before and the Release after, both in `Producer::push`, order the words.
    #[inline]
    pub(super) fn write(&self, words: &[u64; WORDS]) {
        for (cell, word) in self.words.iter().zip(words) {
            cell.store(*word, Ordering::Relaxed);
        }
    }

    /// Relaxed throughout: the Acquire before and the fence after, both in `Ring::read`, order the words.
    #[inline]
    pub(super) fn copy(&self) -> [u64; WORDS] {
        core::array::from_fn(|index| self.words[index].load(Ordering::Relaxed))
    }
}
