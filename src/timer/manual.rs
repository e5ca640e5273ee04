//! A timer that a test moves by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives_core::sequence::Sequence;
use ninelives_core::time::ManualClock;

use super::Timer;
use crate::clock::{Clock, Tick};
use crate::turn;

/// A timer that stands still until [`advance`](Self::advance): waits end in the order of their deadlines, ties in the order
/// in which they were first polled.
///
/// For tests: it takes a lock.
///
/// ```
/// use ninelives::{ManualTimer, Timer};
/// use std::{future::Future, pin::pin, task::{Context, Waker}, time::Duration};
/// let timer = ManualTimer::new();
/// let mut sleep = pin!(timer.sleep(Duration::from_secs(1)));
/// let mut cx = Context::from_waker(Waker::noop());
/// assert!(sleep.as_mut().poll(&mut cx).is_pending());
/// timer.advance(Duration::from_secs(1));
/// assert!(sleep.as_mut().poll(&mut cx).is_ready());
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualTimer {
    shared: Arc<Shared>,
}

/// A wait of [`ManualTimer`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ManualSleep {
    timer: ManualTimer,
    deadline: Tick,
    place: Option<u64>,
}

#[allow(clippy::disallowed_types)] // a test's waiting room, never on a request path of a program
type Room = std::sync::Mutex<Vec<Waiting>>;

#[derive(Debug, Default)]
struct Shared {
    clock: ManualClock,
    places: Sequence,
    waiting: Room,
}

#[derive(Debug)]
struct Waiting {
    deadline: Tick,
    place: u64,
    waker: Waker,
}

// === impl ManualTimer ===

impl ManualTimer {
    /// A timer at its origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the time forward and wakes each wait that is due, earliest first.
    ///
    /// # Panics
    /// When a waker does: after all the others were woken.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
        self.wake_due();
    }

    /// Puts the time at `tick`, back in time too.
    ///
    /// # Panics
    /// As [`advance`](Self::advance).
    pub fn set(&self, tick: Tick) {
        self.shared.clock.set(tick);
        self.wake_due();
    }

    /// How many waits are armed: polled, not over and not dropped.
    pub fn armed(&self) -> usize {
        self.room().len()
    }

    fn wake_due(&self) {
        let now = self.now();
        let mut due: Vec<Waiting>;
        {
            let mut room = self.room();
            let (over, rest) = room.drain(..).partition(|wait| wait.deadline <= now);
            due = over;
            *room = rest;
        }
        due.sort_by_key(|wait| (wait.deadline, wait.place));
        // No lock is held here: a waker may arm or drop other waits.
        turn::each(due, |wait| wait.waker.wake());
    }

    /// Takes a wait out. Its waker may own other waits of this timer, so it is dropped by the caller, who holds no lock.
    fn leave(&self, place: u64) -> Option<Waiting> {
        let mut room = self.room();
        let index = room.iter().position(|wait| wait.place == place)?;
        Some(room.swap_remove(index))
    }

    fn room(&self) -> impl std::ops::DerefMut<Target = Vec<Waiting>> + '_ {
        self.shared
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualTimer {
    fn now(&self) -> Tick {
        self.shared.clock.now()
    }
}

impl Timer for ManualTimer {
    type Sleep = ManualSleep;

    fn sleep_until(&self, deadline: Tick) -> ManualSleep {
        ManualSleep {
            timer: self.clone(),
            deadline,
            place: None,
        }
    }
}

// === impl ManualSleep ===

impl ManualSleep {
    fn is_due(&self) -> bool {
        self.deadline != Tick::NEVER && self.timer.now() >= self.deadline
    }
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_due() {
            return Poll::Ready(());
        }
        let place = match self.place {
            Some(place) => place,
            None => self.timer.shared.places.next(),
        };
        self.place = Some(place);
        let waiting = Waiting {
            deadline: self.deadline,
            place,
            waker: cx.waker().clone(),
        };
        let replaced = self.timer.leave(place);
        self.timer.room().push(waiting);
        drop(replaced); // with no lock held: see `leave`
        // Whoever moved the time since the first look may have found nobody to wake.
        if self.is_due() {
            drop(self.timer.leave(place));
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            drop(self.timer.leave(place));
        }
    }
}
