//! The settings of a retry.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use ninelives_core::backoff::Backoff;
use ninelives_core::jitter::Jitter;
use ninelives_core::rng::SharedRng;

use super::classify::{OnError, OnFlatError, OnResult};
use super::plan::{Common, Plan};
use super::{Clipped, Hinted, HintedByResult, RetryBudget, RetryConfig, RetryPolicy, Transient};
use crate::deadline::{Heeding, Unheeding};
use crate::error::{ConfigError, ResilienceError};
use crate::timer::WheelTimer;

/// Collects the settings of a [`RetryPolicy`]; [`build`](Self::build) checks them.
#[derive(Clone, Debug)]
pub struct RetryPolicyBuilder<P = Transient, T = WheelTimer, D = Unheeding> {
    settings: Draft,
    retry_if: P,
    timer: T,
    bound: PhantomData<D>,
}

/// What has no type of its own, unchecked.
#[derive(Clone, Debug)]
struct Draft {
    max_attempts: usize,
    max_duration: Option<Duration>,
    // The rest of the settings, which are good as they are.
    config: RetryConfig,
    budget: Option<RetryBudget>,
    seed: Option<u64>,
}

// === impl RetryPolicyBuilder ===

impl RetryPolicyBuilder {
    /// The defaults: see [`RetryPolicy::builder`].
    pub fn new() -> Self {
        let config = RetryConfig::new();
        Self {
            settings: Draft {
                max_attempts: config.max_attempts() as usize,
                max_duration: config.max_duration(),
                config,
                budget: None,
                seed: None,
            },
            retry_if: Transient,
            timer: WheelTimer,
            bound: PhantomData,
        }
    }
}

impl Default for RetryPolicyBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, D> RetryPolicyBuilder<Transient, T, D> {
    /// Retries only errors of the service for which `predicate` is true; timeouts of an attempt are retried too.
    pub fn should_retry<E, F>(self, predicate: F) -> RetryPolicyBuilder<OnError<F>, T, D>
    where
        F: Fn(&E) -> bool,
    {
        self.deciding(|_| OnError(predicate))
    }

    /// Retries any error for which `predicate` is true, whatever policy inside it came from: rejections too, then.
    pub fn should_retry_flat<E, F>(self, predicate: F) -> RetryPolicyBuilder<OnFlatError<F>, T, D>
    where
        F: Fn(&ResilienceError<E>) -> bool,
    {
        self.deciding(|_| OnFlatError(predicate))
    }

    /// Retries responses and errors of the service for which `predicate` is true, and timeouts of an attempt. When
    /// no attempt is left, or no time or no token for one, the last result is returned: a response unchanged.
    pub fn retry_if<R, E, F>(self, predicate: F) -> RetryPolicyBuilder<OnResult<F>, T, D>
    where
        F: Fn(Result<&R, &E>) -> bool,
    {
        self.deciding(|_| OnResult(predicate))
    }
}

impl<P, T> RetryPolicyBuilder<P, T> {
    /// Ends all attempts and waits at this time after the call, 1 ns and up: no attempt begins then or later, nor a wait that would reach
    /// it, and a running attempt is dropped. The result is that of the last attempt that had one; a timeout if none had.
    #[must_use]
    pub fn with_total_timeout(self, total: Duration) -> RetryPolicyBuilder<P, T, Clipped> {
        self.bounded(Some(total))
    }

    /// Heeds what requests carry: their deadline as a total timeout, and the mark of a retry outside. Requests must be
    /// [`Carries`](crate::deadline::Carries). See [the page](super#layers-of-retries).
    pub fn heeding_requests(self) -> RetryPolicyBuilder<P, T, Heeding> {
        self.bounded(None)
    }
}

impl<P, T> RetryPolicyBuilder<P, T, Clipped> {
    /// Heeds what requests carry, too: the earlier end counts.
    pub fn heeding_requests(self) -> RetryPolicyBuilder<P, T, Heeding> {
        self.bounded(None)
    }
}

impl<P, T> RetryPolicyBuilder<P, T, Heeding> {
    /// Ends all attempts and waits at this time after the call, or at the request's deadline if that is earlier.
    #[must_use]
    pub fn with_total_timeout(self, total: Duration) -> Self {
        self.bounded(Some(total))
    }

    /// Retries also inside a retry that does: the attempts of both multiply. Off by default.
    #[must_use]
    pub fn even_if_nested(mut self) -> Self {
        self.settings.config = self.settings.config.with_nested(true);
        self
    }
}

impl<P, T, D> RetryPolicyBuilder<P, T, D> {
    /// Attempts, waits and total time, all at once.
    #[must_use]
    pub fn with_config(mut self, config: RetryConfig) -> Self {
        self.settings.max_attempts = config.max_attempts() as usize;
        self.settings.max_duration = config.max_duration();
        self.settings.config = config;
        self
    }

    /// Attempts in all, the first one included: 1 to 2^32 - 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: usize) -> Self {
        self.settings.max_attempts = attempts;
        self
    }

    /// How long to wait before each further attempt.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.settings.config = self.settings.config.with_backoff(backoff);
        self
    }

    /// How to randomize the waits. Jitter is applied after the backoff's cap, so capped waits are spread too.
    #[must_use]
    pub fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.settings.config = self.settings.config.with_jitter(jitter);
        self
    }

    /// Waits at least as long as `hint` returns for an error of the service, of which `at_most` at most counts: see
    /// [the page](super#what-the-service-asks). Set the predicate first. Of several hints the longest wait counts.
    pub fn with_delay_hint<E, F>(
        self,
        at_most: Duration,
        hint: F,
    ) -> RetryPolicyBuilder<Hinted<P, F>, T, D>
    where
        F: Fn(&E) -> Option<Duration>,
    {
        self.deciding(|retry_if| Hinted {
            retry_if,
            hint,
            at_most,
        })
    }

    /// As [`with_delay_hint`](Self::with_delay_hint), for responses too, such as a 503 with `Retry-After`.
    pub fn with_result_delay_hint<R, E, F>(
        self,
        at_most: Duration,
        hint: F,
    ) -> RetryPolicyBuilder<HintedByResult<P, F>, T, D>
    where
        F: Fn(Result<&R, &E>) -> Option<Duration>,
    {
        self.deciding(|retry_if| {
            HintedByResult(Hinted {
                retry_if,
                hint,
                at_most,
            })
        })
    }

    /// Begins no wait that would end later than this after the call, and gives up instead: 1 ns and up. A running attempt is not
    /// ended; [`with_total_timeout`](RetryPolicyBuilder::with_total_timeout) does that.
    #[must_use]
    pub fn max_duration(mut self, total: Duration) -> Self {
        self.settings.max_duration = Some(total);
        self
    }

    /// Takes every further attempt from `budget`.
    #[must_use]
    pub fn with_budget(mut self, budget: RetryBudget) -> Self {
        self.settings.budget = Some(budget);
        self
    }

    /// Makes the jitter repeatable: the same seed and the same order of calls give the same waits.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Waits on another timer; its clock measures [`max_duration`](Self::max_duration) and the budget.
    pub fn with_timer<U>(self, timer: U) -> RetryPolicyBuilder<P, U, D> {
        RetryPolicyBuilder {
            settings: self.settings,
            retry_if: self.retry_if,
            timer,
            bound: PhantomData,
        }
    }

    /// Another name of [`with_timer`](Self::with_timer).
    pub fn with_sleeper<U>(self, sleeper: U) -> RetryPolicyBuilder<P, U, D> {
        self.with_timer(sleeper)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// `max_attempts` or `max_duration`, which is the total timeout too, outside its range.
    pub fn build(self) -> Result<RetryPolicy<P, T, D>, ConfigError> {
        let Draft {
            max_attempts,
            max_duration,
            config,
            budget,
            seed,
        } = self.settings;
        let settings = config
            .with_max_attempts(max_attempts)?
            .with_max_duration(max_duration)?;
        // The standard library seeds its hashers from the system's randomness.
        let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Ok(RetryPolicy::new(Plan {
            settings,
            budget,
            common: Arc::new(Common {
                retry_if: self.retry_if,
                timer: self.timer,
                random: SharedRng::from_seed(seed),
            }),
        }))
    }

    fn deciding<Q>(self, decide: impl FnOnce(P) -> Q) -> RetryPolicyBuilder<Q, T, D> {
        RetryPolicyBuilder {
            settings: self.settings,
            retry_if: decide(self.retry_if),
            timer: self.timer,
            bound: PhantomData,
        }
    }

    /// Bounded in another way, and by this total time if there is one.
    fn bounded<U>(mut self, total: Option<Duration>) -> RetryPolicyBuilder<P, T, U> {
        self.settings.max_duration = total.or(self.settings.max_duration);
        RetryPolicyBuilder {
            settings: self.settings,
            retry_if: self.retry_if,
            timer: self.timer,
            bound: PhantomData,
        }
    }
}
