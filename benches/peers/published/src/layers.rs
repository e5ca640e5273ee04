//! The layers of 0.2.0, with the settings of the peers.

use ninelives_0_2::prelude as published;
use peers::cases::breaker::FAILURES;
use peers::cases::bulkhead::PERMITS;
use peers::cases::retry::{ATTEMPTS, FIRST_WAIT};
use peers::echo::FAR;
use peers::loopback::Loopback;
use peers::overhead::Subject;
use peers::stacks::{Inner, Protected};
use tower::{Layer, Service};

pub(crate) fn bulkhead(permits: usize) -> published::BulkheadLayer {
    published::BulkheadLayer::new(permits).unwrap()
}

pub(crate) fn breaker() -> published::CircuitBreakerLayer {
    let config = published::CircuitBreakerConfig::new(FAILURES as usize, FAR, 1).unwrap();
    published::CircuitBreakerLayer::new(config).unwrap()
}

pub(crate) fn retry<E: std::error::Error + Send + Sync + 'static>() -> published::RetryLayer<E> {
    let policy = published::RetryPolicy::builder()
        .max_attempts(ATTEMPTS)
        .backoff(published::Backoff::exponential(FIRST_WAIT))
        .build();
    policy.unwrap().into_layer()
}

/// Timeout, bulkhead, breaker and retry, which tell `sink` their events.
pub(crate) fn stack<S: Inner, K>(sink: K, inner: S) -> impl Protected
where
    K: Service<
            published::PolicyEvent,
            Response = (),
            Error: std::error::Error + Send + 'static,
            Future: Send + 'static,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    let timeout = published::TimeoutLayer::new(FAR).unwrap();
    let stack = published::Policy(timeout.with_sink(sink.clone()))
        + published::Policy(bulkhead(PERMITS).with_sink(sink.clone()))
        + published::Policy(breaker().with_sink(sink.clone()))
        + published::Policy(retry().with_sink(sink));
    stack.layer(inner)
}

/// Its stack around a service over HTTP, without events and with them; their one receiver does not read.
pub fn overheard(bare: Loopback) -> Vec<Subject> {
    let heard = published::StreamingSink::new(1024);
    std::mem::forget(heard.subscribe());
    vec![
        Subject::new(
            "ninelives 0.2, no events",
            stack(published::NullSink, bare.clone()),
        ),
        Subject::new("ninelives 0.2, events to one receiver", stack(heard, bare)),
    ]
}
