//! Why parameters were refused.

use std::error::Error;
use std::fmt;

use super::Parameter;
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
        parameter: Parameter,
        /// What was given.
        found: String,
    },
    /// The value is out of range.
    OutOfRange(ConfigError),
    /// The parameter was given twice.
    Twice {
        /// The parameter.
        parameter: &'static str,
    },
}

// === impl ParameterError ===

impl ParameterError {
    /// The name of the parameter.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } => name,
            Self::WrongKind { parameter, .. } => parameter.name(),
            Self::OutOfRange(error) => error.field(),
            Self::Twice { parameter } => parameter,
        }
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => {
                write!(f, "{name}: no such parameter; there are ")?;
                for (index, parameter) in known.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", parameter.name())?;
                }
                Ok(())
            }
            Self::WrongKind { parameter, found } => {
                let or_none = if parameter.is_optional() {
                    ", or none"
                } else {
                    ""
                };
                let (name, domain) = (parameter.name(), parameter.domain());
                write!(f, "{name}: {found} is not {domain}{or_none}")
            }
            Self::OutOfRange(error) => error.fmt(f),
            Self::Twice { parameter } => write!(f, "{parameter}: given twice"),
        }
    }
}

impl Error for ParameterError {}
