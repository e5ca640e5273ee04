//! Failures in a row: one load in, one load out, and a write only after a failure.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::Service;

use super::{Shared, Stopped};
use crate::cases::breaker::FAILURES;

/// So many failures in a row; from the last on that there may be, nobody gets in any more.
#[derive(Debug, Default)]
pub struct Failures(AtomicU32);

/// Rejects after so many.
#[derive(Clone, Debug)]
pub struct Breaker<S, H> {
    inner: S,
    failures: H,
}

pin_project! {
    /// The future of [`Breaker`].
    #[derive(Debug)]
    pub struct Watched<F, H> {
        // None: it was open.
        #[pin]
        inner: Option<F>,
        failures: Option<H>,
    }
}

// === impl Failures ===

impl Failures {
    /// As many as open it.
    pub fn open() -> Self {
        Self(AtomicU32::new(FAILURES))
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.0.load(Ordering::Acquire) >= FAILURES
    }

    fn hear(&self, failed: bool) {
        if failed {
            self.0.fetch_add(1, Ordering::Release);
        } else if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }
}

// === impl Breaker ===

impl<S, H: Shared<Failures>> Breaker<S, H> {
    /// Around `inner`.
    pub fn new(inner: S, failures: H) -> Self {
        Self { inner, failures }
    }
}

impl<S: Service<u64>, H: Shared<Failures>> Service<u64> for Breaker<S, H> {
    type Response = S::Response;
    type Error = Stopped<S::Error>;
    type Future = Watched<S::Future, H>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Stopped::Inner)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        let closed = !self.failures.are_too_many();
        Watched {
            inner: closed.then(|| self.inner.call(request)),
            failures: closed.then(|| self.failures.clone()),
        }
    }
}

impl<T, E, F, H> Future for Watched<F, H>
where
    F: Future<Output = Result<T, E>>,
    H: Shared<Failures>,
{
    type Output = Result<T, Stopped<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Ready(Err(Stopped::Here));
        };
        let answer = ready!(inner.poll(cx));
        if let Some(failures) = this.failures.take() {
            failures.hear(answer.is_err());
        }
        Poll::Ready(answer.map_err(Stopped::Inner))
    }
}
