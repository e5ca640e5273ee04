//! What services, futures and layers are, what they ask of others, and how big they are.
#![allow(missing_docs, clippy::disallowed_methods)]

#[path = "support/bearing.rs"]
mod bearing;
#[path = "auto_traits/bounds.rs"]
mod bounds;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/flavors.rs"]
mod flavors;
#[path = "auto_traits/kinds.rs"]
mod kinds;
#[path = "auto_traits/sizes.rs"]
mod sizes;

use std::time::Duration;

use ninelives::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn timeout() -> Policy<TimeoutLayer> {
    Policy(TimeoutLayer::new(SECOND).unwrap())
}

fn retry() -> Policy<RetryLayer> {
    Policy(RetryPolicy::builder().build().unwrap().into_layer())
}

fn heeding_retry() -> RetryLayer<
    ninelives::retry::Transient,
    WheelTimer,
    NullSink,
    RetryConfig,
    ninelives::deadline::Heeding,
> {
    let builder = RetryPolicy::builder().heeding_requests();
    builder.build().unwrap().into_layer()
}

fn bulkhead() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(4).unwrap())
}

fn queue() -> Policy<BulkheadLayer<ninelives::bulkhead::Queued>> {
    Policy(BulkheadLayer::queued(4, 4, SECOND).unwrap())
}

fn breaker() -> Policy<CircuitBreakerLayer> {
    let config = CircuitBreakerConfig::new(3, SECOND, 1).unwrap();
    Policy(CircuitBreakerLayer::new(config).unwrap())
}
