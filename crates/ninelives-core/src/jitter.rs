//! Randomness for delays, so that callers who failed together do not come back together.
//!
//! The delay arrives capped and is jittered here, so a delay at its cap still varies. The random number is an argument: the
//! same number gives the same delay. All of it is in nanoseconds; `900 us` is not rounded to zero anywhere.
//!
//! | jitter       | next delay, from the capped delay `d` and the `previous` one of this request |
//! |--------------|--------------------------------------------------------------------------------|
//! | none         | `d`                                                                            |
//! | full         | uniform in `0..=d`                                                             |
//! | equal        | `d / 2` and a uniform part of the other half                                   |
//! | decorrelated | uniform in `base..=3 * previous`, cut at `max`; `d` plays no part              |
//!
//! # Progress
//! `next` is wait-free: two multiplications. It never panics.
//!
//! # Not promised
//! Exact uniformity: a random word is scaled by multiply and shift, which favours some nanoseconds over others by at most one part
//! in 2^64 of the whole. Decorrelated delays of a long outage vary less than others: once the previous delay is `max`, two in
//! three are cut to `max` itself.

use core::time::Duration;

use crate::limit::OutOfRange;

/// How a delay is made random.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::{jitter::Jitter, rng::SharedRng};
/// let rng = SharedRng::from_seed(1);
/// let delay = Duration::from_micros(900);
/// let next = Jitter::equal().next(delay, None, rng.next());
/// assert!(next >= delay / 2 && next <= delay);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Jitter {
    /// The delay as it is.
    None,
    /// Anything from zero to the delay.
    Full,
    /// Half of the delay, and anything up to the other half.
    Equal,
    /// Anything from `base` to three times the previous delay of the same request, at most `max`. Built by
    /// [`Jitter::decorrelated`], which checks the two.
    #[non_exhaustive]
    Decorrelated {
        /// The shortest delay.
        base: Duration,
        /// The longest delay.
        max: Duration,
    },
}

// === impl Jitter ===

impl Jitter {
    /// [`Jitter::None`].
    pub const fn none() -> Self {
        Self::None
    }

    /// [`Jitter::Full`].
    pub const fn full() -> Self {
        Self::Full
    }

    /// [`Jitter::Equal`].
    pub const fn equal() -> Self {
        Self::Equal
    }

    /// [`Jitter::Decorrelated`]. It replaces the backoff's delay, cap included: `base` and `max` are its own.
    ///
    /// # Errors
    /// "max" when it is below `base`.
    pub const fn decorrelated(base: Duration, max: Duration) -> Result<Self, OutOfRange> {
        if max.as_nanos() < base.as_nanos() {
            return Err(OutOfRange::duration("max", max, base..=Duration::MAX));
        }
        Ok(Self::Decorrelated { base, max })
    }

    /// The delay to wait, from the backoff's `delay` and the `random` word.
    ///
    /// `previous` is what this function gave before the last retry of the same request, `None` before its first. The caller
    /// keeps it with the request; no state is kept here, so requests cannot stretch each other's delays.
    ///
    /// The result is at most `delay`; for decorrelated jitter it is within `base..=max`.
    #[inline]
    pub fn next(&self, delay: Duration, previous: Option<Duration>, random: u64) -> Duration {
        match *self {
            Self::None => delay,
            Self::Full => share(delay, random),
            Self::Equal => {
                let half = delay / 2;
                // The larger half when the nanoseconds are odd, so that the whole delay can be reached.
                half + share(delay - half, random)
            }
            Self::Decorrelated { base, max } => {
                let previous = previous.unwrap_or(base);
                let spread = previous.saturating_mul(3).saturating_sub(base);
                base.saturating_add(share(spread, random)).min(max)
            }
        }
    }
}

/// A uniform share of `whole`, both ends included: `(whole + 1) * random / 2^64`.
fn share(whole: Duration, random: u64) -> Duration {
    const PER_SECOND: u128 = 1_000_000_000;
    let steps = whole.as_nanos() + 1;
    // A duration has at most 94 bits of nanoseconds, so the product with 64 bits is taken in two parts.
    let (high, low) = (steps >> 64, steps & u128::from(u64::MAX));
    let random = u128::from(random);
    let nanos = high * random + ((low * random) >> 64);
    // Below `steps`, hence at most `whole`: the seconds fit.
    Duration::new((nanos / PER_SECOND) as u64, (nanos % PER_SECOND) as u32)
}

#[cfg(test)]
mod tests;
