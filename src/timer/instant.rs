//! Waits that are over at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::time::ManualClock;

use super::Timer;
use crate::clock::{Clock, MonotonicClock, Tick};

/// A timer whose waits are over at once, but for one until [`Tick::NEVER`]. Its clock is the system's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstantSleeper;

/// A timer whose waits are over at once, on a clock of its own that each wait moves forward, and that remembers every wait.
///
/// A wait until [`Tick::NEVER`] is remembered, too, as the time that is left of the clock; it never ends and moves nothing.
///
/// For tests: it takes a lock.
#[derive(Clone, Debug, Default)]
pub struct TrackingSleeper {
    shared: Arc<Tracked>,
}

/// A wait that is over at once, or never.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Slept {
    over: bool,
}

#[allow(clippy::disallowed_types)] // a test's notebook, never on a request path of a program
type Notebook = std::sync::Mutex<Vec<Duration>>;

#[derive(Debug, Default)]
struct Tracked {
    clock: ManualClock,
    asked: Notebook,
}

// === impl InstantSleeper ===

impl Clock for InstantSleeper {
    fn now(&self) -> Tick {
        MonotonicClock.now()
    }
}

impl Timer for InstantSleeper {
    type Sleep = Slept;

    fn sleep_until(&self, deadline: Tick) -> Slept {
        Slept::until(deadline)
    }
}

// === impl TrackingSleeper ===

impl TrackingSleeper {
    /// A timer with an empty notebook, its clock at the origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many waits were asked for.
    pub fn calls(&self) -> usize {
        self.notebook().len()
    }

    /// The wait asked for as number `index`, counted from 0.
    pub fn call_at(&self, index: usize) -> Option<Duration> {
        self.notebook().get(index).copied()
    }

    /// Every wait asked for, in order.
    pub fn all_calls(&self) -> Vec<Duration> {
        self.notebook().clone()
    }

    /// Forgets the waits so far; the clock stays where it is.
    pub fn clear(&self) {
        self.notebook().clear();
    }

    fn notebook(&self) -> impl std::ops::DerefMut<Target = Vec<Duration>> + '_ {
        // A panic of another holder cannot leave half an entry.
        self.shared
            .asked
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for TrackingSleeper {
    fn now(&self) -> Tick {
        self.shared.clock.now()
    }
}

impl Timer for TrackingSleeper {
    type Sleep = Slept;

    fn sleep_until(&self, deadline: Tick) -> Slept {
        let wait = deadline.since(self.now());
        self.notebook().push(wait);
        let slept = Slept::until(deadline);
        if slept.over {
            self.shared.clock.advance(wait);
        }
        slept
    }
}

// === impl Slept ===

impl Slept {
    fn until(deadline: Tick) -> Self {
        Self {
            over: deadline != Tick::NEVER,
        }
    }
}

impl Future for Slept {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        if self.over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
