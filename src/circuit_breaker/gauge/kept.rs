//! What is kept, and how calls come and go.

use std::num::NonZero;
use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::tally::Tally;
use ninelives_core::window::{Entry, Lane, Mark, Term, TimeWindow};

use super::super::outcomes::{self, Outcomes};
use super::super::source::{Limited, Source};
use super::super::watch::Ending;
use super::super::{CircuitBreakerConfig, Windowed};
use super::judge::Seen;
use crate::clock::{Clock, Tick};
use crate::stripe::{self, stripe};

/// What is kept, and what shaped it.
#[derive(Debug)]
pub struct Gauge {
    pub(super) shape: Windowed,
    // Out of use: nothing is counted, and what was is kept.
    disabled: bool,
    pub(super) outcomes: Outcomes,
    // The outcomes, where they are over time and nothing but the end of a call matters.
    at_once: Option<Arc<TimeWindow>>,
    // Calls that are out, where they can be slow.
    pub(super) flights: Option<Arc<TimeWindow>>,
    // Turns with each new window of flights: a call leaves the one that it entered.
    number: NonZero<u32>,
    // Above zero once another has taken its place.
    retired: Tally,
}

/// A call that is out, where calls can be slow.
#[derive(Debug)]
pub struct Flight {
    since: Tick,
    /// Its [entry's](TimeWindow::entry) place in the low half, the number of the window of flights in the high one: two words in all,
    /// which are registers on the way of a call that has none.
    what: NonZero<u64>,
}

/// Calls are out, where they can be slow; elsewhere nobody looks at one before it ends.
pub type Stay = Option<Flight>;

const HALF: NonZero<u64> = NonZero::new(1 << 32).unwrap();

// === impl Flight ===

impl Flight {
    #[inline]
    fn entry(&self, flights: &TimeWindow, ticket: &Ticket) -> Entry {
        // Its low bits are all that a slot knows of a stretch.
        let place = self.what.get() as u32;
        flights.entry(place, Term::new(ticket.epoch()), self.since)
    }

    const fn number(&self) -> u32 {
        (self.what.get() >> 32) as u32
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
            number: NonZero::<u32>::MIN,
            retired: Tally::new(),
        }
    }

    pub(super) fn enter<C: Clock>(
        &self,
        breaker: &Breaker,
        ticket: &Ticket,
        source: impl Source<Windowed>,
        clock: &C,
    ) -> (Stay, Option<Transition>) {
        let Some(flights) = &self.flights else {
            return (None, None);
        };
        let since = clock.now();
        let entry = match ticket.term() {
            Some(term) if !self.disabled => {
                let current = || breaker.is_current(ticket);
                flights.enter(stripe(), Term::new(term), since, current)
            }
            _ => Entry::NONE,
        };
        let what = NonZero::<u64>::from(self.number);
        let what = what.saturating_mul(HALF) | u64::from(entry.place());
        // Once in a slot: who hangs ends no call that would look.
        let transition = if entry.turned() {
            self.look(breaker, ticket, source, since)
        } else {
            None
        };
        (Some(Flight { since, what }), transition)
    }

    /// Where a call that succeeds is counted, if that is all there is to do for it.
    #[inline]
    pub(super) fn lane(&self) -> Option<Lane<'_>> {
        self.at_once.as_ref()?.lane(stripe::known())
    }

    /// Counts a call that succeeded among the last so many, if that is all there is to do for it.
    #[inline]
    pub(super) fn counts(&self, breaker: &Breaker, ticket: &Ticket) -> bool {
        let (Outcomes::Count(window), None, Some(term), false) =
            (&self.outcomes, &self.flights, ticket.term(), self.disabled)
        else {
            return false;
        };
        window.record(Term::new(term), Mark::SUCCESS, || {
            breaker.is_current(ticket)
        });
        true
    }

    /// Another has taken its place.
    pub(super) fn retire(&self) {
        self.retired.add(1);
    }

    /// Whether no other has, as far as this thread knows.
    #[inline]
    pub(super) fn is_current(&self) -> bool {
        self.retired.get() == 0
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
                self.leave(stay, &call.ticket);
                let limits = Limited::new(source);
                return call
                    .breaker
                    .report(call.ticket, call.outcome, limits, call.clock);
            }
        };
        let timed = self.outcomes.is_timed() || stay.is_some();
        let now = timed.then(|| call.now.unwrap_or_else(|| call.clock.now()));
        let slow = self.arrive(stay, &call.ticket, now);
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
    fn arrive(&self, stay: Stay, ticket: &Ticket, now: Option<Tick>) -> bool {
        let (Some(flight), Some(now)) = (stay, now) else {
            return false;
        };
        let taken = now.since(flight.since);
        self.leave(Some(flight), ticket);
        self.shape.slow_after().is_some_and(|slow| taken >= slow)
    }

    #[inline]
    pub(super) fn leave(&self, stay: Stay, ticket: &Ticket) {
        if let (Some(flights), Some(flight)) = (&self.flights, stay)
            && self.number.get() == flight.number()
        {
            flights.leave(flight.entry(flights, ticket));
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
            retired: Tally::new(),
        })
    }
}

fn at_once(outcomes: &Outcomes, shape: &Windowed, disabled: bool) -> Option<Arc<TimeWindow>> {
    match outcomes {
        Outcomes::Time(window) if !disabled && shape.slow_after().is_none() => {
            Some(Arc::clone(window))
        }
        _ => None,
    }
}

/// The number of the next window of flights.
fn next(number: NonZero<u32>) -> NonZero<u32> {
    NonZero::new(number.get().wrapping_add(1)).unwrap_or(NonZero::<u32>::MIN)
}
