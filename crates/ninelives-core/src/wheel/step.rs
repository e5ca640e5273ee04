//! What may happen to a slot's word: pure, and `None` where it may not.

use super::{Left, Phase, Wait, Word};

// === impl Word ===

impl Word {
    /// Somebody takes the slot, and is alone with it until it is published or cleared.
    #[inline]
    pub const fn claim(self) -> Option<Self> {
        match self.phase() {
            Phase::Idle | Phase::Warm if !self.is_held() => {
                Some(self.at(Phase::Claimed).next_turn())
            }
            _ => None,
        }
    }

    /// Somebody takes the slot for the same span and the same waker as before: nothing is left to fill in.
    #[inline]
    pub const fn rearm(self) -> Option<Self> {
        match self.phase() {
            Phase::Warm if !self.is_held() => Some(self.at(Phase::Span).next_turn()),
            _ => None,
        }
    }

    /// Somebody takes the slot for another wait with the same waker, and leaves it on the list.
    #[inline]
    pub const fn renew(self) -> Option<Self> {
        match self.phase() {
            Phase::Warm if !self.is_held() => Some(self.at(Phase::Renewed).next_turn()),
            _ => None,
        }
    }

    /// The keeper takes the slot off its list while somebody renews it: that one must list it again.
    pub const fn unlist(self) -> Option<Self> {
        match self.phase() {
            Phase::Renewed => Some(self.at(Phase::Claimed)),
            _ => None,
        }
    }

    /// Who has claimed the slot and filled it in begins to wait.
    #[inline]
    pub const fn publish(self, wait: Wait) -> Option<Self> {
        match (self.phase(), wait) {
            (Phase::Claimed | Phase::Renewed, Wait::Span(_)) => Some(self.at(Phase::Span)),
            (Phase::Claimed | Phase::Renewed, Wait::Until(_)) => Some(self.at(Phase::Until)),
            _ => None,
        }
    }

    /// The owner goes. A slot that is off the keeper's list goes through `Claimed`, for its waker to be cleared.
    #[inline]
    pub const fn leave(self) -> Option<(Self, Left)> {
        if self.is_unseen() {
            return Some((self.at(Phase::Warm), Left::Disarmed));
        }
        match self.phase() {
            Phase::Booked => Some((self.at(Phase::Claimed), Left::Disarmed)),
            Phase::Fired => Some((self.at(Phase::Idle), Left::Fired)),
            Phase::Evicted => Some((self.at(Phase::Idle), Left::Evicted)),
            _ => None,
        }
    }

    /// The owner goes because there is no keeper: nobody would sweep what it leaves.
    pub const fn withdraw(self) -> Option<(Self, Left)> {
        if self.is_unseen() {
            return Some((self.at(Phase::Claimed), Left::Disarmed));
        }
        self.leave()
    }

    /// Who has claimed the slot has cleared it.
    #[inline]
    pub const fn clear(self) -> Option<Self> {
        match self.phase() {
            Phase::Claimed => Some(self.at(Phase::Idle)),
            _ => None,
        }
    }

    /// The keeper has seen the wait, and keeps its deadline.
    pub const fn book(self) -> Option<Self> {
        if self.is_unseen() {
            Some(self.at(Phase::Booked))
        } else {
            None
        }
    }

    /// The deadline has passed.
    pub const fn fire(self) -> Option<Self> {
        match self.phase() {
            Phase::Booked => Some(self.at(Phase::Fired).held(true)),
            _ => None,
        }
    }

    /// The keeper leaves for good.
    pub const fn evict(self) -> Option<Self> {
        if self.phase().is_armed() {
            Some(self.at(Phase::Evicted).held(true))
        } else {
            None
        }
    }

    /// The keeper clears a waker that was left behind.
    pub const fn sweep(self) -> Option<Self> {
        match self.phase() {
            Phase::Warm => Some(self.at(Phase::Idle).held(true)),
            _ => None,
        }
    }

    /// The keeper has taken the waker out.
    pub const fn release(self) -> Self {
        self.held(false)
    }
}
