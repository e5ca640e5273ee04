//! Timeouts that heed the deadline of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use ninelives::deadline::Heeding;
use ninelives::{Adaptive, Live, Tick};
use tower::{Layer, Service};

use super::seen::Seen;
use super::stage::{Act, Down, Hand, Mood, Stage, call};
use super::*;

type Deadlined<C = TimeoutConfig> = TimeoutLayer<ManualTimer, NullSink, C, Heeding>;

fn limit(limit: Duration, timer: &ManualTimer) -> Deadlined {
    let layer = TimeoutLayer::new(limit).unwrap().with_deadline();
    layer.with_timer(timer.clone())
}

#[track_caller]
fn timed_out(error: ResilienceError<Down>) -> (Duration, Duration) {
    match error {
        ResilienceError::Timeout {
            elapsed, timeout, ..
        } => (elapsed, timeout),
        other => panic!("expected a timeout, got {other:?}"),
    }
}

fn late_by(error: &ResilienceError<Down>) -> Option<Duration> {
    match error {
        ResilienceError::DeadlinePassed { late_by, .. } => Some(*late_by),
        _ => None,
    }
}

/// Asks for readiness as a request of the kind will.
fn readiness<S: Service<Bearer>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[test]
fn t06_the_earlier_of_the_two_ends_the_call_and_is_named() {
    for (own, request, expected) in [(50, due(30), 30), (50, due(80), 50), (50, FREE, 50)] {
        let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
        let mut service = limit(ms(own), &timer).layer(stage.backend());
        let mut request = call(&mut service, request);
        request.waits();
        timer.advance(ms(expected - 1));
        request.waits();
        timer.advance(ms(1));
        let error = request.done().unwrap_err();
        assert_eq!(timed_out(error), (ms(expected), ms(expected)));
        assert_eq!((stage.live(), timer.armed()), (0, 0));
    }
}

#[test]
fn t06_the_deadline_never_grows_from_layer_to_layer() {
    for limits in [[50, 30, 70], [10, 30, 20], [30, 30, 30]] {
        let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
        let seen: Vec<Seen> = limits.iter().map(|_| Seen::default()).collect();
        let [outer, middle, inner] = limits.map(|limit_ms| limit(ms(limit_ms), &timer));
        timer.advance(ms(5));
        let service = inner.layer(seen[2].by(stage.backend()));
        let service = middle.layer(seen[1].by(service));
        let mut service = outer.layer(seen[0].by(service));
        assert_eq!(call(&mut service, due(45)).done(), Ok(1));
        let mut earliest = 45;
        for (seen, limit) in seen.iter().zip(limits) {
            earliest = earliest.min(5 + limit);
            assert_eq!(seen.deadlines(), [Some(tick(earliest))], "{limits:?}");
        }
    }
}

#[test]
fn hc55_the_mark_of_an_attempt_goes_through_a_timeout() {
    let (stage, timer, seen) = (
        Stage::always(Act::Ok(1)),
        ManualTimer::new(),
        Seen::default(),
    );
    let mut service = limit(ms(50), &timer).layer(seen.by(stage.backend()));
    let marked = (0, Carried::NOTHING.with_attempt(3));
    assert_eq!(call(&mut service, marked).done(), Ok(1));
    assert_eq!(seen.attempts(), [3]);
}

#[test]
fn a_request_whose_deadline_has_passed_never_reaches_the_service() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    timer.advance(ms(30));
    for (request, late) in [(due(30), 0), (due(18), 12)] {
        let error = call(&mut service, request).done().unwrap_err();
        assert_eq!(late_by(&error), Some(ms(late)), "{error:?}");
        assert!(error.is_rejection() && !error.is_timeout());
    }
    assert_eq!((stage.calls(), timer.armed()), (0, 0));
    let nearly = Carried::NOTHING.with_deadline(Deadline::at(Tick::from_nanos(30_000_001)));
    assert_eq!(call(&mut service, (0, nearly)).done(), Ok(1));
}

#[test]
fn late_requests_neither_open_a_breaker_nor_are_repeated() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1).unwrap();
    let retry = RetryPolicy::builder().with_sleeper(timer.clone()).build();
    let policy = Policy(retry.unwrap().into_layer())
        + Policy(CircuitBreakerLayer::new(config).unwrap())
        + Policy(limit(ms(50), &timer));
    let mut service = policy.layer(stage.backend());
    timer.advance(ms(30));
    let error = call(&mut service, due(20)).done().unwrap_err();
    assert_eq!(late_by(&error), Some(ms(10)));
    assert_eq!(call(&mut service, due(40)).done(), Ok(1), "still closed");
    assert_eq!(stage.calls(), 1);
}

#[test]
fn t02_an_answer_in_the_poll_in_which_the_deadline_passed_is_given() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    let mut request = call(&mut service, due(30));
    request.waits();
    timer.advance(ms(30));
    stage.open(0, Ok(4));
    assert_eq!(request.done(), Ok(4));
}

#[test]
fn t03_hc52_at_the_deadline_the_call_is_dropped_before_the_error_is_seen() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(limit(ms(50), &timer)) + Policy(bulkhead.clone());
    let mut service = policy.layer(stage.backend());
    let mut request = call(&mut service, due(10));
    request.waits();
    timer.advance(ms(10));
    assert!(request.poll().is_ready());
    // The future itself is still there.
    assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn hc52_what_the_call_gave_to_another_task_goes_on_and_has_the_deadline() {
    let done = Arc::new(AtomicBool::new(false));
    let inside = Arc::clone(&done);
    let layer = TimeoutLayer::new(ms(50)).unwrap().with_deadline();
    let mut service = layer.layer(tower::service_fn(move |request: Bearer| {
        let (done, deadline) = (Arc::clone(&inside), request.carried().deadline().unwrap());
        async move {
            let work = tokio::spawn(async move {
                tokio::time::sleep(ms(80)).await;
                assert!(
                    deadline.has_passed(TokioTimer.now()),
                    "the task can know it"
                );
                done.store(true, Ordering::Relaxed);
            });
            work.await.map_err(|_| Down(1))
        }
    }));
    let start = TokioTimer.now();
    std::future::poll_fn(|cx| service.poll_ready(cx))
        .await
        .unwrap();
    let error = service.call(FREE).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(TokioTimer.now().since(start), ms(50));
    assert!(!done.load(Ordering::Relaxed));
    tokio::time::sleep(ms(31)).await;
    assert!(done.load(Ordering::Relaxed));
}

#[test]
fn t04_a_call_that_is_given_up_forgets_its_timer() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    let mut request = call(&mut service, due(30));
    request.waits();
    assert_eq!((stage.live(), timer.armed()), (1, 1));
    drop(request);
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t07_hc07_readiness_that_never_comes_ends_at_the_requests_deadline() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let mut short = call(&mut service, due(20));
    let mut long = call(&mut service, FREE);
    short.waits();
    long.waits();
    timer.advance(ms(20));
    assert_eq!(timed_out(short.done().unwrap_err()), (ms(20), ms(20)));
    timer.advance(ms(30));
    assert_eq!(timed_out(long.done().unwrap_err()), (ms(50), ms(50)));
    assert_eq!((stage.calls(), timer.armed()), (0, 0));
}

#[test]
fn t07_the_call_goes_to_the_instance_that_stood_in_line() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let mut request = call(&mut service, due(40));
    request.waits();
    timer.advance(ms(15));
    stage.mood(Mood::Ready);
    assert!(request.wakes() > 0);
    request.waits();
    assert_eq!(stage.callers(), [1], "the first instance was asked first");
    // The wait counts: 25 ms are left.
    timer.advance(ms(24));
    request.waits();
    stage.open(0, Ok(6));
    assert_eq!(request.done(), Ok(6));
    assert_eq!(call(&mut service, FREE).poll(), Poll::Pending);
    assert_eq!(stage.callers().len(), 2);
}

#[test]
fn t07_readiness_that_comes_with_the_deadline_comes_too_late() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let mut request = call(&mut service, due(20));
    request.waits();
    timer.advance(ms(20));
    stage.mood(Mood::Ready);
    assert!(request.done().unwrap_err().is_timeout());
    assert_eq!(stage.calls(), 0, "refused before the service is called");
}

#[test]
fn t07_readiness_that_fails_while_the_call_waits_is_its_answer() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    let mut request = call(&mut service, due(20));
    request.waits();
    stage.mood(Mood::Broken(7));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(7))));
}

#[test]
fn t07_by_default_readiness_is_not_covered() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    assert!(readiness(&mut service).is_pending());
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut service, due(20)).done(), Ok(1));
    assert_eq!(stage.callers(), [1]);
}

#[test]
fn t07_a_clone_asks_for_its_own_readiness() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    stage.mood(Mood::Busy);
    let mut service = limit(ms(50), &timer)
        .covering_readiness()
        .layer(stage.backend());
    assert!(readiness(&mut service).is_ready());
    let mut clone = service.clone();
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut clone, due(20)).done(), Ok(1));
    let mut waiting = Hand::new(service.call(due(20)));
    assert_eq!(waiting.done(), Ok(1));
}

#[test]
fn t09_a_call_keeps_the_limit_of_its_beginning() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let settings = Adaptive::new(TimeoutConfig::new(ms(50)).unwrap());
    let layer: Deadlined<Live<TimeoutConfig>> = limit(ms(9), &timer).tuned_by(&settings);
    let mut service = layer.layer(stage.backend());
    let mut before = call(&mut service, FREE);
    settings.set(TimeoutConfig::new(ms(20)).unwrap()).unwrap();
    let mut after = call(&mut service, FREE);
    let mut due = call(&mut service, due(10));
    for request in [&mut before, &mut after, &mut due] {
        request.waits();
    }
    timer.advance(ms(10));
    assert_eq!(timed_out(due.done().unwrap_err()).1, ms(10));
    timer.advance(ms(10));
    assert_eq!(timed_out(after.done().unwrap_err()).1, ms(20));
    before.waits();
    timer.advance(ms(30));
    assert_eq!(timed_out(before.done().unwrap_err()).1, ms(50));
}

#[test]
fn the_policy_says_that_it_heeds_deadlines() {
    let layer = limit(ms(50), &ManualTimer::new()).named("front");
    let text = Policy(layer.covering_readiness()).explain();
    assert_eq!(
        text,
        "timeout front: 50ms, readiness included, or the request's deadline\n"
    );
}
