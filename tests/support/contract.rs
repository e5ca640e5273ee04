//! A service that holds its caller to tower's contract, and counts all it sees.
#![allow(dead_code)] // each suite uses its part

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll};

use tower::{BoxError, Service};

/// What the service does. The defaults: ready at once, answered at once, with the request itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Script {
    /// Polls of each instance's readiness, per call, that say pending.
    pub ready_after: u32,
    /// Whether readiness fails.
    pub ready_fails: bool,
    /// Polls of each answer that say pending.
    pub answer_after: u32,
    /// How many of the first calls fail, counted over all clones.
    pub failing: u64,
    /// Where to panic, once in the life of the service.
    pub panics: Option<Panics>,
}

/// Where a service panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    Call,
    Poll,
    Drop,
}

/// What a service and its clones saw.
#[derive(Clone, Debug, Default)]
pub struct Probe(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    ready_polls: AtomicU64,
    calls: AtomicU64,
    made: AtomicU64,
    done: AtomicU64,
    dropped: AtomicU64,
    panicked: AtomicBool,
}

/// An error that a service can make.
pub trait Fault {
    fn fault() -> Self;
}

/// The plain error of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed;

/// An error that implements nothing.
pub struct Bare;

/// The service: it panics when it is called without a readiness of its own.
pub struct Contract<E = Failed> {
    script: Script,
    probe: Probe,
    state: State,
    error: PhantomData<fn() -> E>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unready { polls: u32 },
    Ready,
    Failed,
}

/// An answer that is on its way.
pub struct Answering<R, E> {
    script: Script,
    probe: Probe,
    polls: u32,
    fails: bool,
    answer: Option<R>,
    error: PhantomData<fn() -> E>,
}

// === impl Probe ===

impl Probe {
    /// Times that readiness was asked for.
    pub fn ready_polls(&self) -> u64 {
        self.0.ready_polls.load(SeqCst)
    }

    /// Calls, panicking ones included.
    pub fn calls(&self) -> u64 {
        self.0.calls.load(SeqCst)
    }

    /// Answers that were polled to their end.
    pub fn done(&self) -> u64 {
        self.0.done.load(SeqCst)
    }

    /// Answers that exist.
    pub fn alive(&self) -> u64 {
        self.0.made.load(SeqCst) - self.0.dropped.load(SeqCst)
    }

    /// Whether the panic of the script has happened.
    pub fn panicked(&self) -> bool {
        self.0.panicked.load(SeqCst)
    }

    fn panic_once(&self, script: &Script, here: Panics) {
        if script.panics == Some(here) && !self.0.panicked.swap(true, SeqCst) {
            panic!("scripted panic: {here:?}");
        }
    }
}

// === impl Contract ===

impl<E> Contract<E> {
    pub fn new(script: Script) -> (Self, Probe) {
        let probe = Probe::default();
        let service = Self {
            script,
            probe: probe.clone(),
            state: State::UNREADY,
            error: PhantomData,
        };
        (service, probe)
    }
}

impl State {
    const UNREADY: Self = Self::Unready { polls: 0 };
}

/// A clone has no readiness.
impl<E> Clone for Contract<E> {
    fn clone(&self) -> Self {
        Self {
            script: self.script,
            probe: self.probe.clone(),
            state: State::UNREADY,
            error: PhantomData,
        }
    }
}

impl<E: Fault, R> Service<R> for Contract<E> {
    type Response = R;
    type Error = E;
    type Future = Answering<R, E>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        self.probe.0.ready_polls.fetch_add(1, SeqCst);
        match &mut self.state {
            State::Ready => {}
            State::Failed => panic!("asked for readiness after its readiness had failed"),
            State::Unready { polls } if *polls < self.script.ready_after => {
                *polls += 1;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            State::Unready { .. } if self.script.ready_fails => {
                self.state = State::Failed;
                return Poll::Ready(Err(E::fault()));
            }
            State::Unready { .. } => self.state = State::Ready,
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Answering<R, E> {
        assert_eq!(self.state, State::Ready, "called without being ready");
        self.state = State::UNREADY;
        let number = self.probe.0.calls.fetch_add(1, SeqCst);
        self.probe.panic_once(&self.script, Panics::Call);
        self.probe.0.made.fetch_add(1, SeqCst);
        Answering {
            script: self.script,
            probe: self.probe.clone(),
            polls: 0,
            fails: number < self.script.failing,
            answer: Some(request),
            error: PhantomData,
        }
    }
}

// === impl Answering ===

impl<R, E> Unpin for Answering<R, E> {}

impl<R, E: Fault> Future for Answering<R, E> {
    type Output = Result<R, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        assert!(self.answer.is_some(), "polled after it was done");
        if self.polls < self.script.answer_after {
            self.polls += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.probe.panic_once(&self.script, Panics::Poll);
        self.probe.0.done.fetch_add(1, SeqCst);
        match self.answer.take() {
            Some(answer) if !self.fails => Poll::Ready(Ok(answer)),
            _ => Poll::Ready(Err(E::fault())),
        }
    }
}

impl<R, E> Drop for Answering<R, E> {
    fn drop(&mut self) {
        self.probe.0.dropped.fetch_add(1, SeqCst);
        if !std::thread::panicking() {
            self.probe.panic_once(&self.script, Panics::Drop);
        }
    }
}

// === impl Fault ===

impl Fault for Failed {
    fn fault() -> Self {
        Self
    }
}

impl Fault for Bare {
    fn fault() -> Self {
        Self
    }
}

impl Fault for BoxError {
    fn fault() -> Self {
        Failed.into()
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service failed")
    }
}

impl Error for Failed {}
