//! The settings of a timeout.

use std::time::Duration;

use crate::error::ConfigError;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};

/// How long, and what is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeoutConfig {
    limit: Duration,
    covers_readiness: bool,
}

const TIMEOUT: &str = "timeout";
const COVERS_READINESS: &str = "covers_readiness";
const SHORTEST: Duration = Duration::from_nanos(1);

// === impl TimeoutConfig ===

impl TimeoutConfig {
    /// Calls may take `limit`: 1 ns and up. From 584 years on (`Duration::MAX` too) it never passes.
    ///
    /// # Errors
    /// A limit of zero: no call could ever be answered by anything that waits.
    pub const fn new(limit: Duration) -> Result<Self, ConfigError> {
        if limit.is_zero() {
            return Err(ConfigError::duration(
                TIMEOUT,
                limit,
                SHORTEST..=Duration::MAX,
            ));
        }
        Ok(Self {
            limit,
            covers_readiness: false,
        })
    }

    /// Whether the wait for the inner service's readiness counts towards the limit. Off by default.
    #[must_use]
    pub const fn with_readiness(mut self, covered: bool) -> Self {
        self.covers_readiness = covered;
        self
    }

    /// How long a call may take.
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// Whether the wait for readiness counts.
    pub const fn covers_readiness(&self) -> bool {
        self.covers_readiness
    }
}

impl Parameters for TimeoutConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::duration(
                TIMEOUT,
                SHORTEST..=Duration::MAX,
                "how long a call may take",
            ),
            Parameter::flag(
                COVERS_READINESS,
                "whether the wait for the inner service's readiness counts",
            )
            .with_default(Value::Flag(false)),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        match name {
            TIMEOUT => Some(self.limit.into()),
            COVERS_READINESS => Some(self.covers_readiness.into()),
            _ => None,
        }
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let config = Self::new(draft.duration(TIMEOUT))?;
        Ok(config.with_readiness(draft.flag(COVERS_READINESS)))
    }
}
