//! The settings of a circuit breaker.

use std::time::Duration;

use ninelives_core::breaker::Limits;

use crate::error::ConfigError;

/// When to open, how long, and how to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreakerConfig {
    pub(super) limits: Limits,
    pub(super) disabled: bool,
}

const FAILURES: std::ops::RangeInclusive<u64> = 1..=32_767;
const PROBES: std::ops::RangeInclusive<u64> = 1..=63;

// === impl CircuitBreakerConfig ===

impl CircuitBreakerConfig {
    /// Opens after `failure_threshold` failures in a row (1 to 32,767), rejects for `recovery_timeout` (1 ms and up; from 2^45 µs,
    /// about 407 days, on it never tries by itself), then lets `half_open_max_calls` probes (1 to 63) through: that many successes
    /// close it, one failure opens it again.
    ///
    /// # Errors
    /// A value outside its range, by its name here.
    pub fn new(
        failure_threshold: usize,
        recovery_timeout: Duration,
        half_open_max_calls: usize,
    ) -> Result<Self, ConfigError> {
        let failures = count("failure_threshold", failure_threshold, FAILURES)?;
        let probes = count("half_open_max_calls", half_open_max_calls, PROBES)?;
        let limits =
            Limits::new(failures, recovery_timeout, probes).map_err(|error| {
                match error.field() {
                    "open_for" => error.named("recovery_timeout"),
                    "probes" => error.named("half_open_max_calls"),
                    _ => error,
                }
            })?;
        Ok(Self {
            limits,
            disabled: false,
        })
    }

    /// A breaker that admits every call and counts nothing, until a command brings it into use.
    pub fn disabled() -> Self {
        match Limits::new(1, Duration::from_secs(60), 1) {
            Ok(limits) => Self {
                limits,
                disabled: true,
            },
            Err(_) => unreachable!("these limits are in range"),
        }
    }

    /// How long a probe may be out before its slot is given to another call: 1 ms to 4,096 times the recovery timeout. By
    /// default the recovery timeout, and at least a second. Set it above the slowest good answer: an outcome past the lease does
    /// not count.
    ///
    /// # Errors
    /// A lease outside its range.
    pub fn with_probe_lease(mut self, lease: Duration) -> Result<Self, ConfigError> {
        self.limits = self
            .limits
            .with_lease(lease)
            .map_err(|error| error.named("probe_lease"))?;
        Ok(self)
    }

    /// Failures in a row that open the circuit.
    pub const fn failure_threshold(&self) -> u32 {
        self.limits.failure_threshold()
    }

    /// How long it rejects.
    pub const fn recovery_timeout(&self) -> Duration {
        self.limits.open_for()
    }

    /// Probes that may be out together, and successes that close it.
    pub const fn half_open_max_calls(&self) -> u32 {
        self.limits.probes()
    }

    /// How long a probe may be out.
    pub const fn probe_lease(&self) -> Duration {
        self.limits.lease()
    }
}

fn count(
    field: &'static str,
    value: usize,
    range: std::ops::RangeInclusive<u64>,
) -> Result<u32, ConfigError> {
    u32::try_from(value).map_err(|_| ConfigError::count(field, value as u64, range))
}
