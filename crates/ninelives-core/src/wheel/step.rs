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

    /// Who has claimed the slot and filled it in begins to wait.
    #[inline]
    pub const fn publish(self, wait: Wait) -> Option<Self> {
        match (self.phase(), wait) {
            (Phase::Claimed, Wait::Span(_)) => Some(self.at(Phase::Span)),
            (Phase::Claimed, Wait::Until(_)) => Some(self.at(Phase::Until)),
            _ => None,
        }
    }

    /// The owner goes. A slot that the keeper will not come by soon goes through `Claimed`, for its waker to be cleared.
    #[inline]
    pub const fn leave(self) -> Option<(Self, Left)> {
        match self.phase() {
            Phase::Span => Some((self.at(Phase::Warm), Left::Disarmed)),
            Phase::Until | Phase::Booked => Some((self.at(Phase::Claimed), Left::Disarmed)),
            Phase::Fired => Some((self.at(Phase::Idle), Left::Fired)),
            Phase::Evicted => Some((self.at(Phase::Idle), Left::Evicted)),
            Phase::Idle | Phase::Warm | Phase::Claimed => None,
        }
    }

    /// Who has claimed the slot has cleared it.
    #[inline]
    pub const fn clear(self) -> Option<Self> {
        match self.phase() {
            Phase::Claimed => Some(self.at(Phase::Idle)),
            _ => None,
        }
    }

    /// The keeper has seen a span, and sets its deadline.
    pub const fn book(self) -> Option<Self> {
        match self.phase() {
            Phase::Span => Some(self.at(Phase::Booked)),
            _ => None,
        }
    }

    /// The deadline has passed.
    pub const fn fire(self) -> Option<Self> {
        match self.phase() {
            Phase::Booked | Phase::Until => Some(self.at(Phase::Fired).held(true)),
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
