//! What a parameter is.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ParameterError, Value};
use crate::error::{ConfigError, Quantity};

/// One parameter of a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    name: &'static str,
    description: &'static str,
    domain: Domain,
    optional: bool,
    default: Option<Value>,
}

/// The values that a parameter can have.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Domain {
    /// A number of things, both ends included.
    Count {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A span of time, both ends included.
    Duration {
        /// The shortest.
        min: Duration,
        /// The longest; `Duration::MAX` is for ever.
        max: Duration,
    },
    /// A factor or a share, both ends included.
    Ratio {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
}

// === impl Parameter ===

impl Parameter {
    /// A parameter; the description says in a few words what it sets.
    pub const fn new(name: &'static str, domain: Domain, description: &'static str) -> Self {
        Self {
            name,
            description,
            domain,
            optional: false,
            default: None,
        }
    }

    /// A number of things.
    pub const fn count(
        name: &'static str,
        range: RangeInclusive<u64>,
        description: &'static str,
    ) -> Self {
        let (min, max) = (*range.start(), *range.end());
        Self::new(name, Domain::Count { min, max }, description)
    }

    /// A span of time.
    pub const fn duration(
        name: &'static str,
        range: RangeInclusive<Duration>,
        description: &'static str,
    ) -> Self {
        let (min, max) = (*range.start(), *range.end());
        Self::new(name, Domain::Duration { min, max }, description)
    }

    /// A factor or a share.
    pub const fn ratio(
        name: &'static str,
        range: RangeInclusive<f64>,
        description: &'static str,
    ) -> Self {
        let (min, max) = (*range.start(), *range.end());
        Self::new(name, Domain::Ratio { min, max }, description)
    }

    /// Yes or no.
    pub const fn flag(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Domain::Flag, description)
    }

    /// One of these words, which are not `none` if it is optional.
    pub const fn choice(
        name: &'static str,
        words: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        Self::new(name, Domain::Choice(words), description)
    }

    /// May also be off: [`Value::None`].
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What it is where the program says nothing.
    #[must_use]
    pub const fn with_default(mut self, value: Value) -> Self {
        self.default = Some(value);
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it sets.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The values that it can have, beside [`Value::None`] if it is optional.
    pub const fn domain(&self) -> Domain {
        self.domain
    }

    /// Whether it may be off.
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// What it is where the program says nothing; none where the program has to say something.
    pub const fn default(&self) -> Option<Value> {
        self.default
    }

    /// The parameter of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn find(schema: &'static [Self], name: &str) -> Result<&'static Self, ParameterError> {
        let found = schema.iter().find(|parameter| parameter.name == name);
        found.ok_or_else(|| ParameterError::Unknown {
            name: name.to_owned(),
            known: schema,
        })
    }

    /// Whether it can have this value.
    ///
    /// # Errors
    /// A value of another kind, or out of range.
    pub fn check(&self, value: Value) -> Result<(), ParameterError> {
        let name = self.name;
        let refused = match (self.domain, value) {
            (_, Value::None) if self.optional => return Ok(()),
            (Domain::Count { min, max }, Value::Count(count)) => {
                let range = min..=max;
                (!range.contains(&count)).then(|| ConfigError::count(name, count, range))
            }
            (Domain::Duration { min, max }, Value::Duration(duration)) => {
                let range = min..=max;
                (!range.contains(&duration)).then(|| ConfigError::duration(name, duration, range))
            }
            (Domain::Ratio { min, max }, Value::Ratio(ratio)) => {
                let range = min..=max;
                (!range.contains(&ratio)).then(|| ConfigError::ratio(name, ratio, range))
            }
            (Domain::Flag, Value::Flag(_)) => None,
            (Domain::Choice(words), Value::Choice(word)) if words.contains(&word) => None,
            _ => return Err(self.refuse(value.shown())),
        };
        refused.map_or(Ok(()), |error| Err(ParameterError::OutOfRange(error)))
    }

    /// The error of something that is no value of this parameter.
    pub(crate) fn refuse(&self, found: String) -> ParameterError {
        let or_none = if self.optional { ", or none" } else { "" };
        ParameterError::WrongKind {
            parameter: self.name,
            found,
            expected: format!("{}{or_none}", self.domain),
        }
    }
}

// === impl Domain ===

impl Domain {
    /// Its kind in one word: `count`, `duration`, `ratio`, `flag` or `choice`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Count { .. } => "count",
            Self::Duration { .. } => "duration",
            Self::Ratio { .. } => "ratio",
            Self::Flag => "flag",
            Self::Choice(_) => "choice",
        }
    }
}

/// What is expected, in words.
impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count { min, max } => write!(f, "a whole number in {min}..={max}"),
            Self::Duration { min, max } => {
                let (min, max) = (Quantity::Duration(min), Quantity::Duration(max));
                write!(f, "a duration such as 250ms in {min}..={max}")
            }
            Self::Ratio { min, max } => write!(f, "a number in {min}..={max}"),
            Self::Flag => f.write_str("true or false"),
            Self::Choice(words) => write!(f, "one of {}", words.join(", ")),
        }
    }
}
