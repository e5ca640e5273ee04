//! Fallback: when the backup runs, and what the caller sees.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/stage.rs"]
mod stage;

use std::task::Poll;
use std::time::Duration;

use ninelives::prelude::*;
use stage::{Act, Down, Mood, Stage, call, panics};
use tower::{Layer, Service};

/// A policy that lets everything through; `max` keeps its readings apart.
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

fn opened() -> CircuitBreakerLayer<ManualTimer> {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, ManualTimer::new()).unwrap();
    breaker.trip();
    breaker
}

#[test]
fn f03_a_success_of_the_primary_never_starts_the_backup() {
    let stage = Stage::always(Act::Ok(1));
    let mut service = (pass() | pass()).layer(stage.backend());
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    assert_eq!((stage.calls(), stage.live()), (1, 0));
}

#[test]
fn f03_a_failed_primary_is_hidden_by_the_backups_success() {
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let mut service = (pass() | pass()).layer(stage.backend());
    assert_eq!(call(&mut service, 0).done(), Ok(2));
    assert_eq!((stage.calls(), stage.live()), (2, 0));
    let callers = stage.callers();
    assert_ne!(callers[0], callers[1], "each arm has its own instance");
}

#[test]
fn f10_when_the_backup_fails_too_both_errors_are_there_left_to_right() {
    let stage = Stage::new([Act::Err(1), Act::Err(2)], Act::Ok(0));
    let mut service = (pass() | pass()).layer(stage.backend());
    let error = call(&mut service, 0).done().unwrap_err();
    assert_eq!(error.to_string(), "all 2 branches failed: down 1; down 2");
    let inner = |why| ResilienceError::Inner(Down(why));
    assert_eq!(branches(error), [inner(1), inner(2)]);
}

#[test]
fn f10_three_branches_make_one_flat_list() {
    for left_first in [true, false] {
        let stage = Stage::new([Act::Err(1), Act::Err(2), Act::Err(3)], Act::Ok(0));
        let inner = [1, 2, 3].map(|why| ResilienceError::Inner(Down(why)));
        let error = if left_first {
            let mut service = ((pass() | pass()) | pass()).layer(stage.backend());
            call(&mut service, 0).done().unwrap_err()
        } else {
            let mut service = (pass() | (pass() | pass())).layer(stage.backend());
            call(&mut service, 0).done().unwrap_err()
        };
        assert_eq!(branches(error), inner);
    }
}

#[test]
fn f10_the_error_of_the_primary_may_be_a_rejection() {
    let stage = Stage::new([Act::Err(2)], Act::Ok(3));
    let mut service = (Policy(opened()) | pass()).layer(stage.backend());
    let said = branches(call(&mut service, 0).done().unwrap_err());
    assert!(said[0].is_circuit_open() && said[1].is_inner(), "{said:?}");
    assert_eq!(call(&mut service, 0).done(), Ok(3));
}

#[test]
fn f10_a_dropped_caller_starts_no_backup() {
    let stage = Stage::always(Act::Hang);
    let mut service = (pass() | pass()).layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    drop(request);
    assert_eq!((stage.calls(), stage.live()), (1, 0));
}

#[test]
fn f10_dropped_while_the_backup_is_pending_drops_it() {
    let stage = Stage::new([Act::Err(1)], Act::Hang);
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let mut service = (pass() | Policy(bulkhead.clone())).layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!(
        (stage.calls(), stage.live(), bulkhead.in_flight()),
        (2, 1, 1)
    );
    drop(request);
    assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
}

#[test]
fn f10_a_panic_in_either_arm_passes_through_and_leaks_nothing() {
    for (acts, calls) in [
        (vec![Act::PanicInPoll], 1),
        (vec![Act::Err(1), Act::PanicInPoll], 2),
        (vec![Act::Err(1), Act::PanicInCall], 2),
    ] {
        let stage = Stage::new(acts, Act::Ok(1));
        let bulkhead = BulkheadLayer::new(1).unwrap();
        let policy = Policy(bulkhead.clone()) | Policy(bulkhead.clone());
        let mut service = policy.layer(stage.backend());
        let mut request = call(&mut service, 0);
        assert!(panics(|| request.poll()).starts_with("told to panic"));
        drop(request);
        assert_eq!((stage.calls(), stage.live()), (calls, 0));
        assert_eq!(bulkhead.in_flight(), 0);
    }
}

#[test]
fn f10_what_the_primary_held_is_free_before_the_backup_starts() {
    // One permit for both arms: the backup gets it only if the primary has given it back.
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(bulkhead.clone()) | Policy(bulkhead.clone());
    assert_eq!(call(&mut policy.layer(stage.backend()), 0).done(), Ok(2));
    assert_eq!(bulkhead.in_flight(), 0);
}

#[test]
fn f10_the_predicate_decides_and_refused_errors_come_back_as_they_are() {
    let stage = Stage::new([Act::Err(400), Act::Err(503)], Act::Ok(2));
    let on_503 = |error: &ResilienceError<Down>| error.as_inner() == Some(&Down(503));
    let mut service = (pass() | pass()).when(on_503).layer(stage.backend());
    let refused = call(&mut service, 0).done();
    assert_eq!(refused, Err(ResilienceError::Inner(Down(400))));
    assert_eq!(stage.calls(), 1);
    assert_eq!(call(&mut service, 0).done(), Ok(2));
    assert_eq!(stage.calls(), 3);
}

#[test]
fn f10_a_panicking_predicate_starts_no_backup() {
    let stage = Stage::always(Act::Err(1));
    let never = |_: &ResilienceError<Down>| -> bool { panic!("the predicate says so") };
    let mut service = (pass() | pass()).when(never).layer(stage.backend());
    let mut request = call(&mut service, 0);
    assert_eq!(panics(|| request.poll()), "the predicate says so");
    drop(request);
    assert_eq!((stage.calls(), stage.live()), (1, 0));
}

#[test]
fn f10_the_backup_waits_for_its_own_readiness() {
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let mut service = (pass() | pass()).layer(stage.backend());
    let mut request = call(&mut service, 0);
    stage.mood(Mood::Busy);
    request.waits();
    assert_eq!((stage.calls(), stage.live()), (1, 0));
    stage.mood(Mood::Ready);
    assert_eq!(request.wakes(), 1);
    assert_eq!(request.done(), Ok(2));
}

#[test]
fn f10_a_backup_that_cannot_become_ready_keeps_the_primarys_error() {
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let mut service = (pass() | pass()).layer(stage.backend());
    let mut request = call(&mut service, 0);
    stage.mood(Mood::Broken(9));
    let said = branches(request.done().unwrap_err());
    let inner = |why| ResilienceError::Inner(Down(why));
    assert_eq!(said, [inner(1), inner(9)]);
}

#[test]
fn f05_readiness_is_the_primarys_alone() {
    let stage = Stage::always(Act::Ok(1));
    let mut service = (pass() | Policy::respond(|_: u32| 7)).layer(stage.backend());
    stage.mood(Mood::Busy);
    assert!(stage::readiness(&mut service).is_pending());
    // A backend whose readiness failed is gone for good in tower's terms: that is the caller's to see, and no call fell back.
    stage.mood(Mood::Broken(3));
    let Poll::Ready(Err(error)) = stage::readiness(&mut service) else {
        panic!("the primary's readiness error is returned")
    };
    assert_eq!(error, ResilienceError::Inner(Down(3)));
    // The other way round the backend is only the backup, and nobody asks it.
    let mut service = (Policy::respond(|_: u32| 7) | pass()).layer(stage.backend());
    assert_eq!(call(&mut service, 0).done(), Ok(7));
}

#[test]
fn f05_an_open_breaker_before_a_broken_backend_falls_back() {
    let stage = Stage::always(Act::Ok(1));
    stage.mood(Mood::Broken(3));
    let mut service = (Policy(opened()) | Policy::respond(|n: u32| n + 1)).layer(stage.backend());
    assert_eq!(call(&mut service, 41).done(), Ok(42));
    assert_eq!(stage.calls(), 0);
}

#[test]
fn f02_a_breaker_over_a_fallback_counts_what_the_whole_says() {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    let outer = || CircuitBreakerLayer::with_clock(config, ManualTimer::new()).unwrap();
    let served = outer();
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let policy = Policy(served.clone()) + (pass() | pass());
    assert_eq!(call(&mut policy.layer(stage.backend()), 0).done(), Ok(2));
    assert_eq!(served.state(), CircuitState::Closed);
    // Only rejections inside: no failure of the backend.
    let rejected = outer();
    let policy = Policy(rejected.clone()) + (Policy(opened()) | Policy(opened()));
    let error = call(&mut policy.layer(stage.backend()), 0).done();
    assert!(error.unwrap_err().is_rejection());
    assert_eq!(rejected.state(), CircuitState::Closed);
    // A failure in one of the branches is one.
    let failed = outer();
    stage.henceforth(Act::Err(1));
    let policy = Policy(failed.clone()) + (Policy(opened()) | pass());
    assert!(call(&mut policy.layer(stage.backend()), 0).done().is_err());
    assert_eq!(failed.state(), CircuitState::Open);
}

#[test]
fn hc55_the_backup_runs_in_the_callers_task() {
    tokio::task_local! {
        static REQUEST: u32;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let mut service = (pass() | pass()).layer(tower::service_fn(|_: u32| async {
        seen.lock().unwrap().push(REQUEST.get());
        Err::<u32, _>(Down(1))
    }));
    let request = call(&mut service, 0).await_it();
    assert!(runtime.block_on(REQUEST.scope(6, request)).is_err());
    assert_eq!(*seen.lock().unwrap(), [6, 6]);
}

#[test]
fn hc16_clones_of_a_fallback_are_unready() {
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let mut service = (pass() | pass()).layer(stage.backend());
    assert!(stage::readiness(&mut service).is_ready());
    let mut clone = service.clone();
    assert_eq!(
        panics(|| Service::call(&mut clone, 0_u32)),
        "called without having been ready"
    );
    assert_eq!(call(&mut service, 0).done(), Ok(2));
}
