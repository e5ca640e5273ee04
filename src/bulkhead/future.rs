//! A call that holds a permit, or was turned away.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::Semaphore;
use pin_project_lite::pin_project;

use super::demand::{One, Weight};
use super::permit::Held;
use super::refusal::Refusal;
use crate::emit::{Emitter, NullSink, Request};
use crate::error::FlatError;
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
        state: State<F, Held<B, W>>,
        watch: Request<M>,
    }
}

pin_project! {
    #[project = StateProj]
    #[project_replace = StateTaken]
    enum State<F, H> {
        Running {
            #[pin]
            inner: F,
            // After `inner`, which is dropped before its permits go back.
            held: H,
        },
        TurnedAway {
            refusal: Refusal,
        },
        Done,
    }
}

// === impl BulkheadFuture ===

impl<F, M: Emitter, B: Beside<Arc<Semaphore>>, W: Weight> BulkheadFuture<F, M, B, W> {
    #[inline]
    pub(super) fn running(inner: F, held: Held<B, W>, watch: Request<M>) -> Self {
        Self {
            state: State::Running { inner, held },
            watch,
        }
    }

    /// `watch` has told it.
    pub(super) fn turned_away(refusal: Refusal, watch: Request<M>) -> Self {
        Self {
            state: State::TurnedAway { refusal },
            watch,
        }
    }

    /// The call is dropped, then its permits are free, then its caller sees the answer. A panic in that drop is the call's.
    #[inline(always)]
    fn end(self: Pin<&mut Self>) {
        let this = self.project();
        this.watch.enter();
        // Not `set`: the drop of a call stays one function then, and the drop of a state that is done a look at it.
        let unwinding = this.watch.unwinding();
        let over = this.state.project_replace(State::Done);
        mem::forget(unwinding);
        if let StateTaken::Running { mut held, .. } = over {
            held.give_back();
        }
    }

    /// The same for a call that failed. By `set`, so that `project_replace` is called in one place, and the good end has it in line.
    #[cold]
    fn fail(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.watch.enter();
        this.watch.run_on(|| this.state.set(State::Done));
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
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        let mut this = self.as_mut().project();
        match this.state.as_mut().project() {
            StateProj::Running { inner, .. } => match this.watch.poll(inner, cx) {
                Poll::Ready(Ok(response)) => {
                    self.as_mut().end();
                    self.project().watch.answered();
                    Poll::Ready(Ok(response))
                }
                Poll::Ready(Err(error)) => {
                    self.as_mut().fail();
                    self.project().watch.failed(&error);
                    Poll::Ready(Err(error))
                }
                Poll::Pending => Poll::Pending,
            },
            StateProj::TurnedAway { refusal } => {
                let error = refusal.error();
                this.state.set(State::Done);
                Poll::Ready(Err(X::from_flat(error)))
            }
            StateProj::Done => panic!("the future was polled after it was done"),
        }
    }
}

impl<F, M: Emitter, B: Beside<Arc<Semaphore>>, W: Weight> fmt::Debug
    for BulkheadFuture<F, M, B, W>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkheadFuture")
            .field("holds_permit", &matches!(self.state, State::Running { .. }))
            .finish_non_exhaustive()
    }
}
