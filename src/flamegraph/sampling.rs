//! How to sample.

use std::ops::RangeInclusive;

use crate::error::ConfigError;

/// How often a sample is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    rate: u32,
}

/// Rates that are accepted, in samples for each second of processor time.
const RATES: RangeInclusive<u64> = 1..=1000;

// === impl Sampling ===

impl Sampling {
    /// 99 samples for each second of processor time: not in step with what a program does every 10 ms.
    pub const fn new() -> Self {
        Self { rate: 99 }
    }

    /// So many samples for each second of processor time: 1 to 1000.
    ///
    /// # Errors
    /// A rate outside its range.
    pub const fn with_rate(mut self, hertz: u32) -> Result<Self, ConfigError> {
        let asked = hertz as u64;
        if asked < *RATES.start() || asked > *RATES.end() {
            return Err(ConfigError::count("rate", asked, RATES));
        }
        self.rate = hertz;
        Ok(self)
    }

    /// Samples for each second of processor time.
    pub const fn rate(&self) -> u32 {
        self.rate
    }
}

impl Default for Sampling {
    fn default() -> Self {
        Self::new()
    }
}
