//! A value of a parameter.

use std::fmt;
use std::time::Duration;

use crate::error::Quantity;

/// A value of a parameter, or of a policy's state.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// A span of time; `Duration::MAX` is for ever.
    Duration(Duration),
    /// A factor or a share.
    Ratio(f64),
    /// Yes or no.
    Flag(bool),
    /// One of several words.
    Choice(&'static str),
    /// None: an optional setting that is off.
    None,
}

// === impl Value ===

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Count(u64::from(count))
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        Self::Duration(duration)
    }
}

impl From<f64> for Value {
    fn from(ratio: f64) -> Self {
        Self::Ratio(ratio)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Choice(word)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl Value {
    /// As a message says it that refuses its kind: a word in quotation marks, a ratio with its point.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Ratio(ratio) => format!("{ratio:?}"),
            Self::Choice(word) => format!("{word:?}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(count) => Quantity::Count(count).fmt(f),
            Self::Duration(duration) => Quantity::Duration(duration).fmt(f),
            Self::Ratio(ratio) => Quantity::Ratio(ratio).fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Choice(word) => f.write_str(word),
            Self::None => f.write_str("none"),
        }
    }
}
