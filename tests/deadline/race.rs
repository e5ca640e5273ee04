//! Races that heed the deadlines of requests.

use ninelives::RetryBudget;
use ninelives::algebra::ForkJoinLayer;
use ninelives::deadline::Heeding;
use ninelives::emit::NullSink;
use tower::Layer;

use super::seen::Seen;
use super::stage::{Act, Down, Stage, call};
use super::*;

type Race = ForkJoinLayer<BulkheadLayer, BulkheadLayer, ManualTimer, NullSink, ForkJoinConfig, ()>;
type Heedful =
    ForkJoinLayer<BulkheadLayer, BulkheadLayer, ManualTimer, NullSink, ForkJoinConfig, (), Heeding>;

fn unheeding(stagger: Duration, timer: &ManualTimer) -> Policy<Race> {
    let arm = || Policy(BulkheadLayer::new(100).unwrap());
    (arm() & arm()).with_timer(timer.clone()).stagger(stagger)
}

fn race(stagger: Duration, timer: &ManualTimer) -> Policy<Heedful> {
    unheeding(stagger, timer).heeding_requests()
}

fn late_by(answer: Result<u32, ResilienceError<Down>>) -> Option<Duration> {
    match answer {
        Err(ResilienceError::DeadlinePassed { late_by, .. }) => Some(late_by),
        _ => None,
    }
}

#[test]
fn hc107_neither_arm_is_called_for_a_request_whose_deadline_has_passed() {
    for stagger in [Duration::ZERO, ms(10)] {
        let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
        let mut service = race(stagger, &timer).layer(stage.backend());
        timer.advance(ms(20));
        assert_eq!(late_by(call(&mut service, due(20)).done()), Some(ms(0)));
        assert_eq!(late_by(call(&mut service, due(5)).done()), Some(ms(15)));
        assert_eq!((stage.calls(), timer.armed()), (0, 0));
        assert_eq!(
            call(&mut service, due(21)).done(),
            Ok(1),
            "it is ready still"
        );
    }
}

#[test]
fn hc107_no_second_arm_begins_after_the_deadline() {
    for (deadline, calls) in [(9, 1), (10, 1), (11, 2)] {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let mut service = race(ms(10), &timer).layer(stage.backend());
        let mut request = call(&mut service, due(deadline));
        request.waits();
        timer.advance(ms(10));
        request.waits();
        assert_eq!(stage.calls(), calls, "due at {deadline}");
        stage.open(0, Ok(1));
        assert_eq!(request.done(), Ok(1), "the left arm goes on");
        assert_eq!((stage.live(), timer.armed()), (0, 0));
    }
}

#[test]
fn a_left_arm_that_fails_too_late_for_another_is_the_answer() {
    for (deadline, expected) in [(5, Err(ResilienceError::Inner(Down(3)))), (6, Ok(1))] {
        let (stage, timer) = (Stage::new([Act::Gate], Act::Ok(1)), ManualTimer::new());
        let mut service = race(ms(10), &timer).layer(stage.backend());
        let mut request = call(&mut service, due(deadline));
        request.waits();
        timer.advance(ms(5));
        stage.open(0, Err(3));
        assert_eq!(request.done(), expected);
        assert_eq!(timer.armed(), 0);
    }
}

#[test]
fn a_second_arm_that_would_be_too_late_takes_no_token() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let budget = RetryBudget::new(0.0, 0.0, 5).unwrap();
    let race = race(ms(10), &timer).drawing_from(budget.clone());
    let mut service = race.layer(stage.backend());
    let mut late = call(&mut service, due(10));
    late.waits();
    timer.advance(ms(10));
    late.waits();
    assert_eq!(budget.balance(timer.now()), 5.0);
    let mut early = call(&mut service, due(21));
    early.waits();
    timer.advance(ms(10));
    early.waits();
    assert_eq!(budget.balance(timer.now()), 4.0);
    drop((late, early));
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn both_arms_are_given_what_the_request_carries() {
    let (stage, timer, seen) = (
        Stage::always(Act::Hang),
        ManualTimer::new(),
        Seen::default(),
    );
    let mut service = race(Duration::ZERO, &timer).layer(seen.by(stage.backend()));
    let mut request = call(&mut service, due(30));
    request.waits();
    assert_eq!(seen.deadlines(), [Some(tick(30)); 2]);
}

#[test]
fn a_race_that_was_not_asked_does_not_look() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut service = unheeding(ms(10), &timer).layer(stage.backend());
    timer.advance(ms(5));
    let mut request = call(&mut service, due(5));
    request.waits();
    timer.advance(ms(10));
    request.waits();
    assert_eq!(stage.calls(), 2);
}

#[test]
fn a_late_request_is_a_rejection_that_no_retry_outside_repeats() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .max_attempts(9)
        .with_timer(timer.clone());
    let stack = Policy(retry.build().unwrap().into_layer()) + race(ms(10), &timer);
    let mut service = stack.layer(stage.backend());
    timer.advance(ms(30));
    let error = call(&mut service, due(30)).done().unwrap_err();
    assert!(error.is_deadline_passed() && error.is_rejection());
    assert_eq!(timer.armed(), 0);
}
