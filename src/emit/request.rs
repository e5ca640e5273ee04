//! One request's way through one policy.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

use super::{Emitter, Kind, PolicyEvent, Span, Stamp, attempt, moment};
use crate::error::FlatError;

mod outcome;

/// Tells a request's outcome once: its end, a panic, or its drop. With a sink that nobody listens to it has no size and does nothing.
///
/// It starts its clock only when somebody wants outcomes.
#[derive(Debug)]
pub(crate) struct Request<M: Emitter> {
    emitter: M,
    span: M::Span,
}

/// Tells the span when a poll unwinds: the request may be dropped later, by another thread.
struct Unwinding<'a, P: Span>(&'a mut P);

// === impl Request ===

impl<M: Emitter> Request<M> {
    /// A request comes in.
    #[inline]
    pub(crate) fn start(emitter: &M) -> Self {
        if M::TELLS {
            moment::arrive();
        }
        Self {
            span: emitter.start(|| moment::shared(|| emitter.now())),
            emitter: emitter.clone(),
        }
    }

    /// Tells something about the policy on the way.
    #[inline]
    pub(crate) fn tell(&self, kind: Kind, event: impl FnOnce(Stamp) -> PolicyEvent) {
        if M::TELLS {
            moment::shared(|| self.emitter.tell(kind, event));
        }
    }

    /// Runs what calls the inner service: a drop that comes meanwhile is a panic of its code.
    #[inline(always)] // as the calls that it runs
    pub(crate) fn calling<T>(&mut self, call: impl FnOnce() -> T) -> T {
        if M::TELLS {
            moment::call();
        }
        self.inside(call)
    }

    /// Calls the inner service: a drop that comes while it runs is a panic of its code.
    ///
    /// Not by a closure: one that is made in two places is a function apart, and the call goes through memory.
    #[inline(always)] // as the calls that it runs
    pub(crate) fn call<S: Service<R>, R>(&mut self, inner: &mut S, request: R) -> S::Future {
        self.span.mark(true);
        let future = Self::pass_on(inner, request);
        self.span.mark(false);
        future
    }

    /// Calls the inner service, for a policy that notes panics itself.
    #[inline(always)]
    pub(crate) fn pass_on<S: Service<R>, R>(inner: &mut S, request: R) -> S::Future {
        if M::TELLS {
            moment::call();
        }
        inner.call(request)
    }

    /// Polls the inner service's future, as [`call`](Self::call).
    #[inline(always)]
    pub(crate) fn poll<F: Future>(
        &mut self,
        inner: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.span.mark(true);
        let poll = self.poll_on(inner, cx);
        self.span.mark(false);
        poll
    }

    /// The same within [`enter`](Self::enter).
    #[inline(always)]
    pub(crate) fn poll_on<F: Future>(
        &mut self,
        inner: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let unwinding = Unwinding(&mut self.span);
        let poll = inner.poll(cx);
        mem::forget(unwinding);
        poll
    }

    /// Runs other code of the inner service within [`enter`](Self::enter).
    #[inline(always)]
    pub(crate) fn run_on<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let unwinding = Unwinding(&mut self.span);
        let value = run();
        mem::forget(unwinding);
        value
    }

    /// The same for what is no closure: until this is forgotten.
    #[inline(always)]
    pub(crate) fn unwinding(&mut self) -> impl Sized + '_ {
        Unwinding(&mut self.span)
    }

    /// The policy goes on with the request, after a while: it is later than it was.
    #[inline]
    pub(crate) fn resumed() {
        if M::TELLS {
            moment::pass();
        }
    }

    /// Runs code of the inner service: a drop that comes while it runs is a panic of that code.
    #[inline(always)] // as the polls that it runs
    pub(crate) fn inside<T>(&mut self, run: impl FnOnce() -> T) -> T {
        self.span.mark(true);
        let value = self.run_on(run);
        self.span.mark(false);
        value
    }

    /// Code of the inner service, or of the policy, begins to run.
    #[inline]
    pub(crate) fn enter(&mut self) {
        self.span.mark(true);
    }

    /// Code of the inner service begins to run, or has returned, under a policy that notes panics itself.
    #[inline]
    pub(crate) fn set_inside(&mut self, inside: bool) {
        self.span.set_inside(inside);
    }

    /// It returned without a panic; with its answer if there is one.
    #[inline]
    pub(crate) fn leave<T, X: FlatError>(&mut self, poll: &Poll<Result<T, X>>) {
        if size_of::<Self>() == 0 {
            return; // nobody listens, neither to events nor to spans
        }
        self.span.mark(false);
        if let Poll::Ready(result) = poll {
            self.over(result.as_ref().err().map(|error| error.as_flat().cause()));
        }
    }

    /// It returned, and has to wait.
    #[inline]
    pub(crate) fn paused(&mut self) {
        self.span.mark(false);
    }

    /// It returned with a response.
    #[inline]
    pub(crate) fn answered(&mut self) {
        if size_of::<Self>() == 0 {
            return; // as in `leave`
        }
        self.span.mark(false);
        self.over(None);
    }

    /// It returned with an error.
    #[inline]
    pub(crate) fn failed<X: FlatError>(&mut self, error: &X) {
        if size_of::<Self>() == 0 {
            return; // as in `leave`
        }
        self.span.mark(false);
        self.over(Some(error.as_flat().cause()));
    }

    /// An attempt of a retry begins.
    #[inline]
    pub(crate) fn attempt(&mut self, number: u32) {
        self.span.attempt(number);
    }

    /// Runs code of the inner service in the attempt with this number: the events of the policies inside carry it.
    #[inline(always)] // as the calls and polls that it runs
    pub(crate) fn within<T>(number: u32, run: impl FnOnce() -> T) -> T {
        if M::TELLS {
            attempt::within(number, run)
        } else {
            run()
        }
    }

    /// The attempt is over.
    #[inline]
    pub(crate) fn attempt_over(&mut self) {
        self.span.attempt_over();
    }

    /// Lets `tell` have the emitter.
    #[inline]
    pub(crate) fn told(&self, tell: impl FnOnce(&M)) {
        tell(&self.emitter);
    }
}

// === impl Unwinding ===

impl<P: Span> Drop for Unwinding<'_, P> {
    #[inline]
    fn drop(&mut self) {
        self.0.unwound();
    }
}
