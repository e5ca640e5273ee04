//! The settings of policies as TOML and JSON: written out, read back, applied all or nothing.
#![allow(missing_docs)]

#[path = "registry_document/formats.rs"]
mod formats;

use std::time::Duration;

use ninelives::name::Name;
use ninelives::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use ninelives::prelude::*;
use ninelives::registry::{Document, Managed, Member, Registry};
use ninelives::settings::Live;
use proptest::prelude::*;

/// One setting of each kind.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Zoo {
    count: u64,
    span: Duration,
    total: Option<Duration>,
    ratio: f64,
    flag: bool,
    choice: &'static str,
}

struct ZooLayer {
    settings: std::sync::Arc<Adaptive<Zoo>>,
    name: Name,
}

const WORDS: &[&str] = &["none", "full", "equal"];
const ZOO: Zoo = Zoo {
    count: 3,
    span: Duration::from_millis(1_500),
    total: None,
    ratio: 0.2,
    flag: true,
    choice: "full",
};

impl Parameters for Zoo {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::count("count", 1..=9, "how many"),
            Parameter::duration("span", Duration::ZERO..=Duration::MAX, "how long"),
            Parameter::duration("total", Duration::from_millis(1)..=Duration::MAX, "in all")
                .optional()
                .with_default(Value::None),
            Parameter::ratio("ratio", -1.0..=100.0, "a share"),
            Parameter::flag("flag", "yes or no"),
            Parameter::choice("choice", WORDS, "which"),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        Some(match name {
            "count" => self.count.into(),
            "span" => self.span.into(),
            "total" => self.total.into(),
            "ratio" => self.ratio.into(),
            "flag" => self.flag.into(),
            "choice" => self.choice.into(),
            _ => return None,
        })
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        Ok(Self {
            count: draft.count("count"),
            span: draft.duration("span"),
            total: draft.optional_duration("total"),
            ratio: draft.ratio("ratio"),
            flag: draft.flag("flag"),
            choice: draft.choice("choice"),
        })
    }
}

impl Managed for ZooLayer {
    fn member(&self) -> Member {
        Member::new("zoo", &self.name, &self.settings, &self.settings)
    }
}

fn zoo(registry: &Registry) -> ZooLayer {
    let layer = ZooLayer {
        settings: std::sync::Arc::new(Adaptive::new(ZOO)),
        name: "zoo".into(),
    };
    registry.register(&layer).unwrap();
    layer
}

type LiveTimeout = TimeoutLayer<WheelTimer, NullSink, Live<TimeoutConfig>>;

fn timeout(registry: &Registry, name: &str) -> LiveTimeout {
    let layer = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    let layer = layer.named(name).live();
    registry.register(&layer).unwrap();
    layer
}

fn toml(text: &str) -> Document {
    toml::from_str(text).unwrap()
}

/// What the registry says of a zoo with this line, which changes nothing.
fn refused(line: &str) -> String {
    let registry = Registry::new();
    let (zoo, other) = (zoo(&registry), timeout(&registry, "other"));
    let document = toml(&format!(
        "[policies.other]\ntimeout = \"1ms\"\n[policies.zoo]\n{line}"
    ));
    let error = registry.load(&document).unwrap_err();
    assert_eq!((zoo.settings.version(), other.settings().version()), (0, 0));
    assert!(error.path().starts_with("policies."), "{error}");
    error.to_string()
}

#[test]
fn settings_are_written_as_toml() {
    let registry = Registry::new();
    let _zoo = zoo(&registry);
    assert_eq!(
        toml::to_string(&registry.document()).unwrap(),
        "[policies.zoo]\nchoice = \"full\"\ncount = 3\nflag = true\nratio = 0.2\nspan = \"1.5s\"\ntotal = \"none\"\n"
    );
}

#[test]
fn settings_are_written_as_json() {
    let registry = Registry::new();
    let _layer = timeout(&registry, "payments");
    assert_eq!(
        serde_json::to_string(&registry.document()).unwrap(),
        r#"{"policies":{"payments":{"covers_readiness":false,"timeout":"1s"}}}"#
    );
}

#[test]
fn g03_what_was_written_out_changes_nothing_when_it_is_read_in() {
    let registry = Registry::new();
    let (zoo, other) = (zoo(&registry), timeout(&registry, "a.b \"c\""));
    let document = registry.document();
    let texts = [
        toml::to_string(&document).unwrap(),
        toml::to_string_pretty(&document).unwrap(),
    ];
    for text in texts {
        assert_eq!(toml(&text), document);
        assert_eq!(registry.load(&toml(&text)), Ok(Vec::new()), "{text}");
    }
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(
        registry.load(&serde_json::from_str(&text).unwrap()),
        Ok(Vec::new())
    );
    assert_eq!((zoo.settings.version(), other.settings().version()), (0, 0));
}

#[test]
fn a_document_sets_what_it_mentions_and_nothing_else() {
    let registry = Registry::new();
    let (zoo, other) = (zoo(&registry), timeout(&registry, "other"));
    let document = toml(
        r#"
        policies.zoo = { count = 9, total = "1h 30m", ratio = 1, choice = "none", flag = false }
        policies.other.timeout = "forever"
        "#,
    );
    let applied = registry.load(&document).unwrap();
    assert_eq!(applied.len(), 2);
    assert_eq!(
        *zoo.settings.get(),
        Zoo {
            count: 9,
            span: ZOO.span,
            total: Some(Duration::from_secs(5_400)),
            ratio: 1.0,
            flag: false,
            choice: "none",
        }
    );
    assert_eq!(other.config().limit(), Duration::MAX);
    registry.load(&toml("policies.zoo.total = 'none'")).unwrap();
    assert_eq!(zoo.settings.get().total, None);
}

#[test]
fn a_document_made_in_the_program_is_the_same_as_one_that_was_read() {
    let made = Document::new()
        .with("zoo", "span", Duration::from_millis(250))
        .with("zoo", "total", Value::None)
        .with("other", "covers_readiness", true);
    let read = toml(
        "policies.zoo = { span = '250ms', total = 'none' }\npolicies.other.covers_readiness = true",
    );
    assert_eq!(made, read);
}

#[test]
fn g03_an_error_names_path_value_and_range_and_nothing_has_changed() {
    for (line, said) in [
        ("count = 0", "policies.zoo.count: 0 is outside 1..=9"),
        ("count = 10", "policies.zoo.count: 10 is outside 1..=9"),
        (
            "count = -1",
            "policies.zoo.count: -1 is not a whole number in 1..=9",
        ),
        (
            "count = 2.5",
            "policies.zoo.count: 2.5 is not a whole number in 1..=9",
        ),
        (
            "count = 3.0",
            "policies.zoo.count: 3.0 is not a whole number in 1..=9",
        ),
        (
            "count = '3'",
            "policies.zoo.count: \"3\" is not a whole number in 1..=9",
        ),
        (
            "span = 250",
            "policies.zoo.span: 250 is not a duration such as 250ms in 0ns..=forever",
        ),
        (
            "span = '5 parsecs'",
            "policies.zoo.span: \"5 parsecs\" is not a duration such as 250ms in 0ns..=forever",
        ),
        (
            "span = 'none'",
            "policies.zoo.span: \"none\" is not a duration such as 250ms in 0ns..=forever",
        ),
        (
            "total = '1us'",
            "policies.zoo.total: 1µs is outside 1ms..=forever",
        ),
        (
            "total = 0",
            "policies.zoo.total: 0 is not a duration such as 250ms in 1ms..=forever, or none",
        ),
        ("ratio = nan", "policies.zoo.ratio: NaN is outside -1..=100"),
        ("ratio = -2", "policies.zoo.ratio: -2 is outside -1..=100"),
        (
            "flag = 'yes'",
            "policies.zoo.flag: \"yes\" is not true or false",
        ),
        ("flag = 1", "policies.zoo.flag: 1 is not true or false"),
        (
            "choice = 'half'",
            "policies.zoo.choice: \"half\" is not one of none, full, equal",
        ),
        (
            "choice = ['full']",
            "policies.zoo.choice: a list is not one of none, full, equal",
        ),
        (
            "count = { min = 1 }",
            "policies.zoo.count: a table is not a whole number in 1..=9",
        ),
        (
            "cuont = 3",
            "policies.zoo.cuont: no such parameter; there are count, span, total, ratio, flag, choice",
        ),
    ] {
        assert_eq!(refused(line), said);
    }
}

#[test]
fn g03_an_unknown_policy_is_named_with_those_that_there_are() {
    let registry = Registry::new();
    let layer = timeout(&registry, "payments");
    let document = toml("policies.payments.timeout = '1ms'\npolicies.payment.timeout = '1ms'");
    assert_eq!(
        registry.load(&document).unwrap_err().to_string(),
        "policies.payment: no such policy; there are payments"
    );
    assert_eq!(layer.settings().version(), 0);
}

#[test]
fn g03_names_that_are_there_twice_are_refused() {
    let read = |text: &str| {
        serde_json::from_str::<Document>(text)
            .unwrap_err()
            .to_string()
    };
    let twice = r#"{"policies":{"p":{"timeout":"1s","timeout":"2s"}}}"#;
    let said = read(twice);
    assert!(
        said.starts_with("policies.p.timeout: given twice at line 1"),
        "{said}"
    );
    let said = read(r#"{"policies":{"p":{},"q":{},"p":{}}}"#);
    assert!(
        said.starts_with("policies.p: given twice at line 1"),
        "{said}"
    );
    let said = read(r#"{"policies":{},"policies":{}}"#);
    assert!(said.contains("duplicate field `policies`"), "{said}");
    assert!(toml::from_str::<Document>("[policies.p]\na = 1\na = 2").is_err());
}

#[test]
fn g03_what_has_not_the_shape_of_a_document_is_refused() {
    let read = |text: &str| {
        serde_json::from_str::<Document>(text)
            .unwrap_err()
            .to_string()
    };
    for (text, part) in [
        (
            r#"{"polices":{}}"#,
            "unknown field `polices`, expected `policies`",
        ),
        (r#"{"policies":5}"#, "expected policies: names of policies"),
        (
            r#"{"policies":{"p":5}}"#,
            "expected policies.p: names of parameters",
        ),
        (r#"{"policies":{"p":{"timeout""#, "EOF"),
    ] {
        let said = read(text);
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(
        serde_json::from_str::<Document>("{}").unwrap(),
        Document::new()
    );
}

#[test]
fn g03_a_hundred_thousand_levels_are_a_table_or_are_refused() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"x\":".repeat(depth), "}".repeat(depth));
        format!("{{\"policies\":{{\"zoo\":{{\"count\":{open}1{close}}}}}}}")
    };
    let registry = Registry::new();
    let _zoo = zoo(&registry);
    let document: Document = serde_json::from_str(&nested(100_000)).unwrap();
    assert_eq!(
        registry.load(&document).unwrap_err().to_string(),
        "policies.zoo.count: a table is not a whole number in 1..=9"
    );
    let (open, close) = ("{x=".repeat(100_000), "}".repeat(100_000));
    let text = format!("policies.zoo.count = {open}1{close}");
    assert!(toml::from_str::<Document>(&text).is_err());
}

#[test]
fn g03_a_document_of_sixteen_megabytes_is_answered_in_a_few_words() {
    let registry = Registry::new();
    let layer = timeout(&registry, "payments");
    let text = "x".repeat(16 << 20);
    let document = Document::new().with(&text, "timeout", Duration::ZERO);
    let error = registry.load(&document).unwrap_err().to_string();
    assert!(error.len() < 300, "{} bytes", error.len());
    let document = serde_json::json!({"policies": {"payments": {"timeout": text}}});
    let document: Document = serde_json::from_value(document).unwrap();
    let error = registry.load(&document).unwrap_err().to_string();
    assert!(error.len() < 300, "{} bytes", error.len());
    assert_eq!(layer.settings().version(), 0);
}

#[test]
fn a_document_is_a_part_of_a_programs_own_configuration() {
    #[derive(serde::Deserialize)]
    struct Whole {
        listen: String,
        #[serde(flatten)]
        resilience: Document,
    }
    let text = "listen = \"[::]:80\"\n[policies.payments]\ntimeout = \"1s\"";
    let whole: Whole = toml::from_str(text).unwrap();
    assert_eq!(whole.listen, "[::]:80");
    assert_eq!(whole.resilience, toml("policies.payments.timeout = '1s'"));
}

#[test]
fn null_is_none_where_none_can_be() {
    let registry = Registry::new();
    let zoo = zoo(&registry);
    registry
        .set("zoo", &[("total", Duration::from_secs(1).into())])
        .unwrap();
    let read = |text: &str| serde_json::from_str::<Document>(text).unwrap();
    registry
        .load(&read(r#"{"policies":{"zoo":{"total":null}}}"#))
        .unwrap();
    assert_eq!(zoo.settings.get().total, None);
    let error = registry
        .load(&read(r#"{"policies":{"zoo":{"count":null}}}"#))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies.zoo.count: null is not a whole number in 1..=9"
    );
}

#[test]
fn a_schema_is_data() {
    let json = serde_json::to_value(Zoo::schema()).unwrap();
    assert_eq!(
        json[2],
        serde_json::json!({
            "name": "total", "description": "in all", "kind": "duration",
            "range": ["1ms", "forever"], "optional": true, "default": "none",
        })
    );
    assert_eq!(
        json[5]["range"],
        serde_json::json!(["none", "full", "equal"])
    );
    assert_eq!(json[4]["range"], serde_json::Value::Null);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// Whatever the settings are: written, read and set in another registry, they are the same.
    #[test]
    fn every_setting_survives_being_written_and_read(
        count in 1_u64..=9,
        (secs, shift, nanos) in (any::<u64>(), 0_u32..64, 0_u32..1_000_000_000),
        total in proptest::option::of(1_000_000_u64..),
        ratio in -1.0..=100.0,
        flag: bool,
        choice in proptest::sample::select(WORDS),
    ) {
        let (span, total) = (Duration::new(secs >> shift, nanos), total.map(Duration::from_nanos));
        let settings = Zoo { count, span, total, ratio, flag, choice };
        let from = Registry::new();
        let origin = zoo(&from);
        origin.settings.set(settings).unwrap();
        let document = from.document();
        for read in [
            toml::from_str::<Document>(&toml::to_string(&document).unwrap()).unwrap(),
            serde_json::from_str(&serde_json::to_string(&document).unwrap()).unwrap(),
        ] {
            let to = Registry::new();
            let copy = zoo(&to);
            to.load(&read).unwrap();
            prop_assert_eq!(*copy.settings.get(), settings);
        }
    }
}
