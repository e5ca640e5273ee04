//! Fork-join: who is ready, and who takes part.

use std::task::Poll;

use ninelives::prelude::*;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service};

use super::stage::{self, Act, Mood, Stage, call, panics};
use super::{branches, inner, pass};

/// A layer that gives each arm a stage of its own, whatever is below.
#[derive(Clone)]
struct On(Stage);

impl ninelives::Tells for On {
    type Kept = ();
}

impl<S> PolicyLayer<S> for On {
    type Service = ninelives::lift::Lift<stage::Backend>;

    fn wrap(&self, _inner: S) -> Self::Service {
        ninelives::lift::Lift::new(self.0.backend())
    }
}

fn arms() -> (Stage, Stage) {
    (Stage::always(Act::Ok(1)), Stage::always(Act::Ok(2)))
}

fn race(
    left: &Stage,
    right: &Stage,
) -> impl Service<u32, Response = u32, Error = ResilienceError<stage::Down>, Future: Unpin> + Clone + use<>
{
    let policy = Policy(On(left.clone())) & Policy(On(right.clone()));
    tower::util::MapFutureLayer::new(Box::pin).layer(policy.layer(left.backend()))
}

#[test]
fn f05_one_arm_never_ready_and_the_other_serves() {
    for busy in [0, 1] {
        let (left, right) = arms();
        [&left, &right][busy].mood(Mood::Busy);
        let mut service = race(&left, &right);
        for _ in 0..3 {
            assert_eq!(call(&mut service, 0).done(), Ok([2, 1][busy]));
        }
        let calls = [left.calls(), right.calls()];
        assert_eq!((calls[busy], calls[1 - busy]), (0, 3));
    }
}

#[test]
fn f05_with_one_arm_its_error_comes_alone() {
    let (left, right) = arms();
    left.mood(Mood::Busy);
    right.henceforth(Act::Err(4));
    assert_eq!(call(&mut race(&left, &right), 0).done(), Err(inner(4)));
}

#[test]
fn f05_neither_ready_waits_and_either_wakes() {
    for first in [0, 1] {
        let (left, right) = arms();
        left.mood(Mood::Busy);
        right.mood(Mood::Busy);
        let mut service = race(&left, &right);
        let mut ready = stage::Hand::new(std::future::poll_fn(move |cx| service.poll_ready(cx)));
        ready.waits();
        [&left, &right][first].mood(Mood::Ready);
        assert!(ready.wakes() > 0);
        assert_eq!(ready.done(), Ok(()));
    }
}

#[test]
fn f05_an_arm_whose_readiness_failed_is_not_asked_again() {
    for broken in [0, 1] {
        let (left, right) = arms();
        [&left, &right][broken].mood(Mood::Broken(9));
        let mut service = race(&left, &right);
        assert_eq!(call(&mut service, 0).done(), Ok([2, 1][broken]));
        // Tower: a service whose readiness failed is gone, even when it would now say otherwise.
        [&left, &right][broken].mood(Mood::Ready);
        assert_eq!(call(&mut service, 0).done(), Ok([2, 1][broken]));
        assert_eq!([left.calls(), right.calls()][broken], 0);
        // A clone finds out for itself.
        assert!(call(&mut service.clone(), 0).done().is_ok());
        assert_eq!([left.calls(), right.calls()][broken], 1);
    }
}

#[test]
fn f03_both_readinesses_fail_and_both_errors_are_there() {
    let (left, right) = arms();
    left.mood(Mood::Broken(1));
    right.mood(Mood::Broken(2));
    let Poll::Ready(Err(error)) = race(&left, &right)
        .poll_ready(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    else {
        panic!("nobody can become ready")
    };
    assert_eq!(branches(error), [inner(1), inner(2)]);
}

#[test]
fn f05_a_call_without_a_ready_arm_panics() {
    let (left, right) = arms();
    let mut service = race(&left, &right);
    let said = panics(|| service.call(0));
    assert_eq!(said, "call needs a poll_ready that was ready");
    assert!(call(&mut service, 0).done().is_ok());
    panics(|| service.call(0)); // the readiness was used up
}

#[test]
fn f05_a_readied_clone_is_unready() {
    let (left, right) = arms();
    let mut service = race(&left, &right);
    assert!(stage::readiness(&mut service).is_ready());
    panics(|| service.clone().call(0));
    assert_eq!((left.calls(), right.calls()), (0, 0));
}

#[test]
fn f05_an_arm_that_became_ready_late_plays_the_next_time() {
    let (left, right) = arms();
    left.mood(Mood::Busy);
    let mut service = race(&left, &right);
    assert_eq!(call(&mut service, 0).done(), Ok(2));
    left.mood(Mood::Ready);
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    assert_eq!((left.calls(), right.calls()), (1, 2));
}

#[test]
fn hc02_hc17_a_thousand_races_over_one_slot_do_not_deadlock() {
    let stage = Stage::always(Act::Ok(1));
    let limited = ConcurrencyLimitLayer::new(1).layer(stage.backend());
    let mut service = (pass() & pass()).layer(limited);
    for _ in 0..1_000 {
        assert_eq!(call(&mut service, 0).done(), Ok(1));
    }
    assert_eq!(
        (stage.calls(), stage.live()),
        (1_000, 0),
        "one slot, one arm"
    );
}

#[test]
fn hc01_dropped_readied_clones_hold_no_slot() {
    let stage = Stage::always(Act::Ok(1));
    let limited = ConcurrencyLimitLayer::new(2).layer(stage.backend());
    let service = (pass() & pass()).layer(limited);
    for _ in 0..10 {
        let mut clone = service.clone();
        assert!(stage::readiness(&mut clone).is_ready());
    }
    assert_eq!(call(&mut service.clone(), 0).done(), Ok(1));
    assert_eq!(stage.calls(), 2, "both arms found a slot");
}
