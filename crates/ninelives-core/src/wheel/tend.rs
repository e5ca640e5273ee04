//! What a keeper does with its wheel between two looks at it.

use core::num::NonZeroU64;
use core::task::Waker;

use super::Wheel;
use crate::time::Tick;

// === impl Wheel ===

impl Wheel {
    /// A keeper of `owner` begins, unless there is one; there never are two.
    #[must_use = "without a keeper a wheel refuses everything"]
    pub fn open(&self, owner: NonZeroU64) -> bool {
        let occupied = self.rest.occupy(owner);
        if occupied {
            self.rest.open();
        }
        occupied
    }

    /// Whether its keeper is one of `owner`.
    pub fn is_of(&self, owner: NonZeroU64) -> bool {
        self.rest.is_of(owner)
    }

    /// The keeper comes by in a tick, whatever is armed: until then it need not be woken, and arming is cheap.
    pub fn nap(&self) {
        self.rest.nap();
    }

    /// The keeper rests until `until`, or until it is roused. False: something was armed since its last look, and it must look again.
    #[must_use = "who may not rest must look again"]
    pub fn rest(&self, until: Tick) -> bool {
        self.rest.rest(until);
        if self.rows.is_clear() {
            return true;
        }
        self.rest.open();
        false
    }

    /// Who is woken when the keeper is roused. To be called before [`rest`](Self::rest), and when the waker changes.
    pub fn register(&self, waker: &Waker) {
        self.rest.register(waker);
    }

    /// Whether somebody has roused the keeper.
    pub fn is_roused(&self) -> bool {
        self.rest.is_roused()
    }

    /// Tells the keeper that so much is armed that naps are worth it, and rouses it.
    pub fn ask_for_naps(&self) {
        self.rest.ask_for_naps();
    }

    /// Whether that was asked since this was last called.
    pub fn is_asked_for_naps(&self) -> bool {
        self.rest.is_asked_for_naps()
    }
}
