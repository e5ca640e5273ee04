//! The service on a stage: tower's contract to the letter.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

use super::stage::{Act, Mood, Stage};

/// A service that does what its [`Stage`] says. A clone has no readiness of its own.
pub struct Scripted<T, E> {
    stage: Stage<T, E>,
    instance: usize,
    ready: bool,
}

/// The future of [`Scripted`].
pub struct ScriptedFuture<T, E> {
    stage: Stage<T, E>,
    index: usize,
    act: Act<T, E>,
}

// === impl Scripted ===

impl<T, E> Scripted<T, E> {
    pub(super) const fn new(stage: Stage<T, E>, instance: usize) -> Self {
        Self {
            stage,
            instance,
            ready: false,
        }
    }

    /// Gives its readiness up, and says whether it had any.
    fn spend(&mut self) -> bool {
        let ready = mem::replace(&mut self.ready, false);
        self.stage.lock().held.readied -= usize::from(ready);
        ready
    }
}

/// Called without readiness of its own it panics: that is a fault of its caller.
impl<T, E, R> Service<R> for Scripted<T, E>
where
    T: Clone,
    E: Clone,
{
    type Response = T;
    type Error = E;
    type Future = ScriptedFuture<T, E>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        let mut shared = self.stage.lock();
        match &shared.mood {
            Mood::Ready => {
                shared.held.readied += usize::from(!self.ready);
                self.ready = true;
                Poll::Ready(Ok(()))
            }
            Mood::Busy => {
                shared.waiting.push(cx.waker().clone());
                Poll::Pending
            }
            Mood::Broken(why) => Poll::Ready(Err(why.clone())),
        }
    }

    fn call(&mut self, _request: R) -> ScriptedFuture<T, E> {
        assert!(self.spend(), "called without having been ready");
        let (index, act) = self.stage.enter(self.instance);
        assert!(!matches!(act, Act::PanicInCall), "told to panic in call");
        self.stage.lock().held.calls += 1;
        ScriptedFuture {
            stage: self.stage.clone(),
            index,
            act,
        }
    }
}

impl<T: Clone, E: Clone> Clone for Scripted<T, E> {
    fn clone(&self) -> Self {
        self.stage.service()
    }
}

impl<T, E> Drop for Scripted<T, E> {
    fn drop(&mut self) {
        self.spend();
        self.stage.lock().held.services -= 1;
    }
}

impl<T, E> fmt::Debug for Scripted<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("instance", &self.instance)
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

// === impl ScriptedFuture ===

// Nothing of it is pinned: an answer is cloned out of it.
impl<T, E> Unpin for ScriptedFuture<T, E> {}

impl<T: Clone, E: Clone> Future for ScriptedFuture<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &self.act {
            Act::Answer(answer) => Poll::Ready(Ok(answer.clone())),
            Act::Fail(why) => Poll::Ready(Err(why.clone())),
            Act::AnswerLater(answer) => {
                self.act = Act::Answer(answer.clone());
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Act::Hang | Act::PanicInDrop => Poll::Pending,
            Act::Gate => self.stage.ask(self.index, cx.waker()),
            Act::PanicInPoll | Act::PanicInCall => panic!("told to panic in poll"),
        }
    }
}

impl<T, E> Drop for ScriptedFuture<T, E> {
    fn drop(&mut self) {
        self.stage.lock().held.calls -= 1;
        assert!(
            !matches!(self.act, Act::PanicInDrop),
            "told to panic in drop"
        );
    }
}

impl<T, E> fmt::Debug for ScriptedFuture<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedFuture")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}
