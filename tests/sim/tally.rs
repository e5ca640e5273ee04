//! A sink that loses nothing: it counts every event of every policy, by the time of the simulation.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use ninelives::circuit_breaker::CircuitState;
use ninelives::emit::{Emitter, Kind, PolicyEvent, PolicyId, Sink, Timed};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::{ManualTimer, Tick};

/// Counts the events of all policies of a world.
#[derive(Clone)]
pub struct Tally {
    timer: ManualTimer,
    policies: Arc<Mutex<BTreeMap<PolicyId, Arc<Told>>>>,
}

/// What one policy told.
#[derive(Debug, Default)]
pub struct Told {
    kinds: [AtomicU64; Kind::ALL.len()],
    came: [AtomicU64; STATES],
    went: [AtomicU64; STATES],
}

/// Tells of one policy.
#[derive(Clone)]
pub struct Teller {
    timer: ManualTimer,
    policy: PolicyId,
    told: Arc<Told>,
}

const STATES: usize = CircuitState::MetricsOnly as usize + 1;
const OUTCOMES: [Kind; 3] = [
    Kind::RequestSuccess,
    Kind::RequestFailure,
    Kind::RequestCancelled,
];

// === impl Tally ===

impl Tally {
    pub fn new(timer: &ManualTimer) -> Self {
        Self {
            timer: timer.clone(),
            policies: Arc::default(),
        }
    }

    /// What the policy of this name told.
    pub fn told(&self, name: &Name) -> Arc<Told> {
        let mut policies = self.policies.lock().unwrap();
        Arc::clone(policies.entry(name.id()).or_default())
    }

    /// Events of this kind, of all policies.
    pub fn of(&self, kind: Kind) -> u64 {
        let policies = self.policies.lock().unwrap();
        policies.values().map(|told| told.of(kind)).sum()
    }
}

impl Sink for Tally {
    type Emitter = Teller;

    fn attach(&self, name: &Name) -> Teller {
        Teller {
            timer: self.timer.clone(),
            policy: name.id(),
            told: self.told(name),
        }
    }
}

// === impl Told ===

impl Told {
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds[kind as usize].load(Relaxed)
    }

    /// Requests that are over.
    pub fn outcomes(&self) -> u64 {
        OUTCOMES.map(|kind| self.of(kind)).iter().sum()
    }

    /// How often a circuit came into this state, and how often it left it.
    pub fn turns(&self, state: CircuitState) -> [u64; 2] {
        [&self.came, &self.went].map(|turns| turns[state as usize].load(Relaxed))
    }
}

// === impl Teller ===

impl Emitter for Teller {
    type Span = Timed;

    fn wants(&self, _: Kind) -> bool {
        true
    }

    fn policy(&self) -> PolicyId {
        self.policy
    }

    fn now(&self) -> Tick {
        self.timer.now()
    }

    fn emit(&self, event: PolicyEvent) {
        let up = |count: &AtomicU64| count.fetch_add(1, Relaxed);
        up(&self.told.kinds[event.kind() as usize]);
        match event {
            PolicyEvent::CircuitOpened { from, to, .. }
            | PolicyEvent::CircuitClosed { from, to, .. } => {
                up(&self.told.went[from as usize]);
                up(&self.told.came[to as usize]);
            }
            // To half-open or to ramping: the event does not say which.
            PolicyEvent::CircuitHalfOpen { from, .. } => {
                up(&self.told.went[from as usize]);
            }
            _ => {}
        }
    }
}
