//! The service behind a bulkhead that rejects.

use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::{Entry, Semaphore};
use tower_service::Service;

use super::BulkheadFuture;
use super::permit::Permit;
use crate::error::ResilienceError;

/// A service with a bulkhead around it. See the [page](super).
#[derive(Clone, Debug)]
pub struct BulkheadService<S> {
    inner: S,
    semaphore: Arc<Semaphore>,
}

// === impl BulkheadService ===

impl<S> BulkheadService<S> {
    pub(super) const fn new(inner: S, semaphore: Arc<Semaphore>) -> Self {
        Self { inner, semaphore }
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

impl<S, Req, E> Service<Req> for BulkheadService<S>
where
    S: Service<Req, Error = ResilienceError<E>>,
{
    type Response = S::Response;
    type Error = ResilienceError<E>;
    type Future = BulkheadFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        match self.semaphore.try_acquire() {
            Entry::Acquired { .. } => {
                let permit = Permit::new(&self.semaphore);
                BulkheadFuture::running(self.inner.call(request), permit)
            }
            Entry::Full { in_flight, limit } => BulkheadFuture::full(in_flight, limit),
            Entry::Closed => BulkheadFuture::closed(),
            Entry::Waiting(_) => unreachable!("no line was asked for"),
        }
    }
}
