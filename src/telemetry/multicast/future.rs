//! Both branches with one event.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::telemetry::ComposedSinkError;
use crate::turn;

pin_project! {
    /// The future of [`MulticastSink`](super::MulticastSink).
    #[must_use = "futures do nothing unless polled"]
    pub struct MulticastFuture<F, G, A, B> {
        #[pin]
        first: Arm<F, A>,
        #[pin]
        second: Arm<G, B>,
    }
}

pin_project! {
    #[project = ArmProj]
    pub(super) enum Arm<F, E> {
        Running {
            #[pin]
            future: F,
        },
        Done {
            error: Option<E>,
        },
        Panicked,
    }
}

// === impl MulticastFuture ===

impl<F, G, A, B> MulticastFuture<F, G, A, B> {
    pub(super) const fn new(first: Arm<F, A>, second: Arm<G, B>) -> Self {
        Self { first, second }
    }
}

impl<F, G, A, B> Future for MulticastFuture<F, G, A, B>
where
    F: Future<Output = Result<(), A>>,
    G: Future<Output = Result<(), B>>,
{
    type Output = Result<(), ComposedSinkError<A, B>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let first = this.first.as_mut().poll_done(cx);
        let second = this.second.as_mut().poll_done(cx);
        if first.is_pending() || second.is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(match (this.first.error(), this.second.error()) {
            (None, None) => Ok(()),
            (first, second) => Err(ComposedSinkError::new(first, second)),
        })
    }
}

// === impl Arm ===

impl<F: Future<Output = Result<(), E>>, E> Arm<F, E> {
    /// Polls the branch until it is done, one way or another.
    fn poll_done(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // The drop of what is done is the branch's too.
        let ended = turn::caught(|| {
            if let ArmProj::Running { future } = self.as_mut().project() {
                let error = ready!(future.poll(cx)).err();
                self.set(Arm::Done { error });
            }
            Poll::Ready(())
        });
        match ended {
            Some(Poll::Pending) => return Poll::Pending,
            Some(Poll::Ready(())) => {}
            None => self.set(Arm::Panicked),
        }
        Poll::Ready(())
    }

    /// The error of a branch that is done; panics for a panic.
    fn error(self: Pin<&mut Self>) -> Option<E> {
        match self.project() {
            ArmProj::Running { .. } => unreachable!("the branch is done"),
            ArmProj::Done { error } => error.take(),
            ArmProj::Panicked => panic_follows(),
        }
    }
}

/// The branch's own message has been printed by then, so this one is quiet.
pub(super) fn panic_follows() -> ! {
    resume_unwind(Box::new("a branch of a multicast sink panicked"))
}

impl<F, G, A, B> std::fmt::Debug for MulticastFuture<F, G, A, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MulticastFuture").finish_non_exhaustive()
    }
}
