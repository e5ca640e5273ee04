//! What a policy tells its events to: a handle of a bus, and the policy's number.

use std::fmt;
use std::sync::Arc;

use super::bus::Bus;
use super::timeline::Timeline;
use crate::clock::{Clock, MonotonicClock, Tick};
use crate::emit::{Emitter, Kind, PolicyEvent, PolicyId, Timed};
use crate::name::Name;
use crate::share::Share;

/// Puts events into the ring of the thread that emits them. Made by a sink that was given to a policy.
///
/// # Progress
/// `wants`: wait-free, one load. `emit`: wait-free, nothing is allocated, and no cache line is written that another producer writes. The
/// first event of a thread on a bus takes a ring: that allocates, and is lock-free. While a subscriber sleeps, after a silence, the first event
/// that it wants wakes it.
#[derive(Clone)]
pub struct BusEmitter<C = MonotonicClock> {
    bus: Share<Bus>,
    policy: PolicyId,
    timeline: Timeline<C>,
}

// === impl BusEmitter ===

impl<C> BusEmitter<C> {
    /// The emitter of the policy with this name, which the bus remembers.
    pub(super) fn attach(bus: &Arc<Bus>, timeline: Timeline<C>, name: &Name) -> Self {
        bus.names().remember(name);
        Self {
            bus: Share::new(bus),
            policy: name.id(),
            timeline,
        }
    }
}

impl<C: Clock + Clone> Emitter for BusEmitter<C> {
    type Span = Timed;

    #[inline]
    fn for_request(&mut self) -> Self {
        Self {
            bus: self.bus.branch(),
            policy: self.policy,
            timeline: self.timeline.clone(),
        }
    }

    #[inline]
    fn wants(&self, kind: Kind) -> bool {
        self.bus.wants(kind)
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        self.policy
    }

    #[inline]
    fn now(&self) -> Tick {
        self.timeline.now()
    }

    #[inline(always)]
    fn emit(&self, event: PolicyEvent) {
        self.bus.emit(&event);
    }
}

impl<C> fmt::Debug for BusEmitter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusEmitter")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
