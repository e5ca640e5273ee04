//! The same service, with less to rely on.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tower::Service;

/// The same service, bound to its thread, and its answers too.
pub struct Local<S> {
    inner: S,
    bound: Rc<()>,
}

/// The same service without `Clone`.
pub struct Single<S>(pub S);

// === impl Local ===

impl<S> Local<S> {
    pub fn new(inner: S) -> Self {
        let bound = Rc::new(());
        Self { inner, bound }
    }
}

impl<S: Clone> Clone for Local<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            bound: Rc::clone(&self.bound),
        }
    }
}

impl<S: Service<R, Future: 'static>, R> Service<R> for Local<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        Box::pin(self.inner.call(request))
    }
}

// === impl Single ===

impl<S: Service<R>, R> Service<R> for Single<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.0.call(request)
    }
}
