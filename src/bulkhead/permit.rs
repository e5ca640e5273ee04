//! What a call holds: its permits, or a place in the line.

use std::sync::Arc;
use std::task::{Poll, Waker, ready};

use ninelives_core::semaphore::{Place, Semaphore, Turn};

use super::demand::{One, Weight};
use super::shadow;
use crate::settings::Beside;
use crate::share::Loan;
use crate::stripe::spot;

/// The permits of one call, and those that a shadow counts for it. [`Held`] gives them back.
#[derive(Debug)]
pub(super) struct Permit<B, W = One> {
    semaphore: Loan<Semaphore>,
    tried: B,
    weight: W,
}

/// Permits until they are given back, at the latest when this is dropped; or none.
#[derive(Debug)]
pub(super) struct Held<B: Beside<Arc<Semaphore>>, W: Weight = One>(Option<Permit<B, W>>);

/// A place in the line that is given up when it is dropped, and what a shadow counts for it.
#[derive(Debug)]
pub(super) struct Waiter<B: Beside<Arc<Semaphore>>, W: Weight> {
    semaphore: Loan<Semaphore>,
    place: Option<Place>,
    tried: B,
    weight: W,
}

/// How a wait ends.
pub(super) enum End<B: Beside<Arc<Semaphore>>, W: Weight> {
    /// It is its turn; so many permits were out when its own were set aside.
    Granted { held: Held<B, W>, in_flight: u32 },
    /// It is its turn, and the limit has become too small for it.
    Overweight { limit: u32 },
    /// The bulkhead was closed.
    Closed,
}

/// The permits out when a call that weighs so much was let in: as many as it was told, or, if it was told none, as `semaphore` counts.
#[inline]
pub(super) fn in_flight(told: u32, semaphore: &Semaphore, weight: u32) -> u32 {
    match told {
        // One stripe is looked at after the other; its own permits are out in any case.
        0 => semaphore.snapshot().in_flight.max(weight),
        told => told,
    }
}

// === impl Permit ===

impl<B: Beside<Arc<Semaphore>>, W: Weight> Permit<B, W> {
    #[inline(always)] // as `Held::give_back`
    fn give_back(mut self) {
        let weight = self.weight.permits().get();
        // First, because it wakes nobody, and so cannot panic.
        if let Some(semaphore) = self.tried.take() {
            shadow::give_back(semaphore, weight);
        }
        self.semaphore.release_to(spot, weight);
    }

    #[cold]
    #[inline(never)]
    fn give_up(self) {
        self.give_back();
    }
}

// === impl Held ===

impl<B: Beside<Arc<Semaphore>>, W: Weight> Held<B, W> {
    /// Holds the permits that `semaphore` has just given.
    #[inline]
    pub(super) fn new(semaphore: Loan<Semaphore>, weight: W) -> Self {
        Self(Some(Permit {
            semaphore,
            tried: B::holding(None),
            weight,
        }))
    }

    /// And what a shadow gave.
    #[inline]
    pub(super) fn with(mut self, tried: B) -> Self {
        if let Some(permit) = &mut self.0 {
            permit.tried = tried;
        }
        self
    }

    /// Holds nothing.
    #[inline]
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    /// Whether there is something to give back.
    pub(super) const fn is_something(&self) -> bool {
        self.0.is_some()
    }

    /// Gives back what is held.
    #[inline(always)] // every call passes here once
    pub(super) fn give_back(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.give_back();
        }
    }
}

impl<B: Beside<Arc<Semaphore>>, W: Weight> Drop for Held<B, W> {
    // Taken here and given back apart: of a call that gave back at its end, nothing is left but a look.
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_something()
            && let Some(permit) = self.0.take()
        {
            permit.give_up();
        }
    }
}

// === impl Waiter ===

impl<B: Beside<Arc<Semaphore>>, W: Weight> Waiter<B, W> {
    /// Owns a place that `semaphore` has just given.
    pub(super) fn new(semaphore: Loan<Semaphore>, place: Place, weight: W) -> Self {
        Self {
            semaphore,
            place: Some(place),
            tried: B::holding(None),
            weight,
        }
    }

    /// And what a shadow gave.
    pub(super) fn with(mut self, tried: B) -> Self {
        self.tried = tried;
        self
    }

    /// How many permits the call weighs.
    pub(super) fn weight(&self) -> u32 {
        self.weight.permits().get()
    }

    /// How the wait ended, once it has.
    #[inline]
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<End<B, W>> {
        let Some(place) = &self.place else {
            unreachable!("a place is consumed by the turn that ends the wait")
        };
        Poll::Ready(match ready!(self.semaphore.poll_place(place, waker)) {
            Turn::Granted { in_flight } => {
                let tried = B::holding(self.tried.take());
                // Before the place is free: the drop of an old waker in it may panic, and the permits go back then.
                let held = Held::new(self.semaphore.clone(), self.weight).with(tried);
                if let Some(place) = self.place.take() {
                    self.semaphore.take(place);
                }
                End::Granted { held, in_flight }
            }
            Turn::Overweight { limit } => End::Overweight { limit },
            Turn::Closed => End::Closed,
        })
    }
}

impl<B: Beside<Arc<Semaphore>>, W: Weight> Drop for Waiter<B, W> {
    fn drop(&mut self) {
        if let Some(semaphore) = self.tried.take() {
            shadow::give_back(semaphore, self.weight());
        }
        if let Some(place) = self.place.take() {
            self.semaphore.leave(place);
        }
    }
}
