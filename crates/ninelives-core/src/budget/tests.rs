#[cfg(not(miri))] // one thread, many steps
mod exhaustive;
mod laws;
mod limits;
mod naive;
mod rows;
mod table;
mod threads;

use core::time::Duration;

use super::word::{ONE, fixed};
use super::{Limits, Word};
use crate::time::Tick;

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn limits(ratio: f64, min_per_second: f64, cap: u32) -> Limits {
    Limits::new(ratio, min_per_second, cap).expect("limits in range")
}

fn at(millis: u64) -> Tick {
    Tick::ZERO.after(Duration::from_millis(millis))
}

/// A word with so many tokens, last refilled at that millisecond.
fn word(tokens: f64, millis: u64) -> Word {
    Word(0).with_tokens(fixed(tokens)).with_stamp(millis as u32)
}

/// The smallest part of a token.
const GRAIN: f64 = 1.0 / ONE as f64;
