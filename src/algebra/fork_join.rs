//! `a & b`: both policies at once, or the second after a stagger; the first success wins.
//!
//! # Readiness
//! Ready when either arm is. An arm that is not ready when the call is made takes no part in it, and gives up its wait: whatever
//! it stood in line for goes to others. An arm whose readiness failed takes no part in any later call of this service. With a
//! stagger the second arm is asked for its readiness when its time comes.
//!
//! # Cancel safety
//! Dropping the future drops both arms. The loser is dropped before the winner's response is returned, so a permit or ticket
//! that it held is free by then; a breaker inside sees it as abandoned, not as failed.
//!
//! # Errors
//! Both arms failed: [`AllFailed`](crate::ResilienceError::AllFailed), left first. When only one arm took part, its error alone. A failure
//! of the first arm starts the second at once, whatever is left of the stagger.
//! When the readiness of both arms failed, `poll_ready` says the same: both errors, or the later one alone.
//!
//! # Events
//! `ForkStarted` for each arm that is called, `ForkWon` for the one that answers; one outcome for each request.
//!
//! # Panics
//! `call` without a ready arm panics, as tower's contract allows. A panic in an arm passes through and drops the other.
//!
//! # Cost
//! One clone of the request; one of an arm's service that was left out while it waited; with a stagger one of the second service,
//! and a timer once the first arm has to wait. Arms that are ready in the same poll: the left one wins.

mod future;
mod readiness;

use std::task::{Context, Poll};
use std::time::Duration;

use tower_service::Service;

pub use future::ForkJoinFuture;
use readiness::Readiness;

use super::Policy;
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{Arm, Emitter, Kind, NullSink, PolicyEvent, Request, Sink};
use crate::error::{Failures, FlatError, ResilienceError};
use crate::name::Name;
use crate::timer::{Timer, TokioTimer};

/// `left & right`.
#[derive(Clone, Debug)]
pub struct ForkJoinLayer<A, B, T = TokioTimer, K = NullSink> {
    left: A,
    right: B,
    stagger: Duration,
    timer: T,
    name: Name,
    sink: K,
}

/// The service of [`ForkJoinLayer`].
#[derive(Debug)]
pub struct ForkJoinService<A, B, T = TokioTimer, M = NullSink> {
    left: A,
    right: B,
    left_is: Readiness,
    right_is: Readiness,
    stagger: Duration,
    timer: T,
    emitter: M,
}

// === impl ForkJoinLayer ===

impl<A, B> ForkJoinLayer<A, B> {
    /// Both arms at once.
    pub fn new(left: A, right: B) -> Self {
        Self {
            left,
            right,
            stagger: Duration::ZERO,
            timer: TokioTimer,
            name: Name::generated("fork-join"),
            sink: NullSink,
        }
    }
}

impl<A, B, T, K> Policy<ForkJoinLayer<A, B, T, K>> {
    /// Starts the right arm only when the left one has been running for `delay`, or has failed. Zero starts both at once.
    #[must_use]
    pub fn stagger(mut self, delay: Duration) -> Self {
        self.0.stagger = delay;
        self
    }

    /// Gives the race its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.0.name = name.into();
        self
    }

    /// The race's name.
    pub const fn name(&self) -> &Name {
        &self.0.name
    }

    /// Measures the stagger on another timer.
    pub fn with_timer<U>(self, timer: U) -> Policy<ForkJoinLayer<A, B, U, K>> {
        Policy(ForkJoinLayer {
            left: self.0.left,
            right: self.0.right,
            stagger: self.0.stagger,
            timer,
            name: self.0.name,
            sink: self.0.sink,
        })
    }
}

impl<A, B, T, K, Q> WithSink<Q> for ForkJoinLayer<A, B, T, K>
where
    A: WithSink<Q>,
    B: WithSink<Q>,
    Q: Clone,
{
    type Output = ForkJoinLayer<A::Output, B::Output, T, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        ForkJoinLayer {
            left: self.left.with_sink(sink),
            right: self.right.with_sink(sink),
            stagger: self.stagger,
            timer: self.timer,
            name: self.name,
            sink: sink.clone(),
        }
    }
}

impl<S, A, B, T, K> PolicyLayer<S> for ForkJoinLayer<A, B, T, K>
where
    S: Clone,
    A: PolicyLayer<S>,
    B: PolicyLayer<S>,
    T: Clone,
    K: Sink,
{
    type Service = ForkJoinService<A::Service, B::Service, T, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        ForkJoinService {
            left: self.left.wrap(inner.clone()),
            right: self.right.wrap(inner),
            left_is: Readiness::Unknown,
            right_is: Readiness::Unknown,
            stagger: self.stagger,
            timer: self.timer.clone(),
            emitter: self.sink.attach(&self.name),
        }
    }
}

impl<A: Describe, B: Describe, T, K> Describe for ForkJoinLayer<A, B, T, K> {
    fn describe(&self) -> Node {
        let (left, right) = (self.left.describe(), self.right.describe());
        if self.stagger.is_zero() {
            Node::operator("& race", left, right)
        } else {
            Node::operator(format!("& race, staggered {:?}", self.stagger), left, right)
        }
    }
}

// === impl ForkJoinService ===

/// A clone finds out the readiness of its own arms.
impl<A: Clone, B: Clone, T: Clone, M: Clone> Clone for ForkJoinService<A, B, T, M> {
    fn clone(&self) -> Self {
        Self {
            left: self.left.clone(),
            right: self.right.clone(),
            left_is: Readiness::Unknown,
            right_is: Readiness::Unknown,
            stagger: self.stagger,
            timer: self.timer.clone(),
            emitter: self.emitter.clone(),
        }
    }
}

impl<A, B, T, M, Req> Service<Req> for ForkJoinService<A, B, T, M>
where
    B: Service<Req> + Clone,
    B::Error: FlatError,
    A: Service<Req, Response = B::Response, Error = B::Error> + Clone,
    T: Timer + Clone,
    M: Emitter,
    Req: Clone,
{
    type Response = B::Response;
    type Error = B::Error;
    type Future = ForkJoinFuture<A::Future, B, T, Req, <B::Error as FlatError>::Inner, M>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let left = self.left_is.ask(&mut self.left, cx);
        let right = if self.stagger.is_zero() || self.left_is != Readiness::Ready {
            self.right_is.ask(&mut self.right, cx)
        } else {
            None // its turn comes after the stagger
        };
        match (self.left_is, self.right_is) {
            (Readiness::Ready, _) | (_, Readiness::Ready) => Poll::Ready(Ok(())),
            (Readiness::Failed, Readiness::Failed) => Poll::Ready(Err(match (left, right) {
                (Some(left), Some(right)) => {
                    let failures = Failures::join(left.into_flat(), right.into_flat());
                    B::Error::from_flat(ResilienceError::AllFailed(failures))
                }
                (Some(last), None) | (None, Some(last)) => last,
                (None, None) => panic!("poll_ready was called after it had failed"),
            })),
            _ => Poll::Pending,
        }
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        let (left_plays, right_plays) = (self.left_is.take(), self.right_is.take());
        self.left_is.renew(&mut self.left);
        self.right_is.renew(&mut self.right);
        let timer = self.timer.clone();
        let mut watch = Request::start(&self.emitter);
        let staggered = !self.stagger.is_zero();
        if !left_plays {
            assert!(right_plays, "call needs a poll_ready that was ready");
            let right = start(&mut watch, Arm::Right, &mut self.right, request);
            return ForkJoinFuture::right(right, timer, watch);
        }
        if !right_plays && !staggered || self.right_is == Readiness::Failed {
            let left = start(&mut watch, Arm::Left, &mut self.left, request);
            return ForkJoinFuture::left(left, timer, watch);
        }
        let for_left = watch.inside(|| request.clone());
        let left = start(&mut watch, Arm::Left, &mut self.left, for_left);
        if !staggered {
            let right = start(&mut watch, Arm::Right, &mut self.right, request);
            return ForkJoinFuture::both(left, right, timer, watch);
        }
        let mut right = self.right.clone();
        if right_plays {
            // Readied while the left arm was waiting: what it reserved goes with the call, and back with it.
            std::mem::swap(&mut right, &mut self.right);
        }
        ForkJoinFuture::staggered(left, (right, request), self.stagger, timer, watch)
    }
}

/// Calls the service of an arm, and tells it.
#[inline]
fn start<M: Emitter, S: Service<Req>, Req>(
    watch: &mut Request<M>,
    arm: Arm,
    service: &mut S,
    request: Req,
) -> S::Future {
    watch.tell(Kind::ForkStarted, |at| PolicyEvent::ForkStarted { at, arm });
    watch.inside(|| service.call(request))
}
