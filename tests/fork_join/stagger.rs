//! Fork-join with a stagger: the second arm starts late, or never.

use std::time::Duration;

use ninelives::algebra::ForkJoinLayer;
use ninelives::prelude::*;
use tower::Layer;

use super::stage::{self, Act, Mood, Stage, call};
use super::{branches, inner, pass};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn staggered(
    timer: &ManualTimer,
) -> Policy<ForkJoinLayer<BulkheadLayer, BulkheadLayer, ManualTimer>> {
    (pass() & pass()).stagger(ms(10)).with_timer(timer.clone())
}

#[test]
fn f06_the_second_arm_starts_when_the_stagger_is_over_and_not_before() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(9));
    request.waits();
    assert_eq!(stage.calls(), 1);
    timer.advance(ms(1));
    assert_eq!(request.wakes(), 1);
    request.waits();
    assert_eq!((stage.calls(), timer.armed()), (2, 0));
    stage.open(1, Ok(2));
    assert_eq!(request.done(), Ok(2));
    assert_eq!(stage.live(), 0);
}

#[test]
fn f06_the_first_arm_done_when_the_stagger_ends_makes_no_second_call() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(10));
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
    assert_eq!((stage.calls(), timer.armed()), (1, 0));
}

#[test]
fn f06_at_most_one_extra_call_however_long_it_takes() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    for _ in 0..100 {
        request.waits();
        timer.advance(ms(10));
    }
    assert_eq!(stage.calls(), 2);
}

#[test]
fn f06_ready_at_once_arms_nothing_and_calls_once() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let mut service = staggered(&timer).layer(stage.backend());
    for _ in 0..5 {
        assert_eq!(call(&mut service, 0).done(), Ok(1));
    }
    assert_eq!((stage.calls(), timer.armed()), (5, 0));
}

#[test]
fn f06_a_failure_of_the_first_arm_starts_the_second_at_once() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    request.waits();
    stage.open(0, Err(1));
    request.waits();
    assert_eq!((stage.calls(), stage.live(), timer.armed()), (2, 1, 0));
    stage.open(1, Err(2));
    let error = request.done().unwrap_err();
    assert_eq!(branches(error), [inner(1), inner(2)]);
    // Also when it fails in the first poll.
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    assert_eq!(request.done(), Ok(2));
}

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

#[test]
fn f06_both_arms_ready_beforehand_still_start_apart() {
    // The left arm has to wait for its readiness while the right one has it, with the only slot; then the left one is ready too.
    let (left, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let right = Stage::always(Act::Ok(2));
    let one_slot = Policy::tower(tower::limit::ConcurrencyLimitLayer::new(1));
    let policy = (Policy(On(left.clone())) & (one_slot + Policy(On(right.clone()))))
        .stagger(ms(10))
        .with_timer(timer.clone());
    let mut service = policy.layer(left.backend());
    left.mood(Mood::Busy);
    assert!(stage::readiness(&mut service).is_ready());
    left.mood(Mood::Ready);
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!((left.calls(), right.calls()), (1, 0), "not before its time");
    timer.advance(ms(10));
    assert_eq!(request.done(), Ok(2));
    assert_eq!((left.calls(), right.calls()), (1, 1));
}

#[test]
fn hc17_the_second_arm_polls_a_readiness_of_its_own() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    request.waits();
    stage.mood(Mood::Busy);
    timer.advance(ms(10));
    request.waits();
    assert_eq!(stage.calls(), 1);
    stage.mood(Mood::Ready);
    request.waits();
    assert_eq!(stage.calls(), 2);
    let callers = stage.callers();
    assert_ne!(callers[0], callers[1]);
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
}

#[test]
fn hc17_a_second_arm_that_cannot_become_ready_leaves_the_first_alone() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut service = staggered(&timer).layer(stage.backend());
    for answer in [Ok(1), Err(3)] {
        stage.mood(Mood::Ready);
        let mut request = call(&mut service, 0);
        request.waits();
        stage.mood(Mood::Broken(9));
        timer.advance(ms(10));
        request.waits();
        stage.open(stage.calls() - 1, answer);
        match (answer, request.done()) {
            (Ok(answer), result) => assert_eq!(result, Ok(answer)),
            (Err(why), result) => {
                assert_eq!(branches(result.unwrap_err()), [inner(why), inner(9)]);
            }
        }
    }
}

#[test]
fn f04_dropped_in_the_stagger_forgets_the_timer_and_starts_nothing() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut request = call(&mut staggered(&timer).layer(stage.backend()), 0);
    request.waits();
    assert_eq!(timer.armed(), 1);
    drop(request);
    assert_eq!((timer.armed(), stage.live(), stage.calls()), (0, 0, 1));
}

#[test]
fn f06_a_stagger_without_end_is_a_fallback_on_failure() {
    let timer = ManualTimer::new();
    let stage = Stage::new([Act::Gate], Act::Ok(2));
    let policy = (pass() & pass())
        .stagger(Duration::MAX)
        .with_timer(timer.clone());
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    request.waits();
    timer.advance(Duration::from_secs(1_000_000_000));
    request.waits();
    assert_eq!(stage.calls(), 1);
    stage.open(0, Err(1));
    assert_eq!(request.done(), Ok(2));
}

#[test]
fn f06_the_first_readied_alone_is_enough() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let limited = tower::limit::ConcurrencyLimitLayer::new(1).layer(stage.backend());
    let mut service = staggered(&timer).layer(limited);
    for _ in 0..1_000 {
        assert_eq!(call(&mut service, 0).done(), Ok(1));
    }
    assert_eq!(stage.calls(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn f06_on_tokios_timer_the_second_arm_answers_after_the_stagger() {
    let stage = Stage::new([Act::Hang], Act::Ok(2));
    let mut service = (pass() & pass()).stagger(ms(10)).layer(stage.backend());
    let before = TokioTimer.now();
    assert_eq!(call(&mut service, 0).await_it().await, Ok(2));
    let waited = TokioTimer.now().since(before);
    assert!((ms(10)..=ms(11)).contains(&waited), "{waited:?}");
}
