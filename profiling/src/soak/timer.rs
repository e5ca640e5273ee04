//! A timer that counts what was armed and what became of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives::{Clock, Tick, Timer};

use super::count::Count;

/// Another timer, with books.
#[derive(Clone, Debug)]
pub struct Audited<T> {
    timer: T,
    waits: Arc<Waits>,
}

/// Waits that were polled, and how they ended: `armed == fired + disarmed` once none is left.
#[derive(Debug, Default)]
pub struct Waits {
    /// Polled and not over at once.
    pub armed: Count,
    /// Over.
    pub fired: Count,
    /// Dropped before.
    pub disarmed: Count,
    /// Over before their time.
    pub early: Count,
}

/// A wait.
#[must_use = "futures do nothing unless polled"]
pub struct Wait<T: Timer> {
    // Boxed, so that the wait needs no pinned projection: a soak may allocate.
    sleep: Pin<Box<T::Sleep>>,
    timer: Audited<T>,
    until: Tick,
    armed: bool,
}

// === impl Audited ===

impl<T> Audited<T> {
    /// Counts the waits on `timer`.
    pub fn new(timer: T, waits: &Arc<Waits>) -> Self {
        let waits = Arc::clone(waits);
        Self { timer, waits }
    }
}

impl<T: Clock> Clock for Audited<T> {
    fn now(&self) -> Tick {
        self.timer.now()
    }
}

impl<T: Timer + Clone> Timer for Audited<T> {
    type Sleep = Wait<T>;

    fn sleep_until(&self, until: Tick) -> Wait<T> {
        Wait {
            sleep: Box::pin(self.timer.sleep_until(until)),
            timer: self.clone(),
            until,
            armed: false,
        }
    }

    fn start(&self, duration: Duration) -> (Tick, Wait<T>) {
        let (since, sleep) = self.timer.start(duration);
        let wait = Wait {
            sleep: Box::pin(sleep),
            timer: self.clone(),
            until: since.after(duration),
            armed: false,
        };
        (since, wait)
    }
}

// === impl Waits ===

impl Waits {
    /// Waits that are neither over nor dropped; while some are, this may be one too many for each thread.
    pub fn left(&self) -> u64 {
        let over = self.fired.get() + self.disarmed.get();
        self.armed.get().saturating_sub(over)
    }
}

// === impl Wait ===

/// What is pinned is in its box.
impl<T: Timer> Unpin for Wait<T> {}

impl<T: Timer> Future for Wait<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = self.sleep.as_mut().poll(cx);
        let waits = Arc::clone(&self.timer.waits);
        match polled {
            Poll::Pending => {
                if !self.armed {
                    self.armed = true;
                    waits.armed.up();
                }
            }
            Poll::Ready(()) => {
                if self.timer.timer.now() < self.until {
                    waits.early.up();
                }
                if self.armed {
                    self.armed = false;
                    waits.fired.up();
                }
            }
        }
        polled
    }
}

impl<T: Timer> Drop for Wait<T> {
    fn drop(&mut self) {
        if self.armed {
            self.timer.waits.disarmed.up();
        }
    }
}
