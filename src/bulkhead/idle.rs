//! Waiting until no call is in flight.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::{MAX_PERMITS, Semaphore};

use crate::adaptive::{Adaptive, Changes};
use crate::stripe::stripes;

/// The permits of a bulkhead, and who waits until none is out.
#[derive(Clone, Debug)]
pub(super) struct Permits {
    pub(super) semaphore: Arc<Semaphore>,
    // Changes when the last permit comes back while somebody waits for that.
    idle: Adaptive<()>,
    // Live settings can have a shadow, and this is its door.
    pub(super) shadow: Option<Arc<Semaphore>>,
}

/// The future of [`BulkheadLayer::until_idle`](super::BulkheadLayer::until_idle) and of [`drain`](super::BulkheadLayer::drain).
///
/// # Cancel safety
/// Nothing is held, so it may be dropped at any time. Others who wait go on.
#[must_use = "futures do nothing unless polled"]
pub struct UntilIdle {
    semaphore: Arc<Semaphore>,
    idle: Changes<()>,
    // No call was in flight when this was made.
    was_idle: bool,
    // It was closed when this was made: none comes since, and who goes is waited for.
    closed: bool,
}

// === impl Permits ===

impl Permits {
    /// Permits that nobody has, and a line that nobody is in, if there are places.
    pub(super) fn new(limit: u32, places: u32, classes: bool) -> Self {
        let idle = Adaptive::new(());
        let made = match (places, classes) {
            (0, _) => Semaphore::new(MAX_PERMITS),
            (places, false) => Semaphore::with_line(MAX_PERMITS, places),
            (places, true) => Semaphore::with_classes(MAX_PERMITS, places),
        };
        // In two steps, because a bulkhead may begin with a pause.
        let made = made.and_then(|semaphore| semaphore.resize(limit).map(|_| semaphore));
        let Ok(semaphore) = made else {
            unreachable!("the settings were checked when they were made")
        };
        let told = idle.clone();
        let semaphore = kept_by_threads(semaphore.striped(stripes()));
        let semaphore = semaphore.on_idle(move || {
            let Ok(_) = told.set(()) else {
                unreachable!("it has no validation")
            };
        });
        Self {
            semaphore: Arc::new(semaphore),
            idle,
            shadow: None,
        }
    }

    pub(super) fn until_idle(&self) -> UntilIdle {
        // In this order: what is told from here on is heard, and then it is told.
        let idle = self.idle.subscribe();
        UntilIdle {
            was_idle: self.semaphore.watch_idle(),
            closed: self.semaphore.snapshot().closed,
            semaphore: Arc::clone(&self.semaphore),
            idle,
        }
    }
}

/// With the feature `membarrier`, threads keep permits: what it costs to get them back from a thread is then spread over so many calls.
#[cfg(feature = "membarrier")]
fn kept_by_threads(semaphore: Semaphore) -> Semaphore {
    use ninelives_core::weighted::Threads;

    if Threads::can_fence() {
        semaphore.kept_by_threads(1 << 10, Threads::pass_a_fence)
    } else {
        semaphore
    }
}

#[cfg(not(feature = "membarrier"))]
const fn kept_by_threads(semaphore: Semaphore) -> Semaphore {
    semaphore
}

// === impl UntilIdle ===

impl Future for UntilIdle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // The waker is there before the watch begins, so the last permit back finds it.
            let told = self.idle.poll_changed(cx).is_ready();
            let is_idle = self.was_idle || self.semaphore.watch_idle();
            // What is told may be of a moment just before this was made, when a call has begun since. Of a bulkhead that was
            // closed before, a look says more.
            if is_idle || told && !self.closed {
                return Poll::Ready(());
            }
            if !told {
                return Poll::Pending;
            }
        }
    }
}

impl fmt::Debug for UntilIdle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntilIdle")
            .field("in_flight", &self.semaphore.snapshot().in_flight)
            .finish_non_exhaustive()
    }
}
