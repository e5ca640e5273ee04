//! A hand that polls: no runtime, and every wake-up counted.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tower::Service;

/// A future, and how often it was woken.
pub struct Hand<F> {
    future: Pin<Box<F>>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

// === impl Hand ===

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl<F: Future> Hand<F> {
    pub fn new(future: F) -> Self {
        Self {
            future: Box::pin(future),
            wakes: Arc::default(),
        }
    }

    /// Polls once.
    pub fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls once and expects to have to wait.
    #[track_caller]
    pub fn waits(&mut self) {
        assert!(self.poll().is_pending(), "expected to have to wait");
    }

    /// Polls once and expects to be done.
    #[track_caller]
    pub fn done(&mut self) -> F::Output {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("expected to be done"),
        }
    }

    /// Polls whenever woken, until done. Pending without a wake-up is a lost one.
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

    /// The future, for a runtime to poll.
    pub fn await_it(self) -> Pin<Box<F>> {
        self.future
    }

    /// Bytes of the future.
    pub fn size(&self) -> usize {
        size_of_val(&*self.future)
    }

    /// Wake-ups so far.
    pub fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }
}

/// Asks a service for its readiness once.
pub fn readiness<S: Service<u32>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

/// Readies a service and calls it.
#[track_caller]
pub fn call<S: Service<R>, R>(service: &mut S, request: R) -> Hand<S::Future> {
    match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(())) => Hand::new(service.call(request)),
        Poll::Ready(Err(_)) => panic!("its readiness failed"),
        Poll::Pending => panic!("it is not ready"),
    }
}

/// What a panic said.
#[track_caller]
pub fn panics<T>(f: impl FnOnce() -> T) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => panic!("expected a panic"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload
                .downcast_ref::<&str>()
                .map_or_else(String::new, |text| (*text).to_owned()),
        },
    }
}
