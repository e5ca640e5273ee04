//! Describes the settings of a policy as data: names, kinds, ranges, defaults.
//!
//! The settings of a policy are a plain value that is always valid. [`Parameters`] lets a program that does not know their type
//! read and change them: by name, several at once, all or nothing. A [`Registry`](crate::registry::Registry) is built on it.
//!
//! # Kinds
//! | [`Domain`] | [`Value`] | as text |
//! |---|---|---|
//! | count | `Count(u64)` | `64` |
//! | duration | `Duration(Duration)` | `250ms`, `1.5s`, `1h 30m`; `forever` is `Duration::MAX` |
//! | ratio | `Ratio(f64)` | `0.2` |
//! | flag | `Flag(bool)` | `true`, `false` |
//! | choice | `Choice(&str)` | one of its words |
//! | any that is optional | `None`: the setting is off | `none` |
//!
//! # Ranges
//! A parameter's range is the widest that it can have. Where it depends on another parameter, less may be accepted: the error then names
//! the range at hand. When both are changed in one step, only the result has to be valid.
//!
//! # Errors
//! [`ParameterError`] names the parameter, the value and what would have been accepted. Nothing has changed then.
//!
//! # Examples
//! ```
//! use ninelives::TimeoutConfig;
//! use ninelives::parameters::{Parameters, Value};
//! use std::time::Duration;
//!
//! let config = TimeoutConfig::new(Duration::from_secs(2))?;
//! let shorter = config.assemble(&[("timeout", Duration::from_millis(250).into())])?;
//! assert_eq!(shorter.value("timeout"), Some(Value::Duration(Duration::from_millis(250))));
//! let error = config.assemble(&[("timeout", Duration::ZERO.into())]).unwrap_err();
//! assert_eq!(error.to_string(), "timeout: 0ns is outside 1ns..=forever");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod error;
mod parameter;
mod value;
#[cfg(feature = "serde")]
mod written;

pub use draft::Draft;
pub use error::ParameterError;
pub(crate) use error::Word;
pub use parameter::{Domain, Parameter};
pub use value::Value;

/// Settings that can be read and changed by name.
pub trait Parameters: Sized {
    /// The parameters, each name once. Always the same ones.
    fn schema() -> &'static [Parameter];

    /// The value of the parameter of this name; none if there is no such parameter.
    fn value(&self, name: &str) -> Option<Value>;

    /// The settings that a draft describes. Its values are each within the range of their parameter.
    ///
    /// # Errors
    /// Values that do not fit each other, under the name of a parameter.
    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError>;

    /// These settings with other values for some parameters.
    ///
    /// # Errors
    /// A name that is not in the schema, or is there twice; a value of another kind or out of range. All are checked first.
    fn assemble(&self, changes: &[(&str, Value)]) -> Result<Self, ParameterError> {
        Self::build(&Draft::new(self, changes)?)
    }

    /// All values, in the order of the schema.
    fn values(&self) -> Vec<(&'static str, Value)> {
        let of = |parameter: &Parameter| match self.value(parameter.name()) {
            Some(value) => (parameter.name(), value),
            None => unreachable!("a parameter of the schema has a value"),
        };
        Self::schema().iter().map(of).collect()
    }
}
