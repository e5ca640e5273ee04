//! Two sinks that both get every event.
//!
//! # Readiness
//! Ready once each branch is ready or has failed. A branch that is ready is not polled again before the
//! event comes: what it reserved is held. So a branch that is never ready holds up both; a policy with a timeout around it helps.
//! `Clone` resets readiness.
//!
//! # Cancel safety
//! Dropping the future drops the futures of both branches.
//!
//! # Errors
//! A branch that fails, in `poll_ready` or with the event, does not stop the other one: the error is returned when both are done. When both
//! fail in `poll_ready`, neither can be called, and `poll_ready` returns the error. A failed branch is polled again for the next event.
//!
//! # Panics
//! A branch that panics does not stop the other one either: when that is done, or has failed, the multicast itself panics.

mod branch;
mod future;

use std::fmt;
use std::task::{Context, Poll};

use tower_service::Service;

pub use future::MulticastFuture;

use super::ComposedSinkError;
use super::sink::TelemetrySink;
use crate::emit::{PolicyEvent, Sink};
use crate::name::Name;
use branch::Branch;

/// Both sinks get every event. See the [page](self).
///
/// Given to a policy, when both are [`Sink`]s, both are told at once, and the first one's clock stamps the events of both.
///
/// ```
/// use ninelives::telemetry::{MemorySink, StreamingSink};
/// let both = StreamingSink::new(1024)? + MemorySink::new();
/// # Ok::<(), ninelives::ConfigError>(())
/// ```
pub struct MulticastSink<A: TelemetrySink, B: TelemetrySink> {
    // The bounds are here because a branch's error is kept until the other branch is ready.
    first: Branch<A>,
    second: Branch<B>,
}

// === impl MulticastSink ===

impl<A: TelemetrySink, B: TelemetrySink> MulticastSink<A, B> {
    /// Both.
    pub const fn new(first: A, second: B) -> Self {
        Self {
            first: Branch::new(first),
            second: Branch::new(second),
        }
    }

    /// The first sink.
    pub const fn first(&self) -> &A {
        self.first.sink()
    }

    /// The second sink.
    pub const fn second(&self) -> &B {
        self.second.sink()
    }
}

impl<A, B> Sink for MulticastSink<A, B>
where
    A: TelemetrySink + Sink,
    B: TelemetrySink + Sink,
{
    type Emitter = (A::Emitter, B::Emitter);

    fn attach(&self, name: &Name) -> Self::Emitter {
        (self.first().attach(name), self.second().attach(name))
    }
}

impl<A: TelemetrySink, B: TelemetrySink> Service<PolicyEvent> for MulticastSink<A, B> {
    type Response = ();
    type Error = ComposedSinkError<A::Error, B::Error>;
    type Future = MulticastFuture<A::Future, B::Future, A::Error, B::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Both are asked each time, so that one which waits does not keep the other from getting ready.
        let answered = [self.first.poll_ready(cx), self.second.poll_ready(cx)];
        if answered.iter().any(Poll::is_pending) {
            return Poll::Pending;
        }
        if self.first.is_ready() || self.second.is_ready() {
            return Poll::Ready(Ok(()));
        }
        // Both are asked anew next time, also when this panics.
        let (first, second) = (self.first.take(), self.second.take());
        Poll::Ready(Err(ComposedSinkError::new(first.error(), second.error())))
    }

    /// # Panics
    /// Called before it was ready.
    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        MulticastFuture::new(self.first.call(event), self.second.call(event))
    }
}

impl<A: TelemetrySink + Clone, B: TelemetrySink + Clone> Clone for MulticastSink<A, B> {
    fn clone(&self) -> Self {
        Self::new(self.first().clone(), self.second().clone())
    }
}

impl<A: TelemetrySink + fmt::Debug, B: TelemetrySink + fmt::Debug> fmt::Debug
    for MulticastSink<A, B>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MulticastSink")
            .field("first", self.first())
            .field("second", self.second())
            .finish()
    }
}
