//! Timeout, bulkhead, breaker and retry at once, the outermost first, around any service: what each peer has of it.

use ninelives::prelude as ours;
use ninelives::{Clock, CombinedLayer, StreamingSink};
use ninelives_0_2::prelude as published;
use tower::{Layer, Service, ServiceBuilder};
use tower_resilience::timelimiter::TimeLimiterLayer;

use crate::cases::breaker;
use crate::cases::bulkhead::{self, PERMITS};
use crate::cases::retry::{self, ATTEMPTS, Attempts};
use crate::echo::FAR;

/// A service of numbers that every peer can protect.
pub trait Inner: Protected<Error: std::error::Error + Clone + Sync> {}

/// A service of numbers, protected.
pub trait Protected:
    Service<u64, Response = u64, Error: std::fmt::Debug + Send + 'static, Future: Send + 'static>
    + Clone
    + Send
    + 'static
{
}

impl<S> Inner for S where S: Protected<Error: std::error::Error + Clone + Sync> {}

impl<S> Protected for S where
    S: Service<
            u64,
            Response = u64,
            Error: std::fmt::Debug + Send + 'static,
            Future: Send + 'static,
        > + Clone
        + Send
        + 'static
{
}

/// Ours; events are not compiled in.
pub fn ours<S: Inner>(inner: S) -> impl Protected {
    our_policy().layer(inner)
}

/// Ours, which tells `sink` its events.
pub fn ours_telling<S: Inner, C>(sink: StreamingSink<C>, inner: S) -> impl Protected
where
    C: Clock + Clone + Send + Sync + 'static,
{
    our_policy().with_sink(sink).layer(inner)
}

type All<A, B, C, D> = CombinedLayer<CombinedLayer<CombinedLayer<A, B>, C>, D>;

fn our_policy() -> ours::Policy<
    All<ours::TimeoutLayer, ours::BulkheadLayer, ours::CircuitBreakerLayer, ours::RetryLayer>,
> {
    ours::Policy(ours::TimeoutLayer::new(FAR).unwrap())
        + ours::Policy(bulkhead::our_layer(PERMITS))
        + ours::Policy(breaker::our_layer())
        + ours::Policy(retry::our_layer())
}

/// Of tower, which has no breaker: its limit waits for a permit.
pub fn tower<S: Inner>(inner: S) -> impl Protected {
    ServiceBuilder::new()
        .timeout(FAR)
        .concurrency_limit(PERMITS)
        .retry(Attempts(ATTEMPTS - 1))
        .service(inner)
}

/// Of tower, with a limit that rejects, as ours does.
pub fn tower_shedding<S: Inner>(inner: S) -> impl Protected {
    ServiceBuilder::new()
        .timeout(FAR)
        .load_shed()
        .concurrency_limit(PERMITS)
        .retry(Attempts(ATTEMPTS - 1))
        .service(inner)
}

/// Of tower-resilience.
pub fn resilience<S: Inner>(inner: S) -> impl Protected {
    ServiceBuilder::new()
        .layer(TimeLimiterLayer::builder().timeout_duration(FAR).build())
        .layer(bulkhead::resilience_layer(PERMITS))
        .layer(breaker::resilience_layer())
        .layer(retry::resilience_layer())
        .service(inner)
}

/// Of the published version, which tells `sink` its events.
pub fn published<S: Inner, K>(sink: K, inner: S) -> impl Protected
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
    let stack = published::Policy(
        published::TimeoutLayer::new(FAR)
            .unwrap()
            .with_sink(sink.clone()),
    ) + published::Policy(bulkhead::published_layer(PERMITS).with_sink(sink.clone()))
        + published::Policy(breaker::published_layer().with_sink(sink.clone()))
        + published::Policy(retry::published_layer().with_sink(sink));
    stack.layer(inner)
}
