//! Each event says which attempt of the retry around its policy led to it.

use std::time::Duration;

use ninelives::InstantSleeper;
use ninelives::emit::{Kind, PolicyEvent};
use ninelives::prelude::*;
use ninelives::retry::OnFlatError;
use tower::Layer;

use crate::backend::{Ask, Backend, Broken};
use crate::drive::{done, panics, poll, start};
use crate::told;

type Always = OnFlatError<fn(&ResilienceError<Broken>) -> bool>;

/// So many attempts at once after each other, whatever the error.
fn retry(attempts: usize) -> Policy<RetryLayer<Always, InstantSleeper>> {
    let always: fn(&ResilienceError<Broken>) -> bool = |_| true;
    let policy = RetryPolicy::builder().max_attempts(attempts);
    let policy = policy.should_retry_flat(always).with_timer(InstantSleeper);
    Policy(policy.build().unwrap().into_layer())
}

fn bulkhead() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(4).unwrap())
}

/// The attempts of the events of one kind, in order.
fn attempts(events: &[PolicyEvent], kind: Kind) -> Vec<u16> {
    let of_kind = events.iter().filter(|event| event.kind() == kind);
    of_kind.map(PolicyEvent::attempt).collect()
}

#[test]
fn what_happens_inside_a_retry_carries_the_attempt_and_the_retrys_own_does_not() {
    let sink = MemorySink::new();
    let breaker = CircuitBreakerConfig::new(3, Duration::from_secs(1), 1).unwrap();
    let breaker = Policy(CircuitBreakerLayer::new(breaker).unwrap());
    let policy = (retry(3) + bulkhead() + breaker).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Fail);
    while poll(&mut call).is_pending() {}
    let events = told(&sink);
    assert_eq!(attempts(&events, Kind::BulkheadAcquired), [1, 2, 3]);
    assert_eq!(attempts(&events, Kind::CircuitOpened), [3]);
    // Breaker and bulkhead for each attempt, the retry at the end.
    let ends = attempts(&events, Kind::RequestFailure);
    assert_eq!(ends, [1, 1, 2, 2, 3, 3, 0]);
    assert_eq!(attempts(&events, Kind::RetryAttempt), [0, 0]);
    assert_eq!(attempts(&events, Kind::RetryExhausted), [0]);
}

#[test]
fn of_two_retries_the_inner_ones_attempt_counts() {
    let sink = MemorySink::new();
    let policy = (retry(2) + retry(3) + bulkhead()).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Fail);
    while poll(&mut call).is_pending() {}
    let events = told(&sink);
    assert_eq!(
        attempts(&events, Kind::BulkheadAcquired),
        [1, 2, 3, 1, 2, 3]
    );
    assert_eq!(attempts(&events, Kind::RetryExhausted), [1, 2, 0]);
    assert_eq!(attempts(&events, Kind::RetryAttempt), [1, 1, 0, 2, 2]);
}

#[test]
fn an_attempt_that_panics_is_over_for_whoever_comes_next() {
    for ask in [Ask::PanicInCall, Ask::PanicInPoll] {
        let sink = MemorySink::new();
        let policy = (retry(2) + bulkhead()).with_sink(sink.clone());
        let mut service = policy.layer(Backend::default());
        assert!(panics(|| drop(done(start(&mut service, ask)))));
        let events = told(&sink);
        assert_eq!(attempts(&events, Kind::BulkheadAcquired), [1]);
        assert_eq!(attempts(&events, Kind::RequestFailure), [1, 0]);
        let mut alone = bulkhead().with_sink(sink.clone()).layer(Backend::default());
        assert!(done(start(&mut alone, Ask::Answer)).is_ok());
        assert!(told(&sink).iter().all(|event| event.attempt() == 0));
    }
}

#[test]
fn a_call_that_is_dropped_in_its_second_attempt_says_so() {
    let sink = MemorySink::new();
    let timer = ManualTimer::new();
    let limit = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    let policy = retry(3) + bulkhead() + Policy(limit.with_timer(timer.clone()));
    let mut service = policy.with_sink(sink.clone()).layer(Backend::default());
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    timer.advance(Duration::from_secs(1));
    while timer.armed() == 0 {
        assert!(poll(&mut call).is_pending());
    }
    told(&sink);
    drop(call);
    let events = told(&sink);
    // The inner two, then the retry itself.
    assert_eq!(attempts(&events, Kind::RequestCancelled), [2, 2, 0]);
}

#[test]
fn a_service_that_is_called_long_after_the_attempt_began_carries_it_too() {
    let sink = MemorySink::new();
    let queued = BulkheadLayer::queued(1, 4, Duration::from_secs(1)).unwrap();
    let queued = queued.with_timer(ManualTimer::new());
    let holder = queued.clone();
    let policy = (retry(2) + Policy(queued) + bulkhead()).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let held = start(&mut holder.layer(Backend::default()), Ask::Hang);
    let mut call = start(&mut service, Ask::Answer);
    assert!(poll(&mut call).is_pending());
    assert_eq!(told(&sink), []);
    drop(held);
    assert!(poll(&mut call).is_ready());
    assert_eq!(attempts(&told(&sink), Kind::BulkheadAcquired), [1, 1]);
}

#[test]
fn between_the_polls_of_an_attempt_nobody_else_is_in_it() {
    let sink = MemorySink::new();
    let policy = (retry(2) + bulkhead()).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    told(&sink);
    let mut alone = bulkhead().with_sink(sink.clone()).layer(Backend::default());
    assert!(done(start(&mut alone, Ask::Answer)).is_ok());
    assert_eq!(attempts(&told(&sink), Kind::BulkheadAcquired), [0]);
}

#[test]
fn a_retry_that_tells_nothing_gives_no_attempt() {
    let sink = MemorySink::new();
    let told_of = BulkheadLayer::new(4).unwrap().with_sink(sink.clone());
    let mut service = (retry(2) + Policy(told_of)).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_eq!(attempts(&told(&sink), Kind::BulkheadAcquired), [0]);
}

#[test]
fn attempts_above_65_535_count_as_that() {
    let sink = MemorySink::new();
    let policy = (retry(65_540) + bulkhead()).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Fail);
    while poll(&mut call).is_pending() {}
    let acquired = attempts(&told(&sink), Kind::BulkheadAcquired);
    let last: Vec<u16> = acquired[acquired.len() - 8..].to_vec();
    assert_eq!(
        last,
        [
            65_533, 65_534, 65_535, 65_535, 65_535, 65_535, 65_535, 65_535
        ]
    );
}
