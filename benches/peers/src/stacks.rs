//! Timeout, bulkhead, breaker and retry at once, the outermost first, around any service: what each peer has of it.

use ninelives::prelude as ours;
use ninelives::{Clock, CombinedLayer, StreamingSink};
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

/// Ours, its timeout on tokio's timer.
pub fn ours_on_tokio<S: Inner>(inner: S) -> impl Protected {
    let timeout = ours::TimeoutLayer::new(FAR).unwrap();
    around(timeout.with_timer(ours::TokioTimer)).layer(inner)
}

type All<A, B, C, D> = CombinedLayer<CombinedLayer<CombinedLayer<A, B>, C>, D>;
type Ours<T> =
    ours::Policy<All<T, ours::BulkheadLayer, ours::CircuitBreakerLayer, ours::RetryLayer>>;

fn our_policy() -> Ours<ours::TimeoutLayer> {
    around(ours::TimeoutLayer::new(FAR).unwrap())
}

fn around<T>(timeout: T) -> Ours<T> {
    ours::Policy(timeout)
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
