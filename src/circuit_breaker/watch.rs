//! What a circuit keeps of its calls beside its word.

use std::fmt;
use std::time::Duration;

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::window::{Lane, Rates, Term};

use super::source::{Limited, Source, Waiting};
use super::{Consecutive, Measure};
use crate::clock::{Clock, Tick};

/// What a circuit keeps of its calls: `()` keeps nothing. Not to be implemented elsewhere.
pub trait Watch: fmt::Debug {
    /// What the circuit goes by.
    type Measure: Measure;

    /// What is kept of a call that is out.
    type Stay: fmt::Debug + Default;

    /// What a service holds on to between its calls, and a call until its end, so that neither has to look for it.
    type Pin: Clone + fmt::Debug;

    /// Whether there is more to a call than to tell the breaker of its end.
    const COUNTS: bool;

    /// What there is to hold on to now.
    fn pin(&self) -> Self::Pin;

    /// Whether that is what there is now.
    fn is_current(&self, pin: &Self::Pin) -> bool;

    /// Whether calls are looked at before they end; if not, nothing is done at their beginning.
    fn looks(&self, pin: &Self::Pin) -> bool;

    /// A call was admitted; the change of state, if its coming showed that others have been out for too long.
    fn enter<C: Clock>(
        &self,
        pin: &Self::Pin,
        breaker: &Breaker,
        ticket: &Ticket,
        source: impl Source<Self::Measure>,
        clock: &C,
    ) -> (Self::Stay, Option<Transition>);

    /// Where a call that succeeds is counted, if that is all there is to do for it.
    fn lane<'a>(&'a self, pin: &'a Self::Pin) -> Option<Lane<'a>>;

    /// Counts a call that succeeded where there is no lane, if that is all there is to do for it.
    fn counts(&self, pin: &Self::Pin, breaker: &Breaker, ticket: &Ticket) -> bool;

    /// The call ended.
    fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        stay: Self::Stay,
        source: impl Source<Self::Measure>,
    ) -> Report;

    /// The call ended without an outcome.
    fn leave(&self, stay: Self::Stay, ticket: &Ticket);

    /// What there is of the stretch; none if nothing is kept.
    fn rates(&self, term: Term, now: Tick) -> Option<Rates>;

    /// The stretch is over.
    fn forget(&self, term: Term);
}

/// A call that ended.
#[derive(Debug)]
pub struct Ending<'a, C> {
    pub(super) breaker: &'a Breaker,
    pub(super) ticket: Ticket,
    pub(super) outcome: Outcome,
    /// How long the dependency asks to be left alone.
    pub(super) wait: Option<Duration>,
    /// When it ended, if that was looked at.
    pub(super) now: Option<Tick>,
    pub(super) clock: &'a C,
}

// === impl Watch ===

impl Watch for () {
    type Measure = Consecutive;
    type Stay = ();
    type Pin = ();
    const COUNTS: bool = false;

    fn pin(&self) {}

    #[inline]
    fn is_current(&self, _pin: &()) -> bool {
        true
    }

    #[inline]
    fn looks(&self, _pin: &()) -> bool {
        false
    }

    #[inline]
    fn enter<C: Clock>(
        &self,
        _pin: &(),
        _breaker: &Breaker,
        _ticket: &Ticket,
        _source: impl Source<Consecutive>,
        _clock: &C,
    ) -> ((), Option<Transition>) {
        ((), None)
    }

    #[inline]
    fn lane<'a>(&'a self, _pin: &'a ()) -> Option<Lane<'a>> {
        None
    }

    #[inline]
    fn counts(&self, _pin: &(), _breaker: &Breaker, _ticket: &Ticket) -> bool {
        false
    }

    #[inline]
    fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        _stay: (),
        source: impl Source<Consecutive>,
    ) -> Report {
        let Some(wait) = call.wait else {
            let limits = Limited::new(source);
            return call
                .breaker
                .report(call.ticket, call.outcome, limits, call.clock);
        };
        let limits = Waiting::new(source, wait);
        call.breaker
            .report(call.ticket, call.outcome, limits, call.clock)
    }

    #[inline]
    fn leave(&self, _stay: (), _ticket: &Ticket) {}

    fn rates(&self, _term: Term, _now: Tick) -> Option<Rates> {
        None
    }

    fn forget(&self, _term: Term) {}
}
