//! Calls that a test drives by hand, and seeded choices.

#![allow(dead_code)] // each target uses its part

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Instant;

use tower::Service;

/// A waker that counts.
#[derive(Debug, Default)]
pub struct Wakes(AtomicUsize);

/// Numbers from a seed, which is printed when the test panics.
pub struct Seeded {
    seed: u64,
    state: u64,
}

// === impl Wakes ===

impl Wakes {
    pub fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Self::default());
        let waker = Waker::from(Arc::clone(&wakes));
        (wakes, waker)
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

// === impl Seeded ===

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("seed {}", self.seed);
        }
    }
}

/// Makes `service` ready and calls it.
pub fn start<S: Service<R>, R>(service: &mut S, request: R) -> Pin<Box<S::Future>> {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(
        matches!(service.poll_ready(&mut cx), Poll::Ready(Ok(()))),
        "not ready"
    );
    Box::pin(service.call(request))
}

pub fn poll<F: Future>(call: &mut Pin<Box<F>>) -> Poll<F::Output> {
    poll_with(call, Waker::noop())
}

pub fn poll_with<F: Future>(call: &mut Pin<Box<F>>, waker: &Waker) -> Poll<F::Output> {
    call.as_mut().poll(&mut Context::from_waker(waker))
}

/// The answer of a call that must have one by now.
pub fn done<F: Future>(mut call: Pin<Box<F>>) -> F::Output {
    match poll(&mut call) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the call is not done"),
    }
}

/// Runs a call on this thread; panics when it sleeps and nobody wakes it for five seconds.
pub fn run<F: Future>(call: F) -> F::Output {
    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut call = Box::pin(call);
    loop {
        if let Poll::Ready(output) = poll_with(&mut call, &waker) {
            return output;
        }
        let asleep = Instant::now();
        while !flag.0.swap(false, Ordering::SeqCst) {
            assert!(asleep.elapsed().as_secs() < 5, "nobody woke the call");
            thread::yield_now();
        }
    }
}

pub fn panics<T>(run: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

/// A waker that panics.
pub fn panicking() -> Waker {
    struct Bad;
    impl Wake for Bad {
        fn wake(self: Arc<Self>) {
            panic!("a waker's own");
        }
    }
    Waker::from(Arc::new(Bad))
}
