//! The decisions of a breaker: pure functions from a word to the next.
//!
//! Everything that runs a breaker runs these: the cell, the models, the tests, and whatever keeps the same word elsewhere.

use core::time::Duration;

use super::limits::Limits;
use super::span::{Lease, later_grant, micros_up, millis_up, still_leased, still_open};
use super::verdict::{Admission, Outcome, Rejected, Report, State, Ticket, Transition, View};
use super::word::Word;
use crate::time::Tick;

/// A call asks to pass.
#[inline(always)] // a refusal is as short as can be
pub const fn admit(word: Word, limits: &Limits, now: Tick) -> (Word, Admission) {
    match word.state() {
        State::Closed | State::ForcedClosed | State::Disabled => {
            (word, Admission::Admitted(Ticket::under(word, Tick::ZERO)))
        }
        State::Open => match still_open(word, limits, now) {
            Some(rest) => refuse(word, Some(rest)),
            None => grant(word, half_open(word, now), now),
        },
        State::HalfOpen if has_room(word, limits) => {
            let next = word.with_probes(word.probes() + 1);
            grant(word, next.with_granted(later_grant(word, now)), now)
        }
        State::HalfOpen => match still_leased(word, limits, now) {
            Lease::Over => grant(word, half_open(word, now), now),
            Lease::For(rest) => refuse(word, Some(rest)),
            Lease::Held => refuse(word, None),
        },
        State::Latched | State::ForcedOpen => refuse(word, None),
    }
}

/// A call asks to pass while the breaker is out of use: only a command stops it, and nothing that it does counts.
pub const fn admit_out_of_use(word: Word) -> Admission {
    match word.state() {
        State::ForcedOpen => refuse(word, None).1,
        _ => Admission::Admitted(Ticket::under(Word::DISABLED, Tick::ZERO)),
    }
}

/// A call ended.
pub const fn report(
    word: Word,
    limits: &Limits,
    now: Tick,
    ticket: &Ticket,
    outcome: Outcome,
) -> (Word, Report) {
    match ticket.state() {
        State::ForcedClosed | State::Disabled => (word, Report::COUNTED),
        State::Closed | State::HalfOpen if !is_current(word, ticket) => (word, Report::LATE),
        State::Closed => counted(word, after_call(word, limits, now, outcome)),
        State::HalfOpen
            if now.as_nanos().saturating_sub(ticket.granted.as_nanos()) >= limits.lease_nanos() =>
        {
            match returned(word) {
                Some(next) => (next, Report::LATE),
                None => (word, Report::LATE),
            }
        }
        State::HalfOpen => match returned(word) {
            Some(next) => counted(word, after_probe(next, limits, now, outcome)),
            None => (word, Report::LATE),
        },
        State::Open | State::Latched | State::ForcedOpen => unreachable!(),
    }
}

/// A ticket came back with no outcome.
pub const fn abandon(word: Word, ticket: &Ticket) -> (Word, Report) {
    match ticket.state() {
        State::ForcedClosed | State::Disabled => (word, Report::COUNTED),
        State::Closed | State::HalfOpen if !is_current(word, ticket) => (word, Report::LATE),
        State::Closed => (word, Report::COUNTED),
        State::HalfOpen => match returned(word) {
            Some(next) => (next, Report::COUNTED),
            None => (word, Report::LATE),
        },
        State::Open | State::Latched | State::ForcedOpen => unreachable!(),
    }
}

/// Open now, with a fresh deadline: while open too, and then nothing else changes.
pub const fn trip(word: Word, limits: &Limits, now: Tick) -> (Word, Option<Transition>) {
    ordered(
        word,
        match (word.state(), limits.open_for_nanos()) {
            (State::Open, Some(nanos)) => word.with_deadline(micros_up(now, nanos)),
            (State::Latched, None) => word,
            _ => open(word, limits, now),
        },
    )
}

/// As [`trip`], when the breaker still is closed as it was when it gave the ticket; else nothing. The ticket is late from then on.
pub const fn trip_under(
    word: Word,
    limits: &Limits,
    now: Tick,
    ticket: &Ticket,
) -> (Word, Option<Transition>) {
    match ticket.state() {
        State::Closed if is_current(word, ticket) => trip(word, limits, now),
        _ => (word, None),
    }
}

/// Whether nothing has changed since the ticket was given: only then does what it says count.
#[inline]
pub const fn is_current(word: Word, ticket: &Ticket) -> bool {
    word.identity() == ticket.id
}

/// Closed now, with nothing counted and every ticket that is out late: while closed too.
pub const fn reset(word: Word, now: Tick) -> (Word, Option<Transition>) {
    ordered(word, closed(word, now))
}

/// Rejects until the next order.
pub const fn force_open(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::ForcedOpen)
}

/// Admits without counting until the next order.
pub const fn force_closed(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::ForcedClosed)
}

/// Admits without counting until the next order: out of use.
pub const fn disable(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::Disabled)
}

/// The word at one moment, for people: the same predicates as [`admit`], and nothing is written.
pub const fn view(word: Word, limits: &Limits, now: Tick) -> View {
    let (probe_due, retry_after) = match admit(word, limits, now) {
        (_, Admission::Admitted(_)) => (false, None),
        (_, Admission::Probe { .. }) => (true, None),
        (_, Admission::Rejected(rejected)) => (false, rejected.retry_after),
    };
    View {
        state: word.state(),
        probe_due,
        retry_after,
        failures: word.failures(),
        probes_out: word.probes(),
        won: word.won(),
    }
}

/// Whether [`admit`] looks at the time.
#[inline]
pub(super) const fn admit_needs_time(word: Word) -> bool {
    matches!(word.state(), State::Open | State::HalfOpen)
}

/// Whether [`report`] looks at the time.
pub(super) const fn report_needs_time(ticket: &Ticket, outcome: Outcome) -> bool {
    match ticket.state() {
        State::HalfOpen => true,
        State::Closed => matches!(outcome, Outcome::Failure | Outcome::Breach),
        _ => false,
    }
}

const fn grant(word: Word, next: Word, now: Tick) -> (Word, Admission) {
    let transition = Transition::between(word, next);
    let ticket = Ticket::under(next, now);
    (next, Admission::Probe { ticket, transition })
}

const fn refuse(word: Word, retry_after: Option<Duration>) -> (Word, Admission) {
    let state = word.state();
    (word, Admission::Rejected(Rejected { state, retry_after }))
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

const fn ordered(word: Word, next: Word) -> (Word, Option<Transition>) {
    (next, Transition::between(word, next))
}

const fn forced(word: Word, state: State) -> (Word, Option<Transition>) {
    if word.state() as u8 == state as u8 {
        (word, None)
    } else {
        ordered(word, word.turn(state))
    }
}

/// Closed, and an outcome of its own epoch.
const fn after_call(word: Word, limits: &Limits, now: Tick, outcome: Outcome) -> Word {
    match outcome {
        Outcome::Ignored => word,
        Outcome::Success => word.with_failures(0),
        Outcome::Breach => open(word, limits, now),
        Outcome::Failure if !limits.counts_failures() => word,
        Outcome::Failure => {
            // No carry: a threshold is at most the field's largest value, so the count ends there.
            let failures = word.failures() + 1;
            if failures >= limits.failure_threshold() {
                open(word, limits, now)
            } else {
                word.with_failures(failures)
            }
        }
    }
}

/// Half-open, the slot given back, and an outcome of its own epoch and within its lease.
const fn after_probe(word: Word, limits: &Limits, now: Tick, outcome: Outcome) -> Word {
    match outcome {
        Outcome::Ignored => word,
        Outcome::Failure | Outcome::Breach => open(word, limits, now),
        Outcome::Success => {
            let won = word.won() + 1;
            if won >= limits.probes() {
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
    word.turn(State::Closed)
        .with_since(now.as_nanos() / 1_000_000_000)
}

const fn open(word: Word, limits: &Limits, now: Tick) -> Word {
    match limits.open_for_nanos() {
        Some(nanos) => word.turn(State::Open).with_deadline(micros_up(now, nanos)),
        None => word.turn(State::Latched),
    }
}

const fn half_open(word: Word, now: Tick) -> Word {
    word.turn(State::HalfOpen)
        .with_probes(1)
        .with_granted(millis_up(now))
}

/// A slot is free. With nobody out there is always one: else limits that shrank below `won` would leave nobody to decide.
const fn has_room(word: Word, limits: &Limits) -> bool {
    word.probes() == 0 || word.probes() + word.won() < limits.probes()
}
