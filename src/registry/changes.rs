//! Waiting for the settings of a policy to change.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Reading;
use super::tunable::Watch;

/// The changes of a policy's settings since [`PolicyHandle::subscribe`](super::PolicyHandle::subscribe).
///
/// Several changes between two looks are handed over as one, the last of them: see [`Changes`](crate::adaptive::Changes).
pub struct PolicyChanges(Box<dyn Watch>);

/// The wait of [`PolicyChanges::changed`].
///
/// # Cancel safety
/// Dropping it loses no change, and frees the waker.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct PolicyChanged<'a>(&'a mut PolicyChanges);

// === impl PolicyChanges ===

impl PolicyChanges {
    pub(super) fn new(watch: Box<dyn Watch>) -> Self {
        Self(watch)
    }

    /// The newest settings that were not handed over yet.
    pub fn changed(&mut self) -> PolicyChanged<'_> {
        PolicyChanged(self)
    }

    /// The newest settings that were not handed over yet, if there are any.
    pub fn try_changed(&mut self) -> Option<Reading> {
        self.0.try_changed()
    }

    /// As [`changed`](Self::changed), for who writes futures by hand: the newest waker is woken by the next change.
    pub fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<Reading> {
        self.0.poll_changed(cx)
    }
}

impl fmt::Debug for PolicyChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PolicyChanges")
    }
}

// === impl PolicyChanged ===

impl Future for PolicyChanged<'_> {
    type Output = Reading;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reading> {
        self.0.poll_changed(cx)
    }
}

impl Drop for PolicyChanged<'_> {
    fn drop(&mut self) {
        self.0.0.leave();
    }
}
