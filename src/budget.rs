//! Keeps retries from becoming a storm: an allowance of tokens that requests pay into and further attempts take from.
//!
//! # Who pays
//! Each request deposits once at each policy that has the budget; each retry and each second arm of a fork-join withdraws a whole token. Where
//! two policies of one stack share a budget, let only one deposit: a fork-join made with `drawing_from` withdraws only, and a retry that
//! sees the mark of another one does neither.
//!
//! # Live
//! The [`settings`](RetryBudget::settings) of a budget may change while it is in use, all three in one step. Each deposit, withdrawal and
//! refund uses the settings current at that moment.
//! | change | does |
//! |---|---|
//! | `ratio` | applies to the requests that come from then on |
//! | `min_per_second` | applies to the time since the last token was taken, up to the cap |
//! | `cap` lowered | removes at once what is above it |
//! | `cap` raised | adds nothing: the room is filled by requests and time |
//!
//! [`named`](RetryBudget::named) lets a [`Registry`](crate::Registry) hold it. Withdrawn tokens are not touched by a change. An override that
//! has lapsed ends with the next withdrawal, or when anybody reads the settings.
//!
//! # Progress
//! Lock-free, and of constant cost after any idle time.
//!
//! # Cost
//! A deposit reads two words, and swaps one while the budget is not full. It reads no clock.
//!
//! # Examples
//! ```
//! use ninelives::{RetryBudget, Tick};
//!
//! let budget = RetryBudget::new(0.2, 10.0, 100)?;
//! budget.settings().set(budget.config().with_cap(20)?)?;
//! assert_eq!(budget.balance(Tick::ZERO), 20.0);
//! # Ok::<(), ninelives::ConfigError>(())
//! ```

use std::sync::Arc;

use ninelives_core::budget::{Budget, LimitsCell, Withdrawal};

use crate::adaptive::Adaptive;
use crate::clock::Tick;
use crate::error::ConfigError;

mod config;
mod fare;
mod managed;

pub use config::RetryBudgetConfig;
pub use fare::{Allowance, Drawn, Fare, Ride};
pub use managed::NamedBudget;

/// A shared allowance for retries: every request pays a share of a token in, every retry takes a whole one out.
///
/// Clones share it; give one to every retry that protects the same dependency. When it is empty, a retry returns the last error
/// at once, without a wait. See the [page](self).
#[derive(Clone, Debug)]
pub struct RetryBudget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    budget: Budget,
    // What `settings` says, where a request finds it with one load.
    limits: LimitsCell,
    settings: Adaptive<RetryBudgetConfig>,
}

/// A token that was taken for an attempt; it goes back unless the attempt is made.
#[derive(Debug)]
pub(crate) struct Token {
    budget: RetryBudget,
    spent: bool,
}

// === impl RetryBudget ===

impl RetryBudget {
    /// Each request adds `ratio` tokens; `min_per_second` tokens come with time, so that a quiet client can retry too; at most
    /// `cap` tokens are kept. It starts full.
    ///
    /// # Errors
    /// As [`RetryBudgetConfig::new`].
    pub fn new(ratio: f64, min_per_second: f64, cap: u32) -> Result<Self, ConfigError> {
        RetryBudgetConfig::new(ratio, min_per_second, cap).map(Self::from_config)
    }

    /// A full budget with these settings.
    pub fn from_config(config: RetryBudgetConfig) -> Self {
        Self::tuned_by(&Adaptive::new(config))
    }

    /// A full budget with the settings that `adaptive` has, now and later.
    pub fn tuned_by(adaptive: &Adaptive<RetryBudgetConfig>) -> Self {
        let limits = adaptive.get().limits;
        let shared = Arc::new(Shared {
            budget: Budget::new(&limits),
            limits: LimitsCell::new(&limits),
            settings: adaptive.clone(),
        });
        let weak = Arc::downgrade(&shared);
        adaptive.follow(move |config| match weak.upgrade() {
            Some(shared) => {
                shared.limits.set(&config.limits);
                shared.budget.clip(&config.limits);
                true
            }
            None => false,
        });
        Self { shared }
    }

    /// The live settings. See the [page](self#live) for what a change does.
    pub fn settings(&self) -> &Adaptive<RetryBudgetConfig> {
        &self.shared.settings
    }

    /// The settings now.
    pub fn config(&self) -> RetryBudgetConfig {
        *self.shared.settings.get()
    }

    /// Tokens at `now`, a reading of the clock that the retries use. Changes nothing.
    pub fn balance(&self, now: Tick) -> f64 {
        self.shared.budget.balance(&self.config().limits, now)
    }

    #[inline]
    pub(crate) fn deposit(&self) {
        let Shared { budget, limits, .. } = &*self.shared;
        budget.deposit(&limits.get());
    }

    pub(crate) fn withdraw(&self, now: Tick) -> Option<Token> {
        // A look: an override that has lapsed ends here.
        let limits = self.config().limits;
        match self.shared.budget.withdraw(&limits, now) {
            Withdrawal::Granted => Some(Token {
                budget: self.clone(),
                spent: false,
            }),
            Withdrawal::Empty => None,
        }
    }
}

// === impl Token ===

impl Token {
    /// The attempt is being made.
    pub(crate) fn spend(mut self) {
        self.spent = true;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if !self.spent {
            let Shared { budget, limits, .. } = &*self.budget.shared;
            budget.refund(&limits.get());
        }
    }
}
