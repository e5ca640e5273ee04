//! A policy of a registry, to read and to change.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::member::Member;
use super::tunable::Refusal;
use super::{Command, PolicyChanges, RegistryError, State};
use crate::clock::Clock;
use crate::parameters::{Parameter, Value};

/// A policy of a [`Registry`](super::Registry). It does not keep the policy: once that is gone, each method says so.
#[derive(Clone)]
pub struct PolicyHandle {
    pub(super) member: Arc<Member>,
}

/// The settings of a policy at one moment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// Their version: how often they have changed.
    pub version: u64,
    /// The value of each parameter, in the order of the schema.
    pub values: Vec<(&'static str, Value)>,
}

// === impl PolicyHandle ===

impl PolicyHandle {
    /// Its name.
    pub fn name(&self) -> &str {
        self.member.name.as_str()
    }

    /// What it is: `timeout`, `bulkhead`, ….
    pub fn kind(&self) -> &'static str {
        self.member.kind
    }

    /// Its parameters.
    pub fn schema(&self) -> &'static [Parameter] {
        self.member.settings.schema()
    }

    /// Whether one of its layers or services is still there.
    pub fn is_alive(&self) -> bool {
        self.member.is_alive()
    }

    /// Its settings now.
    ///
    /// # Errors
    /// The policy is gone.
    pub fn read(&self) -> Result<Reading, RegistryError> {
        self.of_living(|member| Ok(member.settings.read()))
    }

    /// The value of one parameter.
    ///
    /// # Errors
    /// The policy is gone, or has no such parameter.
    pub fn get(&self, parameter: &str) -> Result<Value, RegistryError> {
        let found = Parameter::find(self.schema(), parameter);
        let name = found.map_err(|error| self.refused(error.into()))?.name();
        match self.read()?.get(name) {
            Some(value) => Ok(value),
            None => unreachable!("each parameter of the schema has a value"),
        }
    }

    /// Changes one parameter or several, in one step, and gives the new version.
    ///
    /// # Errors
    /// The policy is gone, or a parameter is refused; nothing has changed.
    pub fn set(&self, changes: &[(&str, Value)]) -> Result<u64, RegistryError> {
        self.change(|member| member.settings.set(None, changes))
    }

    /// As [`set`](Self::set), if the version is still `version`.
    ///
    /// # Errors
    /// As those of [`set`](Self::set), and that the version is another one.
    pub fn compare_and_set(
        &self,
        version: u64,
        changes: &[(&str, Value)],
    ) -> Result<u64, RegistryError> {
        self.change(|member| member.settings.set(Some(version), changes))
    }

    /// As [`set`](Self::set), for `duration` on `clock`: see [`Adaptive::set_for`](crate::Adaptive::set_for).
    ///
    /// # Errors
    /// As those of [`set`](Self::set).
    pub fn set_for(
        &self,
        changes: &[(&str, Value)],
        duration: Duration,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Result<u64, RegistryError> {
        let clock: Arc<dyn Clock + Send + Sync> = Arc::new(clock);
        self.change(|member| member.settings.set_for(changes, duration, &clock))
    }

    /// Brings back the settings before these, or ends an override, and gives the new version.
    ///
    /// # Errors
    /// The policy is gone, or no earlier settings are kept.
    pub fn rollback(&self) -> Result<u64, RegistryError> {
        self.of_living(|member| {
            member
                .settings
                .rollback()
                .map_err(|_| RegistryError::NoPrevious {
                    policy: self.name().to_owned(),
                })
        })
    }

    /// The changes from now on. They end, as waits that are never over, with the policy.
    ///
    /// # Errors
    /// The policy is gone.
    pub fn subscribe(&self) -> Result<PolicyChanges, RegistryError> {
        self.of_living(|member| Ok(PolicyChanges::new(member.settings.subscribe())))
    }

    /// What it is doing. Looking changes nothing.
    ///
    /// # Errors
    /// The policy is gone.
    pub fn state(&self) -> Result<State, RegistryError> {
        self.member.state().ok_or_else(|| self.gone())
    }

    /// What it can be told to do.
    pub fn commands(&self) -> &[Command] {
        &self.member.commands
    }

    /// Tells it to do something.
    ///
    /// # Errors
    /// The policy is gone, or has no such command.
    pub fn command(&self, name: &str) -> Result<(), RegistryError> {
        match self.member.run(name) {
            Some(true) => Ok(()),
            Some(false) => Err(self.gone()),
            None => Err(RegistryError::UnknownCommand {
                policy: self.name().to_owned(),
                command: name.to_owned(),
                known: self.commands().iter().map(Command::name).collect(),
            }),
        }
    }

    fn change(
        &self,
        change: impl FnOnce(&Member) -> Result<u64, Refusal>,
    ) -> Result<u64, RegistryError> {
        self.of_living(|member| change(member).map_err(|refusal| self.refused(refusal)))
    }

    /// Does something with the policy, which is there until it is done.
    fn of_living<T>(
        &self,
        f: impl FnOnce(&Member) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let _held = self.member.hold().ok_or_else(|| self.gone())?;
        f(&self.member)
    }

    pub(super) fn gone(&self) -> RegistryError {
        RegistryError::Gone {
            policy: self.name().to_owned(),
        }
    }

    pub(super) fn refused(&self, refusal: Refusal) -> RegistryError {
        let policy = self.name().to_owned();
        match refusal {
            Refusal::Parameter(error) => RegistryError::Parameter { policy, error },
            Refusal::Stale { current } => RegistryError::Stale { policy, current },
        }
    }
}

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyHandle").field(&self.member).finish()
    }
}

// === impl Reading ===

impl Reading {
    /// The value of one parameter.
    pub fn get(&self, parameter: &str) -> Option<Value> {
        let found = self.values.iter().find(|(name, _)| *name == parameter);
        found.map(|&(_, value)| value)
    }
}
