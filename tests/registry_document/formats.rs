//! Documents of formats that know more kinds of values than TOML and JSON do.

use std::vec::IntoIter;

use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};

use super::*;

/// A value as such a format has it.
#[derive(Clone, Debug)]
enum Node {
    Table(Vec<(&'static str, Node)>),
    Nothing,
    Something(Box<Node>),
    Text(&'static str),
    Bytes(&'static [u8]),
    Signed(i64),
}

impl<'de> IntoDeserializer<'de> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Table(entries) => {
                let entries: MapDeserializer<'_, IntoIter<_>, Error> =
                    MapDeserializer::new(entries.into_iter());
                visitor.visit_map(entries)
            }
            Self::Nothing => visitor.visit_none(),
            Self::Something(inner) => visitor.visit_some(*inner),
            Self::Text(text) => visitor.visit_string(text.to_owned()),
            Self::Bytes(bytes) => visitor.visit_bytes(bytes),
            Self::Signed(number) => visitor.visit_i64(number),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn read(policies: Node) -> Result<Document, Error> {
    Document::deserialize(Node::Table(vec![("policies", policies)]))
}

fn of_zoo(parameter: &'static str, value: Node) -> Document {
    let zoo = Node::Table(vec![(parameter, value)]);
    read(Node::Table(vec![("zoo", zoo)])).unwrap()
}

#[test]
fn a_value_that_may_be_missing_is_read_as_what_it_holds() {
    let registry = Registry::new();
    let layer = zoo(&registry);
    let text = Node::Something(Box::new(Node::Text("2s")));
    registry.load(&of_zoo("total", text)).unwrap();
    assert_eq!(layer.settings.get().total, Some(Duration::from_secs(2)));
    registry.load(&of_zoo("count", Node::Signed(7))).unwrap();
    assert_eq!(layer.settings.get().count, 7);
}

#[test]
fn a_value_of_a_kind_that_no_parameter_has_is_refused_by_name() {
    let registry = Registry::new();
    let layer = zoo(&registry);
    let refused = |parameter, value| {
        let error = registry.load(&of_zoo(parameter, value)).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        refused("choice", Node::Bytes(b"full")),
        "policies.zoo.choice: a run of bytes is not one of none, full, equal"
    );
    assert_eq!(
        refused("count", Node::Signed(-1)),
        "policies.zoo.count: -1 is not a whole number in 1..=9"
    );
    let nothing = refused("count", Node::Nothing);
    assert_eq!(
        nothing,
        refused("count", Node::Something(Box::new(Node::Nothing)))
    );
    assert!(nothing.starts_with("policies.zoo.count: "), "{nothing}");
    assert_eq!(layer.settings.version(), 0);
}

#[test]
fn what_is_no_table_is_refused_with_what_is_expected() {
    let said = |policies| read(policies).unwrap_err().to_string();
    assert_eq!(
        said(Node::Text("zoo")),
        "invalid type: string \"zoo\", expected policies: names of policies, each with its parameters"
    );
    assert_eq!(
        said(Node::Table(vec![("zoo", Node::Signed(1))])),
        "invalid type: integer `1`, expected policies.zoo: names of parameters, each with its value"
    );
}
