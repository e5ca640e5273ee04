//! A call that holds a ticket.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::ticket::Held;
use super::{ByError, CircuitBreakerConfig, CircuitSettings, Classify};
use crate::clock::Clock;
use crate::emit::{Emitter, NullSink, Request};
use crate::error::{FlatError, ResilienceError};

pin_project! {
    /// The future of [`CircuitBreakerService`](super::CircuitBreakerService).
    #[must_use = "futures do nothing unless polled"]
    pub struct CircuitBreakerFuture<F, C, M = NullSink, L = CircuitBreakerConfig, J = ByError>
    where
        C: Clock,
        M: Emitter,
        L: CircuitSettings,
    {
        #[pin]
        state: State<F>,
        // After `state`: the inner future is dropped before its ticket goes back.
        held: Option<Held<C, M, L, J>>,
    }

    impl<F, C, M, L, J> PinnedDrop for CircuitBreakerFuture<F, C, M, L, J>
    where
        C: Clock,
        M: Emitter,
        L: CircuitSettings,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(held) = this.held {
                held.dropping(|| this.state.set(State::Done));
            }
        }
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
        Rejected {
            retry_after: Option<Duration>,
        },
        Done,
    }
}

// === impl CircuitBreakerFuture ===

impl<F, C, M, L, J> CircuitBreakerFuture<F, C, M, L, J>
where
    C: Clock,
    M: Emitter,
    L: CircuitSettings,
{
    #[inline]
    pub(super) fn running(inner: F, held: Held<C, M, L, J>) -> Self {
        Self {
            state: State::Running { inner },
            held: Some(held),
        }
    }

    #[inline]
    pub(super) fn rejected(retry_after: Option<Duration>) -> Self {
        Self {
            state: State::Rejected { retry_after },
            held: None,
        }
    }
}

impl<F, C, M, L, J, R, X> Future for CircuitBreakerFuture<F, C, M, L, J>
where
    F: Future<Output = Result<R, X>>,
    X: FlatError,
    J: Classify<R, X::Inner>,
    C: Clock,
    M: Emitter,
    L: CircuitSettings,
{
    type Output = F::Output;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        let mut this = self.project();
        match this.state.as_mut().project() {
            StateProj::Running { inner } => {
                let Some(held) = this.held else {
                    unreachable!("a running call holds its ticket")
                };
                held.enter();
                // Each with an end of its own: what may be either is moved through memory.
                match held.poll_on(inner, cx) {
                    Poll::Ready(Ok(response)) => {
                        // Not `set`, as the rare ends: called in one place, the drop of a call that went well is in line here.
                        let _ = held.run_on(|| this.state.project_replace(State::Done));
                        held.leave();
                        held.answered::<R, X>(&response);
                        *this.held = None;
                        Poll::Ready(Ok(response))
                    }
                    Poll::Ready(Err(error)) => {
                        held.run_on(|| this.state.set(State::Done));
                        held.leave();
                        held.failed::<R, X>(&error);
                        *this.held = None;
                        Poll::Ready(Err(error))
                    }
                    Poll::Pending => {
                        held.leave();
                        Poll::Pending
                    }
                }
            }
            StateProj::Rejected { retry_after } => {
                let retry_after = *retry_after;
                this.state.set(State::Done);
                Poll::Ready(Err(X::from_flat(ResilienceError::CircuitOpen {
                    retry_after,
                })))
            }
            StateProj::Done => panic!("the future was polled after it was done"),
        }
    }
}

impl<F, C, M, L, J> fmt::Debug for CircuitBreakerFuture<F, C, M, L, J>
where
    C: Clock,
    M: Emitter,
    L: CircuitSettings,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Running { .. } => "running",
            State::Rejected { .. } => "rejected",
            State::Done => "done",
        };
        f.debug_struct("CircuitBreakerFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
