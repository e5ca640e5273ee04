//! What is kept, and how calls come and go.

use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::window::{Entry, Mark, Term, TimeWindow};

use super::super::outcomes::{self, Outcomes};
use super::super::source::{Limited, Source};
use super::super::stripe::stripe;
use super::super::watch::Ending;
use super::super::{CircuitBreakerConfig, Windowed};
use super::judge::Seen;
use crate::clock::{Clock, Tick};

/// What is kept, and what shaped it.
#[derive(Debug)]
pub(super) struct Gauge {
    pub(super) shape: Windowed,
    // Out of use: nothing is counted, and what was is kept.
    disabled: bool,
    pub(super) outcomes: Outcomes,
    // The outcomes, where nothing but the end of a call matters.
    at_once: Option<Outcomes>,
    // Calls that are out, where they can be slow.
    pub(super) flights: Option<Arc<TimeWindow>>,
    // Turns with each new window of flights: a call leaves the one that it entered.
    number: u32,
}

/// A call that is out, where calls can be slow.
#[derive(Debug)]
pub struct Stay {
    since: Tick,
    entry: Entry,
    number: u32,
}

// === impl Stay ===

impl Stay {
    const fn is_some(&self) -> bool {
        self.number != 0
    }
}

/// Nobody looks at the call before it ends.
impl Default for Stay {
    #[inline]
    fn default() -> Self {
        Self {
            since: Tick::ZERO,
            entry: Entry::NONE,
            number: 0,
        }
    }
}

// === impl Gauge ===

impl Gauge {
    pub(super) fn new(settings: &Windowed, disabled: bool) -> Self {
        let slow = settings.slow_after();
        let outcomes = Outcomes::new(settings.window);
        Self {
            shape: *settings,
            disabled,
            at_once: at_once(&outcomes, settings, disabled),
            outcomes,
            flights: slow.map(|_| Arc::new(outcomes::flights(settings))),
            number: 1,
        }
    }

    #[inline]
    pub(super) fn enter<C: Clock>(
        &self,
        breaker: &Breaker,
        ticket: &Ticket,
        stay: &mut Stay,
        source: impl Source<Windowed>,
        clock: &C,
    ) -> Option<Transition> {
        let flights = self.flights.as_ref()?;
        let (begun, transition) = self.depart(flights, breaker, ticket, source, clock);
        stay.since = begun.since;
        stay.entry = begun.entry;
        stay.number = begun.number;
        transition
    }

    #[inline(never)]
    fn depart<C: Clock>(
        &self,
        flights: &TimeWindow,
        breaker: &Breaker,
        ticket: &Ticket,
        source: impl Source<Windowed>,
        clock: &C,
    ) -> (Stay, Option<Transition>) {
        let since = clock.now();
        let mut stay = Stay {
            since,
            entry: Entry::NONE,
            number: self.number,
        };
        let Some(term) = ticket.term().filter(|_| !self.disabled) else {
            return (stay, None);
        };
        let term = Term::new(term);
        let current = || breaker.is_current(ticket);
        let entry = flights.enter(stripe(), term, since, current);
        // Once in a slot: who hangs ends no call that would look.
        let transition = if entry.turned() {
            let clock = Seen {
                now: Some(since),
                clock,
            };
            source.with(|config| self.look(breaker, ticket, config?, term, &clock))
        } else {
            None
        };
        stay.entry = entry;
        (stay, transition)
    }

    #[inline]
    pub(super) fn takes<C: Clock>(&self, breaker: &Breaker, ticket: &Ticket, clock: &C) -> bool {
        let (Some(outcomes), Some(term)) = (&self.at_once, ticket.term()) else {
            return false;
        };
        let term = Term::new(term);
        let current = || breaker.is_current(ticket);
        match outcomes {
            Outcomes::Time(window) => {
                window.record(stripe(), term, clock.now(), Mark::SUCCESS, current)
            }
            Outcomes::Count(window) => window.record(term, Mark::SUCCESS, current),
        };
        true
    }

    pub(super) fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        stay: Stay,
        source: impl Source<Windowed>,
    ) -> Report {
        let failed = match call.outcome {
            Outcome::Success => false,
            Outcome::Failure | Outcome::Breach => true,
            Outcome::Ignored => {
                self.leave(stay);
                let limits = Limited::new(source);
                return call
                    .breaker
                    .report(call.ticket, call.outcome, limits, call.clock);
            }
        };
        let timed = self.outcomes.is_timed() || stay.is_some();
        let now = timed.then(|| call.clock.now());
        let slow = self.arrive(stay, now);
        let mark = Mark { failed, slow };
        if let Some(term) = call.ticket.term()
            && !self.disabled
        {
            let now = now.unwrap_or(Tick::ZERO);
            let current = || call.breaker.is_current(&call.ticket);
            self.outcomes
                .record(stripe, Term::new(term), now, mark, current);
        }
        if mark.raises() {
            return self.weigh(call, mark, now, source);
        }
        let clock = Seen {
            now,
            clock: call.clock,
        };
        let limits = Limited::new(source);
        call.breaker
            .report(call.ticket, Outcome::Success, limits, &clock)
    }

    /// The call is back; whether it was slow.
    #[inline]
    fn arrive(&self, stay: Stay, now: Option<Tick>) -> bool {
        let slow = self.shape.slow_after().filter(|_| stay.is_some());
        let taken = now.map(|now| now.since(stay.since));
        self.leave(stay);
        matches!((taken, slow), (Some(taken), Some(slow)) if taken >= slow)
    }

    #[inline]
    pub(super) fn leave(&self, stay: Stay) {
        if let Some(flights) = &self.flights
            && self.number == stay.number
        {
            flights.leave(stay.entry);
        }
    }

    /// The same under other settings, with the history that still applies; none if nothing is to change.
    pub(super) fn refit(
        &self,
        config: &CircuitBreakerConfig<Windowed>,
        term: Option<u64>,
        now: Tick,
    ) -> Option<Self> {
        let (shape, disabled) = (*config.measure(), config.is_disabled());
        if shape == self.shape && disabled == self.disabled {
            return None;
        }
        let term = Term::new(term.unwrap_or_default());
        let same = shape.window == self.shape.window;
        let outcomes = if same {
            self.outcomes.clone()
        } else {
            self.outcomes.resized(shape.window, term, now)
        };
        let slow = shape.slow_after();
        let stays = same && slow == self.shape.slow_after();
        let flights = match &self.flights {
            Some(flights) if stays => Some(Arc::clone(flights)),
            _ => slow.map(|_| Arc::new(outcomes::flights(&shape))),
        };
        Some(Self {
            shape,
            disabled,
            at_once: at_once(&outcomes, &shape, disabled),
            outcomes,
            flights,
            number: if stays {
                self.number
            } else {
                next(self.number)
            },
        })
    }
}

fn at_once(outcomes: &Outcomes, shape: &Windowed, disabled: bool) -> Option<Outcomes> {
    let counts = !disabled && shape.slow_after().is_none();
    counts.then(|| outcomes.clone())
}

/// The number of the next window of flights. 0 is none's.
const fn next(number: u32) -> u32 {
    match number.wrapping_add(1) {
        0 => 1,
        next => next,
    }
}
