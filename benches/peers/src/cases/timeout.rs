//! A timeout that does not pass.

use ninelives::prelude as ours;
use tower::Service;
use tower::timeout::TimeoutLayer;
use tower_resilience::timelimiter::TimeLimiterLayer;

use super::{ARMED, FLOOR, ON_TOKIO, OURS, RESILIENCE, TOWER, case};
use crate::echo::{Echo, FAR};
use crate::floor::{Armed, Looked};
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
    let on_tokio = ours::TimeoutLayer::new(FAR).unwrap();
    let on_tokio = on_tokio.with_timer(ours::TokioTimer);
    let mut called = inner;
    let by_hand = move |request| tokio_timeout(called.call(request));
    vec![
        Subject::layer(OURS, ours::TimeoutLayer::new(FAR).unwrap(), inner, ANSWER),
        Subject::layer(ON_TOKIO, on_tokio, inner, ANSWER),
        Subject::layer(TOWER, TimeoutLayer::new(FAR), inner, ANSWER),
        Subject::layer(RESILIENCE, resilience, inner, ANSWER),
        Subject::future("tokio (`time::timeout` by hand)", by_hand, ANSWER),
        Subject::service(FLOOR, Looked::new(inner), ANSWER),
        Subject::service(ARMED, Armed::new(inner), ANSWER),
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
