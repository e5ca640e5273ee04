//! What policies, their services and futures, sinks and errors print: the name of each, and nothing of what passes through.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::fmt::Debug;
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use ninelives::bulkhead::Priority;
use ninelives::emit::{Sink, Stamp};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::registry::Registry;
use ninelives::timer::WheelTimer;
use ninelives::{PolicyId, Tick};
use tower::{Layer, Service, service_fn};

const SECOND: Duration = Duration::from_secs(1);

/// Neither a request nor an answer can be printed.
#[derive(Clone)]
struct Secret;

type Failure = ResilienceError<&'static str>;

#[track_caller]
fn named(value: &impl Debug, name: &str) {
    let text = format!("{value:?}");
    assert!(text.starts_with(name), "{text}");
    assert_eq!(format!("{value:#?}").is_empty(), text.is_empty());
}

async fn answer(request: Secret) -> Result<Secret, &'static str> {
    Ok(request)
}

/// The layer, the service that it makes and the future of a call print these names.
#[track_caller]
fn policy<L, S>(layer: L, names: [&str; 3])
where
    L: Layer<tower::util::ServiceFn<fn(Secret) -> Answering>, Service = S> + Debug,
    S: Service<Secret, Error = Failure, Future: Debug> + Debug,
{
    named(&layer, names[0]);
    let mut service = layer.layer(service_fn(boxed as fn(Secret) -> Answering));
    named(&service, names[1]);
    let _ = service.poll_ready(&mut Context::from_waker(Waker::noop()));
    let future = service.call(Secret);
    named(&future, names[2]);
}

type Answering = std::pin::Pin<Box<dyn Future<Output = Result<Secret, &'static str>>>>;

fn boxed(request: Secret) -> Answering {
    Box::pin(answer(request))
}

fn timeout() -> TimeoutLayer {
    TimeoutLayer::new(SECOND).unwrap()
}

fn breaker() -> CircuitBreakerLayer {
    let config = CircuitBreakerConfig::new(5, SECOND, 1).unwrap();
    CircuitBreakerLayer::new(config).unwrap()
}

#[test]
fn a_timeout_prints_its_name_and_not_its_requests() {
    policy(
        timeout(),
        ["TimeoutLayer", "TimeoutService", "TimeoutFuture"],
    );
}

#[test]
fn a_bulkhead_prints_its_name_and_not_its_requests() {
    let rejecting = BulkheadLayer::new(1).unwrap();
    policy(
        rejecting,
        ["BulkheadLayer", "BulkheadService", "BulkheadFuture"],
    );
    let queued = BulkheadLayer::queued(1, 1, SECOND).unwrap();
    policy(queued, ["BulkheadLayer", "QueuedService", "QueuedFuture"]);
    let queued = BulkheadLayer::queued(1, 1, SECOND).unwrap();
    let urgent = queued.prioritized_by(|_: &Secret| Priority::High);
    named(&urgent, "BulkheadLayer");
    named(&BulkheadLayer::new(1).unwrap().until_idle(), "UntilIdle");
}

#[test]
fn a_circuit_breaker_prints_its_name_and_not_its_requests() {
    let names = [
        "CircuitBreakerLayer",
        "CircuitBreakerService",
        "CircuitBreakerFuture",
    ];
    policy(breaker(), names);
    let hinted = breaker().with_retry_after(|_: Result<&Secret, &Failure>| None, SECOND);
    named(&hinted, "CircuitBreakerLayer");
}

#[test]
fn a_retry_prints_its_name_and_not_its_requests() {
    let build = || RetryPolicy::builder().max_attempts(2);
    policy(
        build().build().unwrap().into_layer(),
        ["RetryLayer", "RetryService", "RetryFuture"],
    );
    let hinted = build().with_delay_hint(SECOND, |_: &&'static str| None);
    let plain = hinted.build().unwrap();
    named(&plain.clone(), "RetryPolicy");
    named(&plain.into_layer(), "RetryLayer");
}

#[test]
fn compositions_print_what_they_are_made_of() {
    let either = Policy(timeout()) | Policy(breaker());
    let text = format!("{either:?}");
    assert!(
        text.contains("TimeoutLayer") && text.contains("CircuitBreakerLayer"),
        "{text}"
    );
    policy(
        either,
        ["Policy(FallbackLayer", "FallbackService", "FallbackFuture"],
    );
    let chosen = (Policy(timeout()) | Policy(breaker())).when(|_: &Failure| true);
    named(&chosen, "Policy(FallbackLayer");
    let both = Policy(timeout()) & Policy(breaker());
    policy(
        both,
        ["Policy(ForkJoinLayer", "ForkJoinService", "ForkJoinFuture"],
    );
    named(
        &Policy::tower(tower::layer::util::Identity::new()),
        "Policy(Tower",
    );
}

#[test]
fn sinks_and_their_readers_print_their_names() {
    let streaming = StreamingSink::new(8).unwrap();
    named(&streaming, "StreamingSink");
    named(&streaming.attach(&Name::from("a")), "BusEmitter");
    let mut subscriber = streaming.subscribe();
    named(&subscriber, "Subscriber");
    named(&subscriber.recv(), "Recv");
    named(&MemorySink::new(), "MemorySink");
    let two = || (MemorySink::new(), MemorySink::new());
    let (a, b) = two();
    named(&MulticastSink::new(a, b), "MulticastSink");
    let (a, b) = two();
    named(&FallbackSink::new(a, b), "FallbackSink");
}

#[test]
fn live_values_and_the_registry_print_what_they_hold() {
    let value = Adaptive::new(7);
    let snapshot = value.snapshot();
    let text = format!("{:?}", snapshot.clone());
    assert!(text.starts_with("Snapshot") && text.contains('7'), "{text}");
    let mut changes = value.subscribe();
    named(&changes, "Changes");
    named(&changes.changed(), "Changed");
    let refused = value.rollback().unwrap_err().to_string();
    assert!(!refused.is_empty() && !refused.ends_with('.'), "{refused}");
    named(&Registry::new(), "Registry");
}

#[test]
fn what_decides_prints_its_kind_and_not_its_function() {
    let decides = |text: String, how: &str| assert!(text.contains(how), "no {how:?} in {text}");
    let on_error = RetryPolicy::builder().should_retry(|_: &&'static str| true);
    decides(format!("{on_error:?}"), "retry_if: OnError");
    let on_flat = RetryPolicy::builder().should_retry_flat(|_: &Failure| true);
    decides(format!("{on_flat:?}"), "retry_if: OnFlatError");
    let on_result = RetryPolicy::builder().retry_if(|_: Result<&Secret, &&'static str>| true);
    decides(format!("{on_result:?}"), "retry_if: OnResult");
    let hinted = RetryPolicy::builder()
        .with_result_delay_hint(SECOND, |_: Result<&Secret, &&'static str>| None);
    decides(format!("{hinted:?}"), "retry_if: Hinted {");
    decides(format!("{hinted:?}"), "at_most: 1s");
    let answered = Policy::respond(|_: Secret| Secret);
    named(&answered, "Policy(Respond");
    named(
        &answered.layer(service_fn(boxed as fn(Secret) -> Answering)),
        "RespondService",
    );
}

#[test]
fn live_settings_and_their_readers_print_what_they_are() {
    let limits = Adaptive::new(TimeoutConfig::new(SECOND).unwrap());
    let live = timeout().tuned_by(&limits);
    let text = format!("{live:?}");
    assert!(
        text.contains("Live(Adaptive") && text.contains("1s"),
        "{text}"
    );
    policy(live, ["TimeoutLayer", "TimeoutService", "TimeoutFuture"]);
    named(&limits.cache(), "Cache");
}

#[test]
fn a_registered_policy_prints_its_name_its_kind_and_whether_it_is_there() {
    let registry = Registry::new();
    let layer = timeout().named("payments").live();
    let handle = registry.register(&layer).unwrap();
    let text = format!("{handle:?}");
    for part in [
        "PolicyHandle(Member",
        "\"payments\"",
        "kind: \"timeout\"",
        "alive: true",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    named(&handle.subscribe().unwrap(), "PolicyChanges");
    drop(layer);
    let text = format!("{handle:?}");
    assert!(text.contains("alive: false"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn waits_print_whether_they_are_armed() {
    let mut sleep = std::pin::pin!(TokioTimer.sleep(SECOND));
    named(&sleep, "TokioSleep { armed: true");
    named(
        &TokioTimer.sleep_until(Tick::NEVER),
        "TokioSleep { armed: false",
    );
    sleep.as_mut().await;
    let mut sleep = std::pin::pin!(WheelTimer.sleep(SECOND));
    named(&sleep, "WheelSleep { state: \"until a tick\"");
    let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    named(&sleep, "WheelSleep { state: \"armed\"");
    sleep.as_mut().await;
    named(&sleep, "WheelSleep { state: \"over\"");
}

#[test]
fn a_pump_and_its_task_print_their_sink() {
    let stream = StreamingSink::new(8).unwrap();
    let pump = Pump::new(stream.subscribe(), MemorySink::new());
    let text = format!("{pump:?}");
    assert!(
        text.starts_with("Pump") && text.contains("MemorySink"),
        "{text}"
    );
    let (_handle, task) = pump.start();
    named(&task, "PumpTask");
}

#[test]
fn a_delivery_to_two_sinks_prints_its_name() {
    let at = Stamp::new(PolicyId::new(1), Tick::ZERO);
    let event = PolicyEvent::FallbackTaken { at };
    let two = || (MemorySink::new(), MemorySink::new());
    let cx = &mut Context::from_waker(Waker::noop());
    let (a, b) = two();
    let mut sink = MulticastSink::new(a, b);
    assert!(sink.poll_ready(cx).is_ready());
    named(&sink.call(event), "MulticastFuture");
    let (a, b) = two();
    let mut sink = FallbackSink::new(a, b);
    assert!(sink.poll_ready(cx).is_ready());
    named(&sink.call(event), "FallbackSinkFuture");
}

#[test]
fn header_values_print_their_text() {
    let text = ninelives::deadline::write_millis(SECOND);
    assert_eq!(format!("{text:?}"), "HeaderText(\"1000\")");
}
