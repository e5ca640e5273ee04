//! The settings of a circuit breaker.

use std::time::Duration;

use ninelives_core::breaker::Limits;

use super::{Consecutive, Measure};
use crate::error::ConfigError;

/// When to open, how long, and how to try again. `W` is what it goes by: failures in a row, or the rates of a
/// [window](super#windows) too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreakerConfig<W = Consecutive> {
    pub(super) limits: Limits,
    disabled: bool,
    measure: W,
}

const FAILURES: std::ops::RangeInclusive<u64> = 1..=4_095;
pub(super) const PROBES: std::ops::RangeInclusive<u64> = 1..=63;

// === impl CircuitBreakerConfig ===

impl CircuitBreakerConfig {
    /// Opens after `failure_threshold` failures in a row (1 to 4,095), rejects for `recovery_timeout` (1 ms and up; from 2^45 µs,
    /// about 407 days, on it never tries by itself), then lets `half_open_max_calls` probes (1 to 63) through: that many successes
    /// close it, one failure opens it again, unless [fewer](Self::with_half_open_successes) are asked for.
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
        Ok(Self {
            limits: Limits::new(failures, recovery_timeout, probes).map_err(named)?,
            disabled: false,
            measure: Consecutive,
        })
    }

    /// A breaker that is out of use: it admits every call unless it is [forced open](super::CircuitBreakerLayer::force_open), and
    /// counts nothing. Its other settings are one failure, 60 s and one probe.
    pub fn disabled() -> Self {
        match Limits::new(1, Duration::from_secs(60), 1) {
            Ok(limits) => Self {
                limits,
                disabled: true,
                measure: Consecutive,
            },
            Err(_) => unreachable!("these limits are in range"),
        }
    }
}

impl<W: Measure> CircuitBreakerConfig<W> {
    /// How long a probe may be out before its slot is given to another call: 1 ms to 4,096 times the recovery timeout. By
    /// default the recovery timeout, at least a second and at most a day. Set it above the slowest good answer: an outcome past the lease does
    /// not count.
    ///
    /// # Errors
    /// A lease outside its range.
    pub fn with_probe_lease(mut self, lease: Duration) -> Result<Self, ConfigError> {
        self.limits = self.limits.with_lease(lease).map_err(named)?;
        Ok(self)
    }

    /// The same settings with another threshold.
    ///
    /// # Errors
    /// A threshold outside its range, as [`new`](CircuitBreakerConfig::new).
    pub fn with_failure_threshold(mut self, failures: usize) -> Result<Self, ConfigError> {
        let failures = count("failure_threshold", failures, FAILURES)?;
        self.limits = self.limits.with_failure_threshold(failures)?;
        Ok(self)
    }

    /// The same settings with another recovery timeout.
    ///
    /// # Errors
    /// A time outside its range, as [`new`](CircuitBreakerConfig::new), or too short for the lease that was set, or longer than the
    /// longest that was.
    pub fn with_recovery_timeout(mut self, timeout: Duration) -> Result<Self, ConfigError> {
        self.limits = self.limits.with_open_for(timeout).map_err(named)?;
        Ok(self)
    }

    /// The same settings with another number of probes.
    ///
    /// # Errors
    /// A number outside its range, as [`new`](CircuitBreakerConfig::new), or below the successes that were asked for.
    pub fn with_half_open_max_calls(mut self, probes: usize) -> Result<Self, ConfigError> {
        let probes = count("half_open_max_calls", probes, PROBES)?;
        self.limits = self.limits.with_probes(probes).map_err(named)?;
        Ok(self)
    }

    /// The same settings, going by something else.
    pub(super) fn by<X>(self, measure: X) -> CircuitBreakerConfig<X> {
        CircuitBreakerConfig {
            limits: self.limits,
            disabled: self.disabled,
            measure,
        }
    }

    /// The same settings, out of use or in use. A circuit that goes out of use keeps its state for the time after.
    #[must_use]
    pub const fn with_disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// The same settings for a circuit that only counts, or for one that acts. One that only counts and is closed never opens by
    /// itself; in any other state it admits every call unless it is [forced open](super::CircuitBreakerLayer::force_open), counts
    /// nothing, and keeps that state for the time after.
    #[must_use]
    pub const fn with_metrics_only(mut self, metrics_only: bool) -> Self {
        self.limits = self.limits.with_metrics_only(metrics_only);
        self
    }
}

impl<W> CircuitBreakerConfig<W> {
    /// Failures in a row that open the circuit; 0 when none do.
    pub const fn failure_threshold(&self) -> u32 {
        self.limits.failure_threshold()
    }

    /// How long it rejects.
    pub const fn recovery_timeout(&self) -> Duration {
        self.limits.open_for()
    }

    /// Probes that are tried, and that may be out together.
    pub const fn half_open_max_calls(&self) -> u32 {
        self.limits.probes()
    }

    /// How long a probe may be out.
    pub const fn probe_lease(&self) -> Duration {
        self.limits.lease()
    }

    /// How long a probe may be out, if it was said: none while the lease follows the recovery timeout.
    pub(super) const fn own_lease(&self) -> Option<Duration> {
        self.limits.own_lease()
    }

    /// Whether it only counts.
    pub const fn is_metrics_only(&self) -> bool {
        self.limits.is_metrics_only()
    }

    /// Whether it is out of use.
    pub const fn is_disabled(&self) -> bool {
        self.disabled
    }

    pub(super) const fn measure(&self) -> &W {
        &self.measure
    }

    pub(super) const fn measure_mut(&mut self) -> &mut W {
        &mut self.measure
    }

    #[inline]
    pub(super) fn in_use(&self) -> Option<&Limits> {
        (!self.disabled).then_some(&self.limits)
    }
}

pub(super) fn count(
    field: &'static str,
    value: usize,
    range: std::ops::RangeInclusive<u64>,
) -> Result<u32, ConfigError> {
    u32::try_from(value).map_err(|_| ConfigError::count(field, value as u64, range))
}

/// What the machine calls a setting, as it is called here.
pub(super) fn named(error: ConfigError) -> ConfigError {
    error.named(match error.field() {
        "open_for" => "recovery_timeout",
        "probes" => "half_open_max_calls",
        "needed" => "half_open_successes",
        "lease" => "probe_lease",
        "factor" => "recovery_growth",
        "longest" => "recovery_timeout_max",
        "jitter" => "recovery_jitter",
        "stage" => "ramp_stage",
        "failure_ratio" => "ramp_failure_ratio",
        "minimum" => "ramp_minimum",
        same => same,
    })
}
