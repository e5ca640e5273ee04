//! One branch: a sink, and what it said when it was asked for its readiness.

use std::task::{Context, Poll};

use super::future::Arm;
use crate::emit::PolicyEvent;
use crate::telemetry::sink::TelemetrySink;
use crate::turn;

pub(super) struct Branch<S: TelemetrySink> {
    sink: S,
    answer: Answer<S::Error>,
}

/// What a branch said.
pub(super) enum Answer<E> {
    /// Nothing yet.
    Unasked,
    Ready,
    Failed(E),
    Panicked,
}

// === impl Branch ===

impl<S: TelemetrySink> Branch<S> {
    pub(super) const fn new(sink: S) -> Self {
        Self {
            sink,
            answer: Answer::Unasked,
        }
    }

    pub(super) const fn sink(&self) -> &S {
        &self.sink
    }

    /// Ready when the branch has answered. One answer is good until it is taken or used.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Answer::Unasked = self.answer {
            // Unwind safety: whether a sink can be used after a panic is the sink's to say; the next event will show it.
            self.answer = match turn::caught(|| self.sink.poll_ready(cx)) {
                Some(Poll::Pending) => return Poll::Pending,
                Some(Poll::Ready(Ok(()))) => Answer::Ready,
                Some(Poll::Ready(Err(error))) => Answer::Failed(error),
                None => Answer::Panicked,
            };
        }
        Poll::Ready(())
    }

    pub(super) const fn is_ready(&self) -> bool {
        matches!(self.answer, Answer::Ready)
    }

    pub(super) fn take(&mut self) -> Answer<S::Error> {
        std::mem::replace(&mut self.answer, Answer::Unasked)
    }

    pub(super) fn call(&mut self, event: PolicyEvent) -> Arm<S::Future, S::Error> {
        match self.take() {
            Answer::Ready => match turn::caught(|| self.sink.call(event)) {
                Some(future) => Arm::Running { future },
                None => Arm::Panicked,
            },
            Answer::Failed(error) => Arm::Done { error: Some(error) },
            Answer::Panicked => Arm::Panicked,
            Answer::Unasked => panic!("a multicast sink was called before it was ready"),
        }
    }
}

// === impl Answer ===

impl<E> Answer<E> {
    /// The error; panics for a panic.
    pub(super) fn error(self) -> Option<E> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Panicked => super::future::panic_follows(),
            Self::Unasked | Self::Ready => None,
        }
    }
}
