//! Whoever changes the settings while they are in use: by name, at random, often wrongly.

use std::collections::HashMap;
use std::mem::forget;
use std::sync::Arc;
use std::time::Duration;

use ninelives::parameters::{Domain, Parameter, Value};
use ninelives::registry::{PolicyHandle, Registry, RegistryError};
use ninelives::{TimeoutLayer, TokioTimer};

use super::count::Count;
use super::laws::{Law, Laws};
use super::plant::Plant;
use super::stacks::MOST;
use crate::rng::SplitMix64;

/// A tuner of one registry.
pub struct Tuner {
    registry: Registry,
    draws: SplitMix64,
    versions: HashMap<String, u64>,
    tried: Arc<Tried>,
    plant: Option<Plant>,
}

/// Changes that were tried.
#[derive(Debug, Default)]
pub struct Tried {
    /// Those that were made.
    pub taken: Count,
    /// Those that were refused.
    pub refused: Count,
}

/// What the settings were, to put them back.
pub struct Baseline(Vec<(String, Vec<(&'static str, Value)>)>);

/// Resets often enough that no forced state lasts for long.
const COMMANDS: [&str; 7] = [
    "reset",
    "trip",
    "reset",
    "force_open",
    "reset",
    "force_closed",
    "disable",
];

// === impl Tuner ===

impl Tuner {
    /// A tuner.
    pub fn new(
        registry: &Registry,
        draws: SplitMix64,
        tried: &Arc<Tried>,
        plant: Option<Plant>,
    ) -> Self {
        Self {
            registry: registry.clone(),
            draws,
            versions: HashMap::new(),
            tried: Arc::clone(tried),
            plant,
        }
    }

    /// Changes something, and looks at the version of what it changed.
    pub fn change(&mut self, laws: &Laws) {
        let Some(policy) = self.policy() else { return };
        match self.attempt(&policy) {
            Ok(()) => self.tried.taken.up(),
            Err(RegistryError::Parameter { .. } | RegistryError::NoPrevious { .. }) => {
                self.tried.refused.up();
            }
            Err(RegistryError::Stale { .. } | RegistryError::Busy | RegistryError::Gone { .. }) => {
                self.tried.refused.up();
            }
            Err(error) => laws.hold(Law::Versions, false, || error.to_string()),
        }
        if self.plant == Some(Plant::Version) {
            self.replace(&policy);
        }
        let name = policy.name();
        let Some(policy) = self.registry.get(name) else {
            return;
        };
        let Ok(reading) = policy.read() else { return };
        let seen = self.versions.entry(name.to_owned()).or_default();
        laws.hold(Law::Versions, reading.version >= *seen, || {
            format!("{name}: version {} after {seen}", reading.version)
        });
        *seen = reading.version;
        for (parameter, (_, value)) in policy.schema().iter().zip(reading.values) {
            laws.hold(Law::Versions, parameter.check(value).is_ok(), || {
                format!("{name}: {} is {value:?}", parameter.name())
            });
        }
    }

    /// Puts another policy in the place of one that has changed already.
    fn replace(&mut self, policy: &PolicyHandle) {
        let name = policy.name();
        let has_changed = self.versions.get(name).is_some_and(|seen| *seen > 0);
        if let Ok(other) = TimeoutLayer::new(Duration::from_secs(1))
            && has_changed
            && self.registry.unregister(name)
        {
            let other = other.named(name.to_owned()).live();
            // One that is not registered is missed by the laws.
            let _ = self.registry.register(&other);
            forget(other);
        }
    }

    fn attempt(&mut self, policy: &PolicyHandle) -> Result<(), RegistryError> {
        let one = [self.draw(policy)];
        match self.draws.next() % 20 {
            0 => policy.rollback().map(drop),
            1 | 2 => {
                let lasts = Duration::from_millis(self.draws.next() % 100);
                policy.set_for(&one, lasts, TokioTimer).map(drop)
            }
            3 => {
                let version = policy.read()?.version;
                policy.compare_and_set(version, &one).map(drop)
            }
            4..7 => {
                let Some(other) = self.policy() else {
                    return Ok(());
                };
                let two = [self.draw(&other)];
                let both = [(policy.name(), &one[..]), (other.name(), &two[..])];
                let both = match policy.name() == other.name() {
                    true => &both[..1],
                    false => &both[..],
                };
                self.registry.apply(both).map(drop)
            }
            7 | 8 if policy.kind() == "circuit_breaker" => {
                let command = self.draws.next() as usize % COMMANDS.len();
                policy.command(COMMANDS[command])
            }
            _ => policy.set(&one).map(drop),
        }
    }

    fn policy(&mut self) -> Option<PolicyHandle> {
        let policies = self.registry.policies();
        let chosen = self.draws.next() as usize % policies.len().max(1);
        policies.into_iter().nth(chosen)
    }

    /// A parameter and a value for it: in range for the most part.
    fn draw(&mut self, policy: &PolicyHandle) -> (&'static str, Value) {
        let schema = policy.schema();
        let parameter = &schema[self.draws.next() as usize % schema.len()];
        (parameter.name(), self.value(parameter))
    }

    fn value(&mut self, parameter: &Parameter) -> Value {
        let kind = self.draws.next() % 20;
        if parameter.is_optional() && kind < 5 {
            return Value::None;
        }
        match parameter.domain() {
            Domain::Count { min, max } => match kind {
                0 => Value::Count(max.saturating_add(1)),
                1 => Value::Count(min),
                _ => Value::Count((min + self.draws.next() % 32).min(MOST).min(max)),
            },
            Domain::Duration { min, .. } => match kind {
                0 if min > Duration::ZERO => Value::Duration(Duration::ZERO),
                1 => Duration::MAX.into(),
                _ => Duration::from_millis(1 + self.draws.next() % 200).into(),
            },
            Domain::Ratio { min, max } => match kind {
                0 => Value::Ratio(f64::NAN),
                1 => Value::Ratio(min),
                _ => Value::Ratio((min + self.draws.unit() * 1.5).min(max)),
            },
            Domain::Choice(words) => Value::Choice(words[self.draws.next() as usize % words.len()]),
            _ => Value::Flag(kind < 4),
        }
    }
}

// === impl Baseline ===

impl Baseline {
    /// What the settings of all policies are.
    pub fn of(registry: &Registry) -> Self {
        let policies = registry.policies().into_iter();
        let read = policies.filter_map(|policy| {
            let reading = policy.read().ok()?;
            Some((policy.name().to_owned(), reading.values))
        });
        Self(read.collect())
    }

    /// Puts all of them back, in one step.
    ///
    /// # Errors
    /// Something is not as it was: a policy is gone, or its own settings are refused.
    pub fn put_back(&self, registry: &Registry) -> Result<(), RegistryError> {
        let all: Vec<_> = self
            .0
            .iter()
            .map(|(name, values)| (name.as_str(), &values[..]))
            .collect();
        registry.apply(&all).map(drop)
    }

    /// How many policies there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
