//! The decisions of a breaker: pure functions from a word to the next.
//!
//! Everything that runs a breaker runs these: the cell, the models, the tests, and whatever keeps the same word elsewhere.

use core::time::Duration;

use super::limits::Limits;
use super::span::{self, Lease, later_grant, still_leased, still_open};
use super::verdict::{Admission, Outcome, Rejected, Report, State, Ticket, Transition, View};
use super::word::Word;
use crate::time::Tick;

mod command;
mod ramp;

pub use command::{disable, force_closed, force_open, reset, trip, trip_under};

/// A call asks to pass. `random` decides who is lucky while ramping.
#[inline(always)]
pub const fn admit(word: Word, limits: &Limits, now: Tick, random: u64) -> (Word, Admission) {
    match refusal(word, limits, now, random) {
        Some(rejected) => (word, Admission::Rejected(rejected)),
        None => let_in(word, limits, now),
    }
}

/// Why a call that asks to pass is turned away, if it is.
#[inline(always)] // as short as can be
pub const fn refusal(word: Word, limits: &Limits, now: Tick, random: u64) -> Option<Rejected> {
    match word.state() {
        State::Closed | State::ForcedClosed | State::Disabled => None,
        State::ForcedOpen => refused(word, None),
        _ if limits.is_metrics_only() => None,
        State::Open => match still_open(word, limits, now) {
            Some(rest) => refused(word, Some(rest)),
            None => None,
        },
        State::HalfOpen if has_room(word, limits) => None,
        State::HalfOpen => match still_leased(word, limits, now) {
            Lease::Over => None,
            Lease::For(rest) => refused(word, Some(rest)),
            Lease::Held => refused(word, None),
        },
        State::Ramping if limits.ramp().is_none() => None,
        State::Ramping => match ramp::rest(word, now, random) {
            Some(rest) => refused(word, Some(rest)),
            None => None,
        },
        State::Latched => refused(word, None),
        State::MetricsOnly => unreachable!(),
    }
}

/// A call that nothing turns away.
const fn let_in(word: Word, limits: &Limits, now: Tick) -> (Word, Admission) {
    match word.state() {
        State::Closed | State::ForcedClosed | State::Disabled => {
            (word, Admission::Admitted(Ticket::under(word, Tick::ZERO)))
        }
        _ if limits.is_metrics_only() => (word, admit_out_of_use(word)),
        State::Open => grant(word, tried(word, limits, now), now),
        State::HalfOpen if has_room(word, limits) => {
            let next = word.with_probes(word.probes() + 1);
            grant(word, next.with_granted(later_grant(word, now)), now)
        }
        State::Ramping if limits.ramp().is_some() => grant(word, ramp::passed(word, now), now),
        // The lease is over, or the ramp was taken away.
        State::HalfOpen | State::Ramping => grant(word, half_open(word, now), now),
        State::Latched | State::ForcedOpen | State::MetricsOnly => unreachable!(),
    }
}

/// A call asks to pass while the breaker is out of use: only a command stops it, and nothing that it does counts.
pub const fn admit_out_of_use(word: Word) -> Admission {
    match refusal_out_of_use(word) {
        Some(rejected) => Admission::Rejected(rejected),
        None => Admission::Admitted(Ticket::under(Word::DISABLED, Tick::ZERO)),
    }
}

/// Why a call is turned away while the breaker is out of use, if it is.
pub const fn refusal_out_of_use(word: Word) -> Option<Rejected> {
    match word.state() {
        State::ForcedOpen => refused(word, None),
        _ => None,
    }
}

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

const fn grant(word: Word, next: Word, now: Tick) -> (Word, Admission) {
    let transition = Transition::between(word, next);
    let ticket = Ticket::under(next, now);
    (next, Admission::Probe { ticket, transition })
}

const fn refused(word: Word, retry_after: Option<Duration>) -> Option<Rejected> {
    let state = word.state();
    Some(Rejected { state, retry_after })
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

/// The first call after the open time is let through.
const fn tried(word: Word, limits: &Limits, now: Tick) -> Word {
    match limits.ramp() {
        Some(ramp) => ramp::begun(word, limits, ramp, now),
        None => half_open(word, now),
    }
}

const fn half_open(word: Word, now: Tick) -> Word {
    word.turn(State::HalfOpen)
        .with_probes(1)
        .with_granted(span::grant(now))
}

/// A slot is free. With nobody out there is always one: else limits that shrank below what is decided would leave nobody to decide.
const fn has_room(word: Word, limits: &Limits) -> bool {
    word.probes() == 0 || word.probes() + word.won() + word.lost() < limits.probes()
}
