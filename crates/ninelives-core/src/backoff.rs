//! How long to wait before the next attempt: constant, linear or exponential, with an upper bound.
//!
//! A [`Backoff`] is a plain value and its delay a pure function of the attempt's number: nothing is counted here, so no count
//! can leak from one request into another. Randomness is the next step and lives in [`jitter`](crate::jitter).
//!
//! | kind        | before retry n                | first retry |
//! |-------------|-------------------------------|-------------|
//! | constant    | `base`                        | `base`      |
//! | linear      | `base * n`                    | `base`      |
//! | exponential | `base * factor.pow(n - 1)`    | `base`      |
//!
//! Each is cut at `max`. Without [`with_max`](Backoff::with_max) there is no hidden bound: a delay that leaves the range of
//! [`Duration`] is [`Duration::MAX`].
//!
//! # Progress
//! `delay` is wait-free: at most 32 rounds of squaring, whatever the attempt. It never panics.
//!
//! # Not promised
//! The last bits of a long exponential delay: powers are taken in `f64`. A delay below 104 days with a factor that is a power of
//! two is exact; others are off by less than one part in 10^6. With a factor of exactly 1, or of 1.000001 and above, no delay is
//! shorter than that of an earlier attempt.

use core::time::Duration;

use crate::limit::OutOfRange;

/// The delays of a retry policy, before jitter.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::backoff::Backoff;
/// let backoff = Backoff::exponential(Duration::from_millis(100)).with_max(Duration::from_secs(1))?;
/// let millis = [1, 2, 3, 4, 5, u32::MAX].map(|attempt| backoff.delay(attempt).as_millis());
/// assert_eq!(millis, [100, 200, 400, 800, 1000, 1000]);
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    growth: Growth,
    base: Duration,
    max: Duration,
}

const PER_SECOND: u128 = 1_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Growth {
    Constant,
    Linear,
    Exponential { factor: f64 },
}

// === impl Backoff ===

impl Backoff {
    /// The same delay before every retry.
    pub const fn constant(delay: Duration) -> Self {
        Self::new(Growth::Constant, delay)
    }

    /// `base` before the first retry, and `base` more before each further one.
    pub const fn linear(base: Duration) -> Self {
        Self::new(Growth::Linear, base)
    }

    /// `base` before the first retry, and twice the delay before each further one. [`with_factor`](Self::with_factor) puts
    /// another number in the place of two.
    pub const fn exponential(base: Duration) -> Self {
        Self::new(Growth::Exponential { factor: 2.0 }, base)
    }

    const fn new(growth: Growth, base: Duration) -> Self {
        Self {
            growth,
            base,
            max: Duration::MAX,
        }
    }

    /// An exponential backoff that grows by `factor`.
    ///
    /// # Errors
    /// "factor" when it is not a number or outside `1.0..=1e6`. The factor of a constant or linear backoff is 1, and it takes no
    /// other.
    pub const fn with_factor(mut self, factor: f64) -> Result<Self, OutOfRange> {
        let highest = match self.growth {
            Growth::Exponential { .. } => 1e6,
            Growth::Constant | Growth::Linear => 1.0,
        };
        // Written so that NaN falls out of the range.
        if !(factor >= 1.0 && factor <= highest) {
            return Err(OutOfRange::ratio("factor", factor, 1.0..=highest));
        }
        if let Growth::Exponential { .. } = self.growth {
            self.growth = Growth::Exponential { factor };
        }
        Ok(self)
    }

    /// A backoff that never waits longer than `max`.
    ///
    /// # Errors
    /// "max" when it is below the base, so that the first delay would not be what was asked for.
    pub const fn with_max(mut self, max: Duration) -> Result<Self, OutOfRange> {
        if max.as_nanos() < self.base.as_nanos() {
            let range = self.base..=Duration::MAX;
            return Err(OutOfRange::duration("max", max, range));
        }
        self.max = max;
        Ok(self)
    }

    /// How it grows, in one word: `constant`, `linear` or `exponential`.
    pub const fn kind(&self) -> &'static str {
        match self.growth {
            Growth::Constant => "constant",
            Growth::Linear => "linear",
            Growth::Exponential { .. } => "exponential",
        }
    }

    /// What each delay is multiplied by for the next one; 1 unless it is exponential.
    pub const fn factor(&self) -> f64 {
        match self.growth {
            Growth::Exponential { factor } => factor,
            Growth::Constant | Growth::Linear => 1.0,
        }
    }

    /// The delay before the first retry.
    pub const fn base(&self) -> Duration {
        self.base
    }

    /// The longest delay; [`Duration::MAX`] when none was set.
    pub const fn max(&self) -> Duration {
        self.max
    }

    /// The delay before retry number `attempt`, counted from 1. An `attempt` of 0 is taken for 1.
    pub fn delay(&self, attempt: u32) -> Duration {
        let retries = attempt.saturating_sub(1);
        let delay = match self.growth {
            Growth::Constant => self.base,
            Growth::Linear => self.base.saturating_mul(retries.saturating_add(1)),
            Growth::Exponential { factor } => return self.grown(power(factor, retries)),
        };
        delay.min(self.max)
    }

    /// `base * growth`, rounded to a nanosecond and cut at `max`.
    fn grown(&self, growth: f64) -> Duration {
        // A base of zero stays zero when the growth is infinite; a growth of one keeps every bit of the base.
        if self.base.is_zero() || growth == 1.0 {
            return self.base;
        }
        let nanos = self.base.as_nanos() as f64 * growth;
        if nanos >= self.max.as_nanos() as f64 {
            return self.max;
        }
        // Adding a half instead would itself be rounded, and lose the last bit of a long whole number.
        let whole = nanos as u128;
        let up = u128::from(nanos - whole as f64 >= 0.5);
        // What is below `max` is rounded to `max` at most, so the seconds fit.
        let nanos = whole + up;
        Duration::new((nanos / PER_SECOND) as u64, (nanos % PER_SECOND) as u32)
    }
}

/// `factor` to the power of `exponent`, infinite when it is out of range. `factor` is at least 1, so nothing becomes NaN.
fn power(factor: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, factor, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

#[cfg(test)]
mod tests;
