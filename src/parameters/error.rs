//! Why parameters were refused.

use std::error::Error;
use std::fmt;

use super::{Parameter, Value};
use crate::error::ConfigError;

/// Why a change of parameters was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ParameterError {
    /// There is no parameter of this name.
    Unknown {
        /// The name.
        name: String,
        /// The parameters that there are.
        known: &'static [Parameter],
    },
    /// The parameter has values of another kind.
    WrongKind {
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        found: String,
        /// What would have been taken.
        expected: String,
    },
    /// The value is out of range.
    OutOfRange(ConfigError),
    /// The value does not fit the value of another parameter, whatever its range.
    Unfit {
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: Value,
        /// Why.
        why: &'static str,
    },
    /// The parameter was given twice.
    Twice {
        /// The parameter.
        parameter: &'static str,
    },
}

/// A name from elsewhere in a message: one that is no plain word is quoted, and a long one cut.
pub(crate) struct Word<'a>(pub(crate) &'a str);

const LONGEST_WORD: usize = 64;

// === impl ParameterError ===

impl ParameterError {
    /// The name of the parameter.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } => name,
            Self::OutOfRange(error) => error.field(),
            Self::WrongKind { parameter, .. }
            | Self::Unfit { parameter, .. }
            | Self::Twice { parameter } => parameter,
        }
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => {
                write!(f, "{}: no such parameter; there are ", Word(name))?;
                for (index, parameter) in known.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", parameter.name())?;
                }
                Ok(())
            }
            Self::WrongKind {
                parameter,
                found,
                expected,
            } => write!(f, "{parameter}: {found} is not {expected}"),
            Self::OutOfRange(error) => error.fmt(f),
            Self::Unfit {
                parameter,
                value,
                why,
            } => write!(f, "{parameter}: {value} {why}"),
            Self::Twice { parameter } => write!(f, "{parameter}: given twice"),
        }
    }
}

impl Error for ParameterError {}

impl From<ConfigError> for ParameterError {
    fn from(error: ConfigError) -> Self {
        Self::OutOfRange(error)
    }
}

// === impl Word ===

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = *self;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !name.is_empty() && name.chars().all(plain) && name.len() <= LONGEST_WORD {
            return f.write_str(name);
        }
        let start: String = name.chars().take(LONGEST_WORD).collect();
        let more = if start.len() < name.len() { "…" } else { "" };
        write!(f, "{start:?}{more}")
    }
}
