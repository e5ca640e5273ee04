//! Why a registry refused something.

use std::error::Error;
use std::fmt;

use super::LONGEST_NAME;
use super::path::{Cut, Path, Words};
use crate::counted::Counted;
use crate::parameters::ParameterError;

/// Why a policy was not registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError {
    /// Another policy has this name, and is still there.
    Taken {
        /// The name.
        name: String,
    },
    /// There is no room, and no policy that is gone.
    Full {
        /// The policies that the registry can hold.
        capacity: usize,
    },
    /// The name is empty, longer than 256 bytes, or has control characters.
    Name {
        /// Its length in bytes.
        bytes: usize,
    },
}

/// Why a policy was not found, or nothing was done with it. Nothing has changed then.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is no policy of this name.
    UnknownPolicy {
        /// The name.
        policy: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The policy is gone: its layers and services were dropped.
    Gone {
        /// Its name.
        policy: String,
    },
    /// A parameter was refused.
    Parameter {
        /// The policy.
        policy: String,
        /// Why.
        error: ParameterError,
    },
    /// Two policies with the same live settings were given different values.
    Conflict {
        /// One policy.
        policy: String,
        /// The other one.
        other: String,
        /// The parameter.
        parameter: &'static str,
    },
    /// The settings have another version by now.
    Stale {
        /// The policy.
        policy: String,
        /// The version that they had when this was refused.
        current: u64,
    },
    /// No earlier settings are kept.
    NoPrevious {
        /// The policy.
        policy: String,
    },
    /// The policy has no command of this name.
    UnknownCommand {
        /// The policy.
        policy: String,
        /// The command.
        command: String,
        /// Those that there are.
        known: Vec<&'static str>,
    },
    /// Other changes came between, each time of many.
    Busy,
}

// === impl RegisterError ===

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { name } => write!(f, "{}: the name is taken", Path::policy(name)),
            Self::Full { capacity } => {
                let policies = Counted::of(*capacity, ["policy", "policies"]);
                write!(f, "the registry is full: it holds {policies}")
            }
            Self::Name { bytes } if (1..=LONGEST_NAME).contains(bytes) => write!(
                f,
                "a name of {} with a control character: 1 to {LONGEST_NAME} without are taken",
                Counted::of(*bytes, ["byte", "bytes"])
            ),
            Self::Name { bytes } => write!(
                f,
                "a name of {bytes} bytes: 1 to {LONGEST_NAME} without control characters are taken"
            ),
        }
    }
}

impl Error for RegisterError {}

// === impl RegistryError ===

impl RegistryError {
    /// What it is about, as a path: `policies.payments.failure_threshold`.
    pub fn path(&self) -> String {
        match self {
            Self::UnknownPolicy { policy, .. }
            | Self::Gone { policy }
            | Self::Stale { policy, .. }
            | Self::NoPrevious { policy }
            | Self::UnknownCommand { policy, .. } => Path::policy(policy).to_string(),
            Self::Parameter { policy, error } => Path::parameter(policy, error.name()).to_string(),
            Self::Conflict {
                policy, parameter, ..
            } => Path::parameter(policy, parameter).to_string(),
            Self::Busy => Path::ROOT.to_owned(),
        }
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        match self {
            // The error's own words begin with the name of the parameter.
            Self::Parameter { policy, error } => write!(f, "{}.{error}", Path::policy(policy)),
            Self::UnknownPolicy { known, .. } => {
                let known = Words(known.iter().map(String::as_str));
                write!(f, "{path}: no such policy; there are {known}")
            }
            Self::Gone { .. } => write!(f, "{path}: the policy is gone"),
            Self::Conflict { other, .. } => {
                let other = Path::policy(other);
                write!(
                    f,
                    "{path}: {other} has the same settings, and another value"
                )
            }
            Self::Stale { current, .. } => {
                write!(
                    f,
                    "{path}: the settings changed: their version is {current} now"
                )
            }
            Self::NoPrevious { .. } => write!(f, "{path}: no earlier settings are kept"),
            Self::UnknownCommand { command, known, .. } => {
                let (command, known) = (Cut(command), Words(known.iter().copied()));
                write!(f, "{path}: no such command as {command}; there are {known}")
            }
            Self::Busy => write!(f, "{path}: other changes came between each time"),
        }
    }
}

impl Error for RegistryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Parameter { error, .. } => Some(error),
            _ => None,
        }
    }
}
