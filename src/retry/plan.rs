//! What all calls of one retry policy have in common, and the decision about the next attempt.

use std::time::Duration;

use ninelives_core::backoff::Backoff;
use ninelives_core::jitter::Jitter;
use ninelives_core::rng::SharedRng;

use super::budget::{RetryBudget, Token};
use crate::clock::Tick;
use crate::timer::Timer;

/// The settings, shared by every service of a policy.
#[derive(Debug)]
pub(super) struct Plan<P, T> {
    pub(super) max_attempts: u32,
    pub(super) backoff: Backoff,
    pub(super) jitter: Jitter,
    pub(super) retry_if: P,
    pub(super) max_duration: Option<Duration>,
    pub(super) budget: Option<RetryBudget>,
    pub(super) timer: T,
    pub(super) random: SharedRng,
}

/// One request's way through its attempts.
#[derive(Debug)]
pub(super) struct Progress {
    /// Attempts started.
    pub(super) attempts: u32,
    /// When the whole must be over.
    deadline: Tick,
    /// The delay before this one; decorrelated jitter builds on it.
    previous: Option<Duration>,
}

/// The next attempt is worth making.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) delay: Duration,
    pub(super) token: Option<Token>,
}

/// Why no further attempt is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The total time does not allow it.
    Time,
    /// The budget is empty.
    Budget,
}

// === impl Plan ===

impl<P, T: Timer> Plan<P, T> {
    /// A request comes in.
    #[inline]
    pub(super) fn start(&self) -> Progress {
        let deadline = if self.budget.is_some() || self.max_duration.is_some() {
            self.account()
        } else {
            Tick::NEVER
        };
        Progress {
            attempts: 1,
            deadline,
            previous: None,
        }
    }

    /// Pays into the budget, and tells when the whole must be over.
    #[inline(never)]
    fn account(&self) -> Tick {
        if let Some(budget) = &self.budget {
            budget.deposit();
        }
        match self.max_duration {
            Some(total) => self.timer.now().after(total),
            None => Tick::NEVER,
        }
    }

    /// Whether the attempts are not used up yet.
    #[inline]
    pub(super) const fn may_repeat(&self, progress: &Progress) -> bool {
        progress.attempts < self.max_attempts
    }

    /// The wait before another attempt, unless the total time or the budget forbids it.
    pub(super) fn again(&self, progress: &mut Progress) -> Result<Again, Stop> {
        let bare = self.backoff.delay(progress.attempts);
        let delay = match self.jitter {
            Jitter::None => bare,
            _ => self
                .jitter
                .next(bare, progress.previous, self.random.next()),
        };
        let clock_matters = progress.deadline != Tick::NEVER || self.budget.is_some();
        let now = if clock_matters {
            self.timer.now()
        } else {
            Tick::ZERO
        };
        if now.after(delay) > progress.deadline
            || (progress.deadline != Tick::NEVER && now.after(delay) == Tick::NEVER)
        {
            return Err(Stop::Time);
        }
        let token = match &self.budget {
            Some(budget) => Some(budget.withdraw(now).ok_or(Stop::Budget)?),
            None => None,
        };
        progress.previous = Some(delay);
        Ok(Again { delay, token })
    }
}
