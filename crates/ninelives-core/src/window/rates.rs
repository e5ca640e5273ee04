//! What is recorded of a call, what a window has seen, and when that is too much. Whole numbers only.

use crate::limit::OutOfRange;

/// What a window keeps of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The call failed.
    pub failed: bool,
    /// The call took longer than a call should, whether it failed or not.
    pub slow: bool,
}

/// What a window has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rates {
    /// Calls.
    pub total: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were slow; one that was slow and failed is in both.
    pub slow: u64,
}

/// A part of the calls, in millionths: above zero, and at most all of them.
///
/// ```
/// use ninelives_core::window::Share;
/// assert_eq!(Share::new(0.1)?.millionths(), 100_000);
/// let error = Share::new(f64::NAN).unwrap_err();
/// assert_eq!(error.to_string(), "share: NaN is outside 0.000001..=1");
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

/// When the rates are too high. A plain value, handed in at each look.
///
/// ```
/// use ninelives_core::window::{Rates, Share, Thresholds, Verdict};
/// let thresholds = Thresholds::new(10)?.with_failed(Share::new(0.5)?);
/// let verdict = |failed, total| thresholds.verdict(&Rates { total, failed, slow: 0 });
/// assert_eq!(verdict(9, 9), Verdict::Unknown);
/// assert_eq!(verdict(4, 10), Verdict::Well);
/// assert_eq!(verdict(5, 10), Verdict::Failing);
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    minimum_calls: u32,
    failed: Option<Share>,
    slow: Option<Share>,
}

/// What rates say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Fewer calls than the minimum: no rate is known.
    Unknown,
    /// Below every threshold.
    Well,
    /// The share of failures is at its threshold or above.
    Failing,
    /// The share of slow calls is, and that of failures is not.
    Slow,
}

const MILLION: u32 = 1_000_000;

// === impl Mark ===

impl Mark {
    /// It succeeded in time.
    pub const SUCCESS: Self = Self::of(false, false);
    /// It failed in time.
    pub const FAILURE: Self = Self::of(true, false);
    /// It succeeded and was slow.
    pub const SLOW: Self = Self::of(false, true);
    /// It failed and was slow.
    pub const SLOW_FAILURE: Self = Self::of(true, true);

    const fn of(failed: bool, slow: bool) -> Self {
        Self { failed, slow }
    }

    /// Whether a rate can have risen by it: only then is there anything to look at.
    #[inline]
    pub const fn raises(self) -> bool {
        self.failed || self.slow
    }

    /// Two bits: bit 0 failed, bit 1 slow.
    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.failed as u64 | (self.slow as u64) << 1
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self::of(bits & 1 != 0, bits & 2 != 0)
    }
}

// === impl Rates ===

impl Rates {
    pub(super) const NONE: Self = Self {
        total: 0,
        failed: 0,
        slow: 0,
    };

    /// These and `open` calls that are out for too long: they count as slow, and as calls.
    #[must_use]
    pub const fn with_open(self, open: u64) -> Self {
        Self {
            total: self.total + open,
            failed: self.failed,
            slow: self.slow + open,
        }
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            total: self.total + other.total,
            failed: self.failed + other.failed,
            slow: self.slow + other.slow,
        }
    }
}

// === impl Share ===

impl Share {
    /// This part of the calls, to the nearest millionth.
    ///
    /// # Errors
    /// `ratio` outside `0.000001..=1`. What is not a number is outside.
    pub const fn new(ratio: f64) -> Result<Self, OutOfRange> {
        // Written so that NaN falls out of the range.
        if !(ratio >= 0.000_001 && ratio <= 1.0) {
            return Err(OutOfRange::ratio("share", ratio, 0.000_001..=1.0));
        }
        Ok(Self((ratio * MILLION as f64 + 0.5) as u32))
    }

    /// The part in millionths: what is compared.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The part as a factor.
    pub const fn ratio(self) -> f64 {
        self.0 as f64 / MILLION as f64
    }

    /// Whether `part` of `total` is this share or more. Exact for totals up to 2^43.
    #[inline]
    pub const fn is_reached(self, part: u64, total: u64) -> bool {
        part.saturating_mul(MILLION as u64) >= total.saturating_mul(self.0 as u64)
    }
}

// === impl Thresholds ===

impl Thresholds {
    /// No threshold yet; none will be looked at before `minimum_calls` calls.
    ///
    /// # Errors
    /// `minimum_calls` is 0.
    pub const fn new(minimum_calls: u32) -> Result<Self, OutOfRange> {
        if minimum_calls == 0 {
            let range = 1..=u32::MAX as u64;
            return Err(OutOfRange::count("minimum_calls", 0, range));
        }
        Ok(Self {
            minimum_calls,
            failed: None,
            slow: None,
        })
    }

    /// This share of failures is too much.
    #[must_use]
    pub const fn with_failed(mut self, share: Share) -> Self {
        self.failed = Some(share);
        self
    }

    /// This share of slow calls is too much.
    #[must_use]
    pub const fn with_slow(mut self, share: Share) -> Self {
        self.slow = Some(share);
        self
    }

    /// Refuses a minimum that a window of `size` outcomes never reaches.
    ///
    /// # Errors
    /// `minimum_calls` above `size`.
    pub const fn within(self, size: u32) -> Result<Self, OutOfRange> {
        if self.minimum_calls > size {
            let (value, range) = (self.minimum_calls as u64, 1..=size as u64);
            return Err(OutOfRange::count("minimum_calls", value, range));
        }
        Ok(self)
    }

    /// Calls before which no rate is known.
    pub const fn minimum_calls(&self) -> u32 {
        self.minimum_calls
    }

    /// The share of failures that is too much.
    pub const fn failed(&self) -> Option<Share> {
        self.failed
    }

    /// The share of slow calls that is too much.
    pub const fn slow(&self) -> Option<Share> {
        self.slow
    }

    /// What these rates say: at the threshold is too much.
    #[inline]
    pub const fn verdict(&self, rates: &Rates) -> Verdict {
        if rates.total < self.minimum_calls as u64 {
            return Verdict::Unknown;
        }
        if let Some(share) = self.failed
            && share.is_reached(rates.failed, rates.total)
        {
            return Verdict::Failing;
        }
        match self.slow {
            Some(share) if share.is_reached(rates.slow, rates.total) => Verdict::Slow,
            _ => Verdict::Well,
        }
    }
}

// === impl Verdict ===

impl Verdict {
    /// Whether a circuit should open.
    #[inline]
    pub const fn trips(self) -> bool {
        matches!(self, Self::Failing | Self::Slow)
    }
}
