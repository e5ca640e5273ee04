//! A backend that does what a test wrote down; [`hand`] polls it.
//!
//! The backend keeps tower's contract strictly: it panics when it is called without having been ready, and a clone starts unready.
#![allow(dead_code)] // each test crate uses its share

#[path = "hand.rs"]
mod hand;

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

#[allow(unused_imports)] // each test crate uses its share
pub use hand::{Hand, call, panics, readiness};
use tower::Service;

/// What one call does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Ok(u32),
    Err(u32),
    /// Never answers.
    Hang,
    /// Answers once the test opens it.
    Gate,
    PanicInCall,
    PanicInPoll,
    /// Never answers, and panics when it is dropped.
    PanicInDrop,
}

/// What `poll_ready` says.
#[derive(Clone, Copy, Debug)]
pub enum Mood {
    Ready,
    Busy,
    Broken(u32),
}

/// The backend's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Down(pub u32);

/// What a test writes down and reads back.
#[derive(Clone)]
pub struct Stage {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    acts: VecDeque<Act>,
    rest: Act,
    mood: Mood,
    waiting: Vec<Waker>,
    instances: usize,
    calls: Vec<usize>,
    live: usize,
    gates: Vec<Gate>,
}

#[derive(Default)]
struct Gate {
    answer: Option<Result<u32, u32>>,
    waker: Option<Waker>,
}

/// The service.
pub struct Backend {
    stage: Stage,
    instance: usize,
    ready: bool,
}

/// Its future.
pub struct Reply {
    stage: Stage,
    index: usize,
    act: Act,
}

// === impl Stage ===

impl Stage {
    /// Calls do these in order, then `rest` for ever.
    pub fn new(acts: impl IntoIterator<Item = Act>, rest: Act) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                acts: acts.into_iter().collect(),
                rest,
                mood: Mood::Ready,
                waiting: Vec::new(),
                instances: 0,
                calls: Vec::new(),
                live: 0,
                gates: Vec::new(),
            })),
        }
    }

    pub fn always(act: Act) -> Self {
        Self::new([], act)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A service on this stage.
    pub fn backend(&self) -> Backend {
        let mut shared = self.lock();
        shared.instances += 1;
        Backend {
            stage: self.clone(),
            instance: shared.instances,
            ready: false,
        }
    }

    /// From now on `poll_ready` says this.
    pub fn mood(&self, mood: Mood) {
        let waiting = {
            let mut shared = self.lock();
            shared.mood = mood;
            std::mem::take(&mut shared.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Calls from now on do this.
    pub fn henceforth(&self, act: Act) {
        let mut shared = self.lock();
        shared.acts.clear();
        shared.rest = act;
    }

    /// Lets the call with this index, counted from 0, answer.
    pub fn open(&self, index: usize, answer: Result<u32, u32>) {
        let waker = {
            let mut shared = self.lock();
            let gate = &mut shared.gates[index];
            gate.answer = Some(answer);
            gate.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Calls so far.
    pub fn calls(&self) -> usize {
        self.lock().calls.len()
    }

    /// Which instance took each call: clones are new instances.
    pub fn callers(&self) -> Vec<usize> {
        self.lock().calls.clone()
    }

    /// Futures that exist now.
    pub fn live(&self) -> usize {
        self.lock().live
    }
}

// === impl Backend ===

impl Clone for Backend {
    fn clone(&self) -> Self {
        self.stage.backend()
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backend({})", self.instance)
    }
}

impl<R> Service<R> for Backend {
    type Response = u32;
    type Error = Down;
    type Future = Reply;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        let mut shared = self.stage.lock();
        match shared.mood {
            Mood::Ready => {
                self.ready = true;
                Poll::Ready(Ok(()))
            }
            Mood::Busy => {
                shared.waiting.push(cx.waker().clone());
                Poll::Pending
            }
            Mood::Broken(why) => Poll::Ready(Err(Down(why))),
        }
    }

    fn call(&mut self, _request: R) -> Reply {
        assert!(
            std::mem::replace(&mut self.ready, false),
            "called without having been ready"
        );
        let mut shared = self.stage.lock();
        let index = shared.calls.len();
        let act = shared.acts.pop_front().unwrap_or(shared.rest);
        shared.calls.push(self.instance);
        assert!(!matches!(act, Act::PanicInCall), "told to panic in call");
        shared.live += 1;
        shared.gates.push(Gate::default());
        Reply {
            stage: self.stage.clone(),
            index,
            act,
        }
    }
}

// === impl Reply ===

impl Future for Reply {
    type Output = Result<u32, Down>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.act {
            Act::Ok(answer) => Poll::Ready(Ok(answer)),
            Act::Err(why) => Poll::Ready(Err(Down(why))),
            Act::Hang | Act::PanicInDrop => Poll::Pending,
            Act::Gate => {
                let mut shared = self.stage.lock();
                let gate = &mut shared.gates[self.index];
                match gate.answer {
                    Some(answer) => Poll::Ready(answer.map_err(Down)),
                    None => {
                        gate.waker = Some(cx.waker().clone());
                        Poll::Pending
                    }
                }
            }
            Act::PanicInPoll | Act::PanicInCall => panic!("told to panic in poll"),
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.stage.lock().live -= 1;
        assert!(
            !matches!(self.act, Act::PanicInDrop),
            "told to panic in drop"
        );
    }
}

// === impl Down ===

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "down {}", self.0)
    }
}

impl std::error::Error for Down {}
