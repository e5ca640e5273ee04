//! The decisions of a ramp: whom a stage admits, and what its outcomes make of it.
//!
//! A stage is an epoch of its own: it hears the calls that it admitted, and no other stage's.

use core::time::Duration;

use super::{closed, open};
use crate::breaker::limits::{LONGEST_LEASE, Limits};
use crate::breaker::ramp::{Ramp, Way};
use crate::breaker::span::{self, later_last, stage_over, until_floor};
use crate::breaker::verdict::{Outcome, State, Ticket};
use crate::breaker::word::Word;
use crate::time::Tick;

/// An outcome counts for at most a quarter of an hour, whatever the lease: stages turn the epoch too. See the page, `# Epochs`.
const LONGEST_CALL: u64 = 900_000_000_000;

/// Besides the three turns for each opening, a stage of a second may be passed and failed.
const _: () = {
    let turns = 3 * LONGEST_LEASE as u64 + 3 + 2 * LONGEST_CALL / 1_000_000_000;
    assert!(turns < 1 << Word::EPOCH_BITS);
};

/// The first stage, with the first call let through.
pub(super) const fn begun(word: Word, limits: &Limits, ramp: Ramp, now: Tick) -> Word {
    staged(word, limits, ramp, now, Way::START).with_last(now.as_nanos() / span::LAST_NS)
}

/// How long until who comes is let through without luck; `None` for who is lucky, and who comes a second after the last one.
#[inline(always)]
pub(super) const fn rest(word: Word, now: Tick, random: u64) -> Option<Duration> {
    if Ramp::admits(word.way().stage, random) {
        None
    } else {
        until_floor(word, now)
    }
}

/// A call is let through.
pub(super) const fn passed(word: Word, now: Tick) -> Word {
    word.with_last(later_last(word, now))
}

pub(super) const fn is_late(limits: &Limits, now: Tick, ticket: &Ticket) -> bool {
    let out = now.as_nanos().saturating_sub(ticket.granted.as_nanos());
    out >= limits.lease_nanos() || out >= LONGEST_CALL
}

/// Ramping, and an outcome of its own epoch.
pub(super) const fn heard(
    word: Word,
    limits: &Limits,
    now: Tick,
    random: u64,
    outcome: Outcome,
) -> Word {
    let Some(ramp) = limits.ramp() else {
        return word;
    };
    let (well, failed) = word.heard();
    let (well, failed) = match outcome {
        Outcome::Ignored => return word,
        Outcome::Success => (well + 1, failed),
        Outcome::Failure | Outcome::Breach => (well, failed + 1),
    };
    let way = word.way();
    if !ramp.judges(well, failed) {
        word.with_heard(well, failed)
    } else if ramp.fails(well, failed) {
        match way.down() {
            Some(below) => staged(word, limits, ramp, now, below),
            None => open(word, limits, now, random),
        }
    } else if stage_over(word, ramp.hold_nanos(limits, way), now) {
        match way.up() {
            Some(above) => staged(word, limits, ramp, now, above),
            None => closed(word, now),
        }
    } else {
        word.with_heard(well, failed)
    }
}

const fn staged(word: Word, limits: &Limits, ramp: Ramp, now: Tick, way: Way) -> Word {
    word.turn(State::Ramping)
        .with_way(way)
        .with_last(word.last())
        .with_end(span::end(now, ramp.hold_nanos(limits, way)))
}
