//! One request through a whole policy, alone and composed.
#![allow(missing_docs)]
#![allow(clippy::disallowed_methods)] // tokio's test macro blocks on its runtime

use std::io;
use std::time::Duration;

use ninelives::prelude::*;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

#[tokio::test(start_paused = true)]
async fn a_request_passes_the_whole_stack() {
    let retry = RetryPolicy::builder().max_attempts(2).build().unwrap();
    let bulkhead = BulkheadLayer::queued(4, 4, Duration::from_secs(1)).unwrap();
    let config = CircuitBreakerConfig::new(3, Duration::from_secs(1), 1).unwrap();
    let policy = Policy(TimeoutLayer::new(Duration::from_secs(1)).unwrap())
        + Policy(CircuitBreakerLayer::new(config).unwrap())
        + Policy(bulkhead.clone())
        + Policy(retry.into_layer());
    let policy = policy | Policy::respond(|n: u32| n + 1000);
    println!("{}", policy.explain());
    let mut service = policy.layer(tower::service_fn(|n: u32| async move {
        if n == 0 {
            Err(io::Error::other("zero"))
        } else {
            Ok(n)
        }
    }));
    assert_eq!(service.ready().await.unwrap().call(7).await.unwrap(), 7);
    assert_eq!(service.ready().await.unwrap().call(0).await.unwrap(), 1000);
    assert_eq!(bulkhead.in_flight(), 0);
}

#[tokio::test]
async fn a_third_party_layer_fits_in() {
    let policy = Policy(BulkheadLayer::new(2).unwrap())
        + Policy::tower(tower::limit::ConcurrencyLimitLayer::new(1));
    let mut service = ServiceBuilder::new()
        .layer(policy)
        .service_fn(|n: u32| async move { Ok::<_, tower::BoxError>(n) });
    assert_eq!(service.ready().await.unwrap().call(7).await.unwrap(), 7);
}
