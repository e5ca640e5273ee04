//! A policy value is one shared state, however often it is layered or cloned.

use std::time::Duration;

use ninelives::prelude::*;
use tower::Layer;

use super::stage::{Act, Stage, call};

#[test]
fn hc06_a_policy_layered_ten_times_enforces_one_limit() {
    let stage = Stage::always(Act::Hang);
    let limit = TimeoutLayer::new(Duration::from_secs(1))
        .unwrap()
        .with_timer(ManualTimer::new());
    let policy = Policy(limit) + Policy(BulkheadLayer::new(3).unwrap());
    let mut held = Vec::new();
    let mut rejected = 0;
    for handler in 0..10 {
        let policy = if handler % 2 == 0 {
            policy.clone()
        } else {
            policy.clone().clone()
        };
        let mut request = call(&mut policy.layer(stage.backend()), 0);
        match request.poll() {
            std::task::Poll::Pending => held.push(request),
            std::task::Poll::Ready(result) => {
                assert!(result.unwrap_err().is_bulkhead());
                rejected += 1;
            }
        }
    }
    assert_eq!((held.len(), rejected, stage.live()), (3, 7, 3));
}

#[test]
fn hc71_a_breaker_layered_for_every_request_trips() {
    let stage = Stage::always(Act::Err(1));
    let config = CircuitBreakerConfig::new(3, Duration::from_secs(60), 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, ManualTimer::new()).unwrap();
    let policy = Policy(breaker.clone()) + Policy(BulkheadLayer::new(9).unwrap());
    for _ in 0..10 {
        assert!(
            call(&mut policy.clone().layer(stage.backend()), 0)
                .done()
                .is_err()
        );
    }
    assert_eq!((stage.calls(), breaker.state()), (3, CircuitState::Open));
}

#[test]
fn hc05_the_arms_of_one_policy_value_share_too() {
    let stage = Stage::always(Act::Hang);
    let bulkhead = BulkheadLayer::new(2).unwrap();
    let one = Policy(bulkhead.clone());
    let race = one.clone() & one;
    let (mut first, mut second) = (
        race.layer(stage.backend()),
        race.clone().layer(stage.backend()),
    );
    let mut holder = call(&mut first, 0);
    holder.waits();
    assert_eq!(bulkhead.in_flight(), 2);
    let error = call(&mut second, 0).done().unwrap_err();
    assert!(error.is_rejection(), "{error:?}");
    drop(holder);
    assert_eq!(bulkhead.in_flight(), 0);
}

#[test]
fn hc71_two_layers_of_the_same_settings_are_two_states() {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(60), 1).unwrap();
    let (tripped, other) = (
        CircuitBreakerLayer::new(config).unwrap(),
        CircuitBreakerLayer::new(config).unwrap(),
    );
    tripped.trip();
    assert_eq!(other.state(), CircuitState::Closed);
    assert_ne!(tripped.name(), other.name());
    assert_eq!(tripped.clone().name(), tripped.name());
}
