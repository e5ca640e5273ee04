//! The word behind a generation.

use crate::bits::Field;
use crate::sync::{AtomicU64, Ordering};

/// Replacements made and under way; see the [page](super).
#[derive(Debug)]
pub struct Generation {
    word: AtomicU64,
}

const WRITERS: Field = Field::first(20);
const TURNS: Field = WRITERS.then(44);
const _: () = assert!(TURNS.end() == 64);

// === impl Generation ===

impl Generation {
    /// What no generation is: the mark of a copy that is to be looked at again each time.
    pub const NEVER: u64 = u64::MAX;

    /// Nothing was replaced yet.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
        }
    }

    /// Nothing was replaced yet.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
        }
    }

    /// A replacement is about to be tried.
    pub fn begin(&self) {
        // Relaxed: see the page; the replacement that follows publishes it.
        self.word.fetch_add(WRITERS.one(), Ordering::Relaxed);
    }

    /// The replacement that was begun is over: made, or not.
    pub fn end(&self, replaced: bool) {
        let turn = if replaced { TURNS.one() } else { 0 };
        // Release: pairs with the Acquire in `settled` and `is`; publishes the replacement.
        self.word
            .fetch_add(turn.wrapping_sub(WRITERS.one()), Ordering::Release);
    }

    /// The generation, for a reader about to look; none while a replacement is under way.
    pub fn settled(&self) -> Option<u64> {
        // Acquire: pairs with the Release in `end`.
        let word = self.word.load(Ordering::Acquire);
        (WRITERS.get(word) == 0).then_some(word)
    }

    /// Whether nothing was replaced since `settled`, and nothing is about to be.
    #[inline]
    pub fn is(&self, settled: u64) -> bool {
        // Acquire: as above.
        self.word.load(Ordering::Acquire) == settled
    }
}

impl Default for Generation {
    fn default() -> Self {
        Self::new()
    }
}
