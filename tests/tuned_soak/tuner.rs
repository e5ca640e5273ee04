//! Whoever changes the settings: by name, at random, often wrongly.

use std::time::Duration;

use ninelives::parameters::{Domain, Parameter, Value};
use ninelives::prelude::*;
use ninelives::registry::{PolicyHandle, Registry, RegistryError};

use crate::drive::Seeded;
use crate::{Calls, Done, MOST, ms};

pub struct Tuner {
    seeded: Seeded,
    registry: Registry,
    timer: ManualTimer,
}

#[derive(Debug, Default)]
pub struct Told {
    pub taken: u64,
    pub refused: u64,
}

/// Those that wait without end only for what comes anyhow.
const MAY_BE_FOR_EVER: [&str; 5] = [
    "timeout",
    "recovery_timeout",
    "probe_lease",
    "max_wait",
    "max_duration",
];
/// Resets often enough that no forced state lasts for long.
const ORDERS: [&str; 7] = [
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
    pub fn new(seed: u64, registry: Registry, timer: ManualTimer) -> Self {
        let seeded = Seeded::new(seed);
        Self {
            seeded,
            registry,
            timer,
        }
    }

    pub fn run(mut self, changes: usize, calls: &Calls) -> Told {
        let _done = Done(&calls.tuners_done);
        let mut told = Told::default();
        let mut versions = vec![0; self.registry.policies().len()];
        for _ in 0..changes {
            calls.change();
            match self.change() {
                Ok(()) => told.taken += 1,
                Err(
                    RegistryError::Parameter { .. }
                    | RegistryError::NoPrevious { .. }
                    | RegistryError::Stale { .. }
                    | RegistryError::Busy,
                ) => told.refused += 1,
                Err(error) => panic!("{error}"),
            }
            for (seen, policy) in versions.iter_mut().zip(self.registry.policies()) {
                let reading = policy.read().unwrap();
                assert!(reading.version >= *seen, "versions never fall");
                *seen = reading.version;
                for (parameter, (_, value)) in policy.schema().iter().zip(reading.values) {
                    parameter.check(value).unwrap();
                }
            }
        }
        told
    }

    fn change(&mut self) -> Result<(), RegistryError> {
        let policy = self.policy();
        let one = [self.draw(&policy)];
        match self.seeded.below(20) {
            0 => policy.rollback().map(drop),
            1 => {
                let lasts = ms(self.seeded.below(30) as u64);
                policy.set_for(&one, lasts, self.timer.clone()).map(drop)
            }
            2 => {
                let version = policy.read()?.version;
                policy.compare_and_set(version, &one).map(drop)
            }
            3..6 => {
                let other = self.policy();
                let two = [self.draw(&other)];
                let both = [(policy.name(), &one[..]), (other.name(), &two[..])];
                let both = if policy.name() == other.name() {
                    &both[..1]
                } else {
                    &both[..]
                };
                self.registry.apply(both).map(drop)
            }
            6 => {
                let breaker = self.registry.find("breaker")?;
                breaker.command(ORDERS[self.seeded.below(ORDERS.len())])
            }
            _ => policy.set(&one).map(drop),
        }
    }

    fn policy(&mut self) -> PolicyHandle {
        let policies = self.registry.policies();
        policies[self.seeded.below(policies.len())].clone()
    }

    /// A parameter and a value for it: in range for the most part.
    fn draw(&mut self, policy: &PolicyHandle) -> (&'static str, Value) {
        let schema = policy.schema();
        let parameter = &schema[self.seeded.below(schema.len())];
        (parameter.name(), self.value(parameter))
    }

    fn value(&mut self, parameter: &Parameter) -> Value {
        let kind = self.seeded.below(20);
        if parameter.is_optional() && kind < 5 {
            return Value::None;
        }
        match parameter.domain() {
            Domain::Count { min, max } => match kind {
                0 => Value::Count(max + 1),
                1 => Value::Count(min),
                _ => Value::Count((min + self.seeded.below(16) as u64).min(MOST)),
            },
            Domain::Duration { min, .. } => match kind {
                0 if min > Duration::ZERO => Value::Duration(Duration::ZERO),
                1 if MAY_BE_FOR_EVER.contains(&parameter.name()) => Duration::MAX.into(),
                _ => ms(1 + self.seeded.below(60) as u64).into(),
            },
            Domain::Ratio { min, max } => match kind {
                0 => Value::Ratio(f64::NAN),
                1 => Value::Ratio(min),
                _ => Value::Ratio((min + self.seeded.below(4) as f64 / 2.0).min(max)),
            },
            Domain::Flag => Value::Flag(kind < 5),
            Domain::Choice(words) => Value::Choice(words[self.seeded.below(words.len())]),
            other => panic!("no values for {other:?}"),
        }
    }
}

/// Ends every pause.
pub fn open_up(registry: &Registry) {
    registry
        .set("bulkhead", &[("max_concurrent", 8_u64.into())])
        .unwrap();
}
