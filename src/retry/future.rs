//! A call and its further attempts.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use super::plan::{Again, Plan, Progress, Stop};
use super::{RetryConfig, RetryIf, shadow};
use crate::budget::Token;
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request, Verdict};
use crate::error::{AttemptError, FlatError, ResilienceError};
use crate::settings::Settings;
use crate::timer::Timer;

pin_project! {
    /// The future of [`RetryService`](super::RetryService).
    #[must_use = "futures do nothing unless polled"]
    pub struct RetryFuture<S, P, T, Req, M = NullSink, C = RetryConfig>
    where
        S: Service<Req>,
        T: Timer,
        M: Emitter,
        C: Settings<RetryConfig>,
    {
        #[pin]
        step: Step<S::Future, T::Sleep>,
        service: S,
        // The request of the attempt after the one that runs; None when that one is the last.
        request: Option<Req>,
        token: Option<Token>,
        progress: Progress,
        plan: Arc<Plan<P, T, C>>,
        kept: C::Kept,
        watch: Request<M>,
    }

    impl<S, P, T, Req, M, C> PinnedDrop for RetryFuture<S, P, T, Req, M, C>
    where
        S: Service<Req>,
        T: Timer,
        M: Emitter,
        C: Settings<RetryConfig>,
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
        Done,
    }
}

// === impl RetryFuture ===

impl<S, P, T, M, C, Req> RetryFuture<S, P, T, Req, M, C>
where
    S: Service<Req>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    Req: Clone,
{
    #[inline(always)] // as `RetryService::call`
    pub(super) fn new(
        mut service: S,
        plan: Arc<Plan<P, T, C>>,
        kept: C::Kept,
        request: Req,
        emitter: &M,
    ) -> Self {
        let mut watch = Request::start(emitter);
        watch.attempt(1);
        let config = plan.settings.kept(&kept);
        let progress = plan.start(config);
        let (spare, attempt) = watch.inside(|| {
            let spare = progress.may_repeat(config).then(|| request.clone());
            (spare, Request::<M>::within(1, || service.call(request)))
        });
        Self {
            step: Step::Calling { attempt },
            service,
            request: spare,
            token: None,
            progress,
            plan,
            kept,
            watch,
        }
    }
}

impl<S, P, T, M, C, Req> Future for RetryFuture<S, P, T, Req, M, C>
where
    S: Service<Req>,
    S::Error: FlatError,
    P: RetryIf<<S::Error as FlatError>::Inner>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    Req: Clone,
{
    type Output = Result<S::Response, S::Error>;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.as_mut().project();
        this.watch.enter();
        let mut failed = None;
        if let StepProj::Calling { attempt } = this.step.as_mut().project() {
            match Request::<M>::within(this.progress.attempts, || attempt.poll(cx)) {
                Poll::Ready(Err(error)) => failed = Some(error),
                poll => {
                    if poll.is_ready() {
                        this.step.set(Step::Done);
                        this.watch.attempt_over();
                    }
                    this.watch.leave(&poll);
                    return poll;
                }
            }
        }
        let poll = self.as_mut().go_on(cx, failed);
        self.project().watch.leave(&poll);
        poll
    }
}

impl<S, P, T, M, C, Req> RetryFuture<S, P, T, Req, M, C>
where
    S: Service<Req>,
    S::Error: FlatError,
    P: RetryIf<<S::Error as FlatError>::Inner>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    Req: Clone,
{
    /// Everything but a first attempt that succeeds: apart, so that the way of those is short. `failed`: the error of the attempt
    /// that runs.
    #[cold]
    fn go_on(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut failed: Option<S::Error>,
    ) -> Poll<Result<S::Response, S::Error>> {
        let mut this = self.project();
        let config = this.plan.settings.kept(this.kept);
        let common = &*this.plan.common;
        loop {
            match this.step.as_mut().project() {
                StepProj::Calling { attempt } => {
                    let attempts = this.progress.attempts;
                    let result = match failed.take() {
                        Some(error) => Err(error),
                        None => ready!(Request::<M>::within(attempts, || attempt.poll(cx))),
                    };
                    // The attempt is over: what it held is free before the wait, and before the caller sees the answer.
                    this.step.set(Step::Done);
                    this.watch.attempt_over();
                    let error = match result {
                        Ok(response) => return Poll::Ready(Ok(response)),
                        Err(error) => error,
                    };
                    if !common.retry_if.retries(error.as_flat()) {
                        return Poll::Ready(Err(error));
                    }
                    let hint = common.retry_if.delay_hint(error.as_flat());
                    let judge = |progress: &Progress, watch: &Request<M>, primary, stop| {
                        shadow::judge(this.plan, config, progress, hint, watch, primary, stop);
                    };
                    if !this.progress.may_repeat(config) {
                        judge(this.progress, this.watch, Verdict::GaveUp, None);
                        this.watch
                            .tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
                                at,
                                attempts,
                            });
                        return Poll::Ready(Err(exhausted(error, attempts)));
                    }
                    let Again { delay, token } = match this.plan.again(config, this.progress, hint)
                    {
                        Ok(again) => again,
                        Err(stop) => {
                            judge(this.progress, this.watch, Verdict::GaveUp, Some(stop));
                            stopped(this.watch, stop, attempts);
                            return Poll::Ready(Err(error));
                        }
                    };
                    judge(this.progress, this.watch, Verdict::Retried, None);
                    this.watch
                        .tell(Kind::RetryAttempt, |at| PolicyEvent::RetryAttempt {
                            at,
                            attempt: attempts + 1,
                            delay,
                        });
                    *this.token = token;
                    this.step.set(if delay.is_zero() {
                        Step::Yielding { yielded: false }
                    } else {
                        let sleep = common.timer.sleep(delay);
                        Step::Waiting { sleep }
                    });
                }
                StepProj::Waiting { sleep } => {
                    ready!(sleep.poll(cx));
                    this.step.set(Step::Readying);
                }
                StepProj::Yielding { yielded: true } => this.step.set(Step::Readying),
                StepProj::Yielding { yielded } => {
                    *yielded = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                StepProj::Readying => {
                    if let Err(error) = ready!(this.service.poll_ready(cx)) {
                        this.step.set(Step::Done);
                        *this.token = None;
                        return Poll::Ready(Err(error));
                    }
                    this.progress.attempts += 1;
                    let request = if this.progress.may_repeat(config) {
                        this.request.clone()
                    } else {
                        this.request.take()
                    };
                    let Some(request) = request else {
                        unreachable!("a request is kept as long as attempts are left")
                    };
                    if let Some(token) = this.token.take() {
                        token.spend();
                    }
                    this.watch.attempt(this.progress.attempts);
                    let call = || this.service.call(request);
                    let attempt = Request::<M>::within(this.progress.attempts, call);
                    this.step.set(Step::Calling { attempt });
                }
                StepProj::Done => panic!("the future was polled after it was done"),
            }
        }
    }
}

/// No further attempt is made although some are left.
#[cold]
fn stopped<M: Emitter>(watch: &Request<M>, stop: Stop, attempts: u32) {
    if stop == Stop::Budget {
        watch.tell(Kind::RetryBudgetExhausted, |at| {
            PolicyEvent::RetryBudgetExhausted { at, attempts }
        });
    }
}

/// The last attempt failed with `error`. An error that is neither the service's own nor a timeout says more by itself.
fn exhausted<X: FlatError>(error: X, attempts: u32) -> X {
    let last = match error.into_flat() {
        ResilienceError::Inner(error) => AttemptError::Inner(error),
        ResilienceError::Timeout { elapsed, timeout } => AttemptError::Timeout { elapsed, timeout },
        other => return X::from_flat(other),
    };
    X::from_flat(ResilienceError::RetryExhausted { attempts, last })
}

impl<S, P, T, M, C, Req> fmt::Debug for RetryFuture<S, P, T, Req, M, C>
where
    S: Service<Req>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("attempts", &self.progress.attempts)
            .finish_non_exhaustive()
    }
}
