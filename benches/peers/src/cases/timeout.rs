//! A timeout that does not pass.

use ninelives::prelude as ours;
use ninelives_0_2::prelude as published;
use tower::Service;
use tower::timeout::TimeoutLayer;
use tower_resilience::timelimiter::TimeLimiterLayer;

use super::{OURS, PUBLISHED, RESILIENCE, TOWER, case};
use crate::echo::{Echo, FAR};
use crate::subject::{ANSWER, Case, Subject};

pub(super) fn cases() -> Vec<Case> {
    let of = |name, inner| case(name, true, subjects(inner));
    vec![
        of("timeout, ready", Echo::ready()),
        of("timeout, pending once", Echo::pending(1)),
    ]
}

fn subjects(inner: Echo) -> Vec<Subject> {
    let resilience = TimeLimiterLayer::builder().timeout_duration(FAR).build();
    let mut called = inner;
    let by_hand = move |request| tokio_timeout(called.call(request));
    vec![
        Subject::layer(OURS, ours::TimeoutLayer::new(FAR).unwrap(), inner, ANSWER),
        Subject::layer(TOWER, TimeoutLayer::new(FAR), inner, ANSWER),
        Subject::layer(RESILIENCE, resilience, inner, ANSWER),
        Subject::layer(
            PUBLISHED,
            published::TimeoutLayer::new(FAR).unwrap(),
            inner,
            ANSWER,
        ),
        Subject::future("tokio (`time::timeout` by hand)", by_hand, ANSWER),
    ]
}

async fn tokio_timeout<F, E>(future: F) -> Result<u64, Late<E>>
where
    F: Future<Output = Result<u64, E>>,
{
    match tokio::time::timeout(FAR, future).await {
        Ok(result) => result.map_err(Late::Inner),
        Err(_) => Err(Late::Elapsed),
    }
}

/// The error of [`tokio_timeout`].
enum Late<E> {
    Elapsed,
    Inner(E),
}
