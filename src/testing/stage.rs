//! What a test writes down for a service, and reads back.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::service::Scripted;
use crate::counted::Counted;

/// What one call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<T, E> {
    /// Answers when it is polled.
    Answer(T),
    /// Fails when it is polled.
    Fail(E),
    /// Waits once, woken by itself, and answers then.
    AnswerLater(T),
    /// Never answers, and never wakes its task.
    Hang,
    /// Answers once the test [opens](Stage::open) it.
    Gate,
    /// Panics in `call`.
    PanicInCall,
    /// Panics when it is polled.
    PanicInPoll,
    /// Never answers, and panics when it is dropped.
    PanicInDrop,
}

/// What `poll_ready` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood<E> {
    /// Ready.
    Ready,
    /// Not ready; whoever asks is woken by a change of mood.
    Busy,
    /// Failed.
    Broken(E),
}

/// What is held of a stage at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Futures of calls that exist.
    pub calls: usize,
    /// Services that were found ready and have not been called since: each would hold a place in a pool.
    pub readied: usize,
    /// Services that exist.
    pub services: usize,
}

/// The script of a service and the count of what it holds; clones are the same stage.
pub struct Stage<T, E> {
    shared: Arc<Room<T, E>>,
}

#[allow(clippy::disallowed_types)] // a test's own room, never on a request path of a program
type Room<T, E> = std::sync::Mutex<Shared<T, E>>;

pub(super) struct Shared<T, E> {
    acts: VecDeque<Act<T, E>>,
    rest: Act<T, E>,
    pub(super) mood: Mood<E>,
    pub(super) waiting: Vec<Waker>,
    pub(super) held: Held,
    instances: usize,
    callers: Vec<usize>,
    gates: Vec<Gate<T, E>>,
}

struct Gate<T, E> {
    answer: Option<Result<T, E>>,
    waker: Option<Waker>,
}

// === impl Stage ===

impl<T: Clone, E: Clone> Stage<T, E> {
    /// Calls do `acts` in order, then `rest` for ever.
    pub fn new(acts: impl IntoIterator<Item = Act<T, E>>, rest: Act<T, E>) -> Self {
        Self {
            shared: Arc::new(Room::new(Shared {
                acts: acts.into_iter().collect(),
                rest,
                mood: Mood::Ready,
                waiting: Vec::new(),
                held: Held::default(),
                instances: 0,
                callers: Vec::new(),
                gates: Vec::new(),
            })),
        }
    }

    /// Every call does `act`.
    pub fn always(act: Act<T, E>) -> Self {
        Self::new([], act)
    }

    /// A service on this stage.
    pub fn service(&self) -> Scripted<T, E> {
        let mut shared = self.lock();
        shared.instances += 1;
        shared.held.services += 1;
        Scripted::new(self.clone(), shared.instances)
    }

    /// From now on every call does `act`.
    pub fn henceforth(&self, act: Act<T, E>) {
        let mut shared = self.lock();
        shared.acts.clear();
        shared.rest = act;
    }

    /// From now on `poll_ready` says this, and who waited for it asks again.
    pub fn mood(&self, mood: Mood<E>) {
        let waiting = {
            let mut shared = self.lock();
            shared.mood = mood;
            std::mem::take(&mut shared.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Lets the call with this index, counted from 0, answer.
    ///
    /// # Panics
    /// When there was no such call.
    pub fn open(&self, index: usize, answer: Result<T, E>) {
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

    /// The next call, by this instance: its index and what it does.
    pub(super) fn enter(&self, instance: usize) -> (usize, Act<T, E>) {
        let mut shared = self.lock();
        let index = shared.callers.len();
        let act = shared
            .acts
            .pop_front()
            .unwrap_or_else(|| shared.rest.clone());
        shared.callers.push(instance);
        shared.gates.push(Gate {
            answer: None,
            waker: None,
        });
        (index, act)
    }

    /// The answer of a gate; `waker` is woken when it comes.
    pub(super) fn ask(&self, index: usize, waker: &Waker) -> Poll<Result<T, E>> {
        let replaced = {
            let mut shared = self.lock();
            let gate = &mut shared.gates[index];
            if let Some(answer) = &gate.answer {
                return Poll::Ready(answer.clone());
            }
            gate.waker.replace(waker.clone())
        };
        drop(replaced); // with no lock held: it may own services of this stage
        Poll::Pending
    }
}

impl<T, E> Stage<T, E> {
    /// Calls so far.
    pub fn calls(&self) -> usize {
        self.lock().callers.len()
    }

    /// Which instance took each call, counted from 1: a clone is a new one.
    pub fn callers(&self) -> Vec<usize> {
        self.lock().callers.clone()
    }

    /// What is held now.
    pub fn held(&self) -> Held {
        self.lock().held
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared<T, E>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, E> Clone for Stage<T, E> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<T, E> fmt::Debug for Stage<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage")
            .field("calls", &self.calls())
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}

// === impl Held ===

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            calls,
            readied,
            services,
        } = self;
        let calls = Counted::of(*calls, ["call", "calls"]);
        let readied = Counted::of(*readied, ["readied service", "readied services"]);
        write!(f, "{calls}, {readied} of {services}")
    }
}
