//! Some more attempts, at once; the service is always ready, which a retry for others would ask first.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::Service;

use crate::cases::retry::ATTEMPTS;

/// Tries again.
#[derive(Clone, Debug)]
pub struct Retry<S>(S);

pin_project! {
    /// The future of [`Retry`].
    #[derive(Debug)]
    pub struct Trying<S, F> {
        service: S,
        #[pin]
        attempt: F,
        request: u64,
        left: usize,
    }
}

// === impl Retry ===

impl<S> Retry<S> {
    /// Around `inner`.
    pub fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: Service<u64> + Clone> Service<u64> for Retry<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Trying<S, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        Trying {
            attempt: self.0.call(request),
            service: self.0.clone(),
            request,
            left: ATTEMPTS - 1,
        }
    }
}

impl<S> Future for Trying<S, S::Future>
where
    S: Service<u64> + Clone,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match ready!(this.attempt.as_mut().poll(cx)) {
                Err(_) if *this.left > 0 => {
                    *this.left -= 1;
                    let again = this.service.call(*this.request);
                    this.attempt.set(again);
                }
                answer => return Poll::Ready(answer),
            }
        }
    }
}
