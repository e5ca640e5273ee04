//! A call that may have to wait for its permit.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ninelives_core::semaphore::Semaphore;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::super::demand::{One, Weight};
use super::super::permit::{End, Held, Waiter};
use super::super::watch;
use crate::clock::Tick;
use crate::deadline::{Due, Manner, Unheeding, late_by};
use crate::emit::{BulkheadRejection, Emitter, NullSink, Request};
use crate::error::{FlatError, ResilienceError};
use crate::settings::Beside;
use crate::timer::Timer;

pin_project! {
    /// The future of [`QueuedService`](super::QueuedService).
    #[must_use = "futures do nothing unless polled"]
    pub struct QueuedFuture<S, T, Req, M = NullSink, B = (), W = One, D = Unheeding>
    where
        S: Service<Req>,
        T: Timer,
        M: Emitter,
        B: Beside<Arc<Semaphore>>,
        W: Weight,
        D: Manner,
    {
        #[pin]
        state: State<S::Future, T::Sleep>,
        // After `state`: the inner future is dropped before its permits go back.
        held: Held<B, W>,
        line: Option<InLine<S, Req, B, W, D::Due>>,
        error: Option<S::Error>,
        watch: Request<M>,
        timer: T,
    }
}

/// A call in line, with all it needs once it is its turn. The place is given up before the service goes.
pub(super) struct InLine<S, Req, B: Beside<Arc<Semaphore>>, W: Weight, U> {
    waiter: Waiter<B, W>,
    service: S,
    request: Req,
    max_wait: Duration,
    due: U,
}

pin_project! {
    #[project = StateProj]
    enum State<F, P> {
        InLine,
        // The wait is being timed: armed by the first poll that had to wait.
        Timed {
            #[pin]
            sleep: P,
            since: Tick,
        },
        Running {
            #[pin]
            inner: F,
        },
        TurnedAway,
        Done,
    }
}

// === impl QueuedFuture ===

impl<S, T, M, B, W, D, Req> QueuedFuture<S, T, Req, M, B, W, D>
where
    S: Service<Req>,
    T: Timer,
    M: Emitter,
    B: Beside<Arc<Semaphore>>,
    W: Weight,
    D: Manner,
{
    fn new(state: State<S::Future, T::Sleep>, watch: Request<M>, timer: T) -> Self {
        Self {
            state,
            held: Held::nothing(),
            line: None,
            error: None,
            watch,
            timer,
        }
    }

    #[inline]
    pub(super) fn running(inner: S::Future, held: Held<B, W>, watch: Request<M>, timer: T) -> Self {
        let mut call = Self::new(State::Running { inner }, watch, timer);
        call.held = held;
        call
    }

    pub(super) fn waiting(line: InLine<S, Req, B, W, D::Due>, watch: Request<M>, timer: T) -> Self {
        let mut call = Self::new(State::InLine, watch, timer);
        call.line = Some(line);
        call
    }

    /// `watch` has told it.
    pub(super) fn turned_away(error: S::Error, watch: Request<M>, timer: T) -> Self {
        let mut call = Self::new(State::TurnedAway, watch, timer);
        call.error = Some(error);
        call
    }

    /// The call is dropped, then its permits or its place are free, then its caller sees the answer. A panic in that drop is the call's.
    #[inline(always)]
    fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.watch.enter();
        this.watch.run_on(|| this.state.set(State::Done));
        this.held.give_back();
        *this.line = None;
    }

    #[cold]
    fn fail(self: Pin<&mut Self>) {
        self.end();
    }
}

impl<S, T, M, B, W, D, Req> Future for QueuedFuture<S, T, Req, M, B, W, D>
where
    S: Service<Req>,
    S::Error: FlatError,
    T: Timer,
    M: Emitter,
    B: Beside<Arc<Semaphore>>,
    W: Weight,
    D: Manner,
{
    type Output = Result<S::Response, S::Error>;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        let mut this = self.as_mut().project();
        let error = loop {
            let timed = match this.state.as_mut().project() {
                StateProj::Running { inner } => match ready!(this.watch.poll(inner, cx)) {
                    Ok(response) => {
                        self.as_mut().end();
                        self.project().watch.answered();
                        return Poll::Ready(Ok(response));
                    }
                    Err(error) => break error,
                },
                StateProj::TurnedAway => match this.error.take() {
                    Some(error) => return Poll::Ready(Err(error)),
                    None => panic!("the future was polled after it was done"),
                },
                StateProj::InLine => None,
                StateProj::Timed { sleep, since } => Some((sleep, *since)),
                StateProj::Done => panic!("the future was polled after it was done"),
            };
            let Some(line) = this.line.as_mut() else {
                unreachable!("a call in line has its place")
            };
            let watch = &mut *this.watch;
            let weight = line.waiter.weight();
            match line.waiter.poll(cx.waker()) {
                Poll::Ready(End::Granted { held, in_flight }) => {
                    *this.held = held;
                    if D::HEEDS
                        && let Some(late_by) = late_by(line.due, this.timer)
                    {
                        watch::left(watch, weight, BulkheadRejection::DeadlinePassed);
                        let error = ResilienceError::DeadlinePassed { late_by };
                        break S::Error::from_flat(error);
                    }
                    watch::granted(watch, || in_flight, weight);
                    if let Some(InLine {
                        mut service,
                        request,
                        ..
                    }) = this.line.take()
                    {
                        let inner = watch.inside(|| service.call(request));
                        this.state.set(State::Running { inner });
                    }
                }
                Poll::Ready(End::Overweight { limit }) => {
                    watch::left(watch, weight, BulkheadRejection::Overweight);
                    let (weight, max) = (weight as usize, limit as usize);
                    let error = ResilienceError::bulkhead_overweight(weight, max);
                    break S::Error::from_flat(error);
                }
                Poll::Ready(End::Closed) => {
                    watch::left(watch, weight, BulkheadRejection::Closed);
                    break S::Error::from_flat(ResilienceError::BulkheadClosed);
                }
                Poll::Pending => match timed {
                    Some((sleep, since)) => {
                        ready!(sleep.poll(cx));
                        let ended = line.end(since);
                        let now = this.timer.now();
                        let (reason, error) = if D::HEEDS && ended == line.due.tick() {
                            let late_by = now.since(ended);
                            let error = ResilienceError::DeadlinePassed { late_by };
                            (BulkheadRejection::DeadlinePassed, error)
                        } else {
                            let waited = now.since(since);
                            let error = ResilienceError::BulkheadTimeout { waited };
                            (BulkheadRejection::TimedOut, error)
                        };
                        watch::left(watch, weight, reason);
                        break S::Error::from_flat(error);
                    }
                    None => {
                        let since = this.timer.now();
                        let sleep = this.timer.sleep_until(line.end(since));
                        this.state.set(State::Timed { sleep, since });
                    }
                },
            }
        };
        self.as_mut().fail();
        self.project().watch.failed(&error);
        Poll::Ready(Err(error))
    }
}

// === impl InLine ===

impl<S, Req, B: Beside<Arc<Semaphore>>, W: Weight, U: Due> InLine<S, Req, B, W, U> {
    pub(super) fn new(
        waiter: Waiter<B, W>,
        service: S,
        request: Req,
        max_wait: Duration,
        due: U,
    ) -> Self {
        Self {
            waiter,
            service,
            request,
            max_wait,
            due,
        }
    }

    /// When a wait that began at `since` is over.
    fn end(&self, since: Tick) -> Tick {
        since.after(self.max_wait).min(self.due.tick())
    }
}

impl<S, T, M, B, W, D, Req> fmt::Debug for QueuedFuture<S, T, Req, M, B, W, D>
where
    S: Service<Req>,
    T: Timer,
    M: Emitter,
    B: Beside<Arc<Semaphore>>,
    W: Weight,
    D: Manner,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedFuture")
            .field("holds_permit", &self.held.is_something())
            .field("in_line", &self.line.is_some())
            .finish_non_exhaustive()
    }
}
