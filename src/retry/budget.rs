//! The allowance that keeps retries from becoming a storm.

use std::sync::Arc;

use ninelives_core::budget::{Budget, Limits, Withdrawal};

use crate::clock::Tick;
use crate::error::ConfigError;

/// A shared allowance for retries: every request pays a share of a token in, every retry takes a whole one out.
///
/// Clones share it; give one to every retry that protects the same dependency. When it is empty, a retry returns the last error
/// at once, without a wait.
///
/// # Progress
/// Lock-free, and of constant cost after any idle time.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    shared: Arc<(Budget, Limits)>,
}

/// A token that was taken for an attempt; it goes back unless the attempt is made.
#[derive(Debug)]
pub(super) struct Token {
    budget: RetryBudget,
    spent: bool,
}

// === impl RetryBudget ===

impl RetryBudget {
    /// Each request adds `ratio` tokens; `min_per_second` tokens come with time, so that a quiet client can retry too; at most
    /// `cap` tokens are kept. It starts full.
    ///
    /// # Errors
    /// `ratio`, `min_per_second` or `cap` outside its range: see [`ninelives_core::budget::Limits::new`].
    pub fn new(ratio: f64, min_per_second: f64, cap: u32) -> Result<Self, ConfigError> {
        let limits = Limits::new(ratio, min_per_second, cap)?;
        Ok(Self {
            shared: Arc::new((Budget::new(&limits), limits)),
        })
    }

    /// Tokens at `now`, a reading of the clock that the retries use. Changes nothing.
    pub fn balance(&self, now: Tick) -> f64 {
        let (budget, limits) = &*self.shared;
        budget.balance(limits, now)
    }

    #[inline]
    pub(super) fn deposit(&self) {
        let (budget, limits) = &*self.shared;
        budget.deposit(limits);
    }

    pub(super) fn withdraw(&self, now: Tick) -> Option<Token> {
        let (budget, limits) = &*self.shared;
        match budget.withdraw(limits, now) {
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
    pub(super) fn spend(mut self) {
        self.spent = true;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if !self.spent {
            let (budget, limits) = &*self.budget.shared;
            budget.refund(limits);
        }
    }
}
