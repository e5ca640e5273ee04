//! The bottom of every policy: converts the service's own error into the flat one, once.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use crate::emit::moment;
use crate::error::ResilienceError;

/// A service whose error `E` has become [`ResilienceError::Inner`].
///
/// A [`Policy`](crate::Policy) puts it around the innermost service; a layer that is used alone puts it under itself. `K` is what is kept of
/// a request above it for the sinks: if that is anything, its calls end what is known of the time.
pub struct Lift<S, K = ()> {
    inner: S,
    kept: PhantomData<fn() -> K>,
}

pin_project! {
    /// The future of [`Lift`].
    #[must_use = "futures do nothing unless polled"]
    pub struct LiftFuture<F, K = ()> {
        #[pin]
        inner: F,
        kept: PhantomData<fn() -> K>,
    }
}

/// Whether anything is kept.
const fn is_something<K>() -> bool {
    size_of::<K>() != 0
}

// === impl Lift ===

impl<S> Lift<S> {
    /// Puts `inner` at the bottom.
    pub const fn new(inner: S) -> Self {
        Self::under(inner)
    }
}

impl<S, K> Lift<S, K> {
    /// As [`new`](Lift::new), under layers that keep `K`.
    pub(crate) const fn under(inner: S) -> Self {
        Self {
            inner,
            kept: PhantomData,
        }
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

impl<S: Clone, K> Clone for Lift<S, K> {
    fn clone(&self) -> Self {
        Self::under(self.inner.clone())
    }
}

impl<S: fmt::Debug, K> fmt::Debug for Lift<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lift").field(&self.inner).finish()
    }
}

impl<S: Service<Req>, K, Req> Service<Req> for Lift<S, K> {
    type Response = S::Response;
    type Error = ResilienceError<S::Error>;
    type Future = LiftFuture<S::Future, K>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ResilienceError::Inner)
    }

    #[inline(always)] // as the calls around it
    fn call(&mut self, request: Req) -> Self::Future {
        if is_something::<K>() {
            moment::leave();
        }
        LiftFuture {
            inner: self.inner.call(request),
            kept: PhantomData,
        }
    }
}

// === impl LiftFuture ===

impl<F: fmt::Debug, K> fmt::Debug for LiftFuture<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiftFuture").field(&self.inner).finish()
    }
}

impl<F: Future<Output = Result<T, E>>, K, T, E> Future for LiftFuture<F, K> {
    type Output = Result<T, ResilienceError<E>>;

    #[inline(always)] // as `call`
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let poll = self.project().inner.poll(cx);
        if is_something::<K>() {
            moment::pass();
        }
        Poll::Ready(ready!(poll).map_err(ResilienceError::Inner))
    }
}
