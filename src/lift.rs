//! The bottom of every policy: turns a service's own error into the flat one, once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use crate::error::ResilienceError;

/// A service whose error `E` has become [`ResilienceError::Inner`].
///
/// A [`Policy`](crate::Policy) puts it around the innermost service; a layer that is used alone puts it under itself.
#[derive(Clone, Copy, Debug)]
pub struct Lift<S> {
    inner: S,
}

pin_project! {
    /// The future of [`Lift`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct LiftFuture<F> {
        #[pin]
        inner: F,
    }
}

// === impl Lift ===

impl<S> Lift<S> {
    /// Puts `inner` at the bottom.
    pub const fn new(inner: S) -> Self {
        Self { inner }
    }

    /// The service at the bottom.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service at the bottom, to change.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: Service<Req>, Req> Service<Req> for Lift<S> {
    type Response = S::Response;
    type Error = ResilienceError<S::Error>;
    type Future = LiftFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ResilienceError::Inner)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        LiftFuture {
            inner: self.inner.call(request),
        }
    }
}

// === impl LiftFuture ===

impl<F: Future<Output = Result<T, E>>, T, E> Future for LiftFuture<F> {
    type Output = Result<T, ResilienceError<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(ready!(self.project().inner.poll(cx)).map_err(ResilienceError::Inner))
    }
}
