//! Settings that are to be: what there is, with changes on top.

use std::time::Duration;

use super::{Parameter, ParameterError, Parameters, Value};

/// Settings as they are, with other values for some parameters. Each value is one that its parameter can have.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a, C> {
    base: &'a C,
    changes: &'a [(&'a str, Value)],
}

// === impl Draft ===

impl<'a, C: Parameters> Draft<'a, C> {
    /// Checks each change on its own.
    pub(super) fn new(
        base: &'a C,
        changes: &'a [(&'a str, Value)],
    ) -> Result<Self, ParameterError> {
        let schema = C::schema();
        for (index, &(name, value)) in changes.iter().enumerate() {
            let parameter = Parameter::find(schema, name)?;
            parameter.check(value)?;
            if changes[..index].iter().any(|(other, _)| *other == name) {
                let parameter = parameter.name();
                return Err(ParameterError::Twice { parameter });
            }
        }
        Ok(Self { base, changes })
    }

    /// The settings without the changes.
    pub const fn base(&self) -> &'a C {
        self.base
    }

    /// Whether this parameter is among the changes.
    pub fn changes(&self, name: &str) -> bool {
        self.changed(name).is_some()
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// The schema has no parameter of this name.
    #[track_caller]
    pub fn value(&self, name: &str) -> Value {
        match self.changed(name).or_else(|| self.base.value(name)) {
            Some(value) => value,
            None => panic!("{name} is not in the schema"),
        }
    }

    /// The value of a count.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind.
    #[track_caller]
    pub fn count(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Count(count) => count,
            other => panic!("{name} is {other}, not a count"),
        }
    }

    /// The value of a duration.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind; or the value is none.
    #[track_caller]
    pub fn duration(&self, name: &str) -> Duration {
        match self.optional_duration(name) {
            Some(duration) => duration,
            None => panic!("{name} is none, not a duration"),
        }
    }

    /// The value of an optional duration.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind.
    #[track_caller]
    pub fn optional_duration(&self, name: &str) -> Option<Duration> {
        match self.value(name) {
            Value::Duration(duration) => Some(duration),
            Value::None => None,
            other => panic!("{name} is {other}, not a duration"),
        }
    }

    /// The value of a ratio.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind.
    #[track_caller]
    pub fn ratio(&self, name: &str) -> f64 {
        match self.value(name) {
            Value::Ratio(ratio) => ratio,
            other => panic!("{name} is {other}, not a ratio"),
        }
    }

    /// The value of a flag.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind.
    #[track_caller]
    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Value::Flag(flag) => flag,
            other => panic!("{name} is {other}, not a flag"),
        }
    }

    /// The value of a choice.
    ///
    /// # Panics
    /// The schema has no such parameter, or one of another kind.
    #[track_caller]
    pub fn choice(&self, name: &str) -> &'static str {
        match self.value(name) {
            Value::Choice(word) => word,
            other => panic!("{name} is {other}, not a choice"),
        }
    }

    fn changed(&self, name: &str) -> Option<Value> {
        let change = self.changes.iter().find(|(other, _)| *other == name);
        change.map(|&(_, value)| value)
    }
}
