//! Parameters and values as data of serde, to be read by people and programs that know no more of them.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Domain, Parameter, Value};

/// As in a document: a number, a boolean, or a text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Count(count) => serializer.serialize_u64(count),
            Self::Ratio(ratio) => serializer.serialize_f64(ratio),
            Self::Flag(flag) => serializer.serialize_bool(flag),
            Self::Choice(word) => serializer.serialize_str(word),
            Self::Duration(_) | Self::None => serializer.collect_str(self),
        }
    }
}

/// `name`, `description`, `kind`, the `range` (least and most, or the words of a choice, or none), `optional`, and the `default` if
/// there is one.
impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Parameter", 6)?;
        fields.serialize_field("name", self.name())?;
        fields.serialize_field("description", self.description())?;
        fields.serialize_field("kind", self.domain().kind())?;
        fields.serialize_field("range", &range(self.domain()))?;
        fields.serialize_field("optional", &self.is_optional())?;
        match self.default() {
            Some(default) => fields.serialize_field("default", &default)?,
            None => fields.skip_field("default")?,
        }
        fields.end()
    }
}

fn range(domain: Domain) -> Option<Vec<Value>> {
    match domain {
        Domain::Count { min, max } => Some(vec![min.into(), max.into()]),
        Domain::Duration { min, max } => Some(vec![min.into(), max.into()]),
        Domain::Ratio { min, max } => Some(vec![min.into(), max.into()]),
        Domain::Flag => None,
        Domain::Choice(words) => Some(words.iter().map(|word| Value::Choice(word)).collect()),
    }
}
