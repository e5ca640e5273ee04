//! The settings of a retry.

use std::time::Duration;

use ninelives_core::backoff::Backoff;
use ninelives_core::jitter::Jitter;

use crate::error::ConfigError;

/// How often to try, how long to wait in between, and for how long in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryConfig {
    max_attempts: u32,
    backoff: Backoff,
    jitter: Jitter,
    max_duration: Option<Duration>,
    // 0 or 1, in a whole half-word: a copy of the settings need not go round padding.
    nested: u32,
}

const ATTEMPTS: std::ops::RangeInclusive<u64> = 1..=u32::MAX as u64;
const SHORTEST: Duration = Duration::from_nanos(1);

// === impl RetryConfig ===

impl RetryConfig {
    /// 3 attempts, 100 ms exponential backoff up to 10 s, no jitter, no limit in all.
    pub fn new() -> Self {
        let backoff = Backoff::exponential(Duration::from_millis(100));
        Self {
            max_attempts: 3,
            backoff: backoff.with_max(Duration::from_secs(10)).unwrap_or(backoff),
            jitter: Jitter::None,
            max_duration: None,
            nested: 0,
        }
    }

    /// Attempts in all, the first one included: 1 to 2^32 - 1.
    ///
    /// # Errors
    /// A number outside its range.
    pub fn with_max_attempts(mut self, attempts: usize) -> Result<Self, ConfigError> {
        self.max_attempts = match u32::try_from(attempts) {
            Ok(attempts) if attempts > 0 => attempts,
            _ => {
                let attempts = attempts as u64;
                return Err(ConfigError::count("max_attempts", attempts, ATTEMPTS));
            }
        };
        Ok(self)
    }

    /// How long to wait before each further attempt.
    #[must_use]
    pub const fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How to spread the waits.
    #[must_use]
    pub const fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// How late after the call an attempt may be planned to begin, once the service is ready: 1 ns and up; `None` sets no limit.
    ///
    /// # Errors
    /// A limit of zero.
    pub fn with_max_duration(
        mut self,
        total: impl Into<Option<Duration>>,
    ) -> Result<Self, ConfigError> {
        self.max_duration = total.into();
        if self.max_duration == Some(Duration::ZERO) {
            return Err(ConfigError::duration(
                "max_duration",
                Duration::ZERO,
                SHORTEST..=Duration::MAX,
            ));
        }
        Ok(self)
    }

    /// Whether a request is tried again here that another retry around marked as an attempt of its own: see the page of
    /// [retry](super#layers-of-retries). Off by default; it takes a retry that heeds requests to see the mark.
    #[must_use]
    pub const fn with_nested(mut self, nested: bool) -> Self {
        self.nested = nested as u32;
        self
    }

    /// Attempts in all.
    #[inline]
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// How long to wait before each further attempt.
    pub const fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// How the waits are spread.
    pub const fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// How late after the call an attempt may be planned to begin.
    #[inline]
    pub const fn max_duration(&self) -> Option<Duration> {
        self.max_duration
    }

    /// Whether attempts of other retries are tried again here.
    #[inline]
    pub const fn nested(&self) -> bool {
        self.nested != 0
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::new()
    }
}
