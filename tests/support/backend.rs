//! A backend that does what the request asks.

#![allow(dead_code)] // each target uses its part

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use tower::Service;

/// What the backend is asked to do.
#[derive(Clone, Debug)]
pub enum Ask {
    Answer,
    Fail,
    Hang,
    /// Whatever the test says at the gate, when it says so.
    At(Gate),
    PanicInCall,
    PanicInPoll,
    /// Answers, and panics when the work is dropped.
    AnswerThenPanicInDrop,
    /// Hangs, and panics when the work is dropped.
    HangThenPanicInDrop,
}

/// The backend's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// What `poll_ready` of the backend says.
#[derive(Clone, Copy, Debug, Default)]
pub enum Readiness {
    #[default]
    Ready,
    Pending,
    Broken,
}

/// Clones are the same backend.
#[derive(Clone, Debug, Default)]
pub struct Backend {
    calls: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
    readiness: Arc<Mutex<Readiness>>,
}

/// One call at work. It counts as running until it is dropped.
#[derive(Debug)]
pub struct Work {
    ask: Ask,
    backend: Backend,
}

/// Where a test ends a call; clones are the same gate.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    state: Arc<Mutex<AtGate>>,
}

#[derive(Debug, Default)]
struct AtGate {
    end: Option<Ask>,
    waker: Option<Waker>,
    began: bool,
    dropped: bool,
}

// === impl Broken ===

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

// === impl Backend ===

impl Backend {
    /// Calls that reached it.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// How often it was asked for its readiness.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Calls that reached it and were not dropped yet.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// The most that were running at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    pub fn set(&self, readiness: Readiness) {
        *unpoisoned(&self.readiness) = readiness;
    }
}

impl Service<Ask> for Backend {
    type Response = ();
    type Error = Broken;
    type Future = Work;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match *unpoisoned(&self.readiness) {
            Readiness::Ready => Poll::Ready(Ok(())),
            Readiness::Pending => Poll::Pending,
            Readiness::Broken => Poll::Ready(Err(Broken)),
        }
    }

    fn call(&mut self, ask: Ask) -> Work {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if let Ask::PanicInCall = ask {
            panic!("asked to panic in call");
        }
        if let Ask::At(gate) = &ask {
            gate.state().began = true;
        }
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(running, Ordering::SeqCst);
        Work {
            ask,
            backend: self.clone(),
        }
    }
}

// === impl Work ===

impl Future for Work {
    type Output = Result<(), Broken>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ask = match &self.ask {
            Ask::At(gate) => match gate.passed(cx.waker()) {
                Some(end) => end,
                None => return Poll::Pending,
            },
            other => other.clone(),
        };
        match ask {
            Ask::Answer | Ask::AnswerThenPanicInDrop => Poll::Ready(Ok(())),
            Ask::Fail => Poll::Ready(Err(Broken)),
            Ask::Hang | Ask::HangThenPanicInDrop | Ask::At(_) => Poll::Pending,
            Ask::PanicInPoll | Ask::PanicInCall => panic!("asked to panic in poll"),
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.backend.running.fetch_sub(1, Ordering::SeqCst);
        match &self.ask {
            Ask::At(gate) => gate.state().dropped = true,
            Ask::AnswerThenPanicInDrop | Ask::HangThenPanicInDrop if !thread::panicking() => {
                panic!("asked to panic in drop")
            }
            _ => {}
        }
    }
}

// === impl Gate ===

impl Gate {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn answer(&self) {
        self.end(Ask::Answer);
    }

    pub fn fail(&self) {
        self.end(Ask::Fail);
    }

    /// Lets the call go on as if it had been asked `end`.
    pub fn end(&self, end: Ask) {
        let waker = {
            let mut state = self.state();
            state.end = Some(end);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the call reached the backend.
    pub fn began(&self) -> bool {
        self.state().began
    }

    /// Whether the call reached the backend and is gone.
    pub fn dropped(&self) -> bool {
        self.state().dropped
    }

    fn passed(&self, waker: &Waker) -> Option<Ask> {
        let mut state = self.state();
        state.waker = Some(waker.clone());
        state.end.clone()
    }

    fn state(&self) -> MutexGuard<'_, AtGate> {
        unpoisoned(&self.state)
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
