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

    /// What is kept of a call that is out.
    type Stay: fmt::Debug;

    /// A call was admitted; and the change of state, if its coming showed that others have been out for too long.
    fn enter<C: Clock>(
        &self,
        call: Entering<'_, C>,
        source: impl Source<Self::Measure>,
    ) -> (Self::Stay, Option<Transition>);

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

/// A call that was admitted.
#[derive(Debug)]
pub struct Entering<'a, C> {
    pub(super) breaker: &'a Breaker,
    pub(super) ticket: &'a Ticket,
    pub(super) clock: &'a C,
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

    #[inline]
    fn enter<C: Clock>(
        &self,
        _call: Entering<'_, C>,
        _source: impl Source<Consecutive>,
    ) -> ((), Option<Transition>) {
        ((), None)
    }

    #[inline]
    fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        _stay: (),
        source: impl Source<Consecutive>,
    ) -> Report {
        match call.wait {
            None => {
                let limits = Limited::new(source);
                call.breaker
                    .report(call.ticket, call.outcome, limits, call.clock)
            }
            // Apart: what is built for it is not built for every call.
            Some(wait) => {
                let limits = Waiting::new(source, wait);
                call.breaker
                    .report(call.ticket, call.outcome, limits, call.clock)
            }
        }
    }

    #[inline]
    fn leave(&self, _stay: ()) {}

    fn rates(&self, _term: Term, _now: Tick) -> Option<Rates> {
        None
    }

    fn forget(&self, _term: Term) {}
}
