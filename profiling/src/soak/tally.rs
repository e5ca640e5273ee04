//! A sink that loses nothing: it counts every event of every policy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ninelives::circuit_breaker::CircuitState;
use ninelives::emit::{Emitter, Kind, PolicyEvent, PolicyId, Sink, Timed};
use ninelives::name::Name;
use ninelives::{Clock, MonotonicClock, StreamingSink, Tick};

use super::count::Count;
use super::plant::Plant;

/// Counts, and tells a stream.
#[derive(Clone)]
pub struct Tally {
    shared: Arc<Shared>,
    stream: StreamingSink,
    plant: Option<Plant>,
}

struct Shared {
    total: Count,
    // Taken when a policy is put around a service, never for an event.
    policies: Mutex<HashMap<PolicyId, Arc<Told>>>,
}

/// What one policy told.
#[derive(Debug, Default)]
pub struct Told {
    kinds: [Count; Kind::ALL.len()],
    came: [Count; STATES],
    went: [Count; STATES],
}

/// Tells of one policy.
#[derive(Clone)]
pub struct Teller {
    shared: Arc<Shared>,
    told: Arc<Told>,
    stream: <StreamingSink as Sink>::Emitter,
    plant: Option<Plant>,
}

const STATES: usize = CircuitState::MetricsOnly as usize + 1;

// === impl Tally ===

impl Tally {
    /// Counts, and tells `stream`, to which somebody has to be subscribed all the time: it is told every event.
    pub fn new(stream: StreamingSink, plant: Option<Plant>) -> Self {
        let shared = Shared {
            total: Count::default(),
            policies: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            stream,
            plant,
        }
    }

    /// The stream.
    pub const fn stream(&self) -> &StreamingSink {
        &self.stream
    }

    /// Events of all policies.
    pub fn total(&self) -> u64 {
        self.shared.total.get()
    }

    /// What the policy of this name told.
    pub fn told(&self, name: &Name) -> Arc<Told> {
        let policies = self.shared.policies.lock();
        let mut policies = policies.unwrap_or_else(PoisonError::into_inner);
        Arc::clone(policies.entry(name.id()).or_default())
    }
}

impl Sink for Tally {
    type Emitter = Teller;

    fn attach(&self, name: &Name) -> Teller {
        Teller {
            shared: Arc::clone(&self.shared),
            told: self.told(name),
            stream: self.stream.attach(name),
            plant: self.plant,
        }
    }
}

// === impl Told ===

impl Told {
    /// Events of this kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds[kind as usize].get()
    }

    /// Requests that are over, as the policy tells it.
    pub fn outcomes(&self) -> u64 {
        let kinds = [
            Kind::RequestSuccess,
            Kind::RequestFailure,
            Kind::RequestCancelled,
        ];
        kinds.map(|kind| self.of(kind)).iter().sum()
    }

    /// How often a circuit came into this state, and how often it left it.
    pub fn turns(&self, state: CircuitState) -> (u64, u64) {
        let state = state as usize;
        (self.came[state].get(), self.went[state].get())
    }

    fn count(&self, event: &PolicyEvent) {
        self.kinds[event.kind() as usize].up();
        let (from, to) = match *event {
            PolicyEvent::CircuitOpened { from, to, .. }
            | PolicyEvent::CircuitClosed { from, to, .. } => (from, Some(to)),
            // To half-open or to ramping: the event does not say which.
            PolicyEvent::CircuitHalfOpen { from, .. } => (from, None),
            _ => return,
        };
        self.went[from as usize].up();
        if let Some(to) = to {
            self.came[to as usize].up();
        }
    }
}

// === impl Teller ===

impl Emitter for Teller {
    type Span = Timed;

    fn wants(&self, _: Kind) -> bool {
        true
    }

    fn policy(&self) -> PolicyId {
        self.stream.policy()
    }

    fn now(&self) -> Tick {
        MonotonicClock.now()
    }

    fn emit(&self, event: PolicyEvent) {
        let kind = event.kind();
        let twice = kind == Kind::RequestSuccess && self.struck(Plant::Verdict, self.told.of(kind));
        if twice {
            self.pass_on(event);
        }
        self.pass_on(event);
    }
}

impl Teller {
    fn pass_on(&self, event: PolicyEvent) {
        let kind = event.kind();
        let total = self.shared.total.get();
        self.shared.total.up();
        let uncounted = kind == Kind::RetryAttempt && self.plant == Some(Plant::Attempt)
            || kind == Kind::CircuitOpened && self.plant == Some(Plant::Transition);
        if !uncounted {
            self.told.count(&event);
        }
        if !self.struck(Plant::Event, total) {
            self.stream.emit(event);
        }
    }

    fn struck(&self, plant: Plant, number: u64) -> bool {
        self.plant == Some(plant) && plant.strikes(number)
    }
}
