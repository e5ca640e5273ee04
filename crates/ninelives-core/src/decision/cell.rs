//! The word behind a decision.

use crate::sync::{AtomicU64, Ordering};

/// A decision that is made once; see the [page](super).
#[derive(Debug)]
pub struct Decision {
    state: AtomicU64,
}

const OPEN: u64 = 0;
const COMMITTED: u64 = 1;
const WITHDRAWN: u64 = 2;

// === impl Decision ===

impl Decision {
    /// A decision that is still to be made.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            state: AtomicU64::new(OPEN),
        }
    }

    /// A decision that is still to be made.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            state: AtomicU64::new(OPEN),
        }
    }

    /// Lets everything happen, now, and says whether it did: false when it was withdrawn.
    pub fn commit(&self) -> bool {
        self.decide(COMMITTED)
    }

    /// Lets nothing happen, ever, and says whether that is so: false when everything has happened.
    pub fn withdraw(&self) -> bool {
        self.decide(WITHDRAWN)
    }

    /// Whether everything has happened.
    pub fn is_committed(&self) -> bool {
        // Acquire: pairs with the Release in `decide`; what was done before the commit is seen.
        self.state.load(Ordering::Acquire) == COMMITTED
    }

    fn decide(&self, state: u64) -> bool {
        // Release: pairs with the Acquires here and in `is_committed`; publishes what was done before the decision.
        let decided = self
            .state
            .compare_exchange(OPEN, state, Ordering::AcqRel, Ordering::Acquire);
        match decided {
            Ok(_) => true,
            Err(before) => before == state,
        }
    }
}

impl Default for Decision {
    fn default() -> Self {
        Self::new()
    }
}
