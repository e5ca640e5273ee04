//! How a policy tells what happened.
//!
//! A [`Sink`] is what `.with_sink(…)` takes; attached to a policy it becomes an [`Emitter`], which lies in that policy's services and
//! futures. Emitting is synchronous, infallible and never waits. With [`NullSink`], the default, none of it is compiled in.
//!
//! Sinks that take their time are tower services behind a ring and a pump: see the page of telemetry.

mod request;

pub use ninelives_core::event::{
    Arm, BulkheadRejection, FailureCause, Interest, Kind, PolicyEvent, PolicyId, Stamp,
};

pub(crate) use request::Request;

use crate::clock::Tick;
use crate::name::Name;

/// Where the events of policies go.
pub trait Sink {
    /// What tells this sink about one policy.
    type Emitter: Emitter;

    /// Makes the emitter of the policy with this name.
    fn attach(&self, name: &Name) -> Self::Emitter;
}

/// What tells a sink about one policy. Clones tell the same.
///
/// # Progress
/// Every method is called on request paths: none may wait for another thread.
pub trait Emitter: Clone {
    /// What is kept of a request until its outcome is told: [`Timed`], or `()` for an emitter that never tells anything.
    type Span: Span;

    /// Whether anybody wants events of this kind now. One that nobody wants is not made.
    fn wants(&self, kind: Kind) -> bool;

    /// The policy that it tells of.
    fn policy(&self) -> PolicyId;

    /// The time, by the sink's clock.
    fn now(&self) -> Tick;

    /// Takes the event. It may be lost, and is then counted; it is never waited for.
    fn emit(&self, event: PolicyEvent);

    /// Makes and takes an event of `kind`, if anybody wants it.
    #[inline]
    fn tell(&self, kind: Kind, event: impl FnOnce(Stamp) -> PolicyEvent) {
        if self.wants(kind) {
            self.emit(event(Stamp::new(self.policy(), self.now())));
        }
    }
}

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
}

/// A request whose outcome will be told, if it is wanted.
#[derive(Debug)]
pub struct Timed {
    since: Option<Tick>,
    inside: bool,
}

/// The sink that nobody listens to: the default. Policies with it are what they would be without events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NullSink;

// === impl NullSink ===

impl Sink for NullSink {
    type Emitter = Self;

    #[inline]
    fn attach(&self, _name: &Name) -> Self {
        Self
    }
}

impl Emitter for NullSink {
    type Span = ();

    #[inline]
    fn wants(&self, _kind: Kind) -> bool {
        false
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        PolicyId::default()
    }

    #[inline]
    fn now(&self) -> Tick {
        Tick::ZERO
    }

    #[inline]
    fn emit(&self, _event: PolicyEvent) {}
}

// === impl Emitter ===

/// Both are told; the first one's clock stamps the events of both.
impl<A: Emitter, B: Emitter> Emitter for (A, B) {
    type Span = Timed;

    #[inline]
    fn wants(&self, kind: Kind) -> bool {
        self.0.wants(kind) || self.1.wants(kind)
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        self.0.policy()
    }

    #[inline]
    fn now(&self) -> Tick {
        self.0.now()
    }

    #[inline]
    fn emit(&self, event: PolicyEvent) {
        if self.0.wants(event.kind()) {
            self.0.emit(event);
        }
        if self.1.wants(event.kind()) {
            self.1.emit(event);
        }
    }
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
}

impl Span for Timed {
    #[inline]
    fn start(wanted: bool, now: impl FnOnce() -> Tick) -> Self {
        Self {
            since: wanted.then(now),
            inside: false,
        }
    }

    #[inline]
    fn take(&mut self) -> Option<Tick> {
        self.since.take()
    }

    #[inline]
    fn mark(&mut self, inside: bool) {
        self.inside = inside;
    }

    #[inline]
    fn is_marked(&self) -> bool {
        self.inside
    }
}
