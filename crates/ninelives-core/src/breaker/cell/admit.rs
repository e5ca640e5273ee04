//! The way in: whether a call may pass, and its ticket.

use super::Breaker;
use crate::breaker::limits::{Limits, LimitsSource};
use crate::breaker::step;
use crate::breaker::verdict::{Admission, Asked, Luck, Rejected, State, Ticket};
use crate::breaker::word::Word;
use crate::sync::spin_hint;
use crate::time::{Clock, Tick};

// === impl Breaker ===

impl Breaker {
    /// Asks to pass. Reads the clock only while open, half-open or ramping.
    ///
    /// # Progress
    /// Closed, forced or disabled: wait-free, one load. Open, and still so: one load and the clock. Else lock-free.
    #[inline]
    pub fn admit(&self, limits: impl LimitsSource, clock: &impl Clock) -> Admission {
        self.admit_with(limits, clock, &Luck::UNDRAWN)
    }

    /// [`admit`](Self::admit), of a call whose luck may be drawn already, when it [asked](Self::ask). It is spent by that.
    ///
    /// # Progress
    /// As `admit`.
    #[inline]
    pub fn admit_with(
        &self,
        limits: impl LimitsSource,
        clock: &impl Clock,
        luck: &Luck,
    ) -> Admission {
        let seen = self.load();
        if let State::Closed = seen.state() {
            return Admission::Admitted(Ticket::under(seen, Tick::ZERO));
        }
        self.admit_unwell(seen, limits, clock, luck)
    }

    #[cold] // as `ask_unwell`
    #[inline(never)]
    fn admit_unwell(
        &self,
        seen: Word,
        limits: impl LimitsSource,
        clock: &impl Clock,
        luck: &Luck,
    ) -> Admission {
        limits.with(|limits| {
            let Some(limits) = limits else {
                return step::admit_out_of_use(seen);
            };
            // A word that needs no time writes nothing, so that no later word is met without it. One that needs no chance may be followed by
            // one that does: who comes to that in this way has no luck.
            let now = match seen.state() {
                State::Open | State::HalfOpen | State::Ramping => clock.now(),
                _ => Tick::ZERO,
            };
            let luck = match seen.state() {
                State::Ramping => self.drawn(*luck),
                _ => *luck,
            };
            let (next, admission) = step::admit(seen, limits, now, luck.random());
            match self.swap(seen, next) {
                Ok(()) => admission,
                Err(current) => self.admit_again(current, limits, now, luck.random()),
            }
        })
    }

    /// Another caller's word came first.
    #[cold] // apart: of what a loop needs at any turn nothing is done for a refusal
    #[inline(never)]
    fn admit_again(&self, seen: Word, limits: &Limits, now: Tick, random: u64) -> Admission {
        spin_hint();
        self.apply(seen, |word| step::admit(word, limits, now, random))
    }

    /// Whether [`admit`](Self::admit) would let a call pass now; while ramping, whether it would let a lucky one pass. Changes nothing and
    /// reserves nothing.
    ///
    /// # Errors
    /// The refusal that `admit` would give.
    ///
    /// # Progress
    /// Wait-free.
    pub fn would_admit(
        &self,
        limits: impl LimitsSource,
        clock: &impl Clock,
    ) -> Result<(), Rejected> {
        match self.ask(limits, clock, &Luck::BEST) {
            Some(Asked {
                refusal: Some(rejected),
                ..
            }) => Err(rejected),
            _ => Ok(()),
        }
    }

    /// Whether [`admit_with`](Self::admit_with) would let a call pass now that has this luck, which is drawn if it is needed and was not. A
    /// call that asks again with the luck that it was told has the same answer while breaker, limits and clock stand. Changes and reserves nothing else.
    /// `None`: the breaker is closed, and would let anybody pass.
    ///
    /// # Progress
    /// Wait-free.
    #[inline]
    pub fn ask(&self, limits: impl LimitsSource, clock: &impl Clock, luck: &Luck) -> Option<Asked> {
        let seen = self.load();
        if let State::Closed = seen.state() {
            return None;
        }
        Some(self.ask_unwell(seen, limits, clock, luck))
    }

    #[cold] // apart, so that the way of a closed breaker is short
    #[inline(never)]
    fn ask_unwell(
        &self,
        seen: Word,
        limits: impl LimitsSource,
        clock: &impl Clock,
        luck: &Luck,
    ) -> Asked {
        limits.with(|limits| {
            let Some(limits) = limits else {
                let refusal = step::refusal_out_of_use(seen);
                return Asked {
                    luck: *luck,
                    refusal,
                };
            };
            // An arm for each state, so that each refusal is as short as that of its state.
            match seen.state() {
                State::Open => asked(seen, limits, clock.now(), *luck),
                State::HalfOpen => asked(seen, limits, clock.now(), *luck),
                State::Ramping => asked(seen, limits, clock.now(), self.drawn(*luck)),
                State::ForcedOpen => asked(seen, limits, Tick::ZERO, *luck),
                _ => asked(seen, limits, Tick::ZERO, *luck),
            }
        })
    }

    /// The luck of a call that meets a ramp.
    #[inline]
    fn drawn(&self, luck: Luck) -> Luck {
        if luck.is_undrawn() {
            Luck::of(self.chance.next())
        } else {
            luck
        }
    }
}

#[inline(always)]
fn asked(seen: Word, limits: &Limits, now: Tick, luck: Luck) -> Asked {
    Asked {
        luck,
        refusal: step::refusal(seen, limits, now, luck.random()),
    }
}
