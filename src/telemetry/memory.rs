//! The sink that remembers: for tests, and for a look at what has just happened.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use ninelives_core::ring::{Read, Reader};
use tower_service::Service;

use super::bus::Bus;
use super::emitter::BusEmitter;
use super::subscriber::unpack;
use super::timeline::Timeline;
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Interest, PolicyEvent, PolicyId, Sink};
use crate::error::ConfigError;
use crate::name::Name;

/// The newest events, for as long as a clone of the sink lives: a policy that emits to it does not keep it alive.
///
/// An event costs the same whether the sink is empty or full. Each thread that emits keeps its newest `capacity` events in a ring of
/// its own, 32 bytes each; the sink's events are the newest of all of them.
///
/// Clones are the same sink. It is a tower service of events too: an event that comes in by [`call`](Service::call) keeps its own
/// stamp, except its number.
///
/// # Examples
/// ```
/// use ninelives::telemetry::MemorySink;
/// use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
/// use ninelives::name::Name;
/// let sink = MemorySink::with_capacity(2)?;
/// let emitter = sink.attach(&Name::from("checkout"));
/// for attempts in 1..=3 {
///     emitter.tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted { at, attempts });
/// }
/// assert!(matches!(sink.events()[..], [.., PolicyEvent::RetryExhausted { attempts: 3, .. }]));
/// assert_eq!((sink.len(), sink.evicted()), (2, 1));
/// # Ok::<(), ninelives::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct MemorySink<C = MonotonicClock> {
    bus: Arc<Bus>,
    capacity: usize,
    // For each ring, the number of its first event that was not cleared away.
    starts: Arc<ArcSwap<Vec<u64>>>,
    timeline: Timeline<C>,
}

/// What [`MemorySink::new`] keeps.
const DEFAULT_CAPACITY: usize = 10_000;

/// The least that a ring keeps, so that a reader of a busy ring has time to copy it.
const LEAST: usize = 64;

// === impl MemorySink ===

impl MemorySink {
    /// A sink that keeps the newest 10,000 events.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sink that keeps the newest `capacity` events.
    ///
    /// # Errors
    /// `capacity` outside `1..=16_777_216`.
    pub fn with_capacity(capacity: usize) -> Result<Self, ConfigError> {
        // Checked as it was given; then the rings may be larger.
        let bus = match capacity {
            1..LEAST => Bus::new(LEAST)?,
            _ => Bus::new(capacity)?,
        };
        Ok(Self::of(bus, capacity))
    }

    pub(super) fn of(bus: Arc<Bus>, capacity: usize) -> Self {
        // Nobody subscribes to it; its own looks are what the events are made for.
        bus.want(Interest::ALL);
        Self {
            bus,
            capacity,
            starts: Arc::default(),
            timeline: Timeline::MONOTONIC,
        }
    }
}

impl<C> MemorySink<C> {
    /// The same sink with another clock, for the policies that it is attached to from now on.
    pub fn with_clock<D: Clock>(self, clock: D) -> MemorySink<D> {
        MemorySink {
            bus: self.bus,
            capacity: self.capacity,
            starts: self.starts,
            timeline: Timeline::new(clock),
        }
    }

    /// The newest events, the oldest of them first, in the order of their times: of each thread those that it emitted last, and of
    /// those of all threads the ones with the latest times.
    ///
    /// An event that is overwritten while it is copied is left out.
    pub fn events(&self) -> Vec<PolicyEvent> {
        let mut events = Vec::new();
        let (rings, starts) = (self.bus.rings(), self.starts.load());
        for (at, ring) in rings.iter().enumerate() {
            let head = ring.head();
            let since = head.wrapping_sub(self.start(&starts, at));
            let kept = since.min(self.capacity as u64);
            let mut reader = Reader::at(head.wrapping_sub(kept));
            // Past the head there is nothing to wait for: those came later. As signed, because the numbers wrap.
            while (head.wrapping_sub(reader.next()) as i64) > 0 {
                if let Read::Record { sequence, words } = ring.read(&mut reader) {
                    events.push(unpack(&words, sequence));
                }
            }
        }
        // Stable: events of one thread with the same time stay in order.
        events.sort_by_key(PolicyEvent::time);
        events.split_off(events.len().saturating_sub(self.capacity))
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.emitted().min(self.capacity as u64) as usize
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.emitted() == 0
    }

    /// Forgets the events so far, and how many were evicted.
    pub fn clear(&self) {
        self.starts.rcu(|_| {
            let rings = self.bus.rings();
            rings.iter().map(|ring| ring.head()).collect::<Vec<_>>()
        });
    }

    /// How many events it keeps.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many events made way for newer ones, since the last [`clear`](Self::clear): `emitted == len + evicted`, exactly.
    pub fn evicted(&self) -> u64 {
        self.emitted().saturating_sub(self.capacity as u64)
    }

    /// The name of a policy that this sink was attached to.
    ///
    /// It remembers the 4,096 policies that were made last.
    pub fn name_of(&self, policy: PolicyId) -> Option<Name> {
        self.bus.names().find(policy)
    }

    /// Events since the last clear.
    fn emitted(&self) -> u64 {
        // The starts first: a ring's head is never below a start that was read before it.
        let starts = self.starts.load();
        let rings = self.bus.rings();
        let since = |(at, ring): (usize, &Arc<_>)| {
            let head = super::bus::EventRing::head(ring);
            head.wrapping_sub(self.start(&starts, at))
        };
        rings.iter().enumerate().map(since).sum()
    }

    fn start(&self, starts: &[u64], ring: usize) -> u64 {
        starts.get(ring).copied().unwrap_or(self.bus.first())
    }
}

impl Default for MemorySink {
    fn default() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY).expect("the default is in range")
    }
}

impl<C: Clock + Clone> Sink for MemorySink<C> {
    type Emitter = BusEmitter<C>;

    fn attach(&self, name: &Name) -> BusEmitter<C> {
        BusEmitter::attach(&self.bus, self.timeline.clone(), name)
    }
}

impl<C> Service<PolicyEvent> for MemorySink<C> {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        self.bus.wire().emit(&event);
        ready(Ok(()))
    }
}

impl<C> fmt::Debug for MemorySink<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySink")
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .field("evicted", &self.evicted())
            .finish_non_exhaustive()
    }
}
