//! A call that is being timed.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::clock::Tick;
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request, Verdict};
use crate::error::{FlatError, ResilienceError};
use crate::settings::{Beside, compare};
use crate::timer::Timer;

pin_project! {
    /// The future of [`TimeoutService`](super::TimeoutService).
    #[must_use = "futures do nothing unless polled"]
    pub struct TimeoutFuture<F, T, M = NullSink, B = ()>
    where
        T: Timer,
        M: Emitter,
        B: Beside<Duration>,
    {
        #[pin]
        state: State<F>,
        #[pin]
        sleep: Option<T::Sleep>,
        limit: Duration,
        since: Option<Tick>,
        timer: T,
        watch: Request<M>,
        shadow: B,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Running {
            #[pin]
            inner: F,
        },
        Late {
            elapsed: Duration,
        },
        Done,
    }
}

// === impl TimeoutFuture ===

impl<F, T: Timer, M: Emitter, B: Beside<Duration>> TimeoutFuture<F, T, M, B> {
    /// `since`: when the clock started, if the wait for readiness started it.
    pub(super) fn new(
        inner: F,
        limit: Duration,
        since: Option<Tick>,
        timer: T,
        watch: Request<M>,
        shadow: B,
    ) -> Self {
        Self {
            state: State::Running { inner },
            sleep: None,
            limit,
            since,
            timer,
            watch,
            shadow,
        }
    }

    /// The limit passed before the inner service was ready.
    pub(super) fn late(
        limit: Duration,
        elapsed: Duration,
        timer: T,
        watch: Request<M>,
        shadow: B,
    ) -> Self {
        Self {
            state: State::Late { elapsed },
            sleep: None,
            limit,
            since: None,
            timer,
            watch,
            shadow,
        }
    }

    /// The request's deadline had passed so long before the call. No limit is zero but this one.
    pub(super) fn refused(late_by: Duration, timer: T, watch: Request<M>) -> Self {
        Self::late(Duration::ZERO, late_by, timer, watch, B::holding(None))
    }
}

impl<F, T, M, B, R, X> Future for TimeoutFuture<F, T, M, B>
where
    F: Future<Output = Result<R, X>>,
    X: FlatError,
    T: Timer,
    M: Emitter,
    B: Beside<Duration>,
{
    type Output = F::Output;

    /// The call first, then the limit.
    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        let mut this = self.as_mut().project();
        this.watch.enter();
        let elapsed = match this.state.as_mut().project() {
            StateProj::Running { inner } => match this.watch.poll_on(inner, cx) {
                Poll::Ready(Ok(response)) => {
                    self.as_mut().end();
                    self.project().watch.answered();
                    return Poll::Ready(Ok(response));
                }
                Poll::Ready(Err(error)) => {
                    self.as_mut().fail();
                    self.project().watch.failed(&error);
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => {
                    let sleep = this.sleep.as_mut();
                    match wait(sleep, this.since, *this.limit, this.timer, cx) {
                        Poll::Ready(elapsed) => elapsed,
                        Poll::Pending => {
                            this.watch.paused();
                            return Poll::Pending;
                        }
                    }
                }
            },
            StateProj::Late { elapsed } => *elapsed,
            StateProj::Done => panic!("the future was polled after it was done"),
        };
        let error = X::from_flat(self.as_mut().overdue(elapsed));
        self.project().watch.failed(&error);
        Poll::Ready(Err(error))
    }
}

impl<F, T: Timer, M: Emitter, B: Beside<Duration>> TimeoutFuture<F, T, M, B> {
    /// The call was in time.
    #[inline(always)]
    fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.watch.run_on(|| this.state.set(State::Done));
        if this.sleep.is_some() {
            this.sleep.set(None);
        }
        // A call that was not asked before its limit passed would not have been under one that passed as late, or later.
        if let (Some(shadow), Some(since)) = (this.shadow.held(), *this.since)
            && *shadow < *this.limit
        {
            let elapsed = this.timer.now().since(since);
            judge(*shadow, this.watch, Verdict::InTime, elapsed);
        }
    }

    /// And it failed.
    #[cold]
    fn fail(self: Pin<&mut Self>) {
        self.end();
    }

    /// The call was not in time.
    #[cold]
    fn overdue<E>(self: Pin<&mut Self>, elapsed: Duration) -> ResilienceError<E> {
        let mut this = self.project();
        // The call is dropped before its caller can see the error, so that whatever it held is free by then.
        this.watch.run_on(|| this.state.set(State::Done));
        let limit = *this.limit;
        if limit.is_zero() {
            let late_by = elapsed;
            return ResilienceError::DeadlinePassed { late_by };
        }
        if let Some(shadow) = this.shadow.held() {
            judge(*shadow, this.watch, Verdict::TimedOut, elapsed);
        }
        this.watch
            .tell(Kind::TimeoutOccurred, |at| PolicyEvent::TimeoutOccurred {
                at,
                elapsed,
                limit,
            });
        ResilienceError::Timeout {
            elapsed,
            timeout: limit,
        }
    }
}

/// What a shadow with this limit would have said of a call that took `elapsed` and ended as `primary`.
#[cold]
fn judge<M: Emitter>(limit: Duration, watch: &Request<M>, primary: Verdict, elapsed: Duration) {
    let shadow = if elapsed < limit {
        Verdict::InTime
    } else {
        Verdict::TimedOut
    };
    watch.told(|emitter| compare(emitter, primary, shadow));
}

/// The call has to wait: arms the timer the first time. Ready when the limit has passed, with the time that the call took.
#[inline(never)] // apart, so that the way of calls that are ready at once is short
fn wait<T: Timer>(
    mut sleep: Pin<&mut Option<T::Sleep>>,
    since: &mut Option<Tick>,
    limit: Duration,
    timer: &T,
    cx: &mut Context<'_>,
) -> Poll<Duration> {
    let since = match *since {
        Some(since) => since,
        None => {
            let (now, started) = timer.start(limit);
            sleep.set(Some(started));
            *since.insert(now)
        }
    };
    if sleep.is_none() {
        sleep.set(Some(timer.sleep_until(since.after(limit))));
    }
    match sleep.as_pin_mut() {
        Some(sleep) => ready!(sleep.poll(cx)),
        None => unreachable!("the timer was armed above"),
    }
    Poll::Ready(timer.now().since(since))
}

impl<F, T, M, B> std::fmt::Debug for TimeoutFuture<F, T, M, B>
where
    T: Timer,
    M: Emitter,
    B: Beside<Duration>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TimeoutFuture")
            .field("limit", &self.limit)
            .field("armed", &self.sleep.is_some())
            .finish_non_exhaustive()
    }
}
