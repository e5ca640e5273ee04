//! An exact limit: one swap in, one subtraction out.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::Service;

use super::{Shared, Stopped};
use crate::cases::bulkhead::PERMITS;

/// How many are in.
#[derive(Debug)]
pub struct Gate {
    inside: AtomicUsize,
    limit: usize,
}

/// Rejects who finds it full.
#[derive(Clone, Debug)]
pub struct Bulkhead<S, H> {
    inner: S,
    gate: H,
}

/// The right to be in.
#[derive(Debug)]
struct Permit<H: Shared<Gate>>(H);

pin_project! {
    /// The future of [`Bulkhead`].
    #[derive(Debug)]
    pub struct Inside<F, H: Shared<Gate>> {
        // None: it was full.
        #[pin]
        inner: Option<F>,
        permit: Option<Permit<H>>,
    }
}

// === impl Gate ===

impl Gate {
    /// With so many permits.
    pub fn new(limit: usize) -> Self {
        Self {
            inside: AtomicUsize::new(0),
            limit,
        }
    }

    fn enter(&self) -> bool {
        let mut seen = self.inside.load(Ordering::Relaxed);
        while seen < self.limit {
            let swapped = self.inside.compare_exchange_weak(
                seen,
                seen + 1,
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(PERMITS)
    }
}

impl<H: Shared<Gate>> Drop for Permit<H> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Release);
    }
}

// === impl Bulkhead ===

impl<S, H: Shared<Gate>> Bulkhead<S, H> {
    /// Around `inner`.
    pub fn new(inner: S, gate: H) -> Self {
        Self { inner, gate }
    }
}

impl<S: Service<u64>, H: Shared<Gate>> Service<u64> for Bulkhead<S, H> {
    type Response = S::Response;
    type Error = Stopped<S::Error>;
    type Future = Inside<S::Future, H>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Stopped::Inner)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        let permit = self.gate.enter().then(|| Permit(self.gate.clone()));
        Inside {
            inner: permit.is_some().then(|| self.inner.call(request)),
            permit,
        }
    }
}

impl<T, E, F, H> Future for Inside<F, H>
where
    F: Future<Output = Result<T, E>>,
    H: Shared<Gate>,
{
    type Output = Result<T, Stopped<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Ready(Err(Stopped::Here));
        };
        let answer = ready!(inner.poll(cx));
        *this.permit = None;
        Poll::Ready(answer.map_err(Stopped::Inner))
    }
}
