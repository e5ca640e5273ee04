//! Retry with a breaker and a bulkhead, in both orders.

use std::time::Duration;

use ninelives::prelude::*;
use tower::Layer;

use super::stage::{Act, Down, Stage, call};
use super::{last, ms};

type Retry = RetryLayer<ninelives::retry::Transient, TrackingSleeper>;

fn retry(attempts: usize, sleeper: &TrackingSleeper) -> Policy<Retry> {
    let retry = RetryPolicy::builder()
        .max_attempts(attempts)
        .with_sleeper(sleeper.clone());
    Policy(retry.build().unwrap().into_layer())
}

fn breaker(failures: usize, clock: &TrackingSleeper) -> CircuitBreakerLayer<TrackingSleeper> {
    let config = CircuitBreakerConfig::new(failures, Duration::from_secs(3600), 1).unwrap();
    CircuitBreakerLayer::with_clock(config, clock.clone()).unwrap()
}

#[test]
fn r12_hc53_an_open_breaker_is_not_retried_in_either_order() {
    let (stage, sleeper) = (Stage::always(Act::Ok(1)), TrackingSleeper::new());
    let open = breaker(1, &sleeper);
    open.trip();
    let mut outside = (retry(5, &sleeper) + Policy(open.clone())).layer(stage.backend());
    let mut inside = (Policy(open.clone()) + retry(5, &sleeper)).layer(stage.backend());
    let rejected = [call(&mut outside, 0).done(), call(&mut inside, 0).done()];
    for error in rejected.map(Result::unwrap_err) {
        assert!(error.is_circuit_open(), "{error:?}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    }
    assert_eq!((stage.calls(), sleeper.calls()), (0, 0));
}

#[test]
fn r12_attempts_that_open_the_breaker_inside_end_there() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let inner = breaker(2, &sleeper);
    let mut service = (retry(9, &sleeper) + Policy(inner.clone())).layer(stage.backend());
    let error = call(&mut service, 0).finish().unwrap_err();
    assert!(error.is_circuit_open(), "{error:?}");
    assert_eq!((stage.calls(), sleeper.calls()), (2, 2));
    assert_eq!(inner.state(), CircuitState::Open);
}

#[test]
fn r12_a_breaker_outside_counts_a_request_once() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let outer = breaker(2, &sleeper);
    let mut service = (Policy(outer.clone()) + retry(5, &sleeper)).layer(stage.backend());
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 5);
    assert_eq!(outer.state(), CircuitState::Closed);
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 5);
    assert_eq!(outer.state(), CircuitState::Open);
    assert!(call(&mut service, 0).done().unwrap_err().is_circuit_open());
    assert_eq!(stage.calls(), 10);
}

#[test]
fn r12_a_full_bulkhead_is_not_retried_in_either_order() {
    let (stage, sleeper) = (Stage::always(Act::Hang), TrackingSleeper::new());
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let mut outside = (retry(5, &sleeper) + Policy(bulkhead.clone())).layer(stage.backend());
    let mut inside = (Policy(bulkhead.clone()) + retry(5, &sleeper)).layer(stage.backend());
    let mut holder = call(&mut outside, 0);
    holder.waits();
    let rejected = [call(&mut outside, 0).done(), call(&mut inside, 0).done()];
    for error in rejected.map(Result::unwrap_err) {
        assert_eq!(error.to_string(), "bulkhead full: 1 of 1 permit out");
    }
    assert_eq!((stage.calls(), sleeper.calls()), (1, 0));
    drop(holder);
    bulkhead.close();
    let rejected = [call(&mut outside, 0).done(), call(&mut inside, 0).done()];
    for error in rejected.map(Result::unwrap_err) {
        assert!(error.is_bulkhead_closed(), "{error:?}");
    }
    assert_eq!((stage.calls(), sleeper.calls()), (1, 0));
}

#[test]
fn r12_a_bulkhead_holds_a_permit_an_attempt_inside_and_one_in_all_outside() {
    for outside in [true, false] {
        let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
        let bulkhead = BulkheadLayer::new(1).unwrap();
        let retry = RetryPolicy::builder()
            .max_attempts(2)
            .with_timer(timer.clone());
        let retry = Policy(retry.build().unwrap().into_layer());
        let mut waiting = if outside {
            let policy = Policy(bulkhead.clone()) + retry;
            poller(call(&mut policy.layer(stage.backend()), 0))
        } else {
            let policy = retry + Policy(bulkhead.clone());
            poller(call(&mut policy.layer(stage.backend()), 0))
        };
        assert!(!waiting());
        assert_eq!(bulkhead.in_flight(), usize::from(outside), "in the backoff");
        timer.advance(Duration::from_secs(60));
        assert!(waiting());
        assert_eq!((stage.calls(), bulkhead.in_flight()), (2, 0));
    }
}

/// Polls, and says whether it is done.
fn poller<F: Future + 'static>(mut hand: super::stage::Hand<F>) -> Box<dyn FnMut() -> bool> {
    Box::new(move || hand.poll().is_ready())
}

#[test]
fn r12_a_dropped_caller_is_not_retried_in_either_order() {
    let (stage, sleeper) = (Stage::always(Act::Hang), TrackingSleeper::new());
    let shared = breaker(1, &sleeper);
    let mut outside = (retry(5, &sleeper) + Policy(shared.clone())).layer(stage.backend());
    let mut inside = (Policy(shared.clone()) + retry(5, &sleeper)).layer(stage.backend());
    let (mut first, mut second) = (call(&mut outside, 0), call(&mut inside, 0));
    first.waits();
    second.waits();
    drop((first, second));
    assert_eq!((stage.calls(), stage.live(), sleeper.calls()), (2, 0, 0));
    assert_eq!(shared.state(), CircuitState::Closed, "no outcome");
}

#[test]
fn r12_a_predicate_over_the_flat_error_may_ask_for_rejections_too() {
    let (stage, sleeper) = (Stage::always(Act::Ok(4)), TrackingSleeper::new());
    let open = breaker(1, &sleeper);
    open.trip();
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(Duration::from_secs(1800)))
        .should_retry_flat(|error: &ResilienceError<Down>| error.is_circuit_open())
        .with_sleeper(sleeper.clone());
    let retry = Policy(retry.build().unwrap().into_layer());
    let mut service = (retry + Policy(open)).layer(stage.backend());
    assert_eq!(call(&mut service, 0).finish(), Ok(4));
    assert_eq!(sleeper.calls(), 2);
}

#[test]
fn r12_the_predicate_chooses_among_the_services_errors() {
    let (stage, sleeper) = (
        Stage::new([Act::Err(503)], Act::Err(400)),
        TrackingSleeper::new(),
    );
    let retry = RetryPolicy::builder()
        .max_attempts(9)
        .should_retry(|down: &Down| down.0 >= 500)
        .with_sleeper(sleeper.clone());
    let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
    let error = call(&mut service, 0).finish();
    assert_eq!(error, Err(ResilienceError::Inner(Down(400))), "as it is");
    assert_eq!((stage.calls(), sleeper.calls()), (2, 1));
}

#[test]
fn r12_what_a_retry_inside_gave_up_on_is_not_retried_again() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let mut service = (retry(5, &sleeper) + retry(3, &sleeper)).layer(stage.backend());
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 3);
    assert_eq!(stage.calls(), 3, "three, not fifteen");
}

#[test]
fn r12_a_timed_out_attempt_is_retried_and_a_total_timeout_is_not() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let limit = |millis| {
        Policy(
            TimeoutLayer::new(ms(millis))
                .unwrap()
                .with_timer(timer.clone()),
        )
    };
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(ms(1)))
        .with_timer(timer.clone());
    let retry = Policy(retry.build().unwrap().into_layer());
    let mut service = (limit(25) + retry + limit(10)).layer(stage.backend());
    let mut request = call(&mut service, 0);
    // Each attempt has 10 ms, each backoff 1 ms; the third attempt begins at 22 ms.
    for (wait, calls) in [(10, 1), (1, 1), (10, 2), (1, 2), (0, 3)] {
        request.waits();
        assert_eq!(stage.calls(), calls);
        timer.advance(ms(wait));
    }
    timer.advance(ms(3));
    let error = request.done().unwrap_err();
    let ResilienceError::Timeout { timeout, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(timeout, ms(25), "the total time ends the third attempt");
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn r12_a_list_of_branches_is_retried_when_one_of_them_would_be() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let open = breaker(1, &sleeper);
    open.trip();
    let plain = || Policy(BulkheadLayer::new(9).unwrap());
    // One branch rejected and one failed; then both rejected.
    let mut mixed = (retry(3, &sleeper) + (Policy(open.clone()) | plain())).layer(stage.backend());
    let error = call(&mut mixed, 0).finish().unwrap_err();
    assert!(matches!(error, ResilienceError::AllFailed(_)), "{error:?}");
    assert_eq!((stage.calls(), sleeper.calls()), (3, 2));
    let both = Policy(open.clone()) | Policy(open);
    let mut rejected = (retry(3, &sleeper) + both).layer(stage.backend());
    let error = call(&mut rejected, 0).done().unwrap_err();
    assert!(error.is_rejection(), "{error:?}");
    assert_eq!((stage.calls(), sleeper.calls()), (3, 2));
}
