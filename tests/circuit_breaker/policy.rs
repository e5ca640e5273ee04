//! The breaker beside other policies.

use ninelives::{BulkheadLayer, ManualTimer, Policy, RetryPolicy, TimeoutLayer, TrackingSleeper};

use super::*;

fn breaker(failures: usize, probes: usize) -> (CircuitBreakerLayer<ManualTimer>, ManualTimer) {
    let timer = ManualTimer::new();
    let config = CircuitBreakerConfig::new(failures, OPEN_FOR, probes).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    (layer, timer)
}

#[test]
fn hc29_hc88_probe_turned_away_by_an_inner_policy_gives_its_slot_back() {
    let (breaker, timer) = breaker(1, 1);
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(breaker.clone()) + Policy(bulkhead.clone());
    let mut service = policy.layer(Backend::default());
    let mut busy = start(&mut bulkhead.layer(Backend::default()), Ask::Hang);
    assert!(poll(&mut busy).is_pending());
    breaker.trip();
    timer.advance(OPEN_FOR);
    for _ in 0..100 {
        let error = done(start(&mut service, Ask::Answer)).unwrap_err();
        assert!(error.is_bulkhead(), "{error:?}");
        let view = breaker.view();
        assert_eq!((view.state, view.probes_out), (CircuitState::HalfOpen, 0));
    }
    drop(busy);
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[test]
fn hc88_inner_rejections_while_closed_count_as_nothing() {
    let (breaker, _) = breaker(2, 1);
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(breaker.clone()) + Policy(bulkhead.clone());
    let mut service = policy.layer(Backend::default());
    let _ = done(start(&mut service, Ask::Fail));
    bulkhead.resize(0).unwrap();
    for _ in 0..100 {
        assert!(
            done(start(&mut service, Ask::Answer))
                .unwrap_err()
                .is_bulkhead()
        );
    }
    assert_eq!(
        (breaker.state(), breaker.view().failures),
        (CircuitState::Closed, 1)
    );
}

#[test]
fn an_open_breaker_inside_a_breaker_is_no_failure_of_the_outer_one() {
    let ((outer, _), (inner, _)) = (breaker(1, 1), breaker(1, 1));
    let policy = Policy(outer.clone()) + Policy(inner.clone());
    let mut service = policy.layer(Backend::default());
    inner.force_open();
    for _ in 0..10 {
        let _ = done(start(&mut service, Ask::Answer)).unwrap_err();
    }
    assert_eq!(outer.state(), CircuitState::Closed);
}

#[test]
fn hc52_timeout_around_it_drops_the_probe_and_gives_its_slot_back() {
    let (breaker, timer) = breaker(1, 1);
    let timeout = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    let policy = Policy(timeout.with_timer(timer.clone())) + Policy(breaker.clone());
    let mut service = policy.layer(Backend::default());
    breaker.trip();
    timer.advance(OPEN_FOR);
    let gate = Gate::new();
    let mut probe = start(&mut service, Ask::At(gate.clone()));
    assert!(poll(&mut probe).is_pending());
    timer.advance(Duration::from_secs(1));
    let std::task::Poll::Ready(Err(error)) = poll(&mut probe) else {
        panic!("the deadline passed")
    };
    assert!(error.is_timeout() && gate.dropped());
    let view = breaker.view();
    assert_eq!((view.state, view.probes_out), (CircuitState::HalfOpen, 0));
}

#[test]
fn a_timeout_inside_it_is_a_failure() {
    let (breaker, timer) = breaker(1, 1);
    let timeout = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    let policy = Policy(breaker.clone()) + Policy(timeout.with_timer(timer.clone()));
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    timer.advance(Duration::from_secs(1));
    assert!(poll(&mut call).is_ready());
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn hc53_retry_around_an_open_circuit_sleeps_never_and_asks_once() {
    let (breaker, _) = breaker(1, 1);
    let sleeper = TrackingSleeper::new();
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let policy = Policy(retry.into_layer()) + Policy(breaker.clone());
    let backend = Backend::default();
    let mut service = policy.layer(backend.clone());
    breaker.trip();
    let error = done(start(&mut service, Ask::Answer)).unwrap_err();
    assert!(error.is_circuit_open(), "{error:?}");
    assert_eq!(error.retry_after(), Some(OPEN_FOR));
    assert_eq!((sleeper.calls(), backend.calls()), (0, 0));
}

#[test]
fn retries_inside_it_are_one_failure() {
    let (breaker, _) = breaker(2, 1);
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .with_sleeper(TrackingSleeper::new())
        .build()
        .unwrap();
    let policy = Policy(breaker.clone()) + Policy(retry.into_layer());
    let backend = Backend::default();
    let mut service = policy.layer(backend.clone());
    assert!(
        done(start(&mut service, Ask::Fail))
            .unwrap_err()
            .is_retry_exhausted()
    );
    assert_eq!((backend.calls(), breaker.view().failures), (5, 1));
}

#[test]
fn hc74_the_error_of_a_rejection_is_small() {
    assert!(size_of::<ResilienceError<Broken>>() <= 40);
    assert!(size_of::<ResilienceError<[u64; 8]>>() <= 32 + 64);
}
