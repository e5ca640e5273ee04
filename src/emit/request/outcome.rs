//! How a request ends: each end is told once, and the first one counts.

use std::time::Duration;

use super::Request;
use crate::clock::Tick;
use crate::emit::{Emitter, FailureCause, Kind, PolicyEvent, Span, Stamp, moment};
use crate::turn;

impl<M: Emitter> Request<M> {
    /// The policy is done with the request: it was answered, or failed for a cause. Only the first end counts.
    #[inline]
    pub(crate) fn over(&mut self, cause: Option<FailureCause>) {
        self.span.ended(cause);
        if let Some(since) = self.span.take() {
            match cause {
                None => self.outcome(Kind::RequestSuccess, since, |at, elapsed| {
                    PolicyEvent::RequestSuccess { at, elapsed }
                }),
                Some(cause) => self.fail(since, cause),
            }
        }
    }

    /// The policy turned the request away.
    #[inline]
    pub(crate) fn rejected(&mut self) {
        self.span.ended(Some(FailureCause::Rejected));
        if let Some(since) = self.span.take() {
            self.fail(since, FailureCause::Rejected);
        }
    }

    /// The request panicked.
    #[inline]
    pub(crate) fn panicked(&mut self) {
        self.span.ended(Some(FailureCause::Panicked));
        if let Some(since) = self.span.take() {
            self.fail(since, FailureCause::Panicked);
        }
    }

    fn fail(&self, since: Tick, cause: FailureCause) {
        self.outcome(Kind::RequestFailure, since, |at, elapsed| {
            PolicyEvent::RequestFailure { at, elapsed, cause }
        });
    }

    /// It was dropped before it was over.
    #[inline(never)]
    fn abandoned(&mut self) {
        moment::forget();
        turn::at_a_drop(|| self.tell_abandoned());
    }

    fn tell_abandoned(&mut self) {
        let panicked = self.span.is_marked();
        if panicked {
            self.span.ended(Some(FailureCause::Panicked));
        }
        if let Some(since) = self.span.take() {
            if panicked {
                return self.fail(since, FailureCause::Panicked);
            }
            self.outcome(Kind::RequestCancelled, since, |at, elapsed| {
                PolicyEvent::RequestCancelled { at, elapsed }
            });
        }
    }

    #[inline]
    fn outcome(&self, kind: Kind, since: Tick, event: impl FnOnce(Stamp, Duration) -> PolicyEvent) {
        let event = |at: Stamp| event(at, at.time.since(since));
        if M::TELLS {
            moment::ended(|| self.emitter.tell(kind, event));
        }
    }
}

impl<M: Emitter> Drop for Request<M> {
    #[inline]
    fn drop(&mut self) {
        if !self.span.is_over() {
            self.abandoned();
        }
    }
}
