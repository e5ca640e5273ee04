//! The service that times its calls.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower_service::Service;

use super::{TimeoutConfig, TimeoutFuture};
use crate::clock::Tick;
use crate::error::ResilienceError;
use crate::timer::Timer;

/// A service with a timeout around it. See the [page](super).
#[derive(Debug)]
pub struct TimeoutService<S, T: Timer> {
    inner: S,
    config: TimeoutConfig,
    timer: T,
    wait: Wait<T::Sleep>,
}

/// How far the wait for readiness has come; it stays [`Wait::None`] unless readiness is covered.
#[derive(Debug)]
enum Wait<P> {
    None,
    Armed {
        since: Tick,
        // boxed: a service is not pinned; the box is made by the first wait and dropped with it.
        sleep: Pin<Box<P>>,
    },
    Late {
        elapsed: Duration,
    },
}

// === impl TimeoutService ===

impl<S, T: Timer> TimeoutService<S, T> {
    pub(super) fn new(inner: S, config: TimeoutConfig, timer: T) -> Self {
        Self {
            inner,
            config,
            timer,
            wait: Wait::None,
        }
    }

    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to change.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.inner
    }

    #[cold]
    fn wait_for_readiness(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.config.limit();
        if let Wait::None = self.wait {
            let since = self.timer.now();
            self.wait = Wait::Armed {
                since,
                sleep: Box::pin(self.timer.sleep_until(since.after(limit))), // boxed: see `Wait`
            };
        }
        let Wait::Armed { since, sleep } = &mut self.wait else {
            return Poll::Ready(()); // late already
        };
        std::task::ready!(sleep.as_mut().poll(cx));
        let elapsed = self.timer.now().since(*since);
        self.wait = Wait::Late { elapsed };
        Poll::Ready(())
    }
}

/// A clone waits for its own readiness.
impl<S: Clone, T: Timer + Clone> Clone for TimeoutService<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.config, self.timer.clone())
    }
}

impl<S, T, Req, E> Service<Req> for TimeoutService<S, T>
where
    S: Service<Req, Error = ResilienceError<E>>,
    T: Timer + Clone,
{
    type Response = S::Response;
    type Error = ResilienceError<E>;
    type Future = TimeoutFuture<S::Future, T>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Wait::Late { .. } = self.wait {
            return Poll::Ready(Ok(()));
        }
        match self.inner.poll_ready(cx) {
            Poll::Pending if self.config.covers_readiness() => {
                self.wait_for_readiness(cx).map(|()| Ok(()))
            }
            poll => poll,
        }
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        let limit = self.config.limit();
        match std::mem::replace(&mut self.wait, Wait::None) {
            Wait::None => {
                TimeoutFuture::new(self.inner.call(request), limit, None, self.timer.clone())
            }
            Wait::Armed { since, .. } => TimeoutFuture::new(
                self.inner.call(request),
                limit,
                Some(since),
                self.timer.clone(),
            ),
            Wait::Late { elapsed } => TimeoutFuture::late(limit, elapsed, self.timer.clone()),
        }
    }
}
