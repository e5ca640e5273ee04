//! Waiting for the value to change.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::bell::Bell;

use super::live::Live;
use super::snapshot::Snapshot;

/// The changes of a live value since [`Adaptive::subscribe`](super::Adaptive::subscribe).
///
/// Several changes between two looks are handed over as one, the last of them, so the last change is always seen. It goes on for
/// as long as it is kept, whatever becomes of the value's other handles.
///
/// # Progress
/// Every change wakes each subscriber that waits, and waits for none. Subscribing and dropping it are lock-free.
///
/// # Examples
/// ```
/// use ninelives::Adaptive;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ninelives::ConfigError> {
/// let limit = Adaptive::new(8);
/// let mut changes = limit.subscribe();
/// limit.set(9)?;
/// limit.set(10)?;
/// let change = changes.changed().await;
/// assert_eq!((**change.value(), change.version()), (10, 2));
/// # Ok(())
/// # }
/// ```
pub struct Changes<T> {
    live: Live<T>,
    bell: Arc<Bell>,
    seen: u64,
}

/// The wait of [`Changes::changed`].
///
/// # Cancel safety
/// A change is taken in the very poll that hands it over: dropping the wait loses none, and frees the waker.
#[must_use = "futures do nothing unless polled"]
pub struct Changed<'a, T>(&'a mut Changes<T>);

// === impl Changes ===

impl<T> Changes<T> {
    pub(super) fn new(live: Live<T>) -> Self {
        let bell = Arc::new(Bell::new());
        let seen = live.amend(|entry| entry.before(|audience| audience.push_bell(&bell)));
        Self { live, bell, seen }
    }

    /// The newest change that was not handed over yet.
    pub fn changed(&mut self) -> Changed<'_, T> {
        Changed(self)
    }

    /// The newest change that was not handed over yet, if there is one.
    pub fn try_changed(&mut self) -> Option<Snapshot<T>> {
        let entry = self.live.entry();
        if entry.version == self.seen {
            return None;
        }
        self.seen = entry.version;
        Some(Snapshot::of(&entry))
    }

    /// As [`changed`](Self::changed), for who writes futures or streams by hand: the newest waker is woken by the next change.
    pub fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<Snapshot<T>> {
        if let Some(change) = self.try_changed() {
            return Poll::Ready(change);
        }
        // A change either finds the waker, or came before the look that follows: the waker's own word orders the two.
        self.bell.rest(cx.waker());
        match self.try_changed() {
            Some(change) => Poll::Ready(change),
            None => Poll::Pending,
        }
    }

    /// Forgets the waker: whoever waited does so no longer.
    pub(crate) fn leave(&self) {
        self.bell.leave();
    }
}

impl<T> Drop for Changes<T> {
    fn drop(&mut self) {
        self.leave();
        let bell = &self.bell;
        self.live
            .amend(|entry| entry.before(|audience| audience.drop_bell(bell)));
    }
}

impl<T: fmt::Debug> fmt::Debug for Changes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

// === impl Changed ===

impl<T> Future for Changed<'_, T> {
    type Output = Snapshot<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Snapshot<T>> {
        self.0.poll_changed(cx)
    }
}

impl<T> Drop for Changed<'_, T> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl<T> fmt::Debug for Changed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changed").finish_non_exhaustive()
    }
}
