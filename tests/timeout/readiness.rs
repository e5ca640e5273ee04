//! A timeout that covers readiness.

use std::task::Poll;

use ninelives::prelude::*;
use tower::Layer;

use super::stage::{self, Act, Down, Hand, Mood, Stage, call};
use super::{limit, ms, timed_out};

#[test]
fn t07_hc07_a_backend_that_is_never_ready_ends_at_the_limit() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let layer = limit(ms(50), &timer).covering_readiness();
    let mut service = layer.layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    assert_eq!(timer.armed(), 1);
    timer.advance(ms(49));
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(1));
    let mut request = call(&mut service, 0);
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(50), ms(50)));
    assert_eq!((stage.calls(), timer.armed()), (0, 0));
}

#[test]
fn t07_the_limit_wakes_who_waits_for_readiness() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let mut ready = Hand::new(std::future::poll_fn(move |cx| {
        tower::Service::<u32>::poll_ready(&mut service, cx)
    }));
    ready.waits();
    timer.advance(ms(50));
    assert_eq!(ready.wakes(), 1);
    assert_eq!(ready.done(), Ok(()));
}

#[test]
fn t07_the_wait_for_readiness_shortens_the_call() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(30));
    stage.mood(Mood::Ready);
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(19));
    request.waits();
    timer.advance(ms(1));
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(50), ms(50)));
    // The next call has the whole limit again.
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(49));
    request.waits();
    timer.advance(ms(1));
    assert!(request.done().is_err());
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t07_a_clone_waits_for_its_own_readiness() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut late = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut late).is_pending());
    timer.advance(ms(50));
    assert!(stage::readiness(&mut late).is_ready());
    let mut fresh = late.clone();
    assert!(
        stage::readiness(&mut fresh).is_pending(),
        "the clone is not late"
    );
    timer.advance(ms(49));
    assert!(stage::readiness(&mut fresh).is_pending());
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut fresh, 0).done(), Ok(1));
    let mut request = Hand::new(tower::Service::call(&mut late, 0));
    assert!(request.done().unwrap_err().is_timeout());
}

#[test]
fn t07_after_a_late_call_the_service_serves_again() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(60));
    assert!(call(&mut service, 0).done().unwrap_err().is_timeout());
    assert!(
        stage::readiness(&mut service).is_pending(),
        "and waits afresh"
    );
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}

#[test]
fn t07_a_readiness_error_passes_through() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Broken(6));
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let Poll::Ready(Err(error)) = stage::readiness(&mut service) else {
        panic!("a readiness error is one")
    };
    assert_eq!(error, ResilienceError::Inner(Down(6)));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn t07_a_service_that_became_ready_has_no_timer_armed() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    assert_eq!(timer.armed(), 1);
    stage.mood(Mood::Ready);
    assert!(stage::readiness(&mut service).is_ready());
    assert_eq!(timer.armed(), 0);
}

#[test]
fn t07_by_default_readiness_is_not_covered() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    assert_eq!(timer.armed(), 0);
    timer.advance(ms(500));
    assert!(stage::readiness(&mut service).is_pending());
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}

#[test]
fn t07_a_service_dropped_while_waiting_forgets_its_timer() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    let clone = service.clone();
    drop(service);
    assert_eq!(timer.armed(), 0);
    drop(clone);
}

#[test]
fn t07_a_wait_that_was_given_up_still_counts() {
    // The service cannot tell a caller who gave up from one who polls again, so the clock of the first wait runs on.
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(500));
    stage.mood(Mood::Ready);
    let mut request = call(&mut service, 0);
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(500), ms(50)));
    // One call later it is forgotten, and a clone never knew.
    call(&mut service, 0).waits();
}

#[test]
fn t07_a_ready_backend_is_called_even_when_the_wait_took_as_long_as_the_limit() {
    let (stage, timer) = (Stage::always(Act::Ok(3)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(50));
    stage.mood(Mood::Ready); // in the very poll in which the limit passes
    assert_eq!(call(&mut service, 0).done(), Ok(3));
}

#[test]
fn t07_time_between_ready_and_the_call_does_not_count() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(30));
    stage.mood(Mood::Ready);
    assert!(stage::readiness(&mut service).is_ready());
    timer.advance(ms(10_000)); // kept ready, as in a pool
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(19));
    request.waits();
    timer.advance(ms(1));
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(50), ms(50)));
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t07_a_call_that_stood_in_line_outside_has_the_rest_of_its_limit() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let line = BulkheadLayer::queued(1, 1, ms(1000)).unwrap();
    let timeout = limit(ms(50), &timer).covering_readiness();
    let policy = Policy(line.with_timer(timer.clone())) + Policy(timeout);
    let mut service = policy.layer(stage.backend());
    let mut first = call(&mut service.clone(), 1);
    first.waits();
    stage.mood(Mood::Busy);
    assert!(stage::readiness(&mut service).is_pending());
    stage.mood(Mood::Ready);
    let mut second = call(&mut service, 2);
    second.waits();
    timer.advance(ms(49));
    stage.open(0, Ok(1));
    assert_eq!(first.done(), Ok(1));
    timer.advance(ms(11));
    second.waits(); // in line for 60 ms, and called now
    assert_eq!(stage.calls(), 2);
    stage.open(1, Ok(2));
    assert_eq!(second.done(), Ok(2));
}

#[test]
fn t07_a_late_service_that_is_asked_again_asks_the_inner_one() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(50));
    for _ in 0..2 {
        assert!(stage::readiness(&mut service).is_ready(), "late");
    }
    timer.advance(ms(10_000)); // and never called
    stage.mood(Mood::Ready);
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(49));
    request.waits();
    assert_eq!(stage.calls(), 1);
}

#[test]
fn t07_a_service_that_is_no_longer_ready_waits_anew() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(30));
    stage.mood(Mood::Ready);
    assert!(stage::readiness(&mut service).is_ready());
    stage.mood(Mood::Busy);
    timer.advance(ms(10_000));
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(49));
    assert!(stage::readiness(&mut service).is_pending());
    timer.advance(ms(1));
    let error = call(&mut service, 0).done().unwrap_err();
    assert_eq!(timed_out(&error), (ms(50), ms(50)));
}
