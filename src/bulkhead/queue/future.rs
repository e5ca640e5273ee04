//! A call that may have to wait for its permit.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tower_service::Service;

use super::super::permit::{Permit, Waiter};
use crate::clock::Tick;
use crate::error::ResilienceError;
use crate::timer::Timer;

pin_project! {
    /// The future of [`QueuedService`](super::QueuedService).
    #[must_use = "futures do nothing unless polled"]
    pub struct QueuedFuture<S, T, Req>
    where
        S: Service<Req>,
        T: Timer,
    {
        #[pin]
        state: State<S::Future, T::Sleep>,
        // After `state`: the inner future is dropped before its permit goes back.
        permit: Option<Permit>,
        line: Option<InLine<S, Req>>,
        error: Option<S::Error>,
        timer: T,
    }
}

/// A call in line, with all it needs once it is its turn. The place is given up before the service goes.
struct InLine<S, Req> {
    waiter: Waiter,
    service: S,
    request: Req,
    max_wait: Duration,
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

impl<S: Service<Req>, T: Timer, Req> QueuedFuture<S, T, Req> {
    fn new(state: State<S::Future, T::Sleep>, timer: T) -> Self {
        Self {
            state,
            permit: None,
            line: None,
            error: None,
            timer,
        }
    }

    #[inline]
    pub(super) fn running(inner: S::Future, permit: Permit, timer: T) -> Self {
        let mut call = Self::new(State::Running { inner }, timer);
        call.permit = Some(permit);
        call
    }

    pub(super) fn waiting(
        waiter: Waiter,
        service: S,
        request: Req,
        max_wait: Duration,
        timer: T,
    ) -> Self {
        let mut call = Self::new(State::InLine, timer);
        call.line = Some(InLine {
            waiter,
            service,
            request,
            max_wait,
        });
        call
    }

    pub(super) fn turned_away(error: S::Error, timer: T) -> Self {
        let mut call = Self::new(State::TurnedAway, timer);
        call.error = Some(error);
        call
    }
}

impl<S, T, Req, E> Future for QueuedFuture<S, T, Req>
where
    S: Service<Req, Error = ResilienceError<E>>,
    T: Timer,
{
    type Output = Result<S::Response, ResilienceError<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let output = loop {
            let timed = match this.state.as_mut().project() {
                StateProj::Running { inner } => break ready!(inner.poll(cx)),
                StateProj::TurnedAway => match this.error.take() {
                    Some(error) => break Err(error),
                    None => unreachable!("a call that was turned away has its error"),
                },
                StateProj::InLine => None,
                StateProj::Timed { sleep, since } => Some((sleep, *since)),
                StateProj::Done => panic!("the future was polled after it was done"),
            };
            let Some(line) = this.line.as_mut() else {
                unreachable!("a call in line has its place")
            };
            match line.waiter.poll(cx.waker()) {
                Poll::Ready(Some(permit)) => {
                    *this.permit = Some(permit);
                    if let Some(InLine {
                        mut service,
                        request,
                        ..
                    }) = this.line.take()
                    {
                        let inner = service.call(request);
                        this.state.set(State::Running { inner });
                    }
                }
                Poll::Ready(None) => break Err(ResilienceError::BulkheadClosed),
                Poll::Pending => match timed {
                    Some((sleep, since)) => {
                        ready!(sleep.poll(cx));
                        let waited = this.timer.now().since(since);
                        break Err(ResilienceError::BulkheadTimeout { waited });
                    }
                    None => {
                        let since = this.timer.now();
                        let sleep = this.timer.sleep_until(since.after(line.max_wait));
                        this.state.set(State::Timed { sleep, since });
                    }
                },
            }
        };
        // The call is dropped, then its permit or place is free, then its caller sees the answer.
        this.state.set(State::Done);
        *this.permit = None;
        *this.line = None;
        Poll::Ready(output)
    }
}

impl<S: Service<Req>, T: Timer, Req> fmt::Debug for QueuedFuture<S, T, Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedFuture")
            .field("holds_permit", &self.permit.is_some())
            .field("in_line", &self.line.is_some())
            .finish_non_exhaustive()
    }
}
