//! Retry budget: tokens that requests earn and retries spend, in one word.
//!
//! Each request deposits a share of a token, each retry withdraws a whole one, and a minimum rate refills the budget where
//! requests are rare. So a dependency that fails every call is sent at most `1 + ratio` times the calls, and beyond that one cap
//! and the minimum rate, however many attempts each call is allowed.
//!
//! # Word
//! | bits   | field  | meaning                                     | when it overflows                                |
//! |--------|--------|---------------------------------------------|--------------------------------------------------|
//! | 0..32  | tokens | retries left, 16 bits above the point and 16 below | stops at the cap; [`Limits::new`] refuses a cap above 65535 |
//! | 32..64 | stamp  | milliseconds of the last refill             | wraps every 49.7 days: see Not promised          |
//!
//! The refill is lazy: a withdrawal counts the time since the stamp, so any idle time costs one multiplication and no timer. What
//! was not used is not banked: the balance after an hour of silence is what the minimum rate makes of it, the cap at most, and
//! after `cap / min_per_second` seconds it is exactly the cap.
//!
//! # Transitions
//! | input    | guard                                  | tokens                       | stamp | verdict | test |
//! |----------|----------------------------------------|------------------------------|-------|---------|------|
//! | deposit  | below the cap                          | `+ ratio`, the cap at most   | same  |         | `a_deposit_adds_the_ratio` |
//! | deposit  | at the cap                             | same word                    | same  |         | `happy_path_writes_nothing` |
//! | refund   | below the cap                          | `+ 1`, the cap at most       | same  |         | `a_refund_gives_one_token_back` |
//! | refund   | at the cap                             | same word                    | same  |         | `a_refund_stops_at_the_cap` |
//! | clip     |                                        | the cap at most              | same  |         | `a_lowered_cap_cuts_at_once_when_clipped` |
//! | any      | above the cap, which was lowered       | the cap, then as above       |       |         | `a_lowered_cap_cuts_the_tokens` |
//! | withdraw | time passed; 1 or more with the refill | `+ refill` cut at the cap, `- 1` | now | granted | `a_withdrawal_refills_first` |
//! | withdraw | time passed; below 1 with the refill   | same word                    | same  | empty   | `empty_writes_nothing_and_forgets_no_time` |
//! | withdraw | no time passed; 1 or more              | `- 1`                        | same  | granted | `a_withdrawal_takes_one_token` |
//! | withdraw | no time passed; below 1                | same word                    | same  | empty   | `less_than_one_token_is_empty` |
//! | withdraw | stamp up to 1 s ahead of now           | no refill, then as above     | same  |         | `a_stale_reading_refills_nothing_twice` |
//! | withdraw | stamp more than 1 s, up to a day, ahead | no refill, then as above    | now   |         | `r09_a_clock_that_steps_back_is_followed` |
//!
//! # Laws
//! The balance is never below zero and never above the cap. Over any window of time, withdrawals not refunded are at most
//! `cap + ratio * deposits + min_per_second * (seconds + 0.001)`. Ratio and minimum rate are rounded up to multiples of 2^-16
//! when the limits are built, and are exact from there on.
//!
//! # Orderings
//! The word guards no other memory, so Relaxed: one location has one order, and a token is in it once.
//!
//! # Progress
//! `deposit`, `withdraw`, `refund`: lock-free. At the cap `deposit` is wait-free, one load; so is a `withdraw` that ends empty, as
//! long as the clock does not step back, and `balance` always.
//!
//! # Models
//! `loom-tests/tests/loom_budget.rs`: L25 one token has one taker; deposits and refunds are not lost beside a withdrawal.
//!
//! # Not promised
//! * Fairness between callers who race for a token.
//! * The whole refill after 48.7 days or more without one granted withdrawal: idle time is read modulo 49.7 days, and the last day
//!   of each such round as a step back of the clock, which refills nothing at that withdrawal and counts from there.
//! * More than a fresh start for a clock that jumps back by more than a day: it reads as idle time, and may fill the budget once.
//! * A change of the minimum rate from the moment it is made: the new rate counts for all the time since the stamp, up to the cap.
//! * Time twice counted, at most by the stall itself, when a thread is held for more than a second between reading the clock and
//!   withdrawing.

use crate::limit::OutOfRange;

mod cell;
mod packed;
mod step;
mod word;

pub use cell::{Budget, LimitsCell};
pub use word::Word;

/// How a budget fills and how much it holds. A plain value; the budget itself keeps none of it, so a change is a change of the
/// argument. The state stays: a lowered cap cuts the balance at the next operation, a raised one is filled as time and requests
/// go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tokens per deposit, times 2^16.
    ratio: u32,
    /// Tokens per second, times 2^16.
    refill: u32,
    /// Tokens, times 2^16.
    cap: u32,
}

/// The answer to a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a granted token is spent: retry, or give it back with `refund`"]
pub enum Withdrawal {
    /// A token was taken: one more attempt may be made. A caller who makes none refunds it.
    Granted,
    /// Less than one token is left: give up with the error at hand, at once.
    Empty,
}

// === impl Limits ===

impl Limits {
    /// Limits with `ratio` tokens per deposit, at least `min_per_second` tokens per second, and never more than `cap` at once.
    ///
    /// The two rates are rounded up to a multiple of 2^-16, a minimum rate above 256 to 24 significant bits, so five deposits of 0.2 make a whole token. With both at zero the budget is an allotment: the tokens it
    /// starts with and what is refunded, and no others ever.
    ///
    /// # Errors
    /// The first of these that does not fit: "ratio" outside `0..=10`, "min_per_second" outside `0..=65535`, "cap" outside
    /// `1..=65535`. What is not a number is outside.
    pub const fn new(ratio: f64, min_per_second: f64, cap: u32) -> Result<Self, OutOfRange> {
        // Written so that NaN falls out of the range.
        if !(ratio >= 0.0 && ratio <= 10.0) {
            return Err(OutOfRange::ratio("ratio", ratio, 0.0..=10.0));
        }
        if !(min_per_second >= 0.0 && min_per_second <= 65_535.0) {
            let range = 0.0..=65_535.0;
            return Err(OutOfRange::ratio("min_per_second", min_per_second, range));
        }
        if cap < 1 || cap > 65_535 {
            return Err(OutOfRange::count("cap", cap as u64, 1..=65_535));
        }
        Ok(Self {
            ratio: word::fixed(ratio),
            refill: packed::fitting(word::fixed(min_per_second)),
            cap: cap * word::ONE,
        })
    }

    /// Tokens per deposit, as rounded.
    pub const fn ratio(&self) -> f64 {
        word::float(self.ratio)
    }

    /// Tokens per second, as rounded.
    pub const fn min_per_second(&self) -> f64 {
        word::float(self.refill)
    }

    /// The most tokens the budget holds, which is also the largest burst of retries.
    pub const fn cap(&self) -> u32 {
        self.cap / word::ONE
    }
}

impl Default for Limits {
    /// One retry per five requests, ten per second where requests are rare, and bursts of up to 100.
    fn default() -> Self {
        const DEFAULT: Limits = match Limits::new(0.2, 10.0, 100) {
            Ok(limits) => limits,
            Err(_) => unreachable!(),
        };
        DEFAULT
    }
}

#[cfg(test)]
mod tests;
