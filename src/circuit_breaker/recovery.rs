//! How a circuit that was open tries again.

use std::time::Duration;

use ninelives_core::breaker::Ramp;

use super::config::{PROBES, count, named};
use super::{CircuitBreakerConfig, Measure};
use crate::counted::Counted;
use crate::error::ConfigError;

// === impl CircuitBreakerConfig ===

impl<W: Measure> CircuitBreakerConfig<W> {
    /// Closes when `successes` of the probes have succeeded, and opens again as soon as too few are left for that. Without it all must
    /// succeed, and one failure opens it.
    ///
    /// # Errors
    /// No success, or more than there are probes.
    pub fn with_half_open_successes(mut self, successes: usize) -> Result<Self, ConfigError> {
        let successes = count("half_open_successes", successes, PROBES)?;
        self.limits = self.limits.with_needed(successes).map_err(named)?;
        Ok(self)
    }

    /// Multiplies the open time by `factor` (1 to 100) at each opening without a recovery in between, from the recovery timeout up to
    /// `longest`. A recovery means closed for `longest`; the success of a probe is none. See [Recovery](super#recovery).
    ///
    /// # Errors
    /// A factor outside its range, as `recovery_growth`; a longest time below the recovery timeout, or from 2^45 µs on, as
    /// `recovery_timeout_max`; a recovery timeout from there on, which cannot grow, as `recovery_timeout`.
    pub fn with_recovery_growth(
        mut self,
        factor: f64,
        longest: Duration,
    ) -> Result<Self, ConfigError> {
        self.limits = self.limits.with_growth(factor, longest).map_err(named)?;
        Ok(self)
    }

    /// Rejects for the recovery timeout at each opening.
    #[must_use]
    pub const fn without_recovery_growth(mut self) -> Self {
        self.limits = self.limits.without_growth();
        self
    }

    /// Lengthens the open time by a random share of it, from none to `share` (0 to 1), so that circuits that opened together do not probe
    /// together. It is added to the longest time too. See [`with_seed`](super::CircuitBreakerLayer::with_seed).
    ///
    /// # Errors
    /// A share outside its range, as `recovery_jitter`.
    pub fn with_recovery_jitter(mut self, share: f64) -> Result<Self, ConfigError> {
        self.limits = self.limits.with_jitter(share).map_err(named)?;
        Ok(self)
    }

    /// Recovers without probes, in stages: each admits a larger share of the calls, and none less than one a second. See
    /// [Recovery](super#recovery).
    #[must_use]
    pub const fn with_ramp(mut self, ramp: Ramp) -> Self {
        self.limits = self.limits.with_ramp(ramp);
        self
    }

    /// Recovers with probes.
    #[must_use]
    pub const fn without_ramp(mut self) -> Self {
        self.limits = self.limits.without_ramp();
        self
    }
}

impl<W> CircuitBreakerConfig<W> {
    /// Successes that close it: all probes, unless fewer were asked for.
    pub const fn half_open_successes(&self) -> u32 {
        self.limits.needed()
    }

    /// How many times as long it rejects at each opening as at the one before: 1 when it does not grow, 100 at most.
    pub const fn recovery_growth(&self) -> f64 {
        self.limits.growth()
    }

    /// For how long it rejects at most, jitter apart.
    pub const fn recovery_timeout_max(&self) -> Duration {
        self.limits.longest()
    }

    /// The share of the open time by which jitter may lengthen it: from 0, without jitter, to 1.
    pub const fn recovery_jitter(&self) -> f64 {
        self.limits.jitter()
    }

    /// The stages in which it recovers, if it does not recover with probes.
    pub const fn ramp(&self) -> Option<Ramp> {
        self.limits.ramp()
    }

    /// How it tries again, in words.
    pub(super) fn tries(&self) -> String {
        let (needed, probes) = (self.half_open_successes(), self.half_open_max_calls());
        match self.ramp() {
            Some(_) => format!("{} stages", Ramp::STAGES),
            None if needed < probes => format!("{needed} of {probes} probes"),
            None => Counted(probes.into(), ["probe", "probes"]).to_string(),
        }
    }

    /// For how long it rejects, in words.
    pub(super) fn rejects_for(&self) -> String {
        let (least, most) = (self.recovery_timeout(), self.recovery_timeout_max());
        if least < most {
            format!("{least:?} to {most:?}")
        } else {
            format!("{least:?}")
        }
    }
}
