//! How long an opening lasts: the open time, grown with each opening without a recovery in between, and spread by chance.

use core::time::Duration;

use super::limits::{Limits, NEVER_US};
use super::span::DEADLINE_NS;
use crate::limit::OutOfRange;
use crate::time::saturating_nanos;

/// How the open time grows. Millionths, so that limits compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Growth {
    factor: u32,
    /// `None`: the open time itself.
    longest: Option<Duration>,
    jitter: u32,
}

const MILLION: u64 = 1_000_000;

// === impl Growth ===

impl Growth {
    pub(super) const NONE: Self = Self {
        factor: MILLION as u32,
        longest: None,
        jitter: 0,
    };
}

// === impl Limits ===

impl Limits {
    /// Each opening without a recovery in between lasts `factor` times as long as the one before it, but not longer than `longest`:
    /// `open_for` at first, then `open_for * factor`, and so on, for 15 openings at most.
    ///
    /// A recovery is to have been closed for `longest`, to within four seconds: a success of a probe is none, for it says how the
    /// dependency is with one call, not with all. A reset, and every forced state, begins anew too.
    ///
    /// # Errors
    /// `factor` that is not a number or outside `1..=100`, `longest` below `open_for` or from 2^45 us on, `open_for` from there on. The
    /// factor is taken to a millionth.
    pub const fn with_growth(mut self, factor: f64, longest: Duration) -> Result<Self, OutOfRange> {
        self.growth.factor = match millionths(factor, 1.0, 100.0) {
            Some(factor) => factor,
            None => return Err(OutOfRange::ratio("factor", factor, 1.0..=100.0)),
        };
        self.growth.longest = Some(longest);
        self.checked()
    }

    /// Each opening lasts `open_for`.
    #[must_use]
    pub const fn without_growth(mut self) -> Self {
        self.growth.factor = Growth::NONE.factor;
        self.growth.longest = None;
        self.remembered()
    }

    /// Each opening lasts longer by a random share of its time, from nothing to `share` of it, so that breakers that opened together
    /// do not try together. It comes on top of the longest time too, else those would try together that have failed most.
    ///
    /// # Errors
    /// `jitter` that is not a number or outside `0..=1`.
    pub const fn with_jitter(mut self, share: f64) -> Result<Self, OutOfRange> {
        self.growth.jitter = match millionths(share, 0.0, 1.0) {
            Some(share) => share,
            None => return Err(OutOfRange::ratio("jitter", share, 0.0..=1.0)),
        };
        Ok(self.remembered())
    }

    /// How many times as long an opening lasts as the one before it: 1 when it does not grow, 100 at most.
    pub const fn growth(&self) -> f64 {
        self.growth.factor as f64 / MILLION as f64
    }

    /// The longest open time, jitter apart.
    pub const fn longest(&self) -> Duration {
        match self.growth.longest {
            Some(longest) => longest,
            None => self.open_for,
        }
    }

    /// The longest open time, if it was said: none while every opening is alike.
    pub const fn own_longest(&self) -> Option<Duration> {
        self.growth.longest
    }

    /// The share of an open time by which chance may lengthen it: 0 when it does not, 1 at most.
    pub const fn jitter(&self) -> f64 {
        self.growth.jitter as f64 / MILLION as f64
    }

    /// Whether an opening is a matter of chance.
    pub(super) const fn is_jittered(&self) -> bool {
        self.growth.jitter > 0
    }

    /// How long the opening after `openings` others lasts. `None`: it never ends by itself.
    pub(super) const fn open_nanos(&self, openings: u32, random: u64) -> Option<u64> {
        let base = saturating_nanos(self.open_for);
        if base >= NEVER_US * 1_000 {
            return None;
        }
        let asked = saturating_nanos(self.at_least);
        let grown = self.grown(base, openings);
        let nanos = if asked > grown { asked } else { grown };
        let late = (self.spread(nanos) as u128 * (random as u128 + 1)) >> 64;
        Some(below_never(nanos + late as u64))
    }

    /// The longest that any opening lasts by these limits, in units of a deadline, rounded up.
    #[inline]
    pub(super) const fn longest_open(&self) -> u64 {
        self.longest_open
    }

    /// What [`longest_open`](Self::longest_open) says, from the rest: a refusal asks, so it is not computed there.
    pub(super) const fn remembered(mut self) -> Self {
        let longest = below_never(saturating_nanos(self.longest()));
        let longest = longest + self.spread(longest);
        self.longest_open = below_never(longest).div_ceil(DEADLINE_NS);
        self
    }

    /// The most by which chance lengthens an open time.
    const fn spread(&self, nanos: u64) -> u64 {
        (nanos as u128 * self.growth.jitter as u128 / MILLION as u128) as u64
    }

    const fn grown(&self, base: u64, openings: u32) -> u64 {
        let longest = saturating_nanos(self.longest());
        let (mut nanos, mut left) = (base, openings);
        while left > 0 && nanos < longest {
            let grown = nanos as u128 * self.growth.factor as u128 / MILLION as u128;
            nanos = if grown < longest as u128 {
                grown as u64
            } else {
                longest
            };
            left -= 1;
        }
        nanos
    }
}

/// A number of millionths, if it is one in the range.
pub(super) const fn millionths(value: f64, least: f64, most: f64) -> Option<u32> {
    // Written so that NaN falls out of the range.
    if value >= least && value <= most {
        Some((value * MILLION as f64 + 0.5) as u32)
    } else {
        None
    }
}

const fn below_never(nanos: u64) -> u64 {
    let most = NEVER_US * 1_000 - 1;
    if nanos < most { nanos } else { most }
}
