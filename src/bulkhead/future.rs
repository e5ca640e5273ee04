//! A call that holds a permit, or was turned away.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::permit::Permit;
use crate::emit::{Emitter, NullSink, Request};
use crate::error::{FlatError, ResilienceError};
use crate::settings::Beside;

pin_project! {
    /// The future of [`BulkheadService`](super::BulkheadService).
    #[must_use = "futures do nothing unless polled"]
    pub struct BulkheadFuture<F, M = NullSink, B = ()>
    where
        M: Emitter,
        B: Beside<Permit>,
    {
        #[pin]
        state: State<F>,
        // After `state`: the inner future is dropped before its permit goes back.
        permit: Option<Permit>,
        // None: it was turned away, which has been told.
        watch: Option<Request<M>>,
        // The permit of the shadow, which is given back with the other.
        tried: B,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Running {
            #[pin]
            inner: F,
        },
        Full {
            in_flight: u32,
            limit: u32,
        },
        Closed,
        Done,
    }
}

// === impl BulkheadFuture ===

impl<F, M: Emitter, B: Beside<Permit>> BulkheadFuture<F, M, B> {
    #[inline]
    pub(super) fn running(inner: F, permit: Permit, watch: Request<M>, tried: B) -> Self {
        Self {
            state: State::Running { inner },
            permit: Some(permit),
            watch: Some(watch),
            tried,
        }
    }

    pub(super) fn full(in_flight: u32, limit: u32) -> Self {
        Self {
            state: State::Full { in_flight, limit },
            permit: None,
            watch: None,
            tried: B::holding(None),
        }
    }

    pub(super) fn closed() -> Self {
        Self {
            state: State::Closed,
            permit: None,
            watch: None,
            tried: B::holding(None),
        }
    }
}

impl<F, M, B, R, X> Future for BulkheadFuture<F, M, B>
where
    F: Future<Output = Result<R, X>>,
    X: FlatError,
    M: Emitter,
    B: Beside<Permit>,
{
    type Output = F::Output;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let output = match this.state.as_mut().project() {
            StateProj::Running { inner } => match this.watch {
                Some(watch) => ready!(watch.inside(|| inner.poll(cx))),
                None => unreachable!("a running call is watched"),
            },
            StateProj::Full { in_flight, limit } => Err(X::from_flat(ResilienceError::Bulkhead {
                in_flight: *in_flight as usize,
                max: *limit as usize,
            })),
            StateProj::Closed => Err(X::from_flat(ResilienceError::BulkheadClosed)),
            StateProj::Done => panic!("the future was polled after it was done"),
        };
        // The call is dropped, then its permit is free, then its caller sees the answer.
        if let Some(watch) = this.watch {
            watch.enter(); // a panic in that drop is the call's
        }
        this.state.set(State::Done);
        *this.permit = None;
        this.tried.take();
        let poll = Poll::Ready(output);
        if let Some(watch) = this.watch {
            watch.leave(&poll);
        }
        poll
    }
}

impl<F, M: Emitter, B: Beside<Permit>> fmt::Debug for BulkheadFuture<F, M, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkheadFuture")
            .field("holds_permit", &self.permit.is_some())
            .finish_non_exhaustive()
    }
}
