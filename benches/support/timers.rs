//! What the benchmarks of the timers call.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::prelude::*;
use tower::layer::util::Identity;

use crate::subjects::Subject;

/// Far enough away that no timer fires during a run.
pub const FAR: Duration = Duration::from_secs(3600);

/// A timeout that does not pass, on this timer.
pub fn timeout<T: Timer + Clone + Send + 'static>(timer: T) -> impl Subject
where
    T::Sleep: Send,
{
    TimeoutLayer::new(FAR).unwrap().with_timer(timer)
}

/// The stack that the design has a budget for, its timeout on this timer.
pub fn stack<T: Timer + Clone + Send + 'static>(timer: T) -> impl Subject
where
    T::Sleep: Send,
{
    let retries = RetryPolicy::builder().max_attempts(3).build().unwrap();
    let breaker = CircuitBreakerConfig::new(5, FAR, 1).unwrap();
    Policy(TimeoutLayer::new(FAR).unwrap().with_timer(timer))
        + Policy(BulkheadLayer::new(64).unwrap())
        + Policy(CircuitBreakerLayer::new(breaker).unwrap())
        + Policy(retries.into_layer())
}

/// Two arms, the second far from its start, on this timer.
pub fn staggered<T: Timer + Clone + Send + 'static>(timer: T) -> impl Subject
where
    T::Sleep: Send,
{
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    race.stagger(FAR).with_timer(timer)
}

/// Arms a wait and gives it up.
pub fn arm_and_leave<T: Timer>(timer: &T) {
    let (_, sleep) = timer.start(FAR);
    let mut sleep = pin!(sleep);
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(sleep.as_mut().poll(cx).is_pending());
}

/// Arms on the wheel of the current runtime until its driver naps, as in a service with much to do.
pub async fn naps() {
    while !format!("{:?}", WheelTimer.start(FAR).1).contains("for a span") {
        arm_and_leave(&WheelTimer);
        tokio::task::yield_now().await;
    }
}

/// Arms one wait on the wheel that is earlier than any of a benchmark, until its driver rests, as in a service with little to do.
///
/// With the waker of another task than the benchmark's, so that it is not in the way of its waits.
pub async fn rests() {
    let mut sleep = Box::pin(WheelTimer.sleep(FAR / 2));
    let first = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    std::mem::forget(sleep);
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
}
