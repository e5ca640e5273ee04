//! Why a change was refused.

use std::error::Error;
use std::fmt;

use crate::error::ConfigError;

/// Why [`compare_and_set`](super::Adaptive::compare_and_set) changed nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum CompareAndSetError {
    /// The value has another version by now: read it again, and decide anew.
    Stale {
        /// The version that it had when this was refused.
        current: u64,
    },
    /// The validation refused the new value.
    Invalid(ConfigError),
}

/// Why [`rollback`](super::Adaptive::rollback) changed nothing: no earlier value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPrevious;

/// Why [`promote_shadow`](super::Adaptive::promote_shadow) changed nothing: there is no shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoShadow;

// === impl CompareAndSetError ===

impl fmt::Display for CompareAndSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { current } => write!(f, "the value changed: its version is {current} now"),
            Self::Invalid(error) => error.fmt(f),
        }
    }
}

impl Error for CompareAndSetError {}

// === impl NoPrevious ===

impl fmt::Display for NoPrevious {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no earlier value is kept")
    }
}

impl Error for NoPrevious {}

// === impl NoShadow ===

impl fmt::Display for NoShadow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no shadow")
    }
}

impl Error for NoShadow {}
