//! What a policy tells its events to: a handle of a bus, and the policy's number.

use std::fmt;
use std::sync::Arc;

use super::bus::Bus;
use super::post::Wire;
use super::timeline::Timeline;
use crate::clock::{Clock, MonotonicClock, Tick};
use crate::emit::{Emitter, Interest, Kind, PolicyEvent, PolicyId, Timed, moment};
use crate::name::Name;

/// Puts events into the ring of the thread that emits them. Made by a sink that was given to a policy.
///
/// # Progress
/// `wants`: wait-free, two loads. `emit`: wait-free, nothing is allocated, and no cache line is written that another producer writes. The
/// first event of a thread on a bus takes a ring: that allocates, and is lock-free. While a subscriber sleeps, after a silence, the first event
/// that it wants wakes it.
#[derive(Clone)]
pub struct BusEmitter<C = MonotonicClock> {
    wire: Wire,
    tag: Tag,
    clock: C,
}

/// The policy and the timeline. In one word, as which futures move it.
#[derive(Clone, Copy)]
struct Tag(u64);

// === impl BusEmitter ===

impl<C> BusEmitter<C> {
    /// The emitter of the policy with this name, which the bus remembers.
    pub(super) fn attach(bus: &Arc<Bus>, timeline: Timeline<C>, name: &Name) -> Self {
        bus.names().remember(name);
        Self {
            wire: bus.wire(),
            tag: Tag::new(name.id(), timeline.number()),
            clock: timeline.into_clock(),
        }
    }
}

impl<C: Clock + Clone> Emitter for BusEmitter<C> {
    type Span = Timed;

    #[inline]
    fn wants(&self, kind: Kind) -> bool {
        self.wire.wants(kind)
    }

    #[inline]
    fn wants_outcomes(&self) -> bool {
        self.wire.wants_any(Interest::OUTCOMES)
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        self.tag.policy()
    }

    #[inline]
    fn now(&self) -> Tick {
        moment::on(self.tag.timeline(), || self.clock.now())
    }

    #[inline(always)]
    fn emit(&self, event: PolicyEvent) {
        self.wire.emit(&event);
    }
}

impl<C> fmt::Debug for BusEmitter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusEmitter")
            .field("policy", &self.tag.policy())
            .finish_non_exhaustive()
    }
}

// === impl Tag ===

impl Tag {
    fn new(policy: PolicyId, timeline: u32) -> Self {
        Self(u64::from(policy.get()) | u64::from(timeline) << 32)
    }

    #[inline]
    fn policy(self) -> PolicyId {
        PolicyId::new(self.0 as u32)
    }

    #[inline]
    fn timeline(self) -> u64 {
        self.0 >> 32
    }
}
