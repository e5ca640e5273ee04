//! Timeout with a breaker and a bulkhead, in both orders.

use std::time::Duration;

use ninelives::prelude::*;
use tower::Layer;

use super::stage::{Act, Stage, call};
use super::{limit, ms, timed_out};

fn breaker(timer: &ManualTimer) -> CircuitBreakerLayer<ManualTimer> {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap()
}

#[test]
fn t03_a_permit_is_free_when_the_timeout_is_seen_in_either_order() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let bulkhead = BulkheadLayer::new(2).unwrap();
    let mut outside =
        (Policy(limit(ms(5), &timer)) + Policy(bulkhead.clone())).layer(stage.backend());
    let mut inside =
        (Policy(bulkhead.clone()) + Policy(limit(ms(5), &timer))).layer(stage.backend());
    let mut first = call(&mut outside, 0);
    first.waits();
    timer.advance(ms(1));
    let mut second = call(&mut inside, 0);
    second.waits();
    assert_eq!(bulkhead.in_flight(), 2);
    timer.advance(ms(4));
    assert!(first.done().unwrap_err().is_timeout());
    assert_eq!(bulkhead.in_flight(), 1);
    second.waits();
    timer.advance(ms(1));
    assert!(second.done().unwrap_err().is_timeout());
    assert_eq!((bulkhead.in_flight(), stage.live()), (0, 0));
}

#[test]
fn t03_a_timeout_inside_the_breaker_is_a_failure() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let breaker = breaker(&timer);
    let policy = Policy(breaker.clone()) + Policy(limit(ms(5), &timer));
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(5));
    assert!(request.done().unwrap_err().is_timeout());
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn t03_a_timeout_outside_the_breaker_is_no_outcome() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let breaker = breaker(&timer);
    let policy = Policy(limit(ms(5), &timer)) + Policy(breaker.clone());
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(5));
    assert!(request.done().unwrap_err().is_timeout());
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn t03_a_timeout_outside_gives_a_probe_back() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let breaker = breaker(&timer);
    breaker.trip();
    let policy = Policy(limit(ms(5), &timer)) + Policy(breaker.clone());
    let mut service = policy.layer(stage.backend());
    timer.advance(Duration::from_secs(1));
    for probes in 1..=3 {
        let mut probe = call(&mut service, 0);
        probe.waits();
        assert_eq!(stage.calls(), probes, "the only slot is free again");
        assert!(call(&mut service, 0).done().unwrap_err().is_circuit_open());
        timer.advance(ms(5));
        assert!(probe.done().unwrap_err().is_timeout());
    }
    stage.henceforth(Act::Ok(1));
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn t03_a_rejection_arms_no_timer() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let breaker = breaker(&timer);
    breaker.trip();
    let policy = Policy(limit(ms(5), &timer)) + Policy(breaker);
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    assert!(request.done().unwrap_err().is_circuit_open());
    assert_eq!(timer.armed(), 0);
}

#[test]
fn t07_the_wait_in_a_bulkheads_line_counts_when_the_timeout_is_outside() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let bulkhead = BulkheadLayer::queued(1, 4, Duration::from_secs(60)).unwrap();
    let policy = Policy(limit(ms(50), &timer)) + Policy(bulkhead.clone().with_timer(timer.clone()));
    let mut service = policy.layer(stage.backend());
    let (mut first, mut second) = (call(&mut service, 0), call(&mut service, 0));
    first.waits();
    timer.advance(ms(40));
    second.waits();
    assert_eq!(bulkhead.waiting(), 1);
    timer.advance(ms(10));
    assert_eq!(timed_out(&first.done().unwrap_err()), (ms(50), ms(50)));
    second.waits(); // its turn; ten of its fifty are gone
    assert_eq!((stage.calls(), bulkhead.in_flight()), (2, 1));
    timer.advance(ms(40));
    assert_eq!(timed_out(&second.done().unwrap_err()), (ms(50), ms(50)));
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
    assert_eq!(timer.armed(), 0);
}
