//! The sink that hands events to whoever subscribes, now or later.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::bus::Bus;
use super::emitter::BusEmitter;
use super::subscriber::Subscriber;
use super::timeline::Timeline;
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Interest, PolicyEvent, PolicyId, Sink};
use crate::error::ConfigError;
use crate::name::Name;
use crate::timer::TokioTimer;

/// Events for any number of subscribers: they join and leave at any time, and none of them can slow down a request, or another one.
///
/// Each thread that emits has a ring of its own, made at its first event and given to another thread when it ends. A ring keeps the
/// newest events; a [`Subscriber`] that comes too late for some learns how many. With nobody subscribed, no event is made.
///
/// Clones are the same sink. A policy that emits to it does not keep it alive: when the last clone and the last subscriber are gone, such
/// policies emit to nobody. It is a tower service of events too: an event that comes in by [`call`](Service::call) keeps its own
/// stamp, except its number.
///
/// # Examples
/// ```
/// use ninelives::telemetry::{Delivery, StreamingSink};
/// use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
/// use ninelives::name::Name;
/// let sink = StreamingSink::new(1024)?;
/// let emitter = sink.attach(&Name::from("checkout"));
/// let mut events = sink.subscribe();
/// emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
/// let Some(Delivery::Event(event)) = events.try_recv() else { panic!("one event") };
/// assert_eq!(sink.name_of(event.policy()).unwrap().as_str(), "checkout");
/// # Ok::<(), ninelives::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct StreamingSink<C = MonotonicClock> {
    bus: Arc<Bus>,
    timeline: Timeline<C>,
}

// === impl StreamingSink ===

impl StreamingSink {
    /// A sink that keeps the last `capacity` events of each thread, rounded up to a power of two: 32 bytes each.
    ///
    /// # Errors
    /// `capacity` outside `1..=16_777_216`.
    pub fn new(capacity: usize) -> Result<Self, ConfigError> {
        Ok(Self::of(Bus::new(capacity)?))
    }

    pub(super) fn of(bus: Arc<Bus>) -> Self {
        Self {
            bus,
            timeline: Timeline::MONOTONIC,
        }
    }

    /// A sink whose rings begin with the number `first`.
    #[cfg(test)]
    pub(super) fn starting_at(capacity: usize, first: u64) -> Result<Self, ConfigError> {
        Ok(Self::of(Bus::starting_at(capacity, first)?))
    }
}

impl<C> StreamingSink<C> {
    /// The same sink with another clock, for the policies that it is attached to from now on.
    pub fn with_clock<D: Clock>(self, clock: D) -> StreamingSink<D> {
        StreamingSink {
            bus: self.bus,
            timeline: Timeline::new(clock),
        }
    }

    /// Subscribes to every event that is emitted from now on.
    pub fn subscribe(&self) -> Subscriber {
        self.subscribe_to(Interest::ALL)
    }

    /// Subscribes to the events of these kinds that are emitted from now on.
    pub fn subscribe_to(&self, interest: Interest) -> Subscriber {
        Subscriber::join(&self.bus, interest, TokioTimer::new())
    }

    /// Makes rings ahead until there are free ones for this many threads: their first events then take those, and allocate no ring.
    ///
    /// # Progress
    /// Lock-free. Allocates, each ring at once: for the start of a program.
    pub fn reserve(&self, threads: usize) {
        self.bus.reserve(threads);
    }

    /// How many subscribers there are.
    pub fn subscribers(&self) -> usize {
        self.bus.readers()
    }

    /// How many rings there are: at most one for each thread that emitted at the same time, and those that were made ahead.
    ///
    /// A thread that looks for a ring in the very moment in which another one ends may make a new one all the same.
    pub fn producers(&self) -> usize {
        self.bus.rings().len()
    }

    /// How many events it keeps for each thread.
    pub fn capacity(&self) -> usize {
        self.bus.capacity()
    }

    /// The name of a policy that this sink was attached to.
    ///
    /// It remembers the 4,096 policies that were made last.
    pub fn name_of(&self, policy: PolicyId) -> Option<Name> {
        self.bus.names().find(policy)
    }
}

impl<C: Clock + Clone> Sink for StreamingSink<C> {
    type Emitter = BusEmitter<C>;

    fn attach(&self, name: &Name) -> BusEmitter<C> {
        BusEmitter::attach(&self.bus, self.timeline.clone(), name)
    }
}

impl<C> Service<PolicyEvent> for StreamingSink<C> {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        let wire = self.bus.wire();
        if wire.wants(event.kind()) {
            wire.emit(&event);
        }
        ready(Ok(()))
    }
}

impl<C> fmt::Debug for StreamingSink<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingSink")
            .field("bus", &self.bus)
            .finish_non_exhaustive()
    }
}
