use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::emit::FailureCause;
use ninelives::emit::PolicyEvent as Told;
use ninelives::prelude::*;
use ninelives::{ManualClock, Tick};
use tower::{Layer, Service};

use crate::backend::{Ask, Backend, Gate, Readiness};
use crate::drive::{done, panics, poll, start};
use crate::{MS, assert_told, sink_on};

const LIMIT: Duration = Duration::from_millis(100);
const LATE: Duration = Duration::from_millis(130);

fn timeout(timer: &ManualTimer) -> TimeoutLayer<ManualTimer> {
    TimeoutLayer::new(LIMIT).unwrap().with_timer(timer.clone())
}

#[test]
fn an_answer_and_an_error_in_time_are_told_as_they_are() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let mut service = timeout(&timer)
        .with_sink(sink.clone())
        .layer(Backend::default());
    let gate = Gate::new();
    let mut call = start(&mut service, Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    timer.advance(MS);
    gate.answer();
    assert!(done(call).is_ok());
    assert_told!(sink, [Told::RequestSuccess { elapsed: MS, .. }]);
    assert!(done(start(&mut service, Ask::Fail)).is_err());
    assert_told!(
        sink,
        [Told::RequestFailure {
            elapsed: Duration::ZERO,
            cause: FailureCause::Inner,
            ..
        }]
    );
}

#[test]
fn a_call_past_its_limit_is_told_with_the_limit_and_its_time() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let mut service = timeout(&timer)
        .with_sink(sink.clone())
        .layer(Backend::default());
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    timer.advance(LATE);
    assert_told!(sink, []);
    assert!(done(call).unwrap_err().is_timeout());
    assert_told!(
        sink,
        [
            Told::TimeoutOccurred {
                elapsed: LATE,
                limit: LIMIT,
                ..
            },
            Told::RequestFailure {
                elapsed: LATE,
                cause: FailureCause::Timeout,
                ..
            },
        ]
    );
}

#[test]
fn what_was_inside_tells_its_end_before_the_timeout() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let (outer, inner) = (timeout(&timer), BulkheadLayer::new(1).unwrap());
    let (outer_id, inner_id) = (outer.name().id(), inner.name().id());
    let policy = (Policy(outer) + Policy(inner)).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    timer.advance(LIMIT);
    assert!(done(call).is_err());
    let events = assert_told!(
        sink,
        [
            Told::BulkheadAcquired { .. },
            Told::RequestCancelled { elapsed: LIMIT, .. },
            Told::TimeoutOccurred { .. },
            Told::RequestFailure { .. },
        ]
    );
    let ids: Vec<_> = events.iter().map(Told::policy).collect();
    assert_eq!(ids, [inner_id, inner_id, outer_id, outer_id]);
}

#[test]
fn a_wait_for_readiness_that_was_too_long_is_told_by_the_call() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let backend = Backend::default();
    let layer = timeout(&timer).covering_readiness().with_sink(sink.clone());
    for polled in [true, false] {
        let mut service = layer.layer(backend.clone());
        backend.set(Readiness::Pending);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(service.poll_ready(&mut cx).is_pending());
        timer.advance(LIMIT);
        assert!(matches!(service.poll_ready(&mut cx), Poll::Ready(Ok(()))));
        let call = Box::pin(service.call(Ask::Answer));
        assert_told!(sink, []);
        if polled {
            assert!(done(call).unwrap_err().is_timeout());
            assert_told!(
                sink,
                [
                    Told::TimeoutOccurred {
                        elapsed: LIMIT,
                        limit: LIMIT,
                        ..
                    },
                    Told::RequestFailure {
                        elapsed: Duration::ZERO,
                        cause: FailureCause::Timeout,
                        ..
                    },
                ]
            );
        } else {
            drop(call);
            assert_told!(
                sink,
                [Told::RequestCancelled {
                    elapsed: Duration::ZERO,
                    ..
                }]
            );
        }
    }
    assert_eq!(backend.calls(), 0);
}

#[test]
fn a_call_that_panics_in_its_drop_at_the_limit_is_a_panic() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let mut service = timeout(&timer)
        .with_sink(sink.clone())
        .layer(Backend::default());
    let mut call = start(&mut service, Ask::HangThenPanicInDrop);
    assert!(poll(&mut call).is_pending());
    timer.advance(LIMIT);
    assert!(panics(|| done(call)));
    assert_told!(
        sink,
        [Told::RequestFailure {
            elapsed: LIMIT,
            cause: FailureCause::Panicked,
            ..
        }]
    );
}

#[test]
fn times_are_those_of_the_sinks_clock_and_limits_those_of_the_timer() {
    let timer = ManualTimer::new();
    let clock = Arc::new(ManualClock::new());
    let sink = MemorySink::new().with_clock(Arc::clone(&clock));
    let mut service = timeout(&timer)
        .with_sink(sink.clone())
        .layer(Backend::default());
    clock.set(Tick::from_nanos(7_000_000));
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    timer.advance(LIMIT);
    clock.advance(MS);
    assert!(done(call).is_err());
    let events = assert_told!(
        sink,
        [
            Told::TimeoutOccurred { elapsed: LIMIT, .. },
            Told::RequestFailure { elapsed: MS, .. },
        ]
    );
    assert!(
        events
            .iter()
            .all(|event| event.time() == Tick::from_nanos(8_000_000))
    );
}

#[test]
fn a_sinks_clock_that_steps_back_makes_a_time_of_zero() {
    let clock = Arc::new(ManualClock::new());
    let sink = MemorySink::new().with_clock(Arc::clone(&clock));
    let mut service = timeout(&ManualTimer::new())
        .with_sink(sink.clone())
        .layer(Backend::default());
    clock.set(Tick::from_nanos(500));
    let call = start(&mut service, Ask::Answer);
    clock.set(Tick::from_nanos(100));
    assert!(done(call).is_ok());
    assert_told!(
        sink,
        [Told::RequestSuccess {
            elapsed: Duration::ZERO,
            ..
        }]
    );
}
