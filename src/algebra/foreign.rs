//! Third-party tower layers inside a policy.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::emit::moment;

/// A tower layer from elsewhere; made by [`Policy::tower`](super::Policy::tower).
///
/// The layer must pass the error of its inner service through. One that boxes its errors does not fit in: put it below the
/// policy, around the service itself.
#[derive(Clone, Copy)]
pub struct Tower<L> {
    layer: L,
}

/// A service of a layer from elsewhere, among ours.
#[derive(Clone, Copy, Debug)]
pub struct Foreign<S> {
    service: S,
}

pin_project! {
    /// The future of [`Foreign`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ForeignFuture<F> {
        #[pin]
        inner: F,
    }
}

// === impl Tower ===

impl<L> Tower<L> {
    /// Takes the layer in.
    pub const fn new(layer: L) -> Self {
        Self { layer }
    }
}

/// It has no events of its own.
impl<L> Tells for Tower<L> {
    type Kept = ();
}

impl<S, L: Layer<S>> PolicyLayer<S> for Tower<L> {
    type Service = Foreign<L::Service>;

    fn wrap(&self, inner: S) -> Self::Service {
        Foreign {
            service: self.layer.layer(inner),
        }
    }
}

impl<L> Describe for Tower<L> {
    fn describe(&self) -> Node {
        let path = std::any::type_name::<L>();
        let bare = path.split('<').next().unwrap_or(path);
        Node::leaf(format!(
            "tower {}",
            bare.rsplit("::").next().unwrap_or(bare)
        ))
    }
}

/// It has no events of its own.
impl<L, K> WithSink<K> for Tower<L> {
    type Output = Self;

    fn with_sink(self, _sink: &K) -> Self {
        self
    }
}

impl<L> fmt::Debug for Tower<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tower")
            .field(&std::any::type_name::<L>())
            .finish()
    }
}

// === impl Foreign ===

impl<S> Foreign<S> {
    /// The service.
    pub const fn get_ref(&self) -> &S {
        &self.service
    }

    /// The service, to change.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.service
    }
}

impl<S: Service<Req>, Req> Service<Req> for Foreign<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = ForeignFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        moment::leave();
        ForeignFuture {
            inner: self.service.call(request),
        }
    }
}

// === impl ForeignFuture ===

impl<F: Future> Future for ForeignFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let poll = self.project().inner.poll(cx);
        moment::pass();
        poll
    }
}
