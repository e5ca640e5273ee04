//! How much of what.

use std::time::Duration;

use crate::error::ConfigError;

/// The shares of calls, and of waits for readiness, that go wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChaosConfig {
    pub(super) panics: f64,
    pub(super) hangs: f64,
    pub(super) errors: f64,
    pub(super) late: f64,
    pub(super) least: Duration,
    pub(super) most: Duration,
    pub(super) unready: f64,
    pub(super) lost_readiness: bool,
}

// === impl ChaosConfig ===

impl ChaosConfig {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        panics: 0.0,
        hangs: 0.0,
        errors: 0.0,
        late: 0.0,
        least: Duration::ZERO,
        most: Duration::ZERO,
        unready: 0.0,
        lost_readiness: false,
    };

    /// The share of calls that panic when they are polled.
    ///
    /// # Errors
    /// A share outside 0 to 1, or above what hangs and errors leave; so for all three.
    pub fn with_panics(mut self, share: f64) -> Result<Self, ConfigError> {
        self.panics = within("panics", share, 1.0 - self.hangs - self.errors)?;
        Ok(self)
    }

    /// The share of calls that are never answered.
    ///
    /// # Errors
    /// As [`with_panics`](Self::with_panics).
    pub fn with_hangs(mut self, share: f64) -> Result<Self, ConfigError> {
        self.hangs = within("hangs", share, 1.0 - self.panics - self.errors)?;
        Ok(self)
    }

    /// The share of calls that fail without reaching the service.
    ///
    /// # Errors
    /// As [`with_panics`](Self::with_panics).
    pub fn with_errors(mut self, share: f64) -> Result<Self, ConfigError> {
        self.errors = within("errors", share, 1.0 - self.panics - self.hangs)?;
        Ok(self)
    }

    /// The share of other calls that are late, by `least` to `most`, each time in between as likely.
    ///
    /// # Errors
    /// A share outside 0 to 1; a `least` above `most`.
    pub fn with_latency(
        mut self,
        share: f64,
        least: Duration,
        most: Duration,
    ) -> Result<Self, ConfigError> {
        if least > most {
            let range = Duration::ZERO..=most;
            return Err(ConfigError::duration("least", least, range));
        }
        self.late = within("late", share, 1.0)?;
        (self.least, self.most) = (least, most);
        Ok(self)
    }

    /// The share of waits for readiness that never end.
    ///
    /// # Errors
    /// A share outside 0 to 1.
    pub fn with_unready(mut self, share: f64) -> Result<Self, ConfigError> {
        self.unready = within("unready", share, 1.0)?;
        Ok(self)
    }

    /// Whether a call needs a readiness of its own instance, and panics without.
    #[must_use]
    pub const fn with_lost_readiness(mut self, strict: bool) -> Self {
        self.lost_readiness = strict;
        self
    }
}

impl Default for ChaosConfig {
    fn default() -> Self {
        Self::CALM
    }
}

/// Sums of shares such as 0.1 + 0.2 + 0.7 come out a little beside 1.
const ROUNDING: f64 = 1e-9;

fn within(field: &'static str, share: f64, most: f64) -> Result<f64, ConfigError> {
    if (0.0..=most + ROUNDING).contains(&share) {
        Ok(share)
    } else {
        // What is left of 1 comes out as 0.30000000000000004, too.
        let most = (most.max(0.0) * 1e9).round() / 1e9;
        Err(ConfigError::ratio(field, share, 0.0..=most))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ChaosConfig;

    #[test]
    fn shares_that_do_not_fit_are_refused_by_name() {
        let calm = ChaosConfig::CALM;
        for share in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(calm.with_panics(share).unwrap_err().field(), "panics");
            assert_eq!(calm.with_hangs(share).unwrap_err().field(), "hangs");
            assert_eq!(calm.with_errors(share).unwrap_err().field(), "errors");
            assert_eq!(calm.with_unready(share).unwrap_err().field(), "unready");
            let late = calm.with_latency(share, Duration::ZERO, Duration::ZERO);
            assert_eq!(late.unwrap_err().field(), "late");
        }
    }

    #[test]
    fn what_goes_wrong_fits_into_all_calls() {
        let half = ChaosConfig::CALM.with_errors(0.5).unwrap();
        let error = half.with_hangs(0.75).unwrap_err();
        assert_eq!(error.to_string(), "hangs: 0.75 is outside 0..=0.5");
        let most = ChaosConfig::CALM.with_errors(0.7).unwrap();
        let error = most.with_hangs(0.7).unwrap_err();
        assert_eq!(error.to_string(), "hangs: 0.7 is outside 0..=0.3");
        let thirds = ChaosConfig::CALM.with_errors(0.1).unwrap();
        assert!(thirds.with_hangs(0.2).unwrap().with_panics(0.7).is_ok());
    }

    #[test]
    fn a_least_latency_above_the_most_is_refused() {
        let (one, two) = (Duration::from_secs(1), Duration::from_secs(2));
        let error = ChaosConfig::CALM.with_latency(1.0, two, one).unwrap_err();
        assert_eq!(error.to_string(), "least: 2s is outside 0ns..=1s");
    }
}
