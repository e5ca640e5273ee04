//! The inner service of the benchmarks, and one call driven by hand.

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tower::Service;

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

/// Far enough away that no timer fires during a run.
pub const FAR: Duration = Duration::from_secs(3600);

// === impl Echo ===

impl Echo {
    /// Ready at the first poll.
    pub fn ready() -> Self {
        Self::pending(0)
    }

    /// Fails at the first poll.
    pub fn failing() -> Self {
        Self {
            pends: black_box(0),
            fails: black_box(true),
        }
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

// === impl Refused ===

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

// === calls ===

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
pub fn enter_runtime() -> &'static tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let runtime: &'static _ = Box::leak(Box::new(runtime));
    std::mem::forget(runtime.enter());
    runtime.spawn(tokio::time::sleep(FAR / 2));
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    runtime
}
