//! What a circuit that goes by rates keeps of its calls: those that ended, and those that are out.

mod judge;
mod kept;

use std::fmt;
use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Report, Ticket, Transition};
use ninelives_core::window::{Lane, Rates, Term};

pub use kept::{Gauge, Stay};

use super::source::Source;
use super::watch::{Ending, Watch};
use super::{CircuitBreakerConfig, Windowed};
use crate::adaptive::Slot;
use crate::clock::{Clock, Tick};

/// What is kept under settings that stay.
#[derive(Debug)]
pub struct Fixed(Gauge);

/// What is kept under settings that may change; clones are the same.
pub struct Tuned(Slot<Gauge>);

/// Who has a gauge. Not to be implemented elsewhere.
pub trait Holds: fmt::Debug {
    type Pin: Clone + fmt::Debug;

    fn pin(&self) -> Self::Pin;

    fn held<'a>(&'a self, pin: &'a Self::Pin) -> &'a Gauge;

    fn is_current(&self, pin: &Self::Pin) -> bool;

    /// Looks at the current one.
    fn with<R>(&self, look: impl FnOnce(&Gauge) -> R) -> R;
}

// === impl Watch ===

impl<H: Holds> Watch for H {
    type Measure = Windowed;
    type Stay = Stay;
    type Pin = H::Pin;
    const COUNTS: bool = true;

    fn pin(&self) -> H::Pin {
        Holds::pin(self)
    }

    #[inline]
    fn is_current(&self, pin: &H::Pin) -> bool {
        Holds::is_current(self, pin)
    }

    #[inline]
    fn looks(&self, pin: &H::Pin) -> bool {
        self.held(pin).flights.is_some()
    }

    fn enter<C: Clock>(
        &self,
        pin: &H::Pin,
        breaker: &Breaker,
        ticket: &Ticket,
        source: impl Source<Windowed>,
        clock: &C,
    ) -> (Stay, Option<Transition>) {
        self.held(pin).enter(breaker, ticket, source, clock)
    }

    #[inline]
    fn lane<'a>(&'a self, pin: &'a H::Pin) -> Option<Lane<'a>> {
        if Holds::is_current(self, pin) {
            self.held(pin).lane()
        } else {
            None
        }
    }

    #[inline]
    fn counts(&self, pin: &H::Pin, breaker: &Breaker, ticket: &Ticket) -> bool {
        Holds::is_current(self, pin) && self.held(pin).counts(breaker, ticket)
    }

    #[inline]
    fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        stay: Stay,
        source: impl Source<Windowed>,
    ) -> Report {
        self.with(|gauge| gauge.end(call, stay, source))
    }

    fn leave(&self, stay: Stay, ticket: &Ticket) {
        self.with(|gauge| gauge.leave(stay, ticket));
    }

    fn rates(&self, term: Term, now: Tick) -> Option<Rates> {
        Some(self.with(|gauge| gauge.rates(term, now)))
    }

    fn forget(&self, term: Term) {
        self.with(|gauge| gauge.outcomes.forget(term));
    }
}

// === impl Fixed ===

impl Fixed {
    pub(super) fn new(settings: &Windowed, disabled: bool) -> Self {
        Self(Gauge::new(settings, disabled))
    }
}

impl Holds for Fixed {
    type Pin = ();

    fn pin(&self) {}

    #[inline]
    fn held<'a>(&'a self, _pin: &'a ()) -> &'a Gauge {
        &self.0
    }

    #[inline]
    fn is_current(&self, _pin: &()) -> bool {
        true
    }

    #[inline]
    fn with<R>(&self, look: impl FnOnce(&Gauge) -> R) -> R {
        look(&self.0)
    }
}

// === impl Tuned ===

impl Tuned {
    pub(super) fn new(settings: &Windowed, disabled: bool) -> Self {
        Self(Slot::new(Gauge::new(settings, disabled)))
    }

    /// Follows a change of settings, in a circuit that is in the stretch `term`, or in none.
    pub(super) fn refit(
        &self,
        config: &CircuitBreakerConfig<Windowed>,
        term: Option<u64>,
        now: Tick,
    ) {
        loop {
            let seen = self.0.load();
            let Some(next) = seen.refit(config, term, now) else {
                return;
            };
            if self.0.replace(&seen, Arc::new(next)) {
                seen.retire();
                return;
            }
        }
    }
}

impl Holds for Tuned {
    type Pin = Arc<Gauge>;

    fn pin(&self) -> Arc<Gauge> {
        self.0.load()
    }

    #[inline]
    fn held<'a>(&'a self, pin: &'a Arc<Gauge>) -> &'a Gauge {
        pin
    }

    #[inline]
    fn is_current(&self, pin: &Arc<Gauge>) -> bool {
        pin.is_current()
    }

    #[inline]
    fn with<R>(&self, look: impl FnOnce(&Gauge) -> R) -> R {
        self.0.read(look)
    }
}

impl fmt::Debug for Tuned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|gauge| f.debug_tuple("Tuned").field(gauge).finish())
    }
}
