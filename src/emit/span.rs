//! What a sink keeps of a request until its outcome is told.

use std::mem;

use super::FailureCause;
use crate::clock::Tick;

/// What is kept of a request until its outcome is told.
pub trait Span: std::fmt::Debug {
    /// Starts now, if `wanted`.
    fn start(wanted: bool, now: impl FnOnce() -> Tick) -> Self;

    /// When it started; once.
    fn take(&mut self) -> Option<Tick>;

    /// Notes whether code of the inner service is running.
    fn mark(&mut self, inside: bool);

    /// Whether code of the inner service is running.
    fn is_marked(&self) -> bool;

    /// As [`mark`](Self::mark), for what a policy that notes panics itself has of its span: where the thread is.
    #[inline]
    fn set_inside(&mut self, _inside: bool) {}

    /// That code panicked, and the poll in which it ran ends: what was entered on this thread is left. It stays marked.
    #[inline]
    fn unwound(&mut self) {}

    /// Whether its drop is nothing to speak of: nothing is left to be told, and no code of the inner service is running.
    #[inline]
    fn is_over(&self) -> bool {
        false
    }

    /// An attempt of a retry begins; the first is 1.
    #[inline]
    fn attempt(&mut self, _number: u32) {}

    /// The attempt is over.
    #[inline]
    fn attempt_over(&mut self) {}

    /// The request is over: answered, or failed for a cause.
    #[inline]
    fn ended(&mut self, _cause: Option<FailureCause>) {}
}

/// A request whose outcome will be told, if it is wanted.
///
/// One that comes in while its clock stands at [`Tick::NEVER`], its end after 584 years, counts as not wanted.
#[derive(Debug)]
pub struct Timed {
    // `Tick::NEVER`: it will not be told, or was. No option of it: a word less to move.
    since: Tick,
    // 1 while it is. A whole word: futures are moved by words then.
    inside: usize,
}

// === impl Span ===

impl Span for () {
    #[inline]
    fn start(_wanted: bool, _now: impl FnOnce() -> Tick) -> Self {}

    #[inline]
    fn take(&mut self) -> Option<Tick> {
        None
    }

    #[inline]
    fn mark(&mut self, _inside: bool) {}

    #[inline]
    fn is_marked(&self) -> bool {
        false
    }

    #[inline]
    fn is_over(&self) -> bool {
        true
    }
}

impl Span for Timed {
    #[inline]
    fn start(wanted: bool, now: impl FnOnce() -> Tick) -> Self {
        Self {
            since: if wanted { now() } else { Tick::NEVER },
            inside: 0,
        }
    }

    #[inline]
    fn take(&mut self) -> Option<Tick> {
        let since = mem::replace(&mut self.since, Tick::NEVER);
        (since != Tick::NEVER).then_some(since)
    }

    #[inline]
    fn mark(&mut self, inside: bool) {
        self.inside = usize::from(inside);
    }

    #[inline]
    fn is_marked(&self) -> bool {
        self.inside != 0
    }

    #[inline]
    fn is_over(&self) -> bool {
        self.since == Tick::NEVER && self.inside == 0
    }
}

/// Both are kept. The first one's start is the request's, if it has one.
impl<A: Span, B: Span> Span for (A, B) {
    #[inline]
    fn start(wanted: bool, now: impl FnOnce() -> Tick) -> Self {
        let since = wanted.then(now).unwrap_or_default();
        (A::start(wanted, || since), B::start(wanted, || since))
    }

    #[inline]
    fn take(&mut self) -> Option<Tick> {
        let (first, second) = (self.0.take(), self.1.take());
        first.or(second)
    }

    #[inline]
    fn mark(&mut self, inside: bool) {
        self.0.mark(inside);
        self.1.mark(inside);
    }

    #[inline]
    fn is_marked(&self) -> bool {
        self.0.is_marked() || self.1.is_marked()
    }

    #[inline]
    fn set_inside(&mut self, inside: bool) {
        self.0.set_inside(inside);
        self.1.set_inside(inside);
    }

    #[inline]
    fn unwound(&mut self) {
        self.0.unwound();
        self.1.unwound();
    }

    #[inline]
    fn is_over(&self) -> bool {
        self.0.is_over() && self.1.is_over()
    }

    #[inline]
    fn attempt(&mut self, number: u32) {
        self.0.attempt(number);
        self.1.attempt(number);
    }

    #[inline]
    fn attempt_over(&mut self) {
        self.0.attempt_over();
        self.1.attempt_over();
    }

    #[inline]
    fn ended(&mut self, cause: Option<FailureCause>) {
        self.0.ended(cause);
        self.1.ended(cause);
    }
}
