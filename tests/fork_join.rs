//! Fork-join: both arms at once.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "fork_join/budget.rs"]
mod budget;
#[path = "fork_join/hedge.rs"]
mod hedge;
#[path = "fork_join/live.rs"]
mod live;
#[path = "fork_join/readiness.rs"]
mod readiness;
#[path = "fork_join/shadow.rs"]
mod shadow;
#[path = "support/stage.rs"]
mod stage;
#[path = "fork_join/stagger.rs"]
mod stagger;

use std::time::Duration;

use ninelives::prelude::*;
use stage::{Act, Down, Stage, call, panics};
use tower::Layer;

fn pass() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(1_000).unwrap())
}

/// What each branch said, left to right.
fn branches(error: ResilienceError<Down>) -> Vec<ResilienceError<Down>> {
    match error {
        ResilienceError::AllFailed(failures) => failures.into_iter().collect(),
        other => panic!("expected every branch, got {other:?}"),
    }
}

const fn inner(why: u32) -> ResilienceError<Down> {
    ResilienceError::Inner(Down(why))
}

fn breaker() -> CircuitBreakerLayer<ManualTimer> {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    CircuitBreakerLayer::with_clock(config, ManualTimer::new()).unwrap()
}

#[test]
fn f01_both_succeed_in_one_poll_and_the_left_wins() {
    let stage = Stage::new([Act::Ok(1)], Act::Ok(2));
    let mut request = call(&mut (pass() & pass()).layer(stage.backend()), 0);
    assert_eq!(request.done(), Ok(1));
    assert_eq!((stage.calls(), stage.live()), (2, 0));
    let stage = Stage::always(Act::Gate);
    let mut request = call(&mut (pass() & pass()).layer(stage.backend()), 0);
    request.waits();
    stage.open(1, Ok(2));
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1), "whichever was done first");
    assert_eq!(
        stage.live(),
        0,
        "the loser is dropped before the answer is seen"
    );
}

#[test]
fn f01_hc23_either_arm_wins_and_the_loser_is_dropped_first() {
    for winner in [0, 1] {
        let stage = Stage::always(Act::Gate);
        let mut request = call(&mut (pass() & pass()).layer(stage.backend()), 0);
        request.waits();
        assert_eq!(stage.live(), 2, "both run");
        stage.open(winner, Ok(7));
        assert_eq!(request.wakes(), 1);
        assert_eq!(request.done(), Ok(7));
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn f02_the_losers_permit_is_free_and_its_probe_slot_too_when_the_winner_is_seen() {
    let stage = Stage::new([Act::Gate], Act::Gate);
    let (left, right) = (BulkheadLayer::new(1).unwrap(), breaker());
    let timer = ManualTimer::new();
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    let probing = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    probing.trip();
    timer.advance(Duration::from_secs(1));
    let policy = (Policy(left.clone()) + Policy(right.clone())) & Policy(probing.clone());
    let mut service = policy.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!(left.in_flight(), 1);
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
    assert_eq!((left.in_flight(), stage.live()), (0, 0));
    assert_eq!(
        probing.state(),
        CircuitState::HalfOpen,
        "cancelled is no outcome"
    );
    // The only slot is free: the next probe is let through, and closes the circuit.
    stage.henceforth(Act::Ok(2));
    let mut probe = call(&mut Policy(probing.clone()).layer(stage.backend()), 0);
    assert_eq!(probe.done(), Ok(2));
    assert_eq!(probing.state(), CircuitState::Closed);
}

#[test]
fn f02_a_cancelled_loser_is_no_failure_of_its_breaker() {
    let stage = Stage::new([Act::Hang], Act::Ok(2));
    let (left, right) = (breaker(), breaker());
    let policy = Policy(left.clone()) & Policy(right.clone());
    assert_eq!(call(&mut policy.layer(stage.backend()), 0).done(), Ok(2));
    assert_eq!(
        (left.state(), right.state()),
        (CircuitState::Closed, CircuitState::Closed)
    );
}

#[test]
fn f03_one_fails_and_the_other_succeeds_later() {
    for failing in [0, 1] {
        let stage = Stage::always(Act::Gate);
        let mut request = call(&mut (pass() & pass()).layer(stage.backend()), 0);
        request.waits();
        stage.open(failing, Err(1));
        request.waits();
        assert_eq!(stage.live(), 1, "the failed arm is dropped at once");
        stage.open(1 - failing, Ok(2));
        assert_eq!(request.done(), Ok(2));
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn f03_both_fail_and_both_errors_are_there_left_first() {
    for first in [0, 1] {
        let stage = Stage::always(Act::Gate);
        let mut request = call(&mut (pass() & pass()).layer(stage.backend()), 0);
        request.waits();
        stage.open(first, Err(first as u32));
        request.waits();
        stage.open(1 - first, Err(1 - first as u32));
        assert_eq!(branches(request.done().unwrap_err()), [inner(0), inner(1)]);
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn f03_three_arms_make_one_flat_list() {
    let stage = Stage::new([Act::Err(1), Act::Err(2), Act::Err(3)], Act::Ok(0));
    let mut service = (pass() & pass() & pass()).layer(stage.backend());
    let error = call(&mut service, 0).done().unwrap_err();
    assert_eq!(branches(error), [inner(1), inner(2), inner(3)]);
}

#[test]
fn f03_a_fallback_of_races_lists_every_branch() {
    let stage = Stage::new([1, 2, 3].map(Act::Err), Act::Err(4));
    let policy = (pass() & pass()) | (pass() & pass());
    let error = call(&mut policy.layer(stage.backend()), 0).done();
    assert_eq!(branches(error.unwrap_err()), [1, 2, 3, 4].map(inner));
}

#[test]
fn f04_a_panic_of_one_arm_passes_through_and_drops_the_other() {
    for acts in [[Act::PanicInPoll, Act::Hang], [Act::Hang, Act::PanicInPoll]] {
        let stage = Stage::new(acts, Act::Ok(1));
        let bulkhead = BulkheadLayer::new(2).unwrap();
        let policy = Policy(bulkhead.clone()) & Policy(bulkhead.clone());
        let mut service = policy.layer(stage.backend());
        let mut request = call(&mut service, 0);
        assert_eq!(panics(|| request.poll()), "told to panic in poll");
        drop(request);
        assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
        assert_eq!(
            call(&mut service, 0).done(),
            Ok(1),
            "and the policy lives on"
        );
    }
}

#[test]
fn f04_a_panic_in_the_second_call_drops_the_first_arm() {
    let stage = Stage::new([Act::Hang, Act::PanicInCall], Act::Ok(1));
    let bulkhead = BulkheadLayer::new(2).unwrap();
    let policy = Policy(bulkhead.clone()) & Policy(bulkhead.clone());
    let mut service = policy.layer(stage.backend());
    assert_eq!(panics(|| call(&mut service, 0)), "told to panic in call");
    assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
}

#[test]
fn f04_a_dropped_caller_drops_both_once() {
    let stage = Stage::always(Act::Hang);
    let bulkhead = BulkheadLayer::new(2).unwrap();
    let policy = Policy(bulkhead.clone()) & Policy(bulkhead.clone());
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    request.waits();
    assert_eq!((stage.live(), bulkhead.in_flight()), (2, 2));
    drop(request);
    assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
}

#[test]
fn f02_a_bulkhead_outside_holds_one_permit_for_both_arms() {
    let stage = Stage::always(Act::Gate);
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(bulkhead.clone()) + (pass() & pass());
    let mut service = policy.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!((stage.live(), bulkhead.in_flight()), (2, 1));
    assert!(call(&mut service, 0).done().unwrap_err().is_bulkhead());
    stage.open(1, Ok(3));
    assert_eq!(request.done(), Ok(3));
    assert_eq!(bulkhead.in_flight(), 0);
}

#[test]
fn f02_a_rejected_arm_leaves_the_race_to_the_other() {
    let stage = Stage::always(Act::Ok(5));
    let open = breaker();
    open.trip();
    for left in [true, false] {
        let answer = if left {
            call(
                &mut (Policy(open.clone()) & pass()).layer(stage.backend()),
                0,
            )
            .done()
        } else {
            call(
                &mut (pass() & Policy(open.clone())).layer(stage.backend()),
                0,
            )
            .done()
        };
        assert_eq!(answer, Ok(5));
    }
    let both = Policy(open.clone()) & Policy(open);
    let error = call(&mut both.layer(stage.backend()), 0)
        .done()
        .unwrap_err();
    assert!(error.is_rejection(), "{error:?}");
    assert_eq!(stage.calls(), 2);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn hc73_on_one_thread_the_loser_goes_as_soon_as_the_winner_is_there() {
    let stage = Stage::new([Act::Hang], Act::Ok(2));
    let limit = Policy(TimeoutLayer::new(Duration::from_secs(60)).unwrap());
    let mut service = (limit & pass()).layer(stage.backend());
    let before = TokioTimer.now();
    assert_eq!(call(&mut service, 0).await_it().await, Ok(2));
    assert_eq!(TokioTimer.now(), before, "nobody waited for the loser");
    assert_eq!(stage.live(), 0);
}
