//! What follows an attempt: its answer, or a wait and the next one.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tower_service::Service;

use super::super::bound::Frame;
use super::super::plan::{Again, Progress, Stop};
use super::super::{Bound, RetryConfig, RetryIf, shadow};
use super::{RetryFuture, Step, StepProj, mark};
use crate::deadline::{Carried, Heed};
use crate::emit::{Emitter, Kind, PolicyEvent, Request, Verdict};
use crate::error::{AttemptError, FlatError, ResilienceError};
use crate::settings::Settings;
use crate::timer::Timer;

impl<S, P, T, M, C, D, Req> RetryFuture<S, P, T, Req, M, C, D>
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
    /// As [`resume`](Self::resume): the attempt that runs has failed, if any. Apart, so that nothing is moved where nothing has.
    #[cold]
    pub(super) fn resume_after(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        failed: Option<S::Error>,
    ) -> Poll<Result<S::Response, S::Error>> {
        self.resume(cx, failed.map(Err))
    }

    /// Everything but a first attempt that succeeds: apart, so that the way of those is short. `over`: the answer of the attempt that
    /// runs, which is an error, or a response that was found worth another attempt.
    #[cold]
    pub(super) fn resume(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        over: Option<Result<S::Response, S::Error>>,
    ) -> Poll<Result<S::Response, S::Error>> {
        let mut poll = self.as_mut().go_on(cx, over);
        if poll.is_ready() {
            self.as_mut().project().frame.disarm();
        } else if D::CLIPS {
            poll = self.as_mut().clip(cx);
        }
        self.project().watch.leave(&poll);
        poll
    }

    /// Goes on as far as it can. `over`: as in [`resume`](Self::resume).
    fn go_on(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut over: Option<Result<S::Response, S::Error>>,
    ) -> Poll<Result<S::Response, S::Error>> {
        loop {
            let mut this = self.as_mut().project();
            match this.step.as_mut().project() {
                StepProj::Calling { attempt } => {
                    let known = over.is_some();
                    let answer = match over.take() {
                        Some(answer) => answer,
                        None => {
                            let attempts = this.progress.attempts;
                            let watch = &mut *this.watch;
                            ready!(Request::<M>::within(attempts, || watch.poll_on(attempt, cx)))
                        }
                    };
                    if let Some(last) = self.as_mut().weigh(answer, known) {
                        return Poll::Ready(last);
                    }
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
                    let service = &mut *this.service;
                    if let Err(error) = ready!(this.watch.run_on(|| service.poll_ready(cx))) {
                        this.step.set(Step::Done);
                        *this.token = None;
                        return Poll::Ready(Err(error));
                    }
                    if D::CLIPS && this.plan.common.timer.now() >= this.progress.deadline {
                        return Poll::Pending; // `clip` ends it in this very poll
                    }
                    self.as_mut().attempt();
                }
                StepProj::Refused => {
                    this.step.set(Step::Done);
                    let origin = this.frame.origin();
                    let late_by =
                        origin.map_or(Duration::ZERO, |(came, carried)| came.since(carried.tick()));
                    let error = ResilienceError::DeadlinePassed { late_by };
                    return Poll::Ready(Err(S::Error::from_flat(error)));
                }
                StepProj::Done => panic!("the future was polled after it was done"),
            }
        }
    }

    /// What follows the answer of an attempt: the answer itself if it is the last, or the wait for the next one. `known`: a response was
    /// found worth another attempt.
    #[inline(always)] // its one call
    fn weigh(
        self: Pin<&mut Self>,
        answer: Result<S::Response, S::Error>,
        known: bool,
    ) -> Option<Result<S::Response, S::Error>> {
        let mut this = self.project();
        let attempts = this.progress.attempts;
        let config = this.plan.settings.kept(this.kept);
        let common = &*this.plan.common;
        // The attempt is over: what it held is free before the wait, and before the caller sees the answer.
        this.watch.run_on(|| this.step.set(Step::Done));
        this.watch.attempt_over();
        let retry_if = &common.retry_if;
        let repeats = !this.frame.is_alone()
            && this.watch.run_on(|| match &answer {
                Ok(response) => known || retry_if.retries_response(response),
                Err(error) => retry_if.retries(error.as_flat()),
            });
        if !repeats {
            return Some(answer);
        }
        let flat = answer.as_ref().map_err(FlatError::as_flat);
        let hint = this.watch.run_on(|| retry_if.delay_hint(flat));
        let origin = this.frame.origin();
        let judge = |progress: &Progress, watch: &Request<M>, decided| {
            shadow::judge(this.plan, config, progress, origin, hint, watch, decided);
        };
        if !this.progress.may_repeat(config) {
            judge(this.progress, this.watch, (Verdict::GaveUp, None));
            this.watch
                .tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
                    at,
                    attempts,
                });
            return Some(answer.map_err(|error| exhausted(error, attempts)));
        }
        let again = this.plan.again(config, this.progress, hint, D::CLIPS);
        let Again { delay, token } = match again {
            Ok(again) => again,
            Err(stop) => {
                judge(this.progress, this.watch, (Verdict::GaveUp, Some(stop)));
                stopped(this.watch, stop, attempts);
                return Some(answer);
            }
        };
        judge(this.progress, this.watch, (Verdict::Retried, None));
        let frame = this.frame.as_mut();
        this.watch.run_on(|| frame.keep(answer));
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
            let sleep = common.timer.start(delay).1;
            Step::Waiting { sleep }
        });
        None
    }

    /// Makes the next attempt: the service has said that it is ready.
    #[inline(always)] // its one call
    fn attempt(self: Pin<&mut Self>) {
        let mut this = self.project();
        let config = this.plan.settings.kept(this.kept);
        this.progress.attempts += 1;
        let request = if this.progress.may_repeat(config) {
            this.watch.run_on(|| this.request.clone())
        } else {
            this.request.take()
        };
        let Some(mut request) = request else {
            unreachable!("a request is kept as long as attempts are left")
        };
        let carried = this.frame.origin().map_or(Carried::NOTHING, |(_, at)| at);
        mark::<D, Req>(&mut request, &carried, this.progress, false);
        if let Some(token) = this.token.take() {
            token.spend();
        }
        this.watch.attempt(this.progress.attempts);
        let service = &mut *this.service;
        let watch = &mut *this.watch;
        let call = || watch.run_on(|| service.call(request));
        let attempt = Request::<M>::within(this.progress.attempts, call);
        this.step.set(Step::Calling { attempt });
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
