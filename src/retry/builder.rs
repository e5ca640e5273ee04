//! The settings of a retry.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use ninelives_core::backoff::Backoff;
use ninelives_core::jitter::Jitter;
use ninelives_core::rng::SharedRng;

use super::classify::{OnError, OnFlatError};
use super::plan::{Common, Plan};
use super::{Hinted, RetryBudget, RetryConfig, RetryPolicy, Transient};
use crate::error::{ConfigError, ResilienceError};
use crate::timer::TokioTimer;

/// Collects the settings of a [`RetryPolicy`]; [`build`](Self::build) checks them.
#[derive(Clone, Debug)]
pub struct RetryPolicyBuilder<P = Transient, T = TokioTimer> {
    max_attempts: usize,
    backoff: Backoff,
    jitter: Jitter,
    retry_if: P,
    max_duration: Option<Duration>,
    budget: Option<RetryBudget>,
    seed: Option<u64>,
    timer: T,
}

// === impl RetryPolicyBuilder ===

impl RetryPolicyBuilder {
    /// The defaults: see [`RetryPolicy::builder`].
    pub fn new() -> Self {
        let config = RetryConfig::new();
        Self {
            max_attempts: config.max_attempts() as usize,
            backoff: config.backoff(),
            jitter: config.jitter(),
            retry_if: Transient,
            max_duration: config.max_duration(),
            budget: None,
            seed: None,
            timer: TokioTimer,
        }
    }
}

impl Default for RetryPolicyBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> RetryPolicyBuilder<Transient, T> {
    /// Tries again only after errors of the service for which `predicate` is true; timeouts of an attempt are tried again too.
    pub fn should_retry<E, F>(self, predicate: F) -> RetryPolicyBuilder<OnError<F>, T>
    where
        F: Fn(&E) -> bool,
    {
        self.deciding(|_| OnError(predicate))
    }

    /// Tries again after any error for which `predicate` is true, whatever policy inside it came from: rejections are then
    /// tried again if it says so.
    pub fn should_retry_flat<E, F>(self, predicate: F) -> RetryPolicyBuilder<OnFlatError<F>, T>
    where
        F: Fn(&ResilienceError<E>) -> bool,
    {
        self.deciding(|_| OnFlatError(predicate))
    }
}

impl<P, T> RetryPolicyBuilder<P, T> {
    /// Attempts, waits and total time, all at once.
    #[must_use]
    pub fn with_config(mut self, config: RetryConfig) -> Self {
        self.max_attempts = config.max_attempts() as usize;
        self.backoff = config.backoff();
        self.jitter = config.jitter();
        self.max_duration = config.max_duration();
        self
    }

    /// Attempts in all, the first one included: 1 to 2^32 - 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: usize) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// How long to wait before each further attempt.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How to spread the waits. The backoff's cap comes first, so capped waits stay spread.
    #[must_use]
    pub fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Waits no shorter than `hint` asks of an error of the service, and no longer for that than `at_most`: see
    /// [the page](super#what-the-service-asks). Name the predicate first.
    pub fn with_delay_hint<E, F>(
        self,
        at_most: Duration,
        hint: F,
    ) -> RetryPolicyBuilder<Hinted<P, F>, T>
    where
        F: Fn(&E) -> Option<Duration>,
    {
        self.deciding(|retry_if| Hinted {
            retry_if,
            hint,
            at_most,
        })
    }

    /// Ends when an attempt and the wait before it would begin later than this after the call: 1 ns and up. An attempt that
    /// has begun is not cut: that is a timeout's business.
    #[must_use]
    pub fn max_duration(mut self, total: Duration) -> Self {
        self.max_duration = Some(total);
        self
    }

    /// Takes every further attempt from `budget`.
    #[must_use]
    pub fn with_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Makes the jitter repeat: the same seed and the same order of calls give the same waits.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Waits on another timer; its clock measures [`max_duration`](Self::max_duration) and the budget.
    pub fn with_timer<U>(self, timer: U) -> RetryPolicyBuilder<P, U> {
        RetryPolicyBuilder {
            max_attempts: self.max_attempts,
            backoff: self.backoff,
            jitter: self.jitter,
            retry_if: self.retry_if,
            max_duration: self.max_duration,
            budget: self.budget,
            seed: self.seed,
            timer,
        }
    }

    /// Another name of [`with_timer`](Self::with_timer).
    pub fn with_sleeper<U>(self, sleeper: U) -> RetryPolicyBuilder<P, U> {
        self.with_timer(sleeper)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// `max_attempts` or `max_duration` outside its range.
    pub fn build(self) -> Result<RetryPolicy<P, T>, ConfigError> {
        let settings = RetryConfig::new()
            .with_max_attempts(self.max_attempts)?
            .with_backoff(self.backoff)
            .with_jitter(self.jitter)
            .with_max_duration(self.max_duration)?;
        // The standard library seeds its hashers from the system's randomness.
        let seed = self
            .seed
            .unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Ok(RetryPolicy::new(Plan {
            settings,
            budget: self.budget,
            common: Arc::new(Common {
                retry_if: self.retry_if,
                timer: self.timer,
                random: SharedRng::from_seed(seed),
            }),
        }))
    }

    fn deciding<Q>(self, decide: impl FnOnce(P) -> Q) -> RetryPolicyBuilder<Q, T> {
        RetryPolicyBuilder {
            max_attempts: self.max_attempts,
            backoff: self.backoff,
            jitter: self.jitter,
            retry_if: decide(self.retry_if),
            max_duration: self.max_duration,
            budget: self.budget,
            seed: self.seed,
            timer: self.timer,
        }
    }
}
