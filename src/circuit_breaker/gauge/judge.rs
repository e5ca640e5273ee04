//! Whether the rates are too high.

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::window::{Mark, Rates, Term, Verdict};

use super::super::source::{InForce, Source, lengthened};
use super::super::watch::Ending;
use super::super::{CircuitBreakerConfig, Windowed};
use super::kept::Gauge;
use crate::clock::{Clock, Tick};

/// A reading of the clock that was made already, if it was.
pub(super) struct Seen<'a, C> {
    pub(super) now: Option<Tick>,
    pub(super) clock: &'a C,
}

/// A clock that shows what was read before.
struct Then(Tick);

// === impl Gauge ===

impl Gauge {
    /// Opens the circuit if the calls that are out are too many.
    pub(super) fn look(
        &self,
        breaker: &Breaker,
        ticket: &Ticket,
        source: impl Source<Windowed>,
        now: Tick,
    ) -> Option<Transition> {
        let term = Term::new(ticket.term()?);
        source.with(|config| {
            let config = config?;
            if !self.verdict(config, term, now).trips() {
                return None;
            }
            let transition = breaker.trip_under(ticket, InForce(config.in_use()), &Then(now))?;
            self.outcomes.forget(term);
            Some(transition)
        })
    }

    /// A call failed or was slow: a rate may have become too high.
    #[inline(never)]
    pub(super) fn weigh<C: Clock>(
        &self,
        call: Ending<'_, C>,
        mark: Mark,
        now: Option<Tick>,
        source: impl Source<Windowed>,
    ) -> Report {
        source.with(|config| {
            let clock = Seen {
                now,
                clock: call.clock,
            };
            let Some((config, limits)) = config.and_then(|config| Some((config, config.in_use()?)))
            else {
                return call.breaker.abandon(call.ticket);
            };
            let lengthened = call.wait.map(|wait| lengthened(limits, wait));
            let limits = lengthened.as_ref().unwrap_or(limits);
            let term = call.ticket.term().map(Term::new);
            let trips = |term| self.verdict(config, term, clock.now()).trips();
            let outcome = match term {
                Some(term) if trips(term) => Outcome::Breach,
                // A probe that is slow is not well.
                None if mark.slow => Outcome::Failure,
                _ if mark.failed => Outcome::Failure,
                _ => Outcome::Success,
            };
            let report = call.breaker.report(call.ticket, outcome, limits, &clock);
            if let (Some(term), Some(_)) = (term, report.transition) {
                self.outcomes.forget(term);
            }
            report
        })
    }

    fn verdict(&self, config: &CircuitBreakerConfig<Windowed>, term: Term, now: Tick) -> Verdict {
        let thresholds = config.measure().thresholds();
        let ended = self.outcomes.rates(term, now);
        match thresholds.verdict(&ended) {
            // Who is out does not make failures fewer.
            verdict if verdict.trips() => verdict,
            _ => thresholds.verdict(&ended.with_open(self.hanging(term, now))),
        }
    }

    /// Calls that are out for too long.
    fn hanging(&self, term: Term, now: Tick) -> u64 {
        match (&self.flights, self.shape.slow_after()) {
            (Some(flights), Some(slow)) => flights.open_for(term, now, slow),
            _ => 0,
        }
    }

    pub(super) fn rates(&self, term: Term, now: Tick) -> Rates {
        let ended = self.outcomes.rates(term, now);
        ended.with_open(self.hanging(term, now))
    }
}

// === impl Then ===

impl Clock for Then {
    fn now(&self) -> Tick {
        self.0
    }
}

// === impl Seen ===

impl<C: Clock> Clock for Seen<'_, C> {
    #[inline]
    fn now(&self) -> Tick {
        self.now.unwrap_or_else(|| self.clock.now())
    }
}
