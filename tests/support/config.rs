//! Text that is to be settings, against what holds of any text.

use std::time::Duration;

use ninelives::prelude::*;
use ninelives::registry::{Document, Registry};

/// Reads a text as TOML and as JSON, loads what it says into a registry of live policies, and checks the laws:
/// nothing panics; what is refused has changed nothing, and says where; what was taken is what is written out, and taken again changes nothing.
///
/// Gives how often something was changed.
pub fn run(text: &str) -> usize {
    let read = [toml_text(text), json_text(text)];
    read.iter()
        .flatten()
        .filter(|document| load(document))
        .count()
}

fn toml_text(text: &str) -> Option<Document> {
    toml::from_str(text).ok()
}

fn json_text(text: &str) -> Option<Document> {
    serde_json::from_str(text).ok()
}

fn load(document: &Document) -> bool {
    let registry = Registry::new();
    let second = Duration::from_secs(1);
    let timeout = TimeoutLayer::new(second)
        .expect("in range")
        .named("t")
        .live();
    let breaker = CircuitBreakerConfig::new(5, second, 1).expect("in range");
    let breaker = CircuitBreakerLayer::new(breaker)
        .expect("in range")
        .named("b")
        .live();
    let bulkhead = BulkheadLayer::queued(4, 8, second)
        .expect("in range")
        .named("q")
        .live();
    let retry = RetryPolicy::builder().build().expect("in range");
    let retry = retry.into_layer().named("r").live();
    registry.register(&timeout).expect("a name of its own");
    registry.register(&breaker).expect("a name of its own");
    registry.register(&bulkhead).expect("a name of its own");
    registry.register(&retry).expect("a name of its own");

    let before = registry.document();
    match registry.load(document) {
        Err(error) => {
            assert!(error.path().starts_with("policies"), "{error}");
            assert!(!error.to_string().is_empty());
            assert_eq!(
                registry.document(),
                before,
                "refused, and something changed"
            );
            false
        }
        Ok(applied) => {
            let after = registry.document();
            assert_eq!(applied.is_empty(), after == before, "{applied:?}");
            assert_eq!(registry.load(document), Ok(Vec::new()), "taken twice");
            for text in [
                toml::to_string(&after)
                    .map(|text| toml_text(&text))
                    .expect("settings are TOML"),
                serde_json::to_string(&after)
                    .map(|text| json_text(&text))
                    .expect("settings are JSON"),
            ] {
                assert_eq!(text.as_ref(), Some(&after));
            }
            !applied.is_empty()
        }
    }
}
