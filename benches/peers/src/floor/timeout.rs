//! A deadline: a clock that somebody else keeps, or tokio's timer.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};
use tower::Service;

use super::Stopped;
use crate::echo::FAR;

/// Nanoseconds, as they would be kept by a thread that does nothing else. Here nobody does.
static NOW: AtomicU64 = AtomicU64::new(0);

/// The deadline is looked at whenever the call is polled.
#[derive(Clone, Debug)]
pub struct Looked<S>(S);

/// The deadline is armed on tokio's timer when the call first waits.
#[derive(Clone, Debug)]
pub struct Armed<S>(S);

pin_project! {
    /// The future of [`Looked`].
    #[derive(Debug)]
    pub struct Looking<F> {
        #[pin]
        inner: F,
        deadline: u64,
    }
}

pin_project! {
    /// The future of [`Armed`].
    #[derive(Debug)]
    pub struct Arming<F> {
        #[pin]
        inner: F,
        #[pin]
        timer: Option<Sleep>,
    }
}

/// What that clock shows.
pub(super) fn now() -> u64 {
    NOW.load(Ordering::Relaxed)
}

// === impl Looked ===

impl<S> Looked<S> {
    /// Around `inner`.
    pub fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: Service<u64>> Service<u64> for Looked<S> {
    type Response = S::Response;
    type Error = Stopped<S::Error>;
    type Future = Looking<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx).map_err(Stopped::Inner)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        Looking {
            inner: self.0.call(request),
            deadline: now() + FAR.as_nanos() as u64,
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for Looking<F> {
    type Output = Result<T, Stopped<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(answer) = this.inner.poll(cx) {
            return Poll::Ready(answer.map_err(Stopped::Inner));
        }
        if now() >= *this.deadline {
            return Poll::Ready(Err(Stopped::Here));
        }
        Poll::Pending
    }
}

// === impl Armed ===

impl<S> Armed<S> {
    /// Around `inner`.
    pub fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: Service<u64>> Service<u64> for Armed<S> {
    type Response = S::Response;
    type Error = Stopped<S::Error>;
    type Future = Arming<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx).map_err(Stopped::Inner)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        Arming {
            inner: self.0.call(request),
            timer: None,
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for Arming<F> {
    type Output = Result<T, Stopped<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(answer) = this.inner.poll(cx) {
            return Poll::Ready(answer.map_err(Stopped::Inner));
        }
        if this.timer.is_none() {
            this.timer.set(Some(sleep(FAR)));
        }
        if let Some(timer) = this.timer.as_pin_mut() {
            ready!(timer.poll(cx));
        }
        Poll::Ready(Err(Stopped::Here))
    }
}
