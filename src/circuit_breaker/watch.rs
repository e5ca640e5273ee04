//! What a circuit keeps of its calls beside its word.

use std::fmt;
use std::time::Duration;

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::window::{Rates, Term};

use super::source::{Limited, Source, Waiting};
use super::{Consecutive, Measure};
use crate::clock::{Clock, Tick};

/// What a circuit keeps of its calls: `()` keeps nothing. Not to be implemented elsewhere.
pub trait Watch: fmt::Debug {
    /// What the circuit goes by.
    type Measure: Measure;

    /// What is kept of a call that is out; by default nothing.
    type Stay: fmt::Debug + Default;

    /// Whether there is more to most outcomes than to tell the breaker.
    const COUNTS: bool;

    /// A call was admitted; the change of state, if its coming showed that others have been out for too long.
    fn enter<C: Clock>(
        &self,
        breaker: &Breaker,
        ticket: &Ticket,
        stay: &mut Self::Stay,
        source: impl Source<Self::Measure>,
        clock: &C,
    ) -> Option<Transition>;

    /// Counts a call that succeeded, if that is all there is to do but to tell the breaker.
    fn takes<C: Clock>(&self, breaker: &Breaker, ticket: &Ticket, clock: &C) -> bool;

    /// The call ended.
    fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        stay: Self::Stay,
        source: impl Source<Self::Measure>,
    ) -> Report;

    /// The call ended without an outcome.
    fn leave(&self, stay: Self::Stay);

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
    pub(super) clock: &'a C,
}

// === impl Watch ===

impl Watch for () {
    type Measure = Consecutive;
    type Stay = ();
    const COUNTS: bool = false;

    #[inline]
    fn enter<C: Clock>(
        &self,
        _breaker: &Breaker,
        _ticket: &Ticket,
        _stay: &mut (),
        _source: impl Source<Consecutive>,
        _clock: &C,
    ) -> Option<Transition> {
        None
    }

    #[inline]
    fn takes<C: Clock>(&self, _breaker: &Breaker, _ticket: &Ticket, _clock: &C) -> bool {
        true
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
    fn leave(&self, _stay: ()) {}

    fn rates(&self, _term: Term, _now: Tick) -> Option<Rates> {
        None
    }

    fn forget(&self, _term: Term) {}
}
