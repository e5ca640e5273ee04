//! What all subscribers together want, in one word that producers look at.
//!
//! Whoever joins adds its interest. Whoever leaves does not know who else wants the same: it looks at the word, makes the union of
//! those that are left, and puts that in the word's place if the word is still the one it looked at.
//!
//! # Word
//! | bits   | field    | meaning                                    | when it overflows                                  |
//! |--------|----------|-----------------------------------------|----------------------------------------------------|
//! | 0..32  | interest | the kinds that somebody wants              | cannot                                             |
//! | 32..64 | turn     | turns whenever somebody joins              | wraps: 2^32 joins within one leaving hide each other |
//!
//! # Transitions
//! | call   | guard                       | to             | verdict | test                                             |
//! |--------|-----------------------------|----------------|---------|--------------------------------------------------|
//! | add    |                             | union, turn + 1 |        | `interest_is_the_union_of_those_that_joined`     |
//! | narrow | the word is the one seen    | that           | true    | `who_leaves_narrows_the_interest`                |
//! | narrow | somebody joined in between  | same word      | false   | `a_join_in_between_stops_a_narrowing`            |
//! | narrow | it was narrowed in between  | same word      | false   | `a_narrowing_in_between_stops_another`           |
//!
//! The turn is why `add` writes even when the interest is the same: a leaving that did not count the new one must not take its kinds away.
//!
//! # Orderings
//! Joining is "into the list of subscribers, then `add`"; leaving is "out of the list, [`look`](SharedInterest::look), read the list,
//! [`narrow`](SharedInterest::narrow)". If the look saw the `add`, its Acquire makes the list show who joined; if it did not, `narrow`
//! fails. A producer's look is Relaxed: it guards no memory, and whoever learns of the subscription by any other way sees it.
//!
//! # Progress
//! `wants`: wait-free, one load. `add`, `narrow`: lock-free.
//!
//! # Models
//! `loom-tests/tests/loom_interest.rs`: who has joined is wanted for until it leaves; when all have left, nothing is.

use core::fmt;

use super::{Interest, Kind};
use crate::bits::Field;
use crate::sync::{AtomicU64, Ordering};

const INTEREST: Field = Field::first(32);
const TURN: Field = INTEREST.then(32);
const _: () = assert!(TURN.end() == 64);

/// The union of what all subscribers want.
pub struct SharedInterest {
    word: AtomicU64,
}

/// The word as it was looked at, for [`SharedInterest::narrow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenInterest(u64);

// === impl SharedInterest ===

impl SharedInterest {
    /// Nobody wants anything.
    pub fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
        }
    }

    /// Whether somebody wants events of this kind.
    #[inline]
    pub fn wants(&self, kind: Kind) -> bool {
        self.get().wants(kind)
    }

    /// What somebody wants.
    #[inline]
    pub fn get(&self) -> Interest {
        // Relaxed: it guards no memory.
        interest(self.word.load(Ordering::Relaxed))
    }

    /// Somebody who is in the list of subscribers wants these kinds.
    pub fn add(&self, more: Interest) {
        // Relaxed: a guess; the swap checks it.
        let mut seen = self.word.load(Ordering::Relaxed);
        loop {
            let next = joined(seen, more);
            // Release: pairs with the Acquire in `look`; the list shows the new subscriber. Relaxed on failure: a guess again.
            match self
                .word
                .compare_exchange_weak(seen, next, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// The word, to be taken before the list is read.
    pub fn look(&self) -> SeenInterest {
        // Acquire: pairs with the Release in `add`.
        SeenInterest(self.word.load(Ordering::Acquire))
    }

    /// Sets the interest to `all`, the union of the list that was read after `seen`; false, and nothing is changed, when the word
    /// is another one by now: then look again.
    #[must_use = "when false, the interest is as it was"]
    pub fn narrow(&self, seen: SeenInterest, all: Interest) -> bool {
        // Release: pairs with the Acquire in `look`; the list no longer shows who has left. What an `add` before it published is kept:
        // a swap goes on with the release sequence of that `add`. Relaxed on failure: nothing is read.
        self.word
            .compare_exchange(
                seen.0,
                narrowed(seen.0, all),
                Ordering::Release,
                Ordering::Relaxed,
            )
            .is_ok()
    }
}

const fn interest(word: u64) -> Interest {
    Interest::from_bits(INTEREST.get(word) as u32)
}

/// The word after somebody joined.
const fn joined(word: u64, more: Interest) -> u64 {
    let turn = TURN.get(word).wrapping_add(1) & TURN.max();
    narrowed(TURN.set(word, turn), interest(word).union(more))
}

/// The word with another interest.
const fn narrowed(word: u64, all: Interest) -> u64 {
    INTEREST.set(word, all.bits() as u64)
}

impl Default for SharedInterest {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SharedInterest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedInterest").field(&self.get()).finish()
    }
}

#[cfg(test)]
mod tests;
