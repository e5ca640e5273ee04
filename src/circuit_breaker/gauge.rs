//! What a circuit that goes by rates keeps of its calls: those that ended, and those that are out.

mod judge;
mod kept;

use std::fmt;
use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Report, Ticket, Transition};
use ninelives_core::window::{Rates, Term};

use kept::Gauge;
pub use kept::Stay;

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

/// Who has a gauge.
trait Holds: fmt::Debug {
    fn with<R>(&self, look: impl FnOnce(&Gauge) -> R) -> R;
}

// === impl Watch ===

impl<H: Holds> Watch for H {
    type Measure = Windowed;
    type Stay = Stay;
    const COUNTS: bool = true;

    #[inline]
    fn enter<C: Clock>(
        &self,
        breaker: &Breaker,
        ticket: &Ticket,
        stay: &mut Stay,
        source: impl Source<Windowed>,
        clock: &C,
    ) -> Option<Transition> {
        self.with(|gauge| gauge.enter(breaker, ticket, stay, source, clock))
    }

    #[inline]
    fn takes<C: Clock>(&self, breaker: &Breaker, ticket: &Ticket, clock: &C) -> bool {
        self.with(|gauge| gauge.takes(breaker, ticket, clock))
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

    fn leave(&self, stay: Stay) {
        self.with(|gauge| gauge.leave(stay));
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
                return;
            }
        }
    }
}

impl Holds for Tuned {
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
