//! A sink that does what a test wrote down, and keeps tower's contract strictly.
#![allow(dead_code)] // each test crate uses its share

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use ninelives::emit::{Emitter, Kind, PolicyEvent, PolicyId, Stamp};
use ninelives::{ManualClock, Tick};
use tower::Service;

use crate::stage::Down;

/// What one call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Take,
    /// Takes it at the second poll.
    TakeLater,
    Fail(u32),
    /// Does not answer before `turn_to`.
    Hang,
    PanicInCall,
    PanicInPoll,
    /// Never answers, and panics when it is dropped.
    HangThenPanicInDrop,
    /// Answers, and panics when it is dropped.
    TakeThenPanicInDrop,
}

/// What `poll_ready` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Ready,
    Busy,
    Broken(u32),
    Panics,
}

/// What to panic with so that whoever drops it panics too.
pub struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("told to panic again");
    }
}

/// What a test writes down and reads back. Clones are the same script.
#[derive(Clone)]
pub struct Script {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    mood: Mood,
    acts: VecDeque<Act>,
    rest: Act,
    released: bool,
    taken: Vec<u32>,
    seen: Vec<u32>,
    asked: usize,
    live: usize,
    waiting: Vec<Waker>,
}

/// The sink of a script. A clone starts unready.
pub struct Scripted {
    script: Script,
    ready: bool,
}

/// Its future.
pub struct Taking {
    script: Script,
    act: Act,
    number: u32,
    polled: bool,
}

/// The event with this number.
pub fn event(number: u32) -> PolicyEvent {
    let at = Stamp::new(PolicyId::new(1), Tick::ZERO);
    let attempts = number;
    PolicyEvent::RetryExhausted { at, attempts }
}

/// The number that it was made with.
pub fn number(event: &PolicyEvent) -> u32 {
    match event {
        PolicyEvent::RetryExhausted { attempts, .. } => *attempts,
        other => panic!("another event: {other:?}"),
    }
}

/// Tells the events with these numbers.
pub fn tell(emitter: &impl Emitter, numbers: impl IntoIterator<Item = u32>) {
    for attempts in numbers {
        emitter.tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
            at,
            attempts,
        });
    }
}

/// A clock that nobody moves.
pub fn still() -> Arc<ManualClock> {
    Arc::default()
}

// === impl Script ===

impl Script {
    /// Calls do these in order, then `rest` for ever.
    pub fn new(acts: impl IntoIterator<Item = Act>, rest: Act) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                mood: Mood::Ready,
                acts: acts.into_iter().collect(),
                rest,
                released: false,
                taken: Vec::new(),
                seen: Vec::new(),
                asked: 0,
                live: 0,
                waiting: Vec::new(),
            })),
        }
    }

    pub fn always(act: Act) -> Self {
        Self::new([], act)
    }

    pub fn in_mood(self, mood: Mood) -> Self {
        self.mood(mood);
        self
    }

    pub fn sink(&self) -> Scripted {
        Scripted {
            script: self.clone(),
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

    /// Calls from now on do this, and those that hang take their events.
    pub fn turn_to(&self, act: Act) {
        let waiting = {
            let mut shared = self.lock();
            shared.acts.clear();
            shared.rest = act;
            shared.released = true;
            std::mem::take(&mut shared.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Numbers of the events that were taken, in order.
    pub fn taken(&self) -> Vec<u32> {
        self.lock().taken.clone()
    }

    /// Numbers of the events it was called with.
    pub fn seen(&self) -> Vec<u32> {
        self.lock().seen.clone()
    }

    /// How often it was asked for its readiness.
    pub fn asked(&self) -> usize {
        self.lock().asked
    }

    /// Futures that exist now.
    pub fn live(&self) -> usize {
        self.lock().live
    }

    /// Sinks, futures and scripts of this script, this one included.
    pub fn owners(&self) -> usize {
        Arc::strong_count(&self.shared)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Scripted ===

impl Clone for Scripted {
    fn clone(&self) -> Self {
        self.script.sink()
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Service<PolicyEvent> for Scripted {
    type Response = ();
    type Error = Down;
    type Future = Taking;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        let mut shared = self.script.lock();
        shared.asked += 1;
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
            Mood::Panics => panic!("told to panic in poll_ready"),
        }
    }

    fn call(&mut self, event: PolicyEvent) -> Taking {
        let was_ready = std::mem::replace(&mut self.ready, false);
        assert!(was_ready, "called without having been ready");
        let number = number(&event);
        let mut shared = self.script.lock();
        let act = shared.acts.pop_front().unwrap_or(shared.rest);
        shared.seen.push(number);
        assert!(act != Act::PanicInCall, "told to panic in call");
        shared.live += 1;
        Taking {
            script: self.script.clone(),
            act,
            number,
            polled: false,
        }
    }
}

// === impl Taking ===

impl Future for Taking {
    type Output = Result<(), Down>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut shared = self.script.lock();
        match self.act {
            Act::Take | Act::TakeThenPanicInDrop => {
                shared.taken.push(self.number);
                Poll::Ready(Ok(()))
            }
            Act::TakeLater if self.polled => {
                shared.taken.push(self.number);
                Poll::Ready(Ok(()))
            }
            Act::TakeLater => {
                drop(shared);
                self.polled = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Act::Fail(why) => Poll::Ready(Err(Down(why))),
            Act::Hang | Act::HangThenPanicInDrop => {
                if shared.released && self.act == Act::Hang {
                    shared.taken.push(self.number);
                    return Poll::Ready(Ok(()));
                }
                shared.waiting.push(cx.waker().clone());
                Poll::Pending
            }
            Act::PanicInPoll | Act::PanicInCall => panic!("told to panic in poll"),
        }
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.script.lock().live -= 1;
        let panics = matches!(
            self.act,
            Act::HangThenPanicInDrop | Act::TakeThenPanicInDrop
        );
        assert!(!panics, "told to panic in drop");
    }
}
