//! A call that holds a permit, or was turned away.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ninelives_core::semaphore::Semaphore;
use pin_project_lite::pin_project;

use super::demand::{One, Weight};
use super::permit::Held;
use crate::emit::{Emitter, NullSink, Request};
use crate::error::{FlatError, ResilienceError};
use crate::settings::Beside;

pin_project! {
    /// The future of [`BulkheadService`](super::BulkheadService).
    #[must_use = "futures do nothing unless polled"]
    pub struct BulkheadFuture<F, M = NullSink, B = (), W = One>
    where
        M: Emitter,
        B: Beside<Arc<Semaphore>>,
        W: Weight,
    {
        #[pin]
        state: State<F>,
        // After `state`: the inner future is dropped before its permits go back.
        held: Held<B, W>,
        watch: Request<M>,
    }
}

pin_project! {
    #[project = StateProj]
    #[project_replace = StateTaken]
    enum State<F> {
        Running {
            #[pin]
            inner: F,
        },
        Full {
            in_flight: u32,
            limit: u32,
        },
        Overweight {
            weight: u32,
            limit: u32,
        },
        Closed,
        Done,
    }
}

// === impl BulkheadFuture ===

impl<F, M: Emitter, B: Beside<Arc<Semaphore>>, W: Weight> BulkheadFuture<F, M, B, W> {
    #[inline]
    pub(super) fn running(inner: F, held: Held<B, W>, watch: Request<M>) -> Self {
        Self {
            state: State::Running { inner },
            held,
            watch,
        }
    }

    /// It was turned away, and `watch` has told it.
    pub(super) fn full(in_flight: u32, limit: u32, watch: Request<M>) -> Self {
        Self::turned_away(State::Full { in_flight, limit }, watch)
    }

    /// As [`full`](Self::full).
    pub(super) fn overweight(weight: u32, limit: u32, watch: Request<M>) -> Self {
        Self::turned_away(State::Overweight { weight, limit }, watch)
    }

    /// As [`full`](Self::full).
    pub(super) fn closed(watch: Request<M>) -> Self {
        Self::turned_away(State::Closed, watch)
    }

    fn turned_away(state: State<F>, watch: Request<M>) -> Self {
        Self {
            state,
            held: Held::nothing(),
            watch,
        }
    }
}

impl<F, M, B, W, R, X> Future for BulkheadFuture<F, M, B, W>
where
    F: Future<Output = Result<R, X>>,
    X: FlatError,
    M: Emitter,
    B: Beside<Arc<Semaphore>>,
    W: Weight,
{
    type Output = F::Output;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        let mut this = self.project();
        let output = match this.state.as_mut().project() {
            StateProj::Running { inner } => ready!(this.watch.inside(|| inner.poll(cx))),
            StateProj::Full { in_flight, limit } => {
                let (in_flight, max) = (*in_flight as usize, *limit as usize);
                this.state.set(State::Done);
                let error = ResilienceError::Bulkhead { in_flight, max };
                return Poll::Ready(Err(X::from_flat(error)));
            }
            StateProj::Overweight { weight, limit } => {
                let error = ResilienceError::overweight(*weight, *limit);
                this.state.set(State::Done);
                return Poll::Ready(Err(X::from_flat(error)));
            }
            StateProj::Closed => {
                this.state.set(State::Done);
                return Poll::Ready(Err(X::from_flat(ResilienceError::BulkheadClosed)));
            }
            StateProj::Done => panic!("the future was polled after it was done"),
        };
        // The call is dropped, then its permits are free, then its caller sees the answer. A panic in that drop is the call's.
        this.watch.enter();
        // Not `set`: the drop of a call stays one function then, and the drop of a state that is done a look at it.
        this.state.project_replace(State::Done);
        this.held.give_back();
        let poll = Poll::Ready(output);
        this.watch.leave(&poll);
        poll
    }
}

impl<F, M: Emitter, B: Beside<Arc<Semaphore>>, W: Weight> fmt::Debug
    for BulkheadFuture<F, M, B, W>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkheadFuture")
            .field("holds_permit", &self.held.is_something())
            .finish_non_exhaustive()
    }
}
