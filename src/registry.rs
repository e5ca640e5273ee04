//! Finds policies by name, and changes their settings while they are in use.
//!
//! A program makes a [`Registry`] and registers its live layers. Whoever has the registry can list them, read their settings and
//! state, and change their parameters by name: one, several at once, or those of several policies at once, all or nothing.
//! A parameter's schema is data: see [`parameters`](crate::parameters). Nothing is global; a program may have several registries.
//!
//! # Names
//! A name is unique in a registry: registering a second policy under a name whose policy is still there is refused. Names have 1 to 256
//! bytes and no control characters.
//!
//! # Weak
//! A registry does not keep policies alive: once the layers and services of one are dropped, it is no longer found, and its name is free.
//! A call that is still in flight may keep it until its end. The settings of a dropped policy stay in memory until another one is registered.
//!
//! # All or nothing
//! [`apply`](Registry::apply) changes several policies in one step: every value is checked first, and from one moment on
//! everybody sees all of them. When something is refused, nothing has changed, no version has moved and nobody was woken. A request in
//! flight reads the settings of each policy when it reaches it, so it may meet one policy before that moment and the next one after it.
//!
//! # Config as data
//! With the feature `serde`, the settings of all policies can be written and set as TOML, JSON or another format: `Document`.
//!
//! # Errors
//! Each names its subject by its path, with the value and what would have been accepted:
//! `policies.payments.timeout: 0ns is outside 1ns..=forever`.
//!
//! # Progress
//! Looking up, listing and reading are wait-free. Registering copies the list of policies and is lock-free, as is a change of one
//! policy. A change of several that collides with other changes starts over, and gives up with [`RegistryError::Busy`] after a thousand
//! tries; the others never wait for it.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use ninelives::registry::Registry;
//! use std::time::Duration;
//!
//! let registry = Registry::new();
//! let timeout = TimeoutLayer::new(Duration::from_secs(2))?.named("payments").live();
//! registry.register(&timeout)?;
//!
//! registry.set("payments", &[("timeout", Duration::from_millis(500).into())])?;
//! assert_eq!(timeout.config().limit(), Duration::from_millis(500));
//! let error = registry.set("payments", &[("timeout", Duration::ZERO.into())]).unwrap_err();
//! assert_eq!(error.to_string(), "policies.payments.timeout: 0ns is outside 1ns..=forever");
//!
//! drop(timeout);
//! assert!(registry.get("payments").is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod changes;
#[cfg(feature = "serde")]
pub mod document;
mod error;
mod member;
mod path;
mod policy;
mod tunable;

use std::fmt;
use std::sync::Arc;

pub use apply::Applied;
pub use changes::{PolicyChanged, PolicyChanges};
#[cfg(feature = "serde")]
pub use document::Document;
pub use error::{RegisterError, RegistryError};
pub use member::{Command, Managed, Member, State};
pub use policy::{PolicyHandle, Reading};

use crate::adaptive::Slot;
use crate::error::ConfigError;
use crate::parameters::{Parameter, Value};
use apply::Change;

/// Policies by name; clones are the same registry. See the [page](self).
#[derive(Clone)]
pub struct Registry {
    // In the order of their names. Swapped whole.
    members: Slot<Vec<Arc<Member>>>,
    capacity: usize,
}

const CAPACITY: usize = 1_024;
const LARGEST: usize = 65_536;
const LONGEST_NAME: usize = 256;

// === impl Registry ===

impl Registry {
    /// An empty registry with room for 1,024 policies.
    pub fn new() -> Self {
        Self::of(CAPACITY)
    }

    /// An empty registry with room for `capacity` policies: 1 to 65,536. Registering one copies the list of them.
    ///
    /// # Errors
    /// A capacity outside its range.
    pub fn with_capacity(capacity: usize) -> Result<Self, ConfigError> {
        if !(1..=LARGEST).contains(&capacity) {
            let range = 1..=LARGEST as u64;
            return Err(ConfigError::count("capacity", capacity as u64, range));
        }
        Ok(Self::of(capacity))
    }

    fn of(capacity: usize) -> Self {
        Self {
            members: Slot::new(Vec::new()),
            capacity,
        }
    }

    /// Registers a live layer under its name, or a budget by [`named`](crate::RetryBudget::named). Policies that are gone make room first.
    ///
    /// # Errors
    /// The name is taken or not fit, or the registry is full.
    pub fn register(
        &self,
        policy: &(impl Managed + ?Sized),
    ) -> Result<PolicyHandle, RegisterError> {
        let member = Arc::new(policy.member());
        let name = member.name.as_str();
        if !(1..=LONGEST_NAME).contains(&name.len()) || name.chars().any(char::is_control) {
            return Err(RegisterError::Name { bytes: name.len() });
        }
        loop {
            let seen = self.members.load();
            let mut next = living(&seen);
            match next.binary_search_by(|other| other.name.as_str().cmp(name)) {
                Ok(_) => {
                    let name = name.to_owned();
                    return Err(RegisterError::Taken { name });
                }
                Err(_) if next.len() >= self.capacity => {
                    let capacity = self.capacity;
                    return Err(RegisterError::Full { capacity });
                }
                Err(place) => next.insert(place, Arc::clone(&member)),
            }
            if self.members.replace(&seen, Arc::new(next)) {
                return Ok(PolicyHandle { member });
            }
        }
    }

    /// Forgets the policy of this name, which goes on without the registry, and says whether there was one.
    pub fn unregister(&self, name: &str) -> bool {
        loop {
            let seen = self.members.load();
            let mut next = living(&seen);
            let Ok(place) = next.binary_search_by(|other| other.name.as_str().cmp(name)) else {
                return false;
            };
            next.remove(place);
            if self.members.replace(&seen, Arc::new(next)) {
                return true;
            }
        }
    }

    /// The policy of this name, if it is there.
    pub fn get(&self, name: &str) -> Option<PolicyHandle> {
        let members = self.members.load();
        let found = members.binary_search_by(|other| other.name.as_str().cmp(name));
        let member = Arc::clone(&members[found.ok()?]);
        member.is_alive().then_some(PolicyHandle { member })
    }

    /// The policy of this name.
    ///
    /// # Errors
    /// There is none; the error lists those that there are.
    pub fn find(&self, name: &str) -> Result<PolicyHandle, RegistryError> {
        self.get(name).ok_or_else(|| RegistryError::UnknownPolicy {
            policy: name.to_owned(),
            known: self.names(),
        })
    }

    /// All policies that are there, in the order of their names.
    pub fn policies(&self) -> Vec<PolicyHandle> {
        let handle = |member| PolicyHandle { member };
        living(&self.members.load())
            .into_iter()
            .map(handle)
            .collect()
    }

    /// Policies that it can hold.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Changes parameters of one policy, in one step, and gives the new version of its settings.
    ///
    /// # Errors
    /// There is no such policy, or a parameter is refused; nothing has changed.
    pub fn set(&self, policy: &str, changes: &[(&str, Value)]) -> Result<u64, RegistryError> {
        self.find(policy)?.set(changes)
    }

    /// Changes parameters of several policies in one step, and gives those whose settings have other values now. See
    /// [All or nothing](self#all-or-nothing).
    ///
    /// # Errors
    /// As those of [`set`](Self::set); policies with the same live settings were given different values; others changed the same
    /// policies each time.
    pub fn apply(
        &self,
        changes: &[(&str, &[(&str, Value)])],
    ) -> Result<Vec<Applied>, RegistryError> {
        let change = |&(name, values): &(&str, &[(&str, Value)])| {
            let policy = self.find(name)?;
            let named = |&(parameter, value): &(&str, Value)| {
                let found = Parameter::find(policy.schema(), parameter);
                let found = found.map_err(|error| policy.refused(error.into()))?;
                Ok((found.name(), value))
            };
            let values = values.iter().map(named).collect::<Result<_, _>>()?;
            Ok(Change { policy, values })
        };
        apply::all(changes.iter().map(change).collect::<Result<_, _>>()?)
    }

    fn names(&self) -> Vec<String> {
        let name = |policy: &PolicyHandle| policy.name().to_owned();
        self.policies().iter().map(name).collect()
    }
}

fn living(members: &[Arc<Member>]) -> Vec<Arc<Member>> {
    let alive = members.iter().filter(|member| member.is_alive());
    alive.cloned().collect()
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("policies", &self.names())
            .field("capacity", &self.capacity)
            .finish()
    }
}
