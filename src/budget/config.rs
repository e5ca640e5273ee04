//! The settings of a budget.

use ninelives_core::budget::Limits;

use crate::error::ConfigError;

/// What comes in, and how much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudgetConfig {
    pub(super) limits: Limits,
}

// === impl RetryBudgetConfig ===

impl RetryBudgetConfig {
    /// Each request adds `ratio` tokens (0 to 10), time adds `min_per_second` (0 to 65,535), and at most `cap` (1 to 65,535) are kept.
    /// The two rates are rounded up to a multiple of 2^-16, a rate of time above 256 to 24 significant bits.
    ///
    /// # Errors
    /// A value outside its range, by its name here. What is not a number is outside.
    pub fn new(ratio: f64, min_per_second: f64, cap: u32) -> Result<Self, ConfigError> {
        let limits = Limits::new(ratio, min_per_second, cap)?;
        Ok(Self { limits })
    }

    /// The same settings with another ratio.
    ///
    /// # Errors
    /// A ratio outside its range, as [`new`](Self::new).
    pub fn with_ratio(self, ratio: f64) -> Result<Self, ConfigError> {
        Self::new(ratio, self.min_per_second(), self.cap())
    }

    /// The same settings with another rate of time.
    ///
    /// # Errors
    /// A rate outside its range, as [`new`](Self::new).
    pub fn with_min_per_second(self, min_per_second: f64) -> Result<Self, ConfigError> {
        Self::new(self.ratio(), min_per_second, self.cap())
    }

    /// The same settings with another cap.
    ///
    /// # Errors
    /// A cap outside its range, as [`new`](Self::new).
    pub fn with_cap(self, cap: u32) -> Result<Self, ConfigError> {
        Self::new(self.ratio(), self.min_per_second(), cap)
    }

    /// Tokens for each request.
    pub const fn ratio(&self) -> f64 {
        self.limits.ratio()
    }

    /// Tokens for each second.
    pub const fn min_per_second(&self) -> f64 {
        self.limits.min_per_second()
    }

    /// The most tokens that are kept, and so the largest burst.
    pub const fn cap(&self) -> u32 {
        self.limits.cap()
    }
}

impl Default for RetryBudgetConfig {
    /// One retry for five requests, ten a second where requests are rare, bursts of up to 100.
    fn default() -> Self {
        let limits = Limits::default();
        Self { limits }
    }
}
