//! What is kept, and how calls come and go.

use std::sync::Arc;

use ninelives_core::breaker::{Outcome, Report, Transition};
use ninelives_core::window::{Entry, Mark, Term, TimeWindow};

use super::super::outcomes::{self, Outcomes};
use super::super::source::{Limited, Source};
use super::super::stripe::stripe;
use super::super::watch::{Ending, Entering};
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
    // Calls that are out, where they can be slow.
    pub(super) flights: Option<Arc<TimeWindow>>,
    // Turns with each new window of flights: a call leaves the one that it entered.
    number: u64,
}

/// A call that is out, where calls can be slow.
#[derive(Debug)]
pub struct Stay {
    since: Tick,
    entry: Option<Entry>,
    number: u64,
}

// === impl Gauge ===

impl Gauge {
    pub(super) fn new(settings: &Windowed, disabled: bool) -> Self {
        let slow = settings.slow_after();
        Self {
            shape: *settings,
            disabled,
            outcomes: Outcomes::new(settings.window),
            flights: slow.map(|_| Arc::new(outcomes::flights(settings))),
            number: 0,
        }
    }

    #[inline]
    pub(super) fn enter<C: Clock>(
        &self,
        call: Entering<'_, C>,
        source: impl Source<Windowed>,
    ) -> (Option<Stay>, Option<Transition>) {
        match &self.flights {
            None => (None, None),
            Some(flights) => self.depart(flights, call, source),
        }
    }

    #[inline(never)]
    fn depart<C: Clock>(
        &self,
        flights: &TimeWindow,
        call: Entering<'_, C>,
        source: impl Source<Windowed>,
    ) -> (Option<Stay>, Option<Transition>) {
        let since = call.clock.now();
        let mut stay = Stay {
            since,
            entry: None,
            number: self.number,
        };
        let Some(term) = call.ticket.term().filter(|_| !self.disabled) else {
            return (Some(stay), None);
        };
        let term = Term::new(term);
        let current = || call.breaker.is_current(call.ticket);
        let entry = flights.enter(stripe(), term, since, current);
        // Once in a slot: who hangs ends no call that would look.
        let transition = if entry.turned() {
            source.with(|config| self.look(call, term, since, config?))
        } else {
            None
        };
        stay.entry = Some(entry);
        (Some(stay), transition)
    }

    #[inline]
    pub(super) fn end<C: Clock>(
        &self,
        call: Ending<'_, C>,
        stay: Option<Stay>,
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
        let slow = stay.is_some_and(|stay| self.arrive(stay, now));
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
        let taken = now.map(|now| now.since(stay.since));
        self.leave(Some(stay));
        let slow = self.shape.slow_after();
        matches!((taken, slow), (Some(taken), Some(slow)) if taken >= slow)
    }

    #[inline]
    pub(super) fn leave(&self, stay: Option<Stay>) {
        if let Some(stay) = stay
            && let Some(entry) = stay.entry
            && let Some(flights) = &self.flights
            && self.number == stay.number
        {
            flights.leave(entry);
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
        let slow = shape.slow_after();
        let stays = same && slow == self.shape.slow_after();
        let flights = match &self.flights {
            Some(flights) if stays => Some(Arc::clone(flights)),
            _ => slow.map(|_| Arc::new(outcomes::flights(&shape))),
        };
        Some(Self {
            shape,
            disabled,
            outcomes: if same {
                self.outcomes.clone()
            } else {
                self.outcomes.resized(shape.window, term, now)
            },
            flights,
            number: self.number.wrapping_add(u64::from(!stays)),
        })
    }
}
