//! What a call holds: its permits, or a place in the line.

use std::sync::Arc;
use std::task::{Poll, Waker, ready};

use ninelives_core::semaphore::{Place, Semaphore, Turn};

use super::demand::{One, Weight};

/// The permits of one call, which go back when it is dropped.
#[derive(Debug)]
pub struct Permit<W: Weight = One> {
    semaphore: Arc<Semaphore>,
    weight: W,
}

/// A place in the line that is given up when it is dropped.
#[derive(Debug)]
pub(super) struct Waiter<W> {
    semaphore: Arc<Semaphore>,
    place: Option<Place>,
    weight: W,
}

/// How a wait ends.
pub(super) enum End<W: Weight> {
    /// It is its turn; so many permits were out when its own were set aside.
    Granted { permit: Permit<W>, in_flight: u32 },
    /// It is its turn, and the limit has become too small for it.
    Overweight { limit: u32 },
    /// The bulkhead was closed.
    Closed,
}

// === impl Permit ===

impl<W: Weight> Permit<W> {
    /// Owns the permits that `semaphore` has just given.
    #[inline]
    pub(super) fn new(semaphore: &Arc<Semaphore>, weight: W) -> Self {
        Self {
            semaphore: Arc::clone(semaphore),
            weight,
        }
    }
}

impl<W: Weight> Drop for Permit<W> {
    #[inline]
    fn drop(&mut self) {
        self.semaphore.release_many(self.weight.permits().get());
    }
}

// === impl Waiter ===

impl<W: Weight> Waiter<W> {
    /// Owns a place that `semaphore` has just given.
    pub(super) fn new(semaphore: &Arc<Semaphore>, place: Place, weight: W) -> Self {
        Self {
            semaphore: Arc::clone(semaphore),
            place: Some(place),
            weight,
        }
    }

    /// How much the call weighs.
    pub(super) fn weight(&self) -> W {
        self.weight
    }

    /// How the wait ended, once it has.
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<End<W>> {
        let Some(place) = &self.place else {
            unreachable!("a place is consumed by the turn that ends the wait")
        };
        Poll::Ready(match ready!(self.semaphore.poll_place(place, waker)) {
            Turn::Granted { in_flight } => {
                if let Some(place) = self.place.take() {
                    self.semaphore.take(place);
                }
                let permit = Permit::new(&self.semaphore, self.weight);
                End::Granted { permit, in_flight }
            }
            Turn::Overweight { limit } => End::Overweight { limit },
            Turn::Closed => End::Closed,
        })
    }
}

impl<W> Drop for Waiter<W> {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.semaphore.leave(place);
        }
    }
}
