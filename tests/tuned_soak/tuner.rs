//! Whoever changes the settings: by name, at random, often wrongly.

use ninelives::prelude::*;
use ninelives::registry::{PolicyHandle, Registry, RegistryError};

use crate::drive::Seeded;
use crate::values::COMMANDS;
use crate::{Calls, Done, MOST, ms, values};

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
        let one = [values::draw(&mut self.seeded, &policy, MOST)];
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
                let two = [values::draw(&mut self.seeded, &other, MOST)];
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
                breaker.command(COMMANDS[self.seeded.below(COMMANDS.len())])
            }
            _ => policy.set(&one).map(drop),
        }
    }

    fn policy(&mut self) -> PolicyHandle {
        let policies = self.registry.policies();
        policies[self.seeded.below(policies.len())].clone()
    }
}

/// Ends every pause.
pub fn open_up(registry: &Registry) {
    registry
        .set("bulkhead", &[("max_concurrent", 8_u64.into())])
        .unwrap();
}
