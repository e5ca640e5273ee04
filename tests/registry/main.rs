//! The registry: finding policies by name, changing them, several of them in one step.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

mod changing;
#[path = "../support/drive.rs"]
mod drive;
mod finding;
mod layers;
mod pair;
mod together;

use std::time::Duration;

use ninelives::prelude::*;
use ninelives::registry::Registry;
use ninelives::settings::Live;

type LiveTimeout = TimeoutLayer<WheelTimer, NullSink, Live<TimeoutConfig>>;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A live timeout of 100 ms.
fn timeout(name: &str) -> LiveTimeout {
    TimeoutLayer::new(ms(100)).unwrap().named(name).live()
}

/// A registry with live timeouts of 100 ms under these names.
fn registry<const N: usize>(names: [&str; N]) -> (Registry, [LiveTimeout; N]) {
    let registry = Registry::new();
    let layers = names.map(timeout);
    for layer in &layers {
        registry.register(layer).unwrap();
    }
    (registry, layers)
}
