//! A call and its further attempts.

mod attempts;
mod clip;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tower_service::Service;

use super::bound::Frame;
use super::plan::{Plan, Progress, is_alone};
use super::{Bound, RetryConfig, RetryIf};
use crate::budget::Token;
use crate::clock::Tick;
use crate::deadline::{Carried, Deadline, Heed, Unheeding};
use crate::emit::{Emitter, NullSink, Request};
use crate::error::FlatError;
use crate::settings::Settings;
use crate::share::Loan;
use crate::timer::Timer;

pin_project! {
    /// The future of [`RetryService`](super::RetryService).
    #[must_use = "futures do nothing unless polled"]
    pub struct RetryFuture<S, P, T, Req, M = NullSink, C = RetryConfig, D = Unheeding>
    where
        S: Service<Req>,
        T: Timer,
        M: Emitter,
        C: Settings<RetryConfig>,
        D: Bound,
    {
        #[pin]
        step: Step<S::Future, T::Sleep>,
        #[pin]
        frame: D::Frame<T, Result<S::Response, S::Error>>,
        service: S,
        // The request of the attempt after the one that runs; None when that one is the last.
        request: Option<Req>,
        token: Option<Token>,
        progress: Progress,
        plan: Loan<Plan<P, T, C>>,
        kept: C::Kept,
        watch: Request<M>,
    }

    impl<S, P, T, Req, M, C, D> PinnedDrop for RetryFuture<S, P, T, Req, M, C, D>
    where
        S: Service<Req>,
        T: Timer,
        M: Emitter,
        C: Settings<RetryConfig>,
        D: Bound,
    {
        fn drop(this: Pin<&mut Self>) {
            if M::TELLS { // what ends with this drop ends in its attempt
                let mut this = this.project();
                Request::<M>::within(this.progress.attempts, || this.step.set(Step::Done));
            }
        }
    }
}

pin_project! {
    #[project = StepProj]
    enum Step<F, P> {
        Calling {
            #[pin]
            attempt: F,
        },
        Waiting {
            #[pin]
            sleep: P,
        },
        // No delay: let other tasks run once, so that a retry without backoff cannot starve them.
        Yielding {
            yielded: bool,
        },
        Readying,
        // The request's deadline had passed when it came.
        Refused,
        Done,
    }
}

// === impl RetryFuture ===

impl<S, P, T, M, C, D, Req> RetryFuture<S, P, T, Req, M, C, D>
where
    S: Service<Req> + Clone,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    D: Bound + Heed<Req>,
    Req: Clone,
{
    #[inline(always)] // as `RetryService::call`
    pub(super) fn new(
        ready: &mut S,
        plan: Loan<Plan<P, T, C>>,
        read: &RetryConfig,
        shadowed: bool,
        mut request: Req,
        emitter: &M,
    ) -> Self {
        let mut watch = Request::start(emitter);
        watch.attempt(1);
        // The service that was readied makes the first attempt; the clone waits for readiness of its own before each further one.
        let service = ready.clone();
        let config = plan.settings.found(read);
        let (mut carried, mut came, mut alone) = (Carried::NOTHING, Tick::NEVER, false);
        let progress = if D::CLIPS {
            carried = watch.inside(|| D::look(&request));
            alone = is_alone(config, &carried);
            let (progress, now) = plan.start_held(config, &carried, shadowed);
            came = now;
            progress
        } else {
            plan.start(config)
        };
        let frame = Frame::new(came, carried, alone);
        if D::HEEDS && came >= carried.tick() && came != Tick::NEVER {
            return Self {
                step: Step::Refused,
                frame,
                service,
                request: None,
                token: None,
                progress,
                plan,
                kept: C::keep(read),
                watch,
            };
        }
        let (spare, attempt) = watch.calling(|| {
            let repeats = !alone && progress.may_repeat(config);
            let spare = repeats.then(|| request.clone());
            mark::<D, Req>(&mut request, &carried, &progress, alone);
            (spare, Request::<M>::within(1, || ready.call(request)))
        });
        Self {
            step: Step::Calling { attempt },
            frame,
            service,
            request: spare,
            token: None,
            progress,
            plan,
            kept: C::keep(read),
            watch,
        }
    }
}

/// Writes the number of the attempt, and when all of them must be over, into its request.
#[inline]
fn mark<D: Heed<Req>, Req>(request: &mut Req, carried: &Carried, progress: &Progress, alone: bool) {
    if D::HEEDS {
        let deadline = Deadline::at(progress.deadline);
        let attempt = if alone {
            carried.attempt()
        } else {
            progress.attempts
        };
        D::leave(
            request,
            carried.no_later_than(deadline).with_attempt(attempt),
        );
    }
}

impl<S, P, T, M, C, D, Req> Future for RetryFuture<S, P, T, Req, M, C, D>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    P: RetryIf<S::Response, <S::Error as FlatError>::Inner>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    D: Bound + Heed<Req>,
    Req: Clone,
{
    type Output = Result<S::Response, S::Error>;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.as_mut().project();
        Request::<M>::resumed();
        this.watch.enter();
        let mut failed = None;
        if let StepProj::Calling { attempt } = this.step.as_mut().project() {
            let watch = &mut *this.watch;
            match Request::<M>::within(this.progress.attempts, || watch.poll_on(attempt, cx)) {
                Poll::Ready(Err(error)) => failed = Some(error),
                Poll::Ready(Ok(response))
                    if watch.run_on(|| this.plan.common.retry_if.retries_response(&response)) =>
                {
                    return self.resume(cx, Some(Ok(response)));
                }
                Poll::Ready(Ok(response)) => {
                    watch.run_on(|| this.step.set(Step::Done));
                    this.frame.disarm();
                    this.watch.attempt_over();
                    this.watch.answered();
                    return Poll::Ready(Ok(response));
                }
                Poll::Pending if D::CLIPS => {
                    let poll = self.as_mut().clip(cx);
                    self.project().watch.leave(&poll);
                    return poll;
                }
                Poll::Pending => {
                    this.watch.paused();
                    return Poll::Pending;
                }
            }
        }
        self.resume_after(cx, failed)
    }
}

impl<S, P, T, M, C, D, Req> fmt::Debug for RetryFuture<S, P, T, Req, M, C, D>
where
    S: Service<Req>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    D: Bound,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("attempts", &self.progress.attempts)
            .finish_non_exhaustive()
    }
}
