//! The decisions of a ramp: whom a stage admits, and what its outcomes make of it.
//!
//! A stage is an epoch of its own: it hears the calls that it admitted, and no other stage's.

use core::time::Duration;

use super::{closed, open};
use crate::breaker::limits::{LONGEST_LEASE, Limits};
use crate::breaker::ramp::Ramp;
use crate::breaker::span::{self, later_last, stage_over, until_floor};
use crate::breaker::verdict::{Outcome, State, Ticket};
use crate::breaker::word::Word;
use crate::time::Tick;

/// An outcome counts for at most a quarter of an hour, whatever the lease: stages turn the epoch too. See the page, `# Epochs`.
const LONGEST_CALL: u64 = 900_000_000_000;

/// Besides the three turns for each opening, a stage of a second may be passed and failed.
const TURNS: u64 = 3 * LONGEST_LEASE as u64 + 3 + 2 * LONGEST_CALL / 1_000_000_000;
const _: () = assert!(TURNS < 1 << Word::EPOCH_BITS);

/// The first stage, with the first call let through.
pub(super) const fn begun(word: Word, limits: &Limits, ramp: Ramp, now: Tick) -> Word {
    staged(word, limits, ramp, now, (0, 0, false)).with_last(now.as_nanos() / span::LAST_NS)
}

/// Who is lucky, and who comes a second after the last one.
#[inline]
pub(super) const fn admit(word: Word, now: Tick, random: u64) -> Result<Word, Duration> {
    match until_floor(word, now) {
        Some(rest) if !Ramp::admits(word.stage(), random) => Err(rest),
        _ => Ok(word.with_last(later_last(word, now))),
    }
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
    if !ramp.judges(well, failed) {
        word.with_heard(well, failed)
    } else if ramp.fails(well, failed) {
        fallen(word, limits, ramp, now, random)
    } else if stage_over(word, ramp.hold_nanos(limits, word.setbacks()), now) {
        passed(word, limits, ramp, now)
    } else {
        word.with_heard(well, failed)
    }
}

/// To the next stage. One that was not failed above is news: what went wrong before it is forgotten.
const fn passed(word: Word, limits: &Limits, ramp: Ramp, now: Tick) -> Word {
    let setbacks = if word.fell() { word.setbacks() } else { 0 };
    if Ramp::is_last(word.stage()) {
        closed(word, now)
    } else {
        let stage = (word.stage() + 1, setbacks, false);
        staged(word, limits, ramp, now, stage)
    }
}

/// To the stage before, and to hold it; from the first one, to open.
const fn fallen(word: Word, limits: &Limits, ramp: Ramp, now: Tick, random: u64) -> Word {
    match word.stage().checked_sub(1) {
        Some(stage) => {
            let stage = (stage, word.setbacks() + 1, true);
            staged(word, limits, ramp, now, stage)
        }
        None => open(word, limits, now, random),
    }
}

const fn staged(
    word: Word,
    limits: &Limits,
    ramp: Ramp,
    now: Tick,
    (stage, setbacks, fell): (u32, u32, bool),
) -> Word {
    let next = word.turn(State::Ramping).with_stage(stage, setbacks, fell);
    let nanos = ramp.hold_nanos(limits, if fell { next.setbacks() } else { 0 });
    next.with_last(word.last()).with_end(span::end(now, nanos))
}
