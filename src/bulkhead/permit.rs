//! What a call holds: a permit, or a place in the line.

use std::sync::Arc;
use std::task::{Poll, Waker};

use ninelives_core::semaphore::{Place, Semaphore, Turn};

/// A permit that goes back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    semaphore: Arc<Semaphore>,
}

/// A place in the line that is given up when it is dropped.
#[derive(Debug)]
pub(super) struct Waiter {
    semaphore: Arc<Semaphore>,
    place: Option<Place>,
}

// === impl Permit ===

impl Permit {
    /// Owns a permit that `semaphore` has just given.
    #[inline]
    pub(super) fn new(semaphore: &Arc<Semaphore>) -> Self {
        Self {
            semaphore: Arc::clone(semaphore),
        }
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        self.semaphore.release();
    }
}

// === impl Waiter ===

impl Waiter {
    /// Owns a place that `semaphore` has just given.
    pub(super) fn new(semaphore: &Arc<Semaphore>, place: Place) -> Self {
        Self {
            semaphore: Arc::clone(semaphore),
            place: Some(place),
        }
    }

    /// The permit once it is this waiter's turn, with the permits out when it was set aside; `None` when the bulkhead was closed.
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<Option<(Permit, u32)>> {
        let Some(place) = &self.place else {
            unreachable!("a place is consumed by the turn that ends the wait")
        };
        match std::task::ready!(self.semaphore.poll_place(place, waker)) {
            Turn::Granted { in_flight } => {
                if let Some(place) = self.place.take() {
                    self.semaphore.take(place);
                }
                Poll::Ready(Some((Permit::new(&self.semaphore), in_flight)))
            }
            Turn::Closed => Poll::Ready(None),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.semaphore.leave(place);
        }
    }
}
