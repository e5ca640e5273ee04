//! The service that tries again.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::plan::Plan;
use super::{RetryFuture, RetryIf};
use crate::emit::{Emitter, NullSink};
use crate::error::FlatError;
use crate::timer::Timer;

/// A service with a retry around it. See the [page](super).
#[derive(Debug)]
pub struct RetryService<S, P, T, M = NullSink> {
    inner: S,
    plan: Arc<Plan<P, T>>,
    emitter: M,
}

// === impl RetryService ===

impl<S, P, T, M> RetryService<S, P, T, M> {
    pub(super) const fn new(inner: S, plan: Arc<Plan<P, T>>, emitter: M) -> Self {
        Self {
            inner,
            plan,
            emitter,
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
}

impl<S: Clone, P, T, M: Clone> Clone for RetryService<S, P, T, M> {
    fn clone(&self) -> Self {
        let plan = Arc::clone(&self.plan);
        Self::new(self.inner.clone(), plan, self.emitter.clone())
    }
}

impl<S, P, T, M, Req> Service<Req> for RetryService<S, P, T, M>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    P: RetryIf<<S::Error as FlatError>::Inner>,
    T: Timer,
    M: Emitter,
    Req: Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RetryFuture<S, P, T, Req, M>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        // The service that was readied makes the attempts; the clone waits for a readiness of its own.
        let unready = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, unready);
        RetryFuture::new(ready, Arc::clone(&self.plan), request, &self.emitter)
    }
}
