//! The service that tries again.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::plan::Plan;
use super::{RetryFuture, RetryIf};
use crate::error::ResilienceError;
use crate::timer::Timer;

/// A service with a retry around it. See the [page](super).
#[derive(Debug)]
pub struct RetryService<S, P, T> {
    inner: S,
    plan: Arc<Plan<P, T>>,
}

// === impl RetryService ===

impl<S, P, T> RetryService<S, P, T> {
    pub(super) const fn new(inner: S, plan: Arc<Plan<P, T>>) -> Self {
        Self { inner, plan }
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
}

impl<S: Clone, P, T> Clone for RetryService<S, P, T> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.plan))
    }
}

impl<S, P, T, Req, E> Service<Req> for RetryService<S, P, T>
where
    S: Service<Req, Error = ResilienceError<E>> + Clone,
    P: RetryIf<E>,
    T: Timer,
    Req: Clone,
{
    type Response = S::Response;
    type Error = ResilienceError<E>;
    type Future = RetryFuture<S, P, T, Req>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        // The service that was readied makes the attempts; the clone waits for a readiness of its own.
        let unready = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, unready);
        RetryFuture::new(ready, Arc::clone(&self.plan), request)
    }
}
