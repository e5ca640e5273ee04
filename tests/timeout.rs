//! Timeout: limits, what is dropped when, nesting.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "timeout/live.rs"]
mod live;
#[path = "timeout/orders.rs"]
mod orders;
#[path = "timeout/readiness.rs"]
mod readiness;
#[path = "support/shadows.rs"]
mod shadows;
#[path = "support/stage.rs"]
mod stage;
#[path = "support/ticking.rs"]
mod ticking;
#[path = "support/upset.rs"]
mod upset;

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ninelives::Tick;
use ninelives::prelude::*;
use stage::{Act, Down, Stage, call, panics};
use tower::{Layer, Service, ServiceExt};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn limit(limit: Duration, timer: &ManualTimer) -> TimeoutLayer<ManualTimer> {
    TimeoutLayer::new(limit).unwrap().with_timer(timer.clone())
}

/// What a timeout says: how long, and against what limit.
fn timed_out<E: std::fmt::Debug>(error: &ResilienceError<E>) -> (Duration, Duration) {
    match error {
        ResilienceError::Timeout {
            elapsed, timeout, ..
        } => (*elapsed, *timeout),
        other => panic!("expected a timeout, got {other:?}"),
    }
}

#[test]
fn t01_zero_is_refused_by_name() {
    let error = TimeoutLayer::new(Duration::ZERO).unwrap_err();
    assert_eq!(error.field(), "timeout");
    assert!(TimeoutLayer::new(Duration::from_nanos(1)).is_ok());
}

#[tokio::test(start_paused = true)]
async fn t01_the_longest_limits_never_pass_and_never_panic() {
    for longest in [Duration::MAX, Duration::from_secs(u64::MAX / 10)] {
        let stage = Stage::always(Act::Gate);
        let mut service = TimeoutLayer::new(longest).unwrap().layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        tokio::time::advance(Duration::from_secs(365 * 86_400)).await;
        request.waits();
        stage.open(0, Ok(1));
        assert_eq!(request.done(), Ok(1));
    }
}

#[tokio::test(start_paused = true)]
async fn t01_a_limit_of_centuries_is_armed_and_does_not_panic() {
    let stage = Stage::always(Act::Gate);
    let centuries = Duration::from_secs(500 * 365 * 86_400);
    let layer = TimeoutLayer::new(centuries).unwrap();
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    request.waits();
    tokio::time::advance(Duration::from_secs(10 * 365 * 86_400)).await;
    request.waits();
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
}

#[test]
fn t01_never_is_not_reached_by_the_end_of_the_clock() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut request = call(&mut limit(Duration::MAX, &timer).layer(stage.backend()), 0);
    request.waits();
    timer.set(Tick::NEVER);
    request.waits();
}

#[test]
fn t02_ready_in_the_poll_in_which_the_limit_passed_is_an_answer() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut limit(ms(50), &timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(50));
    stage.open(0, Ok(8));
    assert_eq!(request.done(), Ok(8));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn t02_an_error_in_that_poll_is_the_services_own() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut request = call(&mut limit(ms(50), &timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(51));
    stage.open(0, Err(8));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(8))));
}

#[test]
fn t03_hc52_the_inner_future_is_dropped_before_the_error_is_seen() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut request = call(&mut limit(ms(50), &timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(49));
    request.waits();
    assert_eq!(stage.live(), 1);
    timer.advance(ms(1));
    assert!(request.wakes() > 0, "the limit wakes the caller");
    let error = request.done().unwrap_err();
    assert_eq!(stage.live(), 0);
    assert_eq!(timed_out(&error), (ms(50), ms(50)));
    assert_eq!(
        error.to_string(),
        "timed out after 50ms (limit 50ms)",
        "and it says so"
    );
}

#[test]
fn t04_a_dropped_call_drops_the_inner_future_once_and_forgets_the_timer() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut service = limit(ms(50), &timer).layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!((stage.live(), timer.armed()), (1, 1));
    drop(request);
    assert_eq!((stage.live(), timer.armed()), (0, 0));
    drop(call(&mut service, 0)); // never polled
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t05_a_panicking_drop_at_the_limit_passes_through_and_keeps_no_permit() {
    let (stage, timer) = (Stage::always(Act::PanicInDrop), ManualTimer::new());
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(bulkhead.clone()) + Policy(limit(ms(5), &timer));
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(5));
    assert_eq!(panics(|| request.poll()), "told to panic in drop");
    assert_eq!(stage.live(), 0, "dropped once");
    drop(request);
    assert_eq!((bulkhead.in_flight(), timer.armed()), (0, 0));
}

#[test]
fn t06_of_nested_timeouts_the_shorter_fires_and_is_named() {
    for (outer, inner) in [(20, 10), (10, 20), (10, 10)] {
        let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
        let policy = Policy(limit(ms(outer), &timer)) + Policy(limit(ms(inner), &timer));
        let mut request = call(&mut policy.layer(stage.backend()), 0);
        request.waits();
        timer.advance(ms(10));
        let error = request.done().unwrap_err();
        assert_eq!(timed_out(&error), (ms(10), ms(10)));
        assert_eq!((stage.live(), timer.armed()), (0, 0));
    }
}

#[test]
fn t06_the_total_shrinks_through_retries_and_never_grows() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .max_attempts(100)
        .backoff(Backoff::constant(ms(3)))
        .with_timer(timer.clone());
    let policy = Policy(limit(ms(98), &timer))
        + Policy(retry.build().unwrap().into_layer())
        + Policy(limit(ms(7), &timer));
    let mut request = call(&mut policy.layer(stage.backend()), 0);
    let mut spent = 0;
    let error = loop {
        match request.poll() {
            std::task::Poll::Ready(result) => break result.unwrap_err(),
            std::task::Poll::Pending => {
                spent += 1;
                timer.advance(ms(1));
            }
        }
    };
    assert_eq!(spent, 98);
    assert_eq!(timed_out(&error), (ms(98), ms(98)));
    assert_eq!(stage.calls(), 10);
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t08_a_starved_call_reports_how_long_it_really_took() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let mut request = call(&mut limit(ms(50), &timer).layer(stage.backend()), 0);
    request.waits();
    timer.advance(Duration::from_secs(10));
    let error = request.done().unwrap_err();
    assert_eq!(timed_out(&error), (Duration::from_secs(10), ms(50)));
}

#[tokio::test(start_paused = true)]
async fn t08_never_early_on_tokios_timer() {
    for micros in [1, 999, 1_000, 1_001, 50_500] {
        let limit = Duration::from_micros(micros);
        let mut service = TimeoutLayer::new(limit)
            .unwrap()
            .layer(Stage::always(Act::Hang).backend());
        let before = TokioTimer.now();
        let error = call(&mut service, 0).await_it().await.unwrap_err();
        let waited = TokioTimer.now().since(before);
        assert!(
            waited >= limit && waited <= limit + ms(1),
            "{waited:?} of {limit:?}"
        );
        assert!(timed_out(&error).0 >= limit);
    }
}

/// Counts what it is asked.
#[derive(Clone, Default)]
struct Asked {
    timer: ManualTimer,
    readings: Arc<AtomicUsize>,
    waits: Arc<AtomicUsize>,
}

impl Clock for Asked {
    fn now(&self) -> Tick {
        self.readings.fetch_add(1, Ordering::Relaxed);
        self.timer.now()
    }
}

impl Timer for Asked {
    type Sleep = <ManualTimer as Timer>::Sleep;

    fn sleep_until(&self, deadline: Tick) -> Self::Sleep {
        self.waits.fetch_add(1, Ordering::Relaxed);
        self.timer.sleep_until(deadline)
    }
}

#[test]
fn w01_ready_at_once_reads_no_clock_and_arms_nothing() {
    let asked = Asked::default();
    let stage = Stage::new([Act::Ok(1)], Act::Gate);
    let layer = TimeoutLayer::new(ms(5)).unwrap().with_timer(asked.clone());
    let mut service = layer.layer(stage.backend());
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    let counts = || {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (load(&asked.readings), load(&asked.waits))
    };
    assert_eq!(counts(), (0, 0));
    let mut request = call(&mut service, 0);
    for _ in 0..3 {
        request.waits();
    }
    stage.open(1, Ok(2));
    assert_eq!(request.done(), Ok(2));
    assert_eq!(
        counts(),
        (1, 1),
        "one reading and one wait, however often polled"
    );
}

#[tokio::test(start_paused = true)]
async fn hc77_a_response_outlives_the_future_and_its_limit() {
    let (body, chunks) = tokio::sync::oneshot::channel::<u32>();
    let mut response = Some(chunks);
    let mut service = TimeoutLayer::new(ms(10))
        .unwrap()
        .layer(tower::service_fn(move |()| {
            std::future::ready(response.take().ok_or(Down(1)))
        }));
    let chunks = service.ready().await.unwrap().call(()).await.unwrap();
    tokio::time::advance(Duration::from_secs(60)).await;
    body.send(7).unwrap();
    assert_eq!(chunks.await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn hc12_neither_the_request_nor_the_future_needs_clone_or_send() {
    struct Body(Rc<u32>);
    let mut service =
        TimeoutLayer::new(ms(10))
            .unwrap()
            .layer(tower::service_fn(|body: Body| async move {
                let body = body;
                tokio::task::yield_now().await;
                Ok::<_, Box<dyn std::error::Error>>(*body.0)
            }));
    let answer = service.ready().await.unwrap().call(Body(Rc::new(5))).await;
    assert_eq!(answer.unwrap(), 5);
}

#[test]
fn t05_a_sink_that_panics_at_a_panic_does_not_end_the_process() {
    let stage = Stage::new([Act::PanicInPoll], Act::Ok(1));
    let layer = limit(ms(10), &ManualTimer::new());
    let layer = layer.with_sink(upset::Upset::at(ninelives::emit::Kind::RequestFailure));
    let mut service = layer.layer(stage.backend());
    // Dropped on the way out of the poll that panics.
    let said = panics(|| call(&mut service, 0).done());
    assert!(!said.contains("sink"), "{said}");
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}
