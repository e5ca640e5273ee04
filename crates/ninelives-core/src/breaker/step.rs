//! The decisions of a breaker: pure functions from a word to the next.
//!
//! Everything that runs a breaker runs these: the cell, the models, the tests, and whatever keeps the same word elsewhere.

use super::limits::Limits;
use super::span;
use super::verdict::{Admission, Outcome, Report, State, Ticket, Transition, View};
use super::word::Word;
use crate::time::Tick;

mod admit;
mod command;
mod ramp;

pub use admit::{admit, admit_out_of_use, refusal, refusal_out_of_use};
pub use command::{disable, force_closed, force_open, reset, trip, trip_under};

/// A call ended. `random` lengthens the open time of a breaker that opens.
pub const fn report(
    word: Word,
    limits: &Limits,
    now: Tick,
    random: u64,
    ticket: &Ticket,
    outcome: Outcome,
) -> (Word, Report) {
    match ticket.state() {
        State::ForcedClosed | State::Disabled => (word, Report::COUNTED),
        State::Closed | State::HalfOpen | State::Ramping if !is_current(word, ticket) => {
            (word, Report::LATE)
        }
        State::Closed => counted(word, after_call(word, limits, now, random, outcome)),
        State::HalfOpen | State::Ramping if limits.is_metrics_only() => abandon(word, ticket),
        State::Ramping if ramp::is_late(limits, now, ticket) => (word, Report::LATE),
        State::Ramping => counted(word, ramp::heard(word, limits, now, random, outcome)),
        State::HalfOpen
            if now.as_nanos().saturating_sub(ticket.granted.as_nanos()) >= limits.lease_nanos() =>
        {
            match returned(word) {
                Some(next) => (next, Report::LATE),
                None => (word, Report::LATE),
            }
        }
        State::HalfOpen => match returned(word) {
            Some(next) => counted(word, after_probe(next, limits, now, random, outcome)),
            None => (word, Report::LATE),
        },
        State::Open | State::Latched | State::ForcedOpen | State::MetricsOnly => unreachable!(),
    }
}

/// A ticket came back with no outcome.
pub const fn abandon(word: Word, ticket: &Ticket) -> (Word, Report) {
    match ticket.state() {
        State::ForcedClosed | State::Disabled => (word, Report::COUNTED),
        State::Closed | State::HalfOpen | State::Ramping if !is_current(word, ticket) => {
            (word, Report::LATE)
        }
        State::Closed | State::Ramping => (word, Report::COUNTED),
        State::HalfOpen => match returned(word) {
            Some(next) => (next, Report::COUNTED),
            None => (word, Report::LATE),
        },
        State::Open | State::Latched | State::ForcedOpen | State::MetricsOnly => unreachable!(),
    }
}

/// Whether nothing has changed since the ticket was given: only then does what it says count.
#[inline]
pub const fn is_current(word: Word, ticket: &Ticket) -> bool {
    word.identity() == ticket.id
}

/// Whether a success of the ticket leaves the word as it is.
#[inline]
pub const fn is_untouched(word: Word, ticket: &Ticket) -> bool {
    // Only a closed word without failures equals its ticket and is written by a success: with itself.
    word.bits() == ticket.id
}

/// The word at one moment, for people: the same predicates as [`admit`], and nothing is written.
pub const fn view(word: Word, limits: &Limits, now: Tick) -> View {
    let (probe_due, retry_after) = match admit(word, limits, now, u64::MAX) {
        (_, Admission::Admitted(_)) => (false, None),
        (_, Admission::Probe { .. }) => (true, None),
        (_, Admission::Rejected(rejected)) => (false, rejected.retry_after),
    };
    let (stage, (stage_well, stage_failed), setbacks) = match word.state() {
        State::Ramping => (word.way().stage + 1, word.heard(), word.way().setbacks),
        _ => (0, (0, 0), 0),
    };
    View {
        state: word.state(),
        probe_due,
        retry_after,
        failures: word.failures(),
        probes_out: word.probes(),
        won: word.won(),
        lost: word.lost(),
        openings: word.openings(),
        stage,
        stage_well,
        stage_failed,
        setbacks,
    }
}

/// Whether [`report`] looks at the time.
pub(super) const fn report_needs_time(ticket: &Ticket, outcome: Outcome) -> bool {
    match ticket.state() {
        State::HalfOpen | State::Ramping => true,
        State::Closed => matches!(outcome, Outcome::Failure | Outcome::Breach),
        _ => false,
    }
}

const fn counted(word: Word, next: Word) -> (Word, Report) {
    let transition = Transition::between(word, next);
    (
        next,
        Report {
            late: false,
            transition,
        },
    )
}

/// Closed, and an outcome of its own epoch.
const fn after_call(word: Word, limits: &Limits, now: Tick, random: u64, outcome: Outcome) -> Word {
    match outcome {
        Outcome::Ignored => word,
        Outcome::Success => word.with_failures(0),
        Outcome::Breach if !limits.is_metrics_only() => open(word, limits, now, random),
        Outcome::Failure | Outcome::Breach if !limits.counts_failures() => word,
        Outcome::Failure | Outcome::Breach => {
            let failures = word.failures() + 1;
            if limits.is_metrics_only() {
                word.with_failures_at_most(failures)
            } else if failures >= limits.failure_threshold() {
                open(word, limits, now, random)
            } else {
                // No carry: below a threshold, which is at most the field's largest value.
                word.with_failures(failures)
            }
        }
    }
}

/// Half-open, the slot given back, and an outcome of its own epoch and within its lease.
const fn after_probe(
    word: Word,
    limits: &Limits,
    now: Tick,
    random: u64,
    outcome: Outcome,
) -> Word {
    match outcome {
        Outcome::Ignored => word,
        Outcome::Failure | Outcome::Breach => {
            let lost = word.lost() + 1;
            if lost + limits.needed() > limits.probes() {
                open(word, limits, now, random)
            } else {
                word.with_lost(lost)
            }
        }
        Outcome::Success => {
            let won = word.won() + 1;
            if won >= limits.needed() {
                closed(word, now)
            } else {
                word.with_won(won)
            }
        }
    }
}

/// A probe gives its slot back; `None` when none is out, which only a ticket of another breaker can cause.
const fn returned(word: Word) -> Option<Word> {
    let probes = word.probes();
    debug_assert!(
        probes > 0,
        "a ticket was returned to a breaker that did not give it"
    );
    match probes.checked_sub(1) {
        Some(probes) => Some(word.with_probes(probes)),
        None => None,
    }
}

const fn closed(word: Word, now: Tick) -> Word {
    word.turn(State::Closed).with_since(span::since(now))
}

const fn open(word: Word, limits: &Limits, now: Tick, random: u64) -> Word {
    let openings = match word.state() {
        State::Closed if span::recovered(word, limits, now) => 0,
        _ => word.openings(),
    };
    let next = word.with_openings(openings + 1);
    match limits.open_nanos(openings, random) {
        Some(nanos) => next
            .turn(State::Open)
            .with_deadline(span::deadline(now, nanos)),
        None => next.turn(State::Latched),
    }
}
