//! The service that races its arms.

use std::marker::PhantomData;
use std::task::{Context, Poll};

use tower_service::Service;

use super::arms::refused;
use super::readiness::Readiness;
use super::shadow::Tried;
use super::{ForkJoinConfig, ForkJoinFuture};
use crate::budget::{Allowance, Fare};
use crate::deadline::{Due, Heed, Unheeding, late_by};
use crate::emit::{Arm, Emitter, Kind, NullSink, PolicyEvent, Request};
use crate::error::{Failures, FlatError, ResilienceError};
use crate::settings::{Beside, Settings};
use crate::timer::{Timer, WheelTimer};

/// The service of [`ForkJoinLayer`](super::ForkJoinLayer).
#[derive(Debug)]
pub struct ForkJoinService<
    A,
    B,
    T = WheelTimer,
    M = NullSink,
    C: Settings<ForkJoinConfig> = ForkJoinConfig,
    G = (),
    D = Unheeding,
> {
    left: A,
    right: B,
    left_is: Readiness,
    right_is: Readiness,
    settings: C,
    reader: C::Reader,
    // What the last look at readiness went by: the call goes by the same.
    kept: C::Kept,
    timer: T,
    emitter: M,
    allowance: G,
    manner: PhantomData<D>,
}

// === impl ForkJoinService ===

impl<A, B, T, M, C: Settings<ForkJoinConfig>, G, D> ForkJoinService<A, B, T, M, C, G, D> {
    pub(super) fn new(
        (left, right): (A, B),
        settings: C,
        timer: T,
        emitter: M,
        allowance: G,
    ) -> Self {
        let mut reader = settings.reader();
        Self {
            left,
            right,
            left_is: Readiness::Unknown,
            right_is: Readiness::Unknown,
            kept: C::keep(settings.read(&mut reader)),
            settings,
            reader,
            timer,
            emitter,
            allowance,
            manner: PhantomData,
        }
    }
}

/// A clone finds out the readiness of its own arms.
impl<A, B, T, M, C, G, D> Clone for ForkJoinService<A, B, T, M, C, G, D>
where
    A: Clone,
    B: Clone,
    T: Clone,
    M: Clone,
    C: Settings<ForkJoinConfig>,
    G: Clone,
{
    fn clone(&self) -> Self {
        let arms = (self.left.clone(), self.right.clone());
        let (settings, timer) = (self.settings.clone(), self.timer.clone());
        let (emitter, allowance) = (self.emitter.clone(), self.allowance.clone());
        Self::new(arms, settings, timer, emitter, allowance)
    }
}

impl<A, B, T, M, C, G, D, Req> Service<Req> for ForkJoinService<A, B, T, M, C, G, D>
where
    B: Service<Req> + Clone,
    B::Error: FlatError,
    A: Service<Req, Response = B::Response, Error = B::Error> + Clone,
    T: Timer + Clone,
    M: Emitter,
    C: Settings<ForkJoinConfig>,
    G: Allowance,
    D: Heed<Req>,
    Req: Clone,
{
    type Response = B::Response;
    type Error = B::Error;
    type Future = ForkJoinFuture<
        A::Future,
        B,
        T,
        Req,
        <B::Error as FlatError>::Inner,
        M,
        C::Beside<Tried>,
        G::Fare,
        D,
    >;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.kept = C::keep(self.settings.read(&mut self.reader));
        let stagger = self.settings.kept(&self.kept).stagger();
        let left = self.left_is.ask(&mut self.left, cx);
        let right = if stagger.is_zero() || self.left_is != Readiness::Ready {
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

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let due = D::Due::at(D::look(&request).tick());
        if D::HEEDS
            && let Some(late_by) = late_by(due, &self.timer)
        {
            // Its arms stay ready for the next call.
            let watch = Request::start(&self.emitter);
            return ForkJoinFuture::late(late_by, self.timer.clone(), watch);
        }
        let (left_plays, right_plays) = (self.left_is.take(), self.right_is.take());
        self.left_is.renew(&mut self.left);
        self.right_is.renew(&mut self.right);
        let timer = self.timer.clone();
        let mut watch = Request::start(&self.emitter);
        let stagger = self.settings.kept(&self.kept).stagger();
        let staggered = !stagger.is_zero();
        let mut fare = self.allowance.enter();
        if !left_plays {
            assert!(right_plays, "call needs a poll_ready that was ready");
            let right = start(&mut watch, Arm::Right, &mut self.right, request);
            return ForkJoinFuture::right(right, timer, watch);
        }
        if !right_plays && !staggered || self.right_is == Readiness::Failed {
            let left = start(&mut watch, Arm::Left, &mut self.left, request);
            return ForkJoinFuture::left(left, timer, watch);
        }
        let tried = match self.settings.look(&mut self.reader) {
            Some(shade) => {
                let tried = Tried::start(&shade, &timer, &self.emitter, staggered);
                Beside::holding(Some(tried))
            }
            None => Beside::holding(None),
        };
        let for_left = watch.inside(|| request.clone());
        let left = start(&mut watch, Arm::Left, &mut self.left, for_left);
        if !staggered {
            if G::Fare::COSTS {
                if !fare.ask(|| timer.now()) {
                    refused(&watch);
                    return ForkJoinFuture::left(left, timer, watch);
                }
                fare.spend();
            }
            Request::<M>::resumed(); // the left arm's service was called meanwhile
            let right = start(&mut watch, Arm::Right, &mut self.right, request);
            return ForkJoinFuture::both(left, right, timer, watch, tried);
        }
        let mut right = self.right.clone();
        if right_plays {
            // Readied while the left arm was waiting: what it reserved goes with the call, and back with it.
            std::mem::swap(&mut right, &mut self.right);
        }
        let spare = (right, request, fare, due);
        ForkJoinFuture::staggered(left, spare, stagger, timer, watch, tried)
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
    watch.calling(|| service.call(request))
}
