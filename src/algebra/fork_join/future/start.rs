//! How a race begins.

use std::time::Duration;

use tower_service::Service;

use super::super::arms::{Left, Right};
use super::super::shadow::Tried;
use super::ForkJoinFuture;
use crate::budget::Fare;
use crate::clock::Tick;
use crate::deadline::{Due, Manner};
use crate::emit::{Emitter, Request};
use crate::error::ResilienceError;
use crate::settings::Beside;
use crate::timer::Timer;

// === impl ForkJoinFuture ===

impl<F, B, T, M, H, G, D, Req, E> ForkJoinFuture<F, B, T, Req, E, M, H, G, D>
where
    B: Service<Req>,
    T: Timer,
    M: Emitter,
    H: Beside<Tried>,
    G: Fare,
    D: Manner,
{
    #[inline]
    fn new(
        left: Left<F>,
        right: Right<B::Future, T::Sleep>,
        timer: T,
        watch: Request<M>,
        tried: H,
    ) -> Self {
        Self {
            left,
            right,
            spare: None,
            left_error: None,
            right_error: None,
            timer,
            watch,
            tried,
            fare: G::default(),
            due: Due::at(Tick::NEVER),
        }
    }

    pub(in super::super) fn both(
        left: F,
        right: B::Future,
        timer: T,
        watch: Request<M>,
        tried: H,
    ) -> Self {
        let right = Right::Running { future: right };
        Self::new(Left::Running { future: left }, right, timer, watch, tried)
    }

    pub(in super::super) fn left(left: F, timer: T, watch: Request<M>) -> Self {
        let left = Left::Running { future: left };
        Self::new(left, Right::Over, timer, watch, H::holding(None))
    }

    pub(in super::super) fn right(right: B::Future, timer: T, watch: Request<M>) -> Self {
        let right = Right::Running { future: right };
        Self::new(Left::Over, right, timer, watch, H::holding(None))
    }

    /// `spare`: the right service and its request, what it has to pay, and until when it may begin.
    pub(in super::super) fn staggered(
        left: F,
        (right, request, fare, due): (B, Req, G, D::Due),
        delay: Duration,
        timer: T,
        watch: Request<M>,
        tried: H,
    ) -> Self {
        let left = Left::Running { future: left };
        let mut race = Self::new(left, Right::Staggered { delay }, timer, watch, tried);
        race.spare = Some((right, request));
        race.fare = fare;
        race.due = due;
        race
    }

    /// The request's deadline had passed so long before it came.
    #[cold]
    pub(in super::super) fn late(late_by: Duration, timer: T, watch: Request<M>) -> Self {
        let mut race = Self::new(Left::Over, Right::Over, timer, watch, H::holding(None));
        race.left_error = Some(ResilienceError::DeadlinePassed { late_by });
        race
    }
}
