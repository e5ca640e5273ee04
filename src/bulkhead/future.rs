//! A call that holds a permit, or was turned away.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::permit::Permit;
use crate::error::ResilienceError;

pin_project! {
    /// The future of [`BulkheadService`](super::BulkheadService).
    #[must_use = "futures do nothing unless polled"]
    pub struct BulkheadFuture<F> {
        #[pin]
        state: State<F>,
        // After `state`: the inner future is dropped before its permit goes back.
        permit: Option<Permit>,
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

impl<F> BulkheadFuture<F> {
    #[inline]
    pub(super) fn running(inner: F, permit: Permit) -> Self {
        Self {
            state: State::Running { inner },
            permit: Some(permit),
        }
    }

    pub(super) fn full(in_flight: u32, limit: u32) -> Self {
        Self {
            state: State::Full { in_flight, limit },
            permit: None,
        }
    }

    pub(super) fn closed() -> Self {
        Self {
            state: State::Closed,
            permit: None,
        }
    }
}

impl<F, R, E> Future for BulkheadFuture<F>
where
    F: Future<Output = Result<R, ResilienceError<E>>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let output = match this.state.as_mut().project() {
            StateProj::Running { inner } => ready!(inner.poll(cx)),
            StateProj::Full { in_flight, limit } => Err(ResilienceError::Bulkhead {
                in_flight: *in_flight as usize,
                max: *limit as usize,
            }),
            StateProj::Closed => Err(ResilienceError::BulkheadClosed),
            StateProj::Done => panic!("the future was polled after it was done"),
        };
        // The call is dropped, then its permit is free, then its caller sees the answer.
        this.state.set(State::Done);
        *this.permit = None;
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for BulkheadFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkheadFuture")
            .field("holds_permit", &self.permit.is_some())
            .finish_non_exhaustive()
    }
}
