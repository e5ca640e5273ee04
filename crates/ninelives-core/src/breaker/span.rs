//! Time in a breaker's word: counted in few bits, round and round, and read so that a wrap and a clock that steps back do no harm.
//!
//! What is left until an end is a difference modulo the field. It is believed when it is no longer than it can be, plus what a clock
//! may have stepped back; anything else is an end that has passed.

use core::time::Duration;

use super::limits::{HELD_MS, Limits, NEVER_US};
use super::word::{DEADLINE, GRANTED, Word};
use crate::time::Tick;

/// The lease of the probe that was granted last.
pub(super) enum Lease {
    Over,
    For(Duration),
    Held,
}

/// How far a clock may step back and an open breaker stays open (1.1 years).
const BACK_US: u64 = 1 << 45;
/// How far a clock may step back and a lease still holds (12 days).
const BACK_MS: u64 = 1 << 30;

/// The rest of the open time.
pub(super) const fn still_open(word: Word, limits: &Limits, now: Tick) -> Option<Duration> {
    let open_for = match limits.open_for_nanos() {
        Some(nanos) => nanos.div_ceil(1_000),
        None => NEVER_US,
    };
    let nanos = now.as_nanos();
    let left = word.deadline().wrapping_sub(nanos / 1_000) & DEADLINE.max();
    if left == 0 || left > open_for + BACK_US {
        None
    } else {
        Some(Duration::from_nanos(left * 1_000 - nanos % 1_000))
    }
}

/// The rest of the lease of the probe that was granted last.
pub(super) const fn still_leased(word: Word, limits: &Limits, now: Tick) -> Lease {
    let lease = limits.lease_nanos().div_ceil(1_000_000);
    if lease >= HELD_MS {
        return Lease::Held;
    }
    let nanos = now.as_nanos();
    let end = word.granted() + lease;
    let left = end.wrapping_sub(nanos / 1_000_000) & GRANTED.max();
    if left == 0 || left > lease + BACK_MS {
        Lease::Over
    } else {
        Lease::For(Duration::from_nanos(left * 1_000_000 - nanos % 1_000_000))
    }
}

/// `now + nanos` in microseconds, rounded up: never early, late by less than one. Apart, so that no sum overflows.
pub(super) const fn micros_up(now: Tick, nanos: u64) -> u64 {
    let now = now.as_nanos();
    now / 1_000 + nanos / 1_000 + (now % 1_000 + nanos % 1_000).div_ceil(1_000)
}

pub(super) const fn millis_up(now: Tick) -> u64 {
    now.as_nanos().div_ceil(1_000_000)
}

/// The later of the last grant and `now`: a caller whose clock was read before the last grant must not shorten its lease.
pub(super) const fn later_grant(word: Word, now: Tick) -> u64 {
    let now = millis_up(now);
    if word.granted().wrapping_sub(now) & GRANTED.max() <= BACK_MS {
        word.granted()
    } else {
        now
    }
}
