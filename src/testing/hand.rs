//! A hand that polls: no runtime, and every wake-up counted.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use ninelives_core::tally::Tally;
use tower_service::Service;

/// A future, polled by the test, and how often it was woken.
pub struct Hand<F> {
    future: Pin<Box<F>>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(Tally);

// === impl Wakes ===

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.add(1);
    }
}

// === impl Hand ===

impl<F: Future> Hand<F> {
    /// A hand at `future`, which it has not polled yet.
    pub fn new(future: F) -> Self {
        Self {
            future: Box::pin(future), // boxed: a test moves its hands about
            wakes: Arc::default(),
        }
    }

    /// Polls once.
    pub fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls once and expects to have to wait.
    ///
    /// # Panics
    /// When it is done.
    #[track_caller]
    pub fn waits(&mut self) {
        assert!(self.poll().is_pending(), "expected to have to wait");
    }

    /// Polls once and expects to be done.
    ///
    /// # Panics
    /// When it has to wait.
    #[track_caller]
    pub fn done(&mut self) -> F::Output {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("expected to be done"),
        }
    }

    /// Polls whenever it was woken, until it is done.
    ///
    /// # Panics
    /// When it waits and nobody has woken it: a lost wake-up, or a wait for something that the test has to do.
    #[track_caller]
    pub fn finish(&mut self) -> F::Output {
        loop {
            let before = self.wakes();
            if let Poll::Ready(output) = self.poll() {
                return output;
            }
            assert!(self.wakes() > before, "pending, and nobody woke it");
        }
    }

    /// Bytes of the future.
    pub fn size(&self) -> usize {
        size_of_val(&*self.future)
    }

    /// Wake-ups so far.
    pub fn wakes(&self) -> u64 {
        self.wakes.0.get()
    }
}

impl<F> std::fmt::Debug for Hand<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hand")
            .field("wakes", &self.wakes.0.get())
            .finish_non_exhaustive()
    }
}

/// Asks a service for its readiness once, and expects it.
///
/// # Panics
/// When it is not ready, or its readiness failed.
#[track_caller]
pub fn ready<S: Service<R>, R>(service: &mut S) {
    match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(())) => {}
        Poll::Ready(Err(_)) => panic!("its readiness failed"),
        Poll::Pending => panic!("it is not ready"),
    }
}

/// Readies a service and calls it.
///
/// # Panics
/// As [`ready`].
#[track_caller]
pub fn call<S: Service<R>, R>(service: &mut S, request: R) -> Hand<S::Future> {
    ready(service);
    Hand::new(service.call(request))
}
