//! A policy that answers by itself.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::emit::moment;
use crate::error::FlatError;

/// Answers from a function, without calling the inner service; made by [`Policy::respond`](super::Policy::respond).
#[derive(Clone, Copy)]
pub struct Respond<F> {
    respond: F,
}

/// The service of [`Respond`]. It is always ready.
pub struct RespondService<S, F> {
    respond: F,
    // The inner service gives its response and error types only.
    inner: PhantomData<fn() -> S>,
}

/// The future of [`RespondService`]: ready at once.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct RespondFuture<R, X> {
    response: Option<R>,
    error: PhantomData<fn() -> X>,
}

// === impl Respond ===

impl<F> Respond<F> {
    /// Answers with what `respond` makes of the request.
    pub const fn new(respond: F) -> Self {
        Self { respond }
    }
}

/// It has no events of its own.
impl<F> Tells for Respond<F> {
    type Kept = ();
}

impl<S, F: Clone> PolicyLayer<S> for Respond<F> {
    type Service = RespondService<S, F>;

    fn wrap(&self, _inner: S) -> Self::Service {
        RespondService {
            respond: self.respond.clone(),
            inner: PhantomData,
        }
    }
}

impl<F> Describe for Respond<F> {
    fn describe(&self) -> Node {
        Node::leaf("respond")
    }
}

/// It has no events of its own.
impl<F, K> WithSink<K> for Respond<F> {
    type Output = Self;

    fn with_sink(self, _sink: &K) -> Self {
        self
    }
}

impl<F> fmt::Debug for Respond<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Respond")
    }
}

// === impl RespondService ===

impl<S, F: Clone> Clone for RespondService<S, F> {
    fn clone(&self) -> Self {
        Self {
            respond: self.respond.clone(),
            inner: PhantomData,
        }
    }
}

impl<S, F> fmt::Debug for RespondService<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RespondService")
    }
}

impl<S, F, Req> Service<Req> for RespondService<S, F>
where
    S: Service<Req>,
    S::Error: FlatError,
    F: FnMut(Req) -> S::Response,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RespondFuture<S::Response, S::Error>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Req) -> Self::Future {
        moment::leave();
        RespondFuture {
            response: Some((self.respond)(request)),
            error: PhantomData,
        }
    }
}

// === impl RespondFuture ===

impl<R, X> Unpin for RespondFuture<R, X> {}

impl<R, X> Future for RespondFuture<R, X> {
    type Output = Result<R, X>;

    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        moment::pass();
        match self.response.take() {
            Some(response) => Poll::Ready(Ok(response)),
            None => panic!("the future was polled after it was done"),
        }
    }
}
