//! Who tells which sink, and under which name.

use ninelives::ManualTimer;
use ninelives::emit::{Interest, Kind, PolicyEvent as Told};
use ninelives::prelude::*;
use tower::Layer;

use crate::backend::{Ask, Backend, Gate};
use crate::breaker::changes;
use crate::drive::{done, panics, poll, start};
use crate::upset::Upset;
use crate::{End, MS, assert_told, sink_on, told};

#[test]
fn each_policy_of_a_stack_tells_under_its_own_name() {
    let sink = MemorySink::new();
    let timeout = TimeoutLayer::new(MS).unwrap().named("whole call");
    let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::disabled()).unwrap();
    let bulkhead = BulkheadLayer::new(1).unwrap().named("whole call");
    let retry = RetryPolicy::builder()
        .build()
        .unwrap()
        .into_layer()
        .named("again");
    let ids = [
        retry.name(),
        bulkhead.name(),
        breaker.name(),
        timeout.name(),
    ]
    .map(|name| name.id());
    let texts = [
        retry.name(),
        bulkhead.name(),
        breaker.name(),
        timeout.name(),
    ]
    .map(ToString::to_string);
    let policy = Policy(timeout) + Policy(breaker) + Policy(bulkhead) + Policy(retry);
    let policy = policy.with_sink(sink.clone());
    assert!(done(start(&mut policy.layer(Backend::default()), Ask::Answer)).is_ok());
    let ends = crate::ends(&told(&sink));
    let told_by: Vec<_> = ends.iter().map(|(policy, ..)| *policy).collect();
    assert_eq!(
        told_by, ids,
        "from the inside out; the same text is not the same policy"
    );
    for (id, text) in ids.into_iter().zip(texts) {
        assert_eq!(sink.name_of(id).unwrap().as_str(), text);
    }
}

#[test]
fn an_operator_has_a_name_of_its_own() {
    let sink = MemorySink::new();
    let one = || Policy(TimeoutLayer::new(MS).unwrap());
    let policy = ((one() | one()) & one()).with_sink(sink.clone());
    let _ = done(start(&mut policy.layer(Backend::default()), Ask::Answer));
    let events = told(&sink);
    let named = |event: &Told| sink.name_of(event.policy()).unwrap().to_string();
    let mut names: Vec<_> = events.iter().map(named).collect();
    names.sort();
    names.dedup();
    let kinds = names
        .iter()
        .map(|name| name.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit()));
    // The right arm had not been polled when the left one won: it was cancelled.
    assert!(
        kinds.eq(["fallback", "fork-join", "timeout", "timeout"]),
        "{names:?}"
    );
}

#[test]
fn clones_share_their_state_and_tell_each_its_own_sink() {
    let (first, second) = (MemorySink::new(), MemorySink::new());
    let breaker =
        CircuitBreakerLayer::new(CircuitBreakerConfig::new(2, MS * 1000, 1).unwrap()).unwrap();
    let mut silent = breaker.layer(Backend::default());
    let one = breaker.clone().with_sink(first.clone());
    let other = breaker.clone().with_sink(second.clone());
    assert!(done(start(&mut silent, Ask::Fail)).is_err());
    assert!(done(start(&mut one.layer(Backend::default()), Ask::Fail)).is_err());
    assert_eq!(
        changes(&told(&first)),
        [(CircuitState::Closed, CircuitState::Open)]
    );
    assert_told!(second, []);
    assert!(done(start(&mut other.layer(Backend::default()), Ask::Answer)).is_err());
    assert_told!(first, []);
    assert_told!(
        second,
        [Told::CircuitRejected { .. }, Told::RequestFailure { .. }]
    );
    breaker.reset();
    assert_told!(first, []);
    assert_told!(second, []);
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let one = bulkhead.clone().with_sink(first.clone());
    let _out = start(&mut one.layer(Backend::default()), Ask::Hang);
    let other = bulkhead.with_sink(second.clone());
    drop(start(&mut other.layer(Backend::default()), Ask::Answer));
    assert_told!(first, [Told::BulkheadAcquired { .. }]);
    assert_told!(
        second,
        [
            Told::BulkheadRejected { in_flight: 1, .. },
            Told::RequestFailure { .. }
        ]
    );
}

#[test]
fn clones_and_repeated_layers_are_one_policy_in_one_sink() {
    let sink = MemorySink::new();
    let layer = TimeoutLayer::new(MS).unwrap().with_sink(sink.clone());
    let service = layer.layer(Backend::default());
    for mut service in [
        service.clone(),
        service,
        layer.clone().layer(Backend::default()),
    ] {
        assert!(done(start(&mut service, Ask::Answer)).is_ok());
    }
    let events = told(&sink);
    assert_eq!(events.len(), 3);
    assert!(
        events
            .iter()
            .all(|event| event.policy() == layer.name().id())
    );
    let renamed = layer.named("another");
    assert!(done(start(&mut renamed.layer(Backend::default()), Ask::Answer)).is_ok());
    assert_eq!(told(&sink)[0].policy(), renamed.name().id());
}

#[test]
fn of_two_sinks_with_two_clocks_the_first_one_tells_the_time_of_both() {
    for first_wants_outcomes in [false, true] {
        let (first, second) = (ManualTimer::new(), ManualTimer::new());
        second.advance(1_000_000 * MS);
        let stream = StreamingSink::new(64).unwrap().with_clock(first.clone());
        let wanted = if first_wants_outcomes {
            Interest::ALL
        } else {
            Interest::NONE.with(Kind::BulkheadRejected)
        };
        let _subscriber = stream.subscribe_to(wanted);
        let memory = sink_on(&second);
        let layer = BulkheadLayer::new(1).unwrap();
        let layer = layer.with_sink((stream, memory.clone()));
        let gate = Gate::new();
        let mut call = start(&mut layer.layer(Backend::default()), Ask::At(gate.clone()));
        assert!(poll(&mut call).is_pending());
        first.advance(3 * MS);
        gate.answer();
        assert!(done(call).is_ok());
        assert_eq!(crate::end(&told(&memory)), (End::Success, 3 * MS));
    }
}

#[test]
fn a_later_sink_takes_the_place_of_an_earlier_one() {
    let (first, second) = (MemorySink::new(), MemorySink::new());
    let policy = Policy(TimeoutLayer::new(MS).unwrap().with_sink(first.clone()));
    let mut service = policy.with_sink(second.clone()).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_told!(first, []);
    assert_told!(second, [Told::RequestSuccess { .. }]);
}

#[test]
fn e07_a_panic_of_the_first_of_a_pair_keeps_no_event_from_the_second() {
    let sink = MemorySink::new();
    let layer = TimeoutLayer::new(MS).unwrap();
    let pair = (Upset::at(Kind::RequestSuccess), sink.clone());
    let mut service = layer.with_sink(pair).layer(Backend::default());
    assert!(panics(|| done(start(&mut service, Ask::Answer))));
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_told!(
        sink,
        [Told::RequestSuccess { .. }, Told::RequestSuccess { .. }]
    );
}

#[test]
fn e07_both_of_a_pair_may_panic_at_the_same_event() {
    let sink = MemorySink::new();
    let layer = TimeoutLayer::new(MS).unwrap();
    let upset = || Upset::at(Kind::RequestSuccess);
    let pair = (upset(), (upset(), sink.clone()));
    let mut service = layer.with_sink(pair).layer(Backend::default());
    assert!(panics(|| done(start(&mut service, Ask::Answer))));
    assert_told!(sink, [Told::RequestSuccess { .. }]);
}

#[test]
fn e12_a_call_dropped_while_its_thread_unwinds_is_told_as_cancelled() {
    let sink = MemorySink::new();
    let mut service = BulkheadLayer::new(1)
        .unwrap()
        .with_sink(sink.clone())
        .layer(Backend::default());
    let call = start(&mut service, Ask::Hang);
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _call = call;
        std::panic::resume_unwind(Box::new("somebody else's"));
    }));
    assert!(unwound.is_err());
    assert_told!(
        sink,
        [Told::BulkheadAcquired { .. }, Told::RequestCancelled { .. }]
    );
}

#[test]
fn a_call_that_outlives_its_service_and_layer_tells_its_end() {
    let sink = MemorySink::new();
    let call = {
        let layer = TimeoutLayer::new(MS).unwrap().with_sink(sink.clone());
        start(&mut layer.layer(Backend::default()), Ask::Answer)
    };
    assert!(done(call).is_ok());
    assert_told!(sink, [Told::RequestSuccess { .. }]);
}
