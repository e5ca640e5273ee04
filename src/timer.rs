//! How a policy waits: timers, and the ones that tests use instead.
//!
//! A [`Timer`] is a [`Clock`] that can also wake a task, so a deadline and the reading it was made from belong together.
//!
//! | timer | waits | for |
//! |---|---|---|
//! | [`WheelTimer`], the default | on a timer wheel of its runtime, in ticks of a millisecond, paused time included | production: most waits are cancelled soon |
//! | [`TokioTimer`] (also [`TokioSleeper`]) | on tokio's timer, paused time included | runtimes that must have no task of ours, tokio before 1.49 |
//! | [`ManualTimer`] | until a test moves it | tests without a runtime |
//! | [`InstantSleeper`] | not at all, or for ever | tests that only count attempts |
//! | [`TrackingSleeper`] | not at all, or for ever, and records the delays asked for | tests of delays |
//!
//! Only this module knows tokio.

mod instant;
mod manual;
mod tokio_timer;
mod wheel;

use std::future::Future;
use std::time::Duration;

pub use instant::{InstantSleeper, Slept, TrackingSleeper};
pub use manual::{ManualSleep, ManualTimer};
pub use tokio_timer::TokioTimer;
pub use tokio_timer::TokioTimer as TokioSleeper;
pub use wheel::{WheelSleep, WheelTimer};

use crate::clock::{Clock, Tick};

/// A clock that can wake a task at a tick.
///
/// Implementations are cheap to clone, and clones are the same timer.
pub trait Timer: Clock {
    /// The wait. Dropping it forgets the wait.
    type Sleep: Future<Output = ()>;

    /// Completes at `deadline` or later, never earlier. [`Tick::NEVER`] never completes.
    ///
    /// Nothing needs to be armed before the first poll.
    fn sleep_until(&self, deadline: Tick) -> Self::Sleep;

    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until(self.now().after(duration))
    }

    /// A wait of `duration` for who polls it at once, and when it began: the tick may lie a little before, never after.
    ///
    /// A timer may count from the first poll, and need not read its clock for that.
    #[inline]
    fn start(&self, duration: Duration) -> (Tick, Self::Sleep) {
        let now = self.now();
        (now, self.sleep_until(now.after(duration)))
    }
}

impl<T: Timer> Timer for std::sync::Arc<T> {
    type Sleep = T::Sleep;

    fn sleep_until(&self, deadline: Tick) -> Self::Sleep {
        (**self).sleep_until(deadline)
    }

    fn sleep(&self, duration: Duration) -> T::Sleep {
        (**self).sleep(duration)
    }

    #[inline]
    fn start(&self, duration: Duration) -> (Tick, T::Sleep) {
        (**self).start(duration)
    }
}
