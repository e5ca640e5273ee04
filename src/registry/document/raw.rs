//! A value as a format gives it, before anybody knows what it is for.

use serde::{Serialize, Serializer};

use super::duration;
use crate::parameters::{Domain, Parameter, ParameterError, Value};

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Null,
    Flag(bool),
    Count(u64),
    Negative(i64),
    Number(f64),
    Text(String),
    /// Something that no parameter is.
    Other(&'static str),
}

const LONGEST: usize = 64;

// === impl Raw ===

impl Raw {
    /// How a value is written.
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Count(count) => Self::Count(count),
            Value::Ratio(ratio) => Self::Number(ratio),
            Value::Flag(flag) => Self::Flag(flag),
            other => Self::Text(other.to_string()),
        }
    }

    /// What it says of a parameter. Whether that is in range is another question.
    pub(super) fn value_of(&self, parameter: &Parameter) -> Result<Value, ParameterError> {
        let value = match (parameter.domain(), self) {
            (Domain::Count { .. }, &Self::Count(count)) => Some(Value::Count(count)),
            (Domain::Duration { .. }, Self::Text(text)) => {
                duration::parse(text).map(Value::Duration)
            }
            (Domain::Ratio { .. }, &Self::Number(ratio)) => Some(Value::Ratio(ratio)),
            (Domain::Ratio { .. }, &Self::Count(count)) => Some(Value::Ratio(count as f64)),
            (Domain::Ratio { .. }, &Self::Negative(count)) => Some(Value::Ratio(count as f64)),
            (Domain::Flag, &Self::Flag(flag)) => Some(Value::Flag(flag)),
            (Domain::Choice(words), Self::Text(text)) => {
                let word = words.iter().find(|word| *word == text);
                word.map(|word| Value::Choice(word))
            }
            _ => None,
        };
        match value {
            Some(value) => Ok(value),
            None if parameter.is_optional() && self.is_none() => Ok(Value::None),
            None => Err(parameter.refuse(self.to_string())),
        }
    }

    fn is_none(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text == "none",
            _ => false,
        }
    }
}

/// As the document said it, but no longer than a message needs.
impl std::fmt::Display for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Negative(count) => count.fmt(f),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Text(text) => {
                let start: String = text.chars().take(LONGEST).collect();
                let more = if start.len() < text.len() { "…" } else { "" };
                write!(f, "{start:?}{more}")
            }
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Negative(count) => serializer.serialize_i64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(what) => Err(serde::ser::Error::custom(format!("{what} is no value"))),
        }
    }
}
