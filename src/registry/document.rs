//! The settings of policies as text: TOML, JSON, or any format of serde that says what its values are.
//!
//! ```toml
//! [policies.payments]
//! timeout = "250ms"
//! covers_readiness = true
//! ```
//!
//! # Values
//! Counts and ratios are numbers, flags booleans, choices words. Durations are texts of numbers with units, ns, us, ms, s, m, h, d and
//! the longer names of these: `"1.5s"`, `"1h 30m"`; `"forever"` is `Duration::MAX`. A plain number is no duration. An optional
//! setting that is off is `"none"`; `null` is taken for it, too. What is not mentioned stays as it is.
//!
//! What is written out and read in again is the same, to the last digit where the format reads numbers exactly: serde_json does with its
//! feature `float_roundtrip`.
//!
//! # From the start
//! A program whose settings are a text from the beginning makes its live policies with any settings, registers them, and loads the text before
//! the first call.
//!
//! # Errors
//! A document is read whatever its policies and parameters are called, and looked at when it is
//! [loaded](super::Registry::load): then the error has the path, the value and what would have been taken. What has not the shape of a
//! document, or names something twice, is refused when it is read.

mod duration;
mod raw;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Registry;
use super::apply::{self, Applied, Change};
use super::error::RegistryError;
use crate::parameters::{Parameter, Value};
use raw::Raw;

/// Values for parameters of policies, by name. See the [page](self).
///
/// It can be a part of a program's own configuration, as a field or with `#[serde(flatten)]`.
///
/// ```
/// use ninelives::prelude::*;
/// use ninelives::registry::{Document, Registry};
/// use std::time::Duration;
///
/// let registry = Registry::new();
/// let timeout = TimeoutLayer::new(Duration::from_secs(2))?.named("payments").live();
/// registry.register(&timeout)?;
///
/// let document: Document = toml::from_str("[policies.payments]\ntimeout = '250ms'")?;
/// registry.load(&document)?;
/// assert_eq!(timeout.config().limit(), Duration::from_millis(250));
/// let text = serde_json::to_string(&registry.document())?;
/// assert_eq!(text, r#"{"policies":{"payments":{"covers_readiness":false,"timeout":"250ms"}}}"#);
///
/// let bad: Document = toml::from_str("[policies.payments]\ntimeout = 250")?;
/// let said = registry.load(&bad).unwrap_err().to_string();
/// assert_eq!(said, "policies.payments.timeout: 250 is not a duration such as 250ms in 1ns..=forever");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    #[serde(default, deserialize_with = "read::policies")]
    policies: BTreeMap<String, BTreeMap<String, Raw>>,
}

// === impl Document ===

impl Document {
    /// A document that says nothing.
    pub const fn new() -> Self {
        Self {
            policies: BTreeMap::new(),
        }
    }

    /// The same document with this value for a parameter of a policy.
    #[must_use]
    pub fn with(mut self, policy: &str, parameter: &str, value: impl Into<Value>) -> Self {
        let parameters = self.policies.entry(policy.to_owned()).or_default();
        parameters.insert(parameter.to_owned(), Raw::of(value.into()));
        self
    }
}

// === impl Registry ===

impl Registry {
    /// The settings of all policies that are there. Each policy's are of one moment.
    pub fn document(&self) -> Document {
        let mut document = Document::new();
        for policy in self.policies() {
            if let Ok(reading) = policy.read() {
                let values = reading.values.into_iter();
                let raw = values.map(|(name, value)| (name.to_owned(), Raw::of(value)));
                let name = policy.name().to_owned();
                document.policies.insert(name, raw.collect());
            }
        }
        document
    }

    /// Sets what a document says, in one step, and gives the policies whose settings have other values now. See
    /// [All or nothing](super#all-or-nothing).
    ///
    /// # Errors
    /// As those of [`apply`](Self::apply); nothing has changed.
    pub fn load(&self, document: &Document) -> Result<Vec<Applied>, RegistryError> {
        let change = |(name, parameters): (&String, &BTreeMap<String, Raw>)| {
            let policy = self.find(name)?;
            let value = |(name, raw): (&String, &Raw)| {
                let parameter = Parameter::find(policy.schema(), name)?;
                Ok((parameter.name(), raw.value_of(parameter)?))
            };
            let values = parameters.iter().map(value).collect::<Result<_, _>>();
            let values = values.map_err(|error| policy.refused(error))?;
            Ok(Change { policy, values })
        };
        apply::all(
            document
                .policies
                .iter()
                .map(change)
                .collect::<Result<_, _>>()?,
        )
    }
}
