//! The bulkhead with a line: calls that do not fit wait for their turn.
//!
//! A call that has to wait takes the readied inner service with it, and the next call readies a clone: so the inner service is
//! `Clone` here, and only here. A call that fits costs what it costs without a line.

mod future;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::semaphore::{Entry, Semaphore};
use tower_service::Service;

pub use future::QueuedFuture;

use super::permit::{Permit, Waiter};
use crate::error::ResilienceError;
use crate::timer::{Timer, TokioTimer};

/// A service with a bulkhead and a line around it. See the [page](super::super).
#[derive(Clone, Debug)]
pub struct QueuedService<S, T = TokioTimer> {
    inner: S,
    semaphore: Arc<Semaphore>,
    max_wait: Duration,
    timer: T,
}

// === impl QueuedService ===

impl<S, T> QueuedService<S, T> {
    pub(super) const fn new(
        inner: S,
        semaphore: Arc<Semaphore>,
        max_wait: Duration,
        timer: T,
    ) -> Self {
        Self {
            inner,
            semaphore,
            max_wait,
            timer,
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

impl<S, T, Req, E> Service<Req> for QueuedService<S, T>
where
    S: Service<Req, Error = ResilienceError<E>> + Clone,
    T: Timer + Clone,
{
    type Response = S::Response;
    type Error = ResilienceError<E>;
    type Future = QueuedFuture<S, T, Req>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        match self.semaphore.enter() {
            Entry::Acquired { .. } => {
                let permit = Permit::new(&self.semaphore);
                QueuedFuture::running(self.inner.call(request), permit, self.timer.clone())
            }
            Entry::Waiting(place) => {
                let waiter = Waiter::new(&self.semaphore, place);
                let unready = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, unready);
                let timer = self.timer.clone();
                QueuedFuture::waiting(waiter, ready, request, self.max_wait, timer)
            }
            Entry::Full { in_flight, limit } => {
                let (in_flight, max) = (in_flight as usize, limit as usize);
                let error = ResilienceError::Bulkhead { in_flight, max };
                QueuedFuture::turned_away(error, self.timer.clone())
            }
            Entry::Closed => {
                QueuedFuture::turned_away(ResilienceError::BulkheadClosed, self.timer.clone())
            }
        }
    }
}
