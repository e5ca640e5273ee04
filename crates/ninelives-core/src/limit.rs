//! The one configuration error: which field, which value, which range.

use core::fmt;
use core::time::Duration;

/// A setting that was refused. Nothing was changed or built.
///
/// ```
/// use ninelives_core::limit::OutOfRange;
/// let error = OutOfRange::count("failure_threshold", 0, 1..=32_767);
/// assert_eq!(error.to_string(), "failure_threshold: 0 is outside 1..=32767");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfRange {
    field: &'static str,
    value: Quantity,
    min: Quantity,
    max: Quantity,
}

/// A value of a setting, with its kind.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Quantity {
    /// A number of things.
    Count(u64),
    /// A span of time.
    Duration(Duration),
    /// A factor or a share.
    Ratio(f64),
}

// === impl OutOfRange ===

impl OutOfRange {
    /// A count that is outside `range`.
    pub const fn count(
        field: &'static str,
        value: u64,
        range: core::ops::RangeInclusive<u64>,
    ) -> Self {
        Self {
            field,
            value: Quantity::Count(value),
            min: Quantity::Count(*range.start()),
            max: Quantity::Count(*range.end()),
        }
    }

    /// A duration that is outside `range`.
    pub const fn duration(
        field: &'static str,
        value: Duration,
        range: core::ops::RangeInclusive<Duration>,
    ) -> Self {
        Self {
            field,
            value: Quantity::Duration(value),
            min: Quantity::Duration(*range.start()),
            max: Quantity::Duration(*range.end()),
        }
    }

    /// A ratio that is outside `range`, or is not a number.
    pub const fn ratio(
        field: &'static str,
        value: f64,
        range: core::ops::RangeInclusive<f64>,
    ) -> Self {
        Self {
            field,
            value: Quantity::Ratio(value),
            min: Quantity::Ratio(*range.start()),
            max: Quantity::Ratio(*range.end()),
        }
    }

    /// The setting's name, as the builder spells it.
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// The value that was refused.
    pub const fn value(&self) -> Quantity {
        self.value
    }

    /// The smallest and the largest value that would have been taken.
    pub const fn range(&self) -> (Quantity, Quantity) {
        (self.min, self.max)
    }

    /// The same error under the name of an outer setting.
    #[must_use]
    pub const fn named(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            value,
            min,
            max,
        } = self;
        write!(f, "{field}: {value} is outside {min}..={max}")
    }
}

impl core::error::Error for OutOfRange {}

// === impl Quantity ===

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Duration(Duration::MAX) => f.write_str("forever"),
            Self::Duration(duration) => write!(f, "{duration:?}"),
            Self::Ratio(ratio) => write!(f, "{ratio}"),
        }
    }
}

#[cfg(test)]
mod tests;
