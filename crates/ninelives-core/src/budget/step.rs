//! What each operation makes of the word. Pure; the cell runs a step again when its swap was lost.

use super::word::{ONE, Word, float, millisecond};
use super::{Limits, Withdrawal};
use crate::time::Tick;

/// A stamp ahead of now by no more than this is another thread's newer reading, not a clock that stepped back: to follow it
/// back would count the time between the two readings twice.
const STALE_MILLIS: u32 = 1_000;

/// A stamp ahead of now by no more than this is a clock that stepped back. What is further ahead is a long idle time: the stamp
/// is modular, and cannot tell the two apart.
const STEP_BACK_MILLIS: u32 = 24 * 60 * 60 * 1_000;

/// What lies between the stamp and now.
enum Gap {
    /// So many milliseconds passed.
    Passed(u32),
    /// `now` was read before the stamp was.
    Stale,
    /// The clock stepped back.
    SteppedBack,
}

// === impl Gap ===

impl Gap {
    const fn between(stamp: u32, now: u32) -> Self {
        let ahead = stamp.wrapping_sub(now);
        if ahead == 0 || ahead > STEP_BACK_MILLIS {
            Self::Passed(now.wrapping_sub(stamp))
        } else if ahead <= STALE_MILLIS {
            Self::Stale
        } else {
            Self::SteppedBack
        }
    }
}

// === impl Word ===

impl Word {
    /// A request came: `ratio` tokens more.
    #[inline]
    pub const fn deposit(self, limits: &Limits) -> Self {
        self.plus(limits.ratio, limits)
    }

    /// A granted attempt was not made: one token more.
    #[inline]
    pub const fn refund(self, limits: &Limits) -> Self {
        self.plus(ONE, limits)
    }

    /// The cap may have been lowered: no more than it.
    pub const fn clip(self, limits: &Limits) -> Self {
        self.plus(0, limits)
    }

    /// A retry asks for one token.
    #[inline]
    pub const fn withdraw(self, limits: &Limits, now: Tick) -> (Self, Withdrawal) {
        let millis = millisecond(now);
        let (start, due, stamp) = match Gap::between(self.stamp(), millis) {
            Gap::Passed(elapsed) => (self, refill(limits, elapsed), millis),
            Gap::Stale => (self, 0, self.stamp()),
            Gap::SteppedBack => (self.with_stamp(millis), 0, millis),
        };
        let tokens = sum(self.fixed_tokens(), due, limits);
        if tokens < ONE {
            // The stamp stays, so the time that has passed still counts at the next withdrawal; a stamp that lies in the
            // future of a clock that stepped back would count for nothing until that time comes again.
            return (start, Withdrawal::Empty);
        }
        let taken = self.with_tokens(tokens - ONE).with_stamp(stamp);
        (taken, Withdrawal::Granted)
    }

    /// The tokens there are at `now`, the refill that is due included.
    pub const fn balance(self, limits: &Limits, now: Tick) -> f64 {
        let due = match Gap::between(self.stamp(), millisecond(now)) {
            Gap::Passed(elapsed) => refill(limits, elapsed),
            Gap::Stale | Gap::SteppedBack => 0,
        };
        float(sum(self.fixed_tokens(), due, limits))
    }

    const fn plus(self, fixed: u32, limits: &Limits) -> Self {
        self.with_tokens(sum(self.fixed_tokens(), fixed as u64, limits))
    }
}

/// `tokens` and `more`, at most the cap.
const fn sum(tokens: u32, more: u64, limits: &Limits) -> u32 {
    let sum = tokens as u64 + more;
    if sum > limits.cap as u64 {
        limits.cap
    } else {
        sum as u32
    }
}

/// What the minimum rate makes of `millis`, rounded down. Both factors are below 2^32.
const fn refill(limits: &Limits, millis: u32) -> u64 {
    limits.refill as u64 * millis as u64 / 1_000
}
