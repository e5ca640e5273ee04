//! The four layers together.

use std::sync::Arc;

use ninelives::bulkhead::Reject;
use ninelives::prelude::*;
use ninelives::retry::Transient;
use tower::Layer;

use super::layers::{FAR, again};
use crate::backend::Backend;
use crate::course::Course;

/// `timeout + bulkhead + breaker + retry`, all telling one sink.
pub(crate) type Stack<K> = Policy<
    CombinedLayer<
        CombinedLayer<
            CombinedLayer<TimeoutLayer<WheelTimer, K>, BulkheadLayer<Reject, K>>,
            CircuitBreakerLayer<MonotonicClock, K>,
        >,
        RetryLayer<Transient, InstantSleeper, K>,
    >,
>;

pub(super) fn full_stack(course: &Arc<Course>) -> Result<(), ConfigError> {
    course.drive(&stack(NullSink)?.layer(backend()), 4);
    Ok(())
}

pub(crate) fn stack<K: Clone>(sink: K) -> Result<Stack<K>, ConfigError> {
    let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, FAR, 1)?)?;
    Ok(Policy(TimeoutLayer::new(FAR)?.with_sink(sink.clone()))
        + Policy(BulkheadLayer::new(64)?.with_sink(sink.clone()))
        + Policy(breaker.with_sink(sink.clone()))
        + Policy(again()?.into_layer().with_sink(sink)))
}

/// What is behind it: a quarter of the calls waits, one of 64 fails.
pub(super) const fn backend() -> Backend {
    Backend::new().waiting(4).failing(64)
}
