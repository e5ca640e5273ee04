//! What the benchmarks call: one inner service, each layer around it, and one call driven by hand.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::prelude::*;
use tower::Service;
use tower::layer::Layer;
use tower::layer::util::Identity;

/// Answers a number with itself. Whether it fails, and how often it is pending first, is known only when it runs, as of a real
/// call: no path of a layer can be optimised away.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    pends: u32,
    fails: bool,
}

/// The future of [`Echo`].
#[derive(Debug)]
pub struct Echoed {
    answer: Result<u64, Refused>,
    pends: u32,
}

/// The error of [`Echo`].
#[derive(Clone, Copy, Debug)]
pub struct Refused;

/// A layer that a benchmark can put around [`Echo`].
pub trait Subject: Layer<Echo, Service = Self::Around> {
    /// The service.
    type Around: Service<u64, Response = u64> + Clone + 'static;
}

/// Far enough away that no timer fires during a run.
const FAR: Duration = Duration::from_secs(3600);

// === impl Echo ===

impl Echo {
    /// Ready at the first poll.
    pub fn ready() -> Self {
        Self::pending(0)
    }

    /// Pending so many times before it is ready, as a call that waits for its answer is once.
    pub fn pending(times: u32) -> Self {
        Self {
            pends: black_box(times),
            fails: black_box(false),
        }
    }
}

impl Service<u64> for Echo {
    type Response = u64;
    type Error = Refused;
    type Future = Echoed;

    #[inline]
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Refused>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: u64) -> Echoed {
        Echoed {
            answer: if self.fails {
                Err(Refused)
            } else {
                Ok(request)
            },
            pends: self.pends,
        }
    }
}

impl Future for Echoed {
    type Output = Result<u64, Refused>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.pends > 0 {
            self.pends -= 1;
            return Poll::Pending;
        }
        Poll::Ready(self.answer)
    }
}

// === impl Subject ===

impl<L> Subject for L
where
    L: Layer<Echo>,
    L::Service: Service<u64, Response = u64> + Clone + 'static,
{
    type Around = L::Service;
}

/// No layer.
pub fn raw() -> impl Subject {
    Identity::new()
}

/// A timeout that does not pass, on tokio's timer.
pub fn timeout() -> impl Subject {
    TimeoutLayer::new(FAR).unwrap()
}

/// The same with settings that may change.
pub fn timeout_live() -> impl Subject {
    TimeoutLayer::new(FAR).unwrap().live()
}

/// The same with a shadow.
pub fn timeout_shadowed() -> impl Subject {
    let layer = TimeoutLayer::new(FAR).unwrap().live();
    layer.settings().set_shadow(layer.config()).unwrap();
    layer
}

/// Three attempts; the first one succeeds.
pub fn retry() -> impl Subject {
    retry_layer()
}

/// The same retry with settings that may change.
pub fn retry_live() -> impl Subject {
    retry_layer().live()
}

/// A breaker that stays closed.
pub fn breaker() -> impl Subject {
    breaker_layer()
}

/// The same breaker with settings that may change.
pub fn breaker_live() -> impl Subject {
    breaker_layer().live()
}

/// A breaker with settings that may change, open.
pub fn breaker_live_open() -> impl Subject {
    let breaker = breaker_layer().live();
    breaker.trip();
    breaker
}

/// A breaker that is open, and far from its next probe.
pub fn open_breaker() -> impl Subject {
    let breaker = breaker_layer();
    breaker.trip();
    breaker
}

/// A bulkhead with room.
pub fn bulkhead() -> impl Subject {
    bulkhead_layer()
}

/// A bulkhead whose only permit is out for good.
pub fn full_bulkhead() -> impl Subject {
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let mut holder = bulkhead.layer(Echo::pending(u32::MAX));
    std::mem::forget(holder.call(0));
    bulkhead
}

/// A bulkhead with room and a line.
pub fn queued_bulkhead() -> impl Subject {
    BulkheadLayer::queued(64, 64, FAR).unwrap()
}

/// A backup behind no policy; it is not used.
pub fn fallback() -> impl Subject {
    Policy::tower(Identity::new()) | Policy::respond(|request: u64| request)
}

/// Two arms at once.
pub fn fork_join() -> impl Subject {
    Policy::tower(Identity::new()) & Policy::tower(Identity::new())
}

/// Two arms; the second one is far from its start.
pub fn staggered() -> impl Subject {
    (Policy::tower(Identity::new()) & Policy::tower(Identity::new())).stagger(FAR)
}

/// The stack that the design has a budget for.
pub fn stack() -> impl Subject {
    Policy(TimeoutLayer::new(FAR).unwrap())
        + Policy(bulkhead_layer())
        + Policy(breaker_layer())
        + Policy(retry_layer())
}

fn retry_layer() -> RetryLayer {
    let policy = RetryPolicy::builder().max_attempts(3).build().unwrap();
    policy.into_layer()
}

fn breaker_layer() -> CircuitBreakerLayer {
    CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, FAR, 1).unwrap()).unwrap()
}

fn bulkhead_layer() -> BulkheadLayer {
    BulkheadLayer::new(64).unwrap()
}

/// One call, polled until it is answered: the response, or nothing when it failed.
#[inline]
pub fn call<S: Service<u64, Response = u64>>(service: &mut S) -> Option<u64> {
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(())) = service.poll_ready(cx) else {
        return None;
    };
    let mut future = pin!(service.call(black_box(7)));
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(cx) {
            return result.ok();
        }
    }
}

/// Enters a current-thread runtime for the rest of the process.
///
/// A nearer timer than any of a benchmark is armed and the driver has parked on it, as in a service that runs: arming a later
/// one does not wake the driver.
pub fn enter_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let runtime: &'static _ = Box::leak(Box::new(runtime));
    std::mem::forget(runtime.enter());
    runtime.spawn(tokio::time::sleep(FAR / 2));
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
}
