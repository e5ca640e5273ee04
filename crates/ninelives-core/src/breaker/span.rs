//! Time in a breaker's word: counted in few bits, round and round, and read so that a wrap and a clock that steps back do no harm.
//!
//! What is left until an end is a difference modulo the field. It is believed when it is no longer than it can be, plus what a clock
//! may have stepped back; anything else is an end that has passed.

use core::time::Duration;

use super::limits::{HELD, Limits, NEVER_US};
use super::ramp::Ramp;
use super::word::{DEADLINE, END, GRANTED, LAST, SINCE, Word};
use crate::time::Tick;

/// The lease of the probe that was granted last.
pub(super) enum Lease {
    Over,
    For(Duration),
    Held,
}

/// The unit of `since`: a stretch of time in which fewer turns of the epoch can happen than it has values.
pub(super) const SINCE_S: u64 = 2;
/// The unit of a deadline. A millisecond is a whole number of them.
pub(super) const DEADLINE_US: u64 = 20;
/// The unit of a grant.
pub(super) const GRANTED_MS: u64 = 10;
/// The unit of the last admission to a ramp.
pub(super) const LAST_MS: u64 = 125;
/// The unit of a stage's end.
pub(super) const END_MS: u64 = 250;

pub(super) const DEADLINE_NS: u64 = DEADLINE_US * 1_000;
const GRANTED_NS: u64 = GRANTED_MS * 1_000_000;
pub(super) const LAST_NS: u64 = LAST_MS * 1_000_000;
const END_NS: u64 = END_MS * 1_000_000;
const SINCE_NS: u64 = SINCE_S * 1_000_000_000;

/// How far a clock may step back and an open breaker stays open (1.1 years).
const BACK: u64 = (1 << 45) / DEADLINE_US;
/// How far a clock may step back and a lease still holds (11 hours).
const BACK_GRANTED: u64 = 1 << 22;
/// How far a clock may step back and a stage goes on (34 minutes).
const BACK_END: u64 = 1 << 13;

// What is believed fits its field, with room for ends that have passed.
const _: () = assert!(NEVER_US / DEADLINE_US + 1 + BACK < DEADLINE.max() / 2);
const _: () = assert!(HELD + BACK_GRANTED < GRANTED.max());
const _: () = assert!(Ramp::LONGEST_NANOS / END_NS + BACK_END < END.max() / 2);

/// Units from one admission of a ramp's floor to the next: one unit less than a second, as both ends are rounded down. So a second
/// is never passed without one.
const FLOOR: u64 = 1_000 / LAST_MS - 1;
/// A clock that was read just before the last admission is this far ahead of it, once around.
const JUST_BEFORE: u64 = LAST.max();

/// The rest of the open time.
#[inline(always)]
pub(super) const fn still_open(word: Word, limits: &Limits, now: Tick) -> Option<Duration> {
    let nanos = now.as_nanos();
    let left = word.deadline().wrapping_sub(nanos / DEADLINE_NS) & DEADLINE.max();
    if left == 0 || left > limits.longest_open() + BACK {
        None
    } else {
        Some(Duration::from_nanos(
            left * DEADLINE_NS - nanos % DEADLINE_NS,
        ))
    }
}

/// The rest of the lease of the probe that was granted last.
pub(super) const fn still_leased(word: Word, limits: &Limits, now: Tick) -> Lease {
    let lease = limits.lease_nanos().div_ceil(GRANTED_NS);
    if lease >= HELD {
        return Lease::Held;
    }
    let nanos = now.as_nanos();
    let end = word.granted() + lease;
    let left = end.wrapping_sub(nanos / GRANTED_NS) & GRANTED.max();
    if left == 0 || left > lease + BACK_GRANTED {
        Lease::Over
    } else {
        Lease::For(Duration::from_nanos(left * GRANTED_NS - nanos % GRANTED_NS))
    }
}

/// Closed for so long that the openings before are forgotten: never early, late by at most two of its units.
pub(super) const fn recovered(word: Word, limits: &Limits, now: Tick) -> bool {
    let closed_for = (now.as_nanos() / SINCE_NS).wrapping_sub(word.since()) & SINCE.max();
    // A clock that stepped back has recovered nobody.
    closed_for <= SINCE.max() / 2
        && closed_for > limits.longest_open().div_ceil(SINCE_NS / DEADLINE_NS)
}

/// The stage's time is over.
pub(super) const fn stage_over(word: Word, longest: u64, now: Tick) -> bool {
    let left = word.end().wrapping_sub(now.as_nanos() / END_NS) & END.max();
    left == 0 || left > longest.div_ceil(END_NS) + BACK_END
}

/// The time until a ramp admits whoever comes; `None`: now.
#[inline(always)]
pub(super) const fn until_floor(word: Word, now: Tick) -> Option<Duration> {
    let nanos = now.as_nanos();
    let left = match since_last(word, now) {
        JUST_BEFORE => FLOOR + 1,
        passed if passed >= FLOOR => return None,
        passed => FLOOR - passed,
    };
    Some(Duration::from_nanos(left * LAST_NS - nanos % LAST_NS))
}

/// `now + nanos` in units of a deadline, rounded up: never early, late by less than one.
pub(super) const fn deadline(now: Tick, nanos: u64) -> u64 {
    sum_up(now, nanos, DEADLINE_NS)
}

/// `now + nanos` in units of a stage's end, rounded up.
pub(super) const fn end(now: Tick, nanos: u64) -> u64 {
    sum_up(now, nanos, END_NS)
}

pub(super) const fn grant(now: Tick) -> u64 {
    now.as_nanos().div_ceil(GRANTED_NS)
}

pub(super) const fn since(now: Tick) -> u64 {
    now.as_nanos() / SINCE_NS
}

/// The later of the last grant and `now`: a caller whose clock was read before the last grant must not shorten its lease.
pub(super) const fn later_grant(word: Word, now: Tick) -> u64 {
    let now = grant(now);
    if word.granted().wrapping_sub(now) & GRANTED.max() <= BACK_GRANTED {
        word.granted()
    } else {
        now
    }
}

/// The later of the last admission and `now`.
pub(super) const fn later_last(word: Word, now: Tick) -> u64 {
    match since_last(word, now) {
        JUST_BEFORE => word.last(),
        _ => now.as_nanos() / LAST_NS,
    }
}

const fn since_last(word: Word, now: Tick) -> u64 {
    (now.as_nanos() / LAST_NS).wrapping_sub(word.last()) & LAST.max()
}

/// Apart, so that no sum overflows.
const fn sum_up(now: Tick, nanos: u64, unit: u64) -> u64 {
    let now = now.as_nanos();
    now / unit + nanos / unit + (now % unit + nanos % unit).div_ceil(unit)
}
