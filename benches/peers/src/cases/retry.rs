//! A retry whose first attempt succeeds; three attempts, exponential backoff.

use std::future::Ready;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use ninelives::prelude as ours;
use tower::Service;
use tower::retry::{Policy, RetryLayer};
use tower_resilience::retry as resilience;

use super::{FLOOR, OURS, RESILIENCE, TOWER, case};
use crate::echo::Echo;
use crate::floor::Retry;
use crate::subject::{ANSWER, Case, Subject};

/// Attempts of every retry.
pub const ATTEMPTS: usize = 3;
/// Before the second attempt.
pub const FIRST_WAIT: Duration = Duration::from_millis(50);

/// So many more attempts, at once: tower leaves the wait to the policy.
#[derive(Clone, Copy, Debug)]
pub struct Attempts(pub usize);

pub(super) fn cases() -> Vec<Case> {
    let of = |name, inner| case(name, true, subjects(inner));
    vec![
        of("retry, first attempt, ready", Echo::ready()),
        of("retry, first attempt, pending once", Echo::pending(1)),
    ]
}

fn subjects(inner: Echo) -> Vec<Subject> {
    let tower = RetryLayer::new(Attempts(ATTEMPTS - 1));
    let backoff = ExponentialBuilder::default()
        .with_min_delay(FIRST_WAIT)
        .with_max_times(ATTEMPTS - 1);
    let backon = move |request| {
        let mut called = inner;
        let attempt = move || called.call(request);
        attempt.retry(backoff).sleep(tokio::time::sleep)
    };
    vec![
        Subject::layer(OURS, our_layer(), inner, ANSWER),
        Subject::layer(TOWER, tower, inner, ANSWER),
        Subject::layer(RESILIENCE, resilience_layer(), inner, ANSWER),
        Subject::future("backon", backon, ANSWER),
        Subject::service(FLOOR, Retry::new(inner), ANSWER),
    ]
}

/// Ours.
pub fn our_layer() -> ours::RetryLayer {
    let policy = ours::RetryPolicy::builder()
        .max_attempts(3)
        .backoff(ours::Backoff::exponential(FIRST_WAIT))
        .build();
    policy.unwrap().into_layer()
}

/// Of tower-resilience.
pub fn resilience_layer<Req, E>() -> resilience::RetryLayer<Req, u64, E>
where
    Req: Send + 'static,
    E: Send + 'static,
{
    resilience::RetryLayer::builder()
        .max_attempts(ATTEMPTS)
        .exponential_backoff(FIRST_WAIT)
        .build()
}

// === impl Attempts ===

impl<Req: Clone, E> Policy<Req, u64, E> for Attempts {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Req, result: &mut Result<u64, E>) -> Option<Ready<()>> {
        result.as_ref().err()?;
        self.0 = self.0.checked_sub(1)?;
        Some(std::future::ready(()))
    }

    fn clone_request(&mut self, request: &Req) -> Option<Req> {
        Some(request.clone())
    }
}
