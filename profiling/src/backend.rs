//! What the scenarios call: a service that answers a number with itself, after a wait or not, or fails.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower::Service;

/// Answers at once, but for every so many calls of a thread. No call is random, so every run of a scenario does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend {
    waits_every: u64,
    fails_every: u64,
}

/// The future of [`Backend`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Answer {
    answer: Result<u64, Down>,
    waits: bool,
}

/// The error of [`Backend`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Down;

/// The request that always fails.
pub const FAILS: u64 = u64::MAX;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

// === impl Backend ===

impl Backend {
    /// Answers at once, always.
    pub const fn new() -> Self {
        Self {
            waits_every: 0,
            fails_every: 0,
        }
    }

    /// Every so many calls it is pending once, as a call that has to wait for its answer.
    #[must_use]
    pub const fn waiting(mut self, every: u64) -> Self {
        self.waits_every = every;
        self
    }

    /// Every so many calls it fails.
    #[must_use]
    pub const fn failing(mut self, every: u64) -> Self {
        self.fails_every = every;
        self
    }
}

impl Default for Backend {
    fn default() -> Self {
        Self::new()
    }
}

impl Service<u64> for Backend {
    type Response = u64;
    type Error = Down;
    type Future = Answer;

    #[inline]
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: u64) -> Answer {
        let call = CALLS.with(|calls| calls.replace(calls.get() + 1)) + 1;
        let is_turn = |every: u64| every > 0 && call.is_multiple_of(every);
        let fails = request == FAILS || is_turn(self.fails_every);
        Answer {
            answer: if fails { Err(Down) } else { Ok(request) },
            waits: is_turn(self.waits_every),
        }
    }
}

// === impl Answer ===

impl Future for Answer {
    type Output = Result<u64, Down>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::take(&mut self.waits) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.answer)
    }
}

// === impl Down ===

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the backend is down")
    }
}

impl Error for Down {}
