//! The decisions about who comes: whom a breaker turns away, and what becomes of it when it lets a call in.

use core::time::Duration;

use super::ramp;
use crate::breaker::limits::Limits;
use crate::breaker::span::{self, Lease, later_grant, still_leased, still_open};
use crate::breaker::verdict::{Admission, Rejected, State, Ticket, Transition};
use crate::breaker::word::Word;
use crate::time::Tick;

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

const fn grant(word: Word, next: Word, now: Tick) -> (Word, Admission) {
    let transition = Transition::between(word, next);
    let ticket = Ticket::under(next, now);
    (next, Admission::Probe { ticket, transition })
}

const fn refused(word: Word, retry_after: Option<Duration>) -> Option<Rejected> {
    let state = word.state();
    Some(Rejected { state, retry_after })
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
