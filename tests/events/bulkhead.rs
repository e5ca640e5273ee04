mod rejections;

use std::time::Duration;

use ninelives::bulkhead::Queued;
use ninelives::emit::PolicyEvent as Told;
use ninelives::emit::{FailureCause, Interest};
use ninelives::prelude::*;
use tower::Layer;

use crate::backend::{Ask, Backend};
use crate::drive::{done, panics, poll, start};
use crate::{End, MS, Sink, assert_told, end, sink_on, told};

const WAIT: Duration = Duration::from_millis(50);

fn rejecting(
    limit: usize,
) -> (
    BulkheadLayer<ninelives::bulkhead::Reject, Sink>,
    ManualTimer,
    Sink,
) {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    (
        BulkheadLayer::new(limit).unwrap().with_sink(sink.clone()),
        timer,
        sink,
    )
}

fn queued(
    limit: usize,
    places: usize,
) -> (BulkheadLayer<Queued<ManualTimer>, Sink>, ManualTimer, Sink) {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let layer = BulkheadLayer::queued(limit, places, WAIT).unwrap();
    (
        layer.with_timer(timer.clone()).with_sink(sink.clone()),
        timer,
        sink,
    )
}

/// The one grant that was told, and nothing else.
#[track_caller]
fn acquired(sink: &Sink) -> u32 {
    match told(sink)[..] {
        [Told::BulkheadAcquired { in_flight, .. }] => in_flight,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn s27_each_grant_is_told_with_the_permits_out_at_that_moment() {
    let (layer, _, sink) = rejecting(3);
    let mut service = layer.layer(Backend::default());
    let mut calls = Vec::new();
    for out in 1..=3 {
        calls.push(start(&mut service, Ask::Hang));
        assert_eq!(acquired(&sink), out);
    }
    calls.pop();
    assert_told!(sink, [Told::RequestCancelled { .. }]);
    calls.pop();
    assert_told!(sink, [Told::RequestCancelled { .. }]);
    calls.push(start(&mut service, Ask::Hang));
    assert_eq!(acquired(&sink), 2);
}

#[test]
fn s27_a_permit_that_was_handed_over_is_told_with_the_moment_it_was_set_aside() {
    let (layer, timer, sink) = queued(2, 4);
    let mut service = layer.layer(Backend::default());
    let (first, second) = (
        start(&mut service, Ask::Hang),
        start(&mut service, Ask::Hang),
    );
    let mut waiter = start(&mut service, Ask::Answer);
    assert!(poll(&mut waiter).is_pending());
    assert_told!(
        sink,
        [
            Told::BulkheadAcquired { in_flight: 1, .. },
            Told::BulkheadAcquired { in_flight: 2, .. }
        ]
    );
    drop(first); // two are out still: one of them is set aside
    drop(second);
    told(&sink);
    assert_eq!(layer.in_flight(), 1);
    timer.advance(MS);
    assert_eq!(done(waiter), Ok(()));
    assert_told!(
        sink,
        [
            Told::BulkheadAcquired { in_flight: 2, .. },
            Told::RequestSuccess { elapsed: MS, .. }
        ]
    );
}

#[test]
fn s27_growth_lets_waiters_in_one_by_one() {
    let (layer, _, sink) = queued(1, 4);
    let mut service = layer.layer(Backend::default());
    let _running = start(&mut service, Ask::Hang);
    let mut waiters: Vec<_> = (0..2).map(|_| start(&mut service, Ask::Hang)).collect();
    waiters
        .iter_mut()
        .for_each(|waiter| assert!(poll(waiter).is_pending()));
    assert_eq!(acquired(&sink), 1);
    layer.resize(3).unwrap();
    assert_told!(sink, []);
    for (waiter, out) in waiters.iter_mut().zip(2..) {
        assert!(poll(waiter).is_pending());
        assert_eq!(acquired(&sink), out);
    }
}

#[test]
fn a_waiter_that_leaves_is_cancelled_with_or_without_a_permit_set_aside() {
    let (layer, timer, sink) = queued(1, 4);
    let mut service = layer.layer(Backend::default());
    let running = start(&mut service, Ask::Hang);
    let mut waiters: Vec<_> = (0..3).map(|_| start(&mut service, Ask::Answer)).collect();
    waiters
        .iter_mut()
        .for_each(|waiter| assert!(poll(waiter).is_pending()));
    told(&sink);
    timer.advance(MS);
    drop(waiters.remove(0));
    assert_told!(sink, [Told::RequestCancelled { elapsed: MS, .. }]);
    drop(running);
    drop(waiters.remove(0)); // its permit was set aside, and goes to the last
    assert_told!(
        sink,
        [Told::RequestCancelled { .. }, Told::RequestCancelled { .. }]
    );
    assert_eq!(done(waiters.remove(0)), Ok(()));
    assert_told!(
        sink,
        [
            Told::BulkheadAcquired { in_flight: 1, .. },
            Told::RequestSuccess { elapsed: MS, .. }
        ]
    );
}

#[test]
fn the_permit_is_free_when_the_outcome_is_told() {
    // Looked at from the sink's clock, which is read for each event.
    #[derive(Clone)]
    struct InFlight(BulkheadLayer);
    impl ninelives::Clock for InFlight {
        fn now(&self) -> ninelives::Tick {
            ninelives::Tick::from_nanos(self.0.in_flight() as u64)
        }
    }
    let layer = BulkheadLayer::new(1).unwrap();
    let sink = MemorySink::new().with_clock(InFlight(layer.clone()));
    let mut service = layer.with_sink(sink.clone()).layer(Backend::default());
    let out = |sink: &MemorySink<InFlight>| {
        let outcome = told(sink)
            .into_iter()
            .find(|event| Interest::OUTCOMES.wants(event.kind()));
        outcome.unwrap().time().as_nanos()
    };
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_eq!(out(&sink), 0, "answered");
    drop(start(&mut service, Ask::Hang));
    assert_eq!(out(&sink), 0, "dropped");
    let call = start(&mut service, Ask::PanicInPoll);
    assert!(panics(|| done(call)));
    assert_eq!(out(&sink), 0, "panicked");
}

#[test]
fn a_call_that_panics_in_its_last_drop_is_a_panic() {
    let (layer, _, sink) = rejecting(1);
    let mut service = layer.layer(Backend::default());
    let call = start(&mut service, Ask::AnswerThenPanicInDrop);
    assert!(panics(|| done(call)));
    assert_eq!(end(&told(&sink)).0, End::Failure(FailureCause::Panicked));
    let (layer, _, sink) = queued(1, 1);
    let mut service = layer.layer(Backend::default());
    let running = start(&mut service, Ask::Hang);
    let mut waiter = start(&mut service, Ask::AnswerThenPanicInDrop);
    assert!(poll(&mut waiter).is_pending());
    drop(running);
    told(&sink);
    assert!(panics(|| done(waiter)));
    assert_eq!(end(&told(&sink)).0, End::Failure(FailureCause::Panicked));
}
