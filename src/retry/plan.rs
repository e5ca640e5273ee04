//! What all calls of one retry policy have in common, and the decision about the next attempt.

use std::sync::Arc;
use std::time::Duration;

use ninelives_core::jitter::Jitter;
use ninelives_core::rng::SharedRng;

use super::RetryConfig;
use crate::budget::{RetryBudget, Token};
use crate::clock::Tick;
use crate::deadline::Carried;
use crate::timer::Timer;

/// What every service of a policy shares.
#[derive(Debug)]
pub(super) struct Plan<P, T, C> {
    pub(super) settings: C,
    pub(super) budget: Option<RetryBudget>,
    pub(super) common: Arc<Common<P, T>>,
}

/// What stays as it is when the settings become live.
#[derive(Debug)]
pub(super) struct Common<P, T> {
    pub(super) retry_if: P,
    pub(super) timer: T,
    pub(super) random: SharedRng,
}

/// One request's way through its attempts.
#[derive(Debug)]
pub(super) struct Progress {
    /// Attempts started.
    pub(super) attempts: u32,
    /// When the whole must be over.
    pub(super) deadline: Tick,
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

impl<P, T: Timer, C> Plan<P, T, C> {
    /// A request comes in.
    #[inline]
    pub(super) fn start(&self, config: &RetryConfig) -> Progress {
        let deadline = if self.budget.is_some() || config.max_duration().is_some() {
            self.account(config)
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
    fn account(&self, config: &RetryConfig) -> Tick {
        self.deposit();
        match config.max_duration() {
            Some(total) => self.common.timer.now().after(total),
            None => Tick::NEVER,
        }
    }

    /// A request comes in, carrying this, and is held to its time: its way, and when it came; `NEVER` if that matters to nobody. One
    /// that an outer retry tries, or that comes too late, pays nothing.
    pub(super) fn start_held(
        &self,
        config: &RetryConfig,
        carried: &Carried,
        shadowed: bool,
    ) -> (Progress, Tick) {
        let (total, due) = (config.max_duration(), carried.tick());
        let (now, came) = if total.is_some() || due != Tick::NEVER || shadowed {
            let now = self.common.timer.now();
            (now, now)
        } else {
            (Tick::ZERO, Tick::NEVER)
        };
        if now < due && !is_alone(config, carried) {
            self.deposit();
        }
        let own = total.map_or(Tick::NEVER, |total| now.after(total));
        let progress = Progress {
            attempts: 1,
            deadline: own.min(due),
            previous: None,
        };
        (progress, came)
    }

    fn deposit(&self) {
        if let Some(budget) = &self.budget {
            budget.deposit();
        }
    }

    /// The wait before another attempt, no shorter than `hint`, unless the total time or the budget forbids it. Where attempts are
    /// `clipped`, one that would begin with the end of the time is not worth it.
    pub(super) fn again(
        &self,
        config: &RetryConfig,
        progress: &mut Progress,
        hint: Option<Duration>,
        clipped: bool,
    ) -> Result<Again, Stop> {
        let Common { timer, random, .. } = &*self.common;
        let bare = config.backoff().delay(progress.attempts);
        let own = match config.jitter() {
            Jitter::None => bare,
            jitter => jitter.next(bare, progress.previous, random.next()),
        };
        let delay = own.max(hint.unwrap_or_default());
        let clock_matters = progress.deadline != Tick::NEVER || self.budget.is_some();
        let now = if clock_matters {
            timer.now()
        } else {
            Tick::ZERO
        };
        let begins = now.after(delay);
        if begins > progress.deadline
            || (progress.deadline != Tick::NEVER && begins == Tick::NEVER)
            || (clipped && begins == progress.deadline && begins != Tick::NEVER)
        {
            return Err(Stop::Time);
        }
        let token = match &self.budget {
            Some(budget) => Some(budget.withdraw(now).ok_or(Stop::Budget)?),
            None => None,
        };
        progress.previous = Some(own);
        Ok(Again { delay, token })
    }
}

/// Whether an outer retry tries the request already, and this one leaves it to that.
#[inline]
pub(super) const fn is_alone(config: &RetryConfig, carried: &Carried) -> bool {
    carried.attempt() > 0 && !config.nested()
}

// === impl Progress ===

impl Progress {
    /// Whether the attempts are not used up yet.
    #[inline]
    pub(super) const fn may_repeat(&self, config: &RetryConfig) -> bool {
        self.attempts < config.max_attempts()
    }
}
