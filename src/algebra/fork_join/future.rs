//! A race of two calls.

mod start;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tower_service::Service;

use super::arms::{Left, LeftProj, Right, RightProj, refused};
use super::shadow::Tried;
use crate::budget::Fare;
use crate::deadline::{Manner, Unheeding, late_by};
use crate::emit::{Arm, Emitter, Kind, NullSink, PolicyEvent, Request};
use crate::error::{Failures, FlatError, ResilienceError};
use crate::settings::Beside;
use crate::timer::Timer;

pin_project! {
    /// The future of [`ForkJoinService`](super::ForkJoinService).
    #[must_use = "futures do nothing unless polled"]
    pub struct ForkJoinFuture<F, B, T, Req, E, M = NullSink, H = (), G = (), D = Unheeding>
    where
        B: Service<Req>,
        T: Timer,
        M: Emitter,
        H: Beside<Tried>,
        D: Manner,
    {
        #[pin]
        left: Left<F>,
        #[pin]
        right: Right<B::Future, T::Sleep>,
        // The right service and its request, until it is called.
        spare: Option<(B, Req)>,
        left_error: Option<ResilienceError<E>>,
        right_error: Option<ResilienceError<E>>,
        timer: T,
        watch: Request<M>,
        tried: H,
        fare: G,
        due: D::Due,
    }
}

// === impl ForkJoinFuture ===

impl<F, B, T, M, H, G, D, Req, E> ForkJoinFuture<F, B, T, Req, E, M, H, G, D>
where
    F: Future<Output = Result<B::Response, B::Error>>,
    B: Service<Req>,
    B::Error: FlatError<Inner = E>,
    T: Timer,
    M: Emitter,
    H: Beside<Tried>,
    G: Fare,
    D: Manner,
{
    /// Polls the left arm; a response ends the race.
    #[inline(always)] // as `poll`
    fn poll_left(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<B::Response> {
        let mut this = self.project();
        let LeftProj::Running { future } = this.left.as_mut().project() else {
            return None;
        };
        let Poll::Ready(result) = this.watch.poll_on(future, cx) else {
            return None;
        };
        this.watch.run_on(|| this.left.set(Left::Over));
        match result {
            Ok(response) => return Some(response),
            Err(error) => *this.left_error = Some(error.into_flat()),
        }
        // The left arm failed: no reason to hold the right one back.
        if let Right::Staggered { .. } | Right::Waiting { .. } = *this.right {
            this.right.set(Right::Readying);
        }
        None
    }

    /// Moves the right arm on as far as it goes; a response ends the race.
    #[inline(always)] // as `poll`
    fn poll_right(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<B::Response> {
        loop {
            let mut this = self.as_mut().project();
            match this.right.as_mut().project() {
                RightProj::Staggered { delay } => {
                    let (since, sleep) = this.timer.start(*delay);
                    Tried::arm(this.tried, since);
                    this.right.set(Right::Waiting { sleep });
                }
                RightProj::Waiting { sleep } => {
                    if sleep.poll(cx).is_pending() {
                        return None;
                    }
                    this.right.set(Right::Readying);
                }
                RightProj::Readying => {
                    // Later, nobody would want its answer; the left arm goes on alone.
                    if D::HEEDS && late_by(*this.due, this.timer).is_some() {
                        this.right.set(Right::Over);
                        return None;
                    }
                    if G::COSTS && !this.fare.ask(|| this.timer.now()) {
                        refused(this.watch);
                        this.right.set(Right::Over);
                        return None;
                    }
                    let ready = match this.spare.as_mut() {
                        Some((service, _)) => this.watch.run_on(|| service.poll_ready(cx)),
                        None => unreachable!("the right service is taken only when it is called"),
                    };
                    match ready {
                        Poll::Pending => return None,
                        Poll::Ready(Ok(())) => self.as_mut().begin_right(),
                        Poll::Ready(Err(error)) => {
                            *this.right_error = Some(error.into_flat());
                            this.right.set(Right::Over);
                        }
                    }
                }
                RightProj::Running { future } => {
                    let Poll::Ready(result) = this.watch.poll_on(future, cx) else {
                        return None;
                    };
                    this.watch.run_on(|| this.right.set(Right::Over));
                    match result {
                        Ok(response) => return Some(response),
                        Err(error) => *this.right_error = Some(error.into_flat()),
                    }
                }
                RightProj::Over => return None,
            }
        }
    }

    /// Calls the right service, which has said that it is ready.
    #[inline(always)] // as `poll`
    fn begin_right(self: Pin<&mut Self>) {
        let mut this = self.project();
        let Some((mut service, request)) = this.spare.take() else {
            return;
        };
        let arm = Arm::Right;
        this.watch
            .tell(Kind::ForkStarted, |at| PolicyEvent::ForkStarted { at, arm });
        if G::COSTS {
            this.fare.spend();
        }
        let future = this.watch.run_on(|| service.call(request));
        this.right.set(Right::Running { future });
    }
}

impl<F, B, T, M, H, G, D, Req, E> Future for ForkJoinFuture<F, B, T, Req, E, M, H, G, D>
where
    F: Future<Output = Result<B::Response, B::Error>>,
    B: Service<Req>,
    B::Error: FlatError<Inner = E>,
    T: Timer,
    M: Emitter,
    H: Beside<Tried>,
    G: Fare,
    D: Manner,
{
    type Output = F::Output;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        self.as_mut().project().watch.enter();
        let poll = self.as_mut().advance(cx);
        self.project().watch.leave(&poll);
        poll
    }
}

impl<F, B, T, M, H, G, D, Req, E> ForkJoinFuture<F, B, T, Req, E, M, H, G, D>
where
    F: Future<Output = Result<B::Response, B::Error>>,
    B: Service<Req>,
    B::Error: FlatError<Inner = E>,
    T: Timer,
    M: Emitter,
    H: Beside<Tried>,
    G: Fare,
    D: Manner,
{
    /// Moves both arms on as far as they go.
    #[inline(always)] // as `poll`
    fn advance(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut won = self
            .as_mut()
            .poll_left(cx)
            .map(|response| (Arm::Left, response));
        if won.is_none() {
            won = self
                .as_mut()
                .poll_right(cx)
                .map(|response| (Arm::Right, response));
        }
        let mut this = self.project();
        if let Some((arm, response)) = won {
            if let Some(tried) = this.tried.held() {
                let forked = this.spare.is_none(); // it goes with the call
                let too_early =
                    matches!(*this.right, Right::Staggered { .. } | Right::Waiting { .. });
                // What else kept the right arm back, no token or no readiness, would have kept a shadow's back too.
                if forked || too_early {
                    tried.judge(arm, forked, this.timer, this.watch);
                }
            }
            // The loser goes first: what it held is free before the response is seen.
            this.watch.run_on(|| {
                this.left.set(Left::Over);
                this.right.set(Right::Over);
                *this.spare = None;
            });
            if G::COSTS {
                *this.fare = G::default();
            }
            this.watch
                .tell(Kind::ForkWon, |at| PolicyEvent::ForkWon { at, arm });
            return Poll::Ready(Ok(response));
        }
        match (&*this.left, &*this.right) {
            (Left::Over, Right::Over) => {}
            _ => return Poll::Pending,
        }
        this.watch.run_on(|| *this.spare = None);
        if G::COSTS {
            *this.fare = G::default();
        }
        let error = of_both(this.left_error.take(), this.right_error.take());
        Poll::Ready(Err(B::Error::from_flat(error)))
    }
}

/// What the caller is told when no arm answered.
#[cold] // apart: the way of a race that is won is short
#[inline(never)]
fn of_both<E>(
    left: Option<ResilienceError<E>>,
    right: Option<ResilienceError<E>>,
) -> ResilienceError<E> {
    match (left, right) {
        (Some(left), Some(right)) => ResilienceError::AllFailed(Failures::join(left, right)),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => panic!("the future was polled after it was done"),
    }
}

impl<F, B, T, M, H, G, D, Req, E> fmt::Debug for ForkJoinFuture<F, B, T, Req, E, M, H, G, D>
where
    B: Service<Req>,
    T: Timer,
    M: Emitter,
    H: Beside<Tried>,
    G: Fare,
    D: Manner,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForkJoinFuture")
            .field("left_over", &matches!(self.left, Left::Over))
            .field("right_over", &matches!(self.right, Right::Over))
            .finish_non_exhaustive()
    }
}
