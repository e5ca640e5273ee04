//! Reading a document: names that are there twice are refused with their path, and what is too deep is not looked into.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::path::Path;
use super::raw::Raw;

type Parameters = BTreeMap<String, Raw>;

struct Policies;

/// The parameters of one policy.
struct Policy<'a>(&'a str);

struct Value;

/// What stands under `policies`.
pub(super) fn policies<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Parameters>, D::Error> {
    deserializer.deserialize_map(Policies)
}

// === impl Policies ===

impl<'de> Visitor<'de> for Policies {
    type Value = BTreeMap<String, Parameters>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: names of policies, each with its parameters",
            Path::ROOT
        )
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut policies = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let parameters = map.next_value_seed(Policy(&name))?;
            if policies.contains_key(&name) {
                return Err(twice(&Path::policy(&name)));
            }
            policies.insert(name, parameters);
        }
        Ok(policies)
    }
}

// === impl Policy ===

impl<'de> DeserializeSeed<'de> for Policy<'_> {
    type Value = Parameters;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parameters, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Policy<'_> {
    type Value = Parameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: names of parameters, each with its value",
            Path::policy(self.0)
        )
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
        let mut parameters = Parameters::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Value)?;
            if parameters.contains_key(&name) {
                return Err(twice(&Path::parameter(self.0, &name)));
            }
            parameters.insert(name, value);
        }
        Ok(parameters)
    }
}

fn twice<E: Error>(path: &Path<'_>) -> E {
    E::custom(format_args!("{path}: given twice"))
}

// === impl Value ===

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Raw, E> {
        Ok(Raw::Count(count))
    }

    fn visit_i64<E>(self, count: i64) -> Result<Raw, E> {
        Ok(u64::try_from(count).map_or(Raw::Negative(count), Raw::Count))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        Ok(Raw::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_bytes<E>(self, _bytes: &[u8]) -> Result<Raw, E> {
        Ok(Raw::Other("a run of bytes"))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Raw::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Raw::Other("a table"))
    }
}
