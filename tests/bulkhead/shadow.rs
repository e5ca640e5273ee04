//! Settings that are tried at the door and not obeyed.

use ninelives::bulkhead::{Priority, Queue};
use ninelives::emit::{Kind, Verdict};
use ninelives::{Live, MemorySink};

use super::drive::panics;
use super::ticking::Ticking;
use super::upset::Upset;
use super::*;

const SHADOW_REJECTS: (Verdict, Verdict) = (Verdict::Admitted, Verdict::Rejected);
const SHADOW_ADMITS: (Verdict, Verdict) = (Verdict::Rejected, Verdict::Admitted);

fn config(limit: usize) -> BulkheadConfig {
    BulkheadConfig::new(limit).unwrap()
}

fn queue(limit: usize, places: usize) -> BulkheadConfig<Queue> {
    config(limit).with_queue(places, WAIT).unwrap()
}

/// A bulkhead whose settings may have a shadow, and what it tells.
fn live(
    limit: usize,
) -> (
    BulkheadLayer<Reject, MemorySink, Live<BulkheadConfig>>,
    MemorySink,
) {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::new(limit).unwrap();
    (layer.with_sink(sink.clone()).live(), sink)
}

/// Both verdicts of each disagreement since the last look.
fn disagreements(sink: &MemorySink) -> Vec<(Verdict, Verdict)> {
    let events = sink.events();
    sink.clear();
    shadows::disagreements(&events)
}

#[test]
fn a_smaller_shadow_tells_of_the_calls_it_would_have_turned_away() {
    let (layer, sink) = live(3);
    layer.settings().set_shadow(config(1)).unwrap();
    let mut service = layer.layer(Backend::default());
    let calls: Vec<_> = (0..3).map(|_| start(&mut service, Ask::Hang)).collect();
    assert_eq!(disagreements(&sink), [SHADOW_REJECTS; 2]);
    assert_eq!(layer.in_flight(), 3);
    drop(calls);
    drop(start(&mut service, Ask::Hang));
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn a_larger_shadow_tells_of_the_calls_it_would_have_let_in_and_counts_none_of_them() {
    let (layer, sink) = live(1);
    layer.settings().set_shadow(config(2)).unwrap();
    let mut service = layer.layer(Backend::default());
    let _call = start(&mut service, Ask::Hang);
    for _ in 0..3 {
        assert!(done(start(&mut service, Ask::Answer)).is_err());
    }
    assert_eq!(disagreements(&sink), [SHADOW_ADMITS; 3]);
}

#[test]
fn answers_errors_drops_and_panics_give_the_shadows_permit_back() {
    let (layer, sink) = live(2);
    layer.settings().set_shadow(config(1)).unwrap();
    let mut service = layer.layer(Backend::default());
    for ask in [Ask::Answer, Ask::Fail] {
        let _ = done(start(&mut service, ask));
    }
    drop(start(&mut service, Ask::Hang));
    let call = std::panic::AssertUnwindSafe(|| done(start(&mut service, Ask::PanicInPoll)));
    assert!(std::panic::catch_unwind(call).is_err());
    drop(start(&mut service, Ask::Hang));
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn a_promoted_shadow_is_the_limit_and_says_nothing_more() {
    let (layer, sink) = live(3);
    layer.settings().set_shadow(config(1)).unwrap();
    let mut service = layer.layer(Backend::default());
    let _first = start(&mut service, Ask::Hang);
    layer.settings().promote_shadow().unwrap();
    assert_eq!((layer.limit(), layer.in_flight()), (1, 1));
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn calls_made_before_a_shadow_are_not_in_its_count() {
    let (layer, sink) = live(3);
    let mut service = layer.layer(Backend::default());
    let _before = start(&mut service, Ask::Hang);
    layer.settings().set_shadow(config(1)).unwrap();
    let _first = start(&mut service, Ask::Hang);
    assert_eq!(disagreements(&sink), []);
    let _second = start(&mut service, Ask::Hang);
    assert_eq!(disagreements(&sink), [SHADOW_REJECTS]);
}

#[test]
fn a_shadow_of_a_line_counts_who_is_in_flight_and_who_waits() {
    let sink = MemorySink::new();
    let timer = ManualTimer::new();
    let layer = BulkheadLayer::queued(1, 2, WAIT).unwrap();
    let layer = layer.with_timer(timer).with_sink(sink.clone()).live();
    layer.settings().set_shadow(queue(1, 1)).unwrap();
    let mut service = layer.layer(Backend::default());
    let mut calls: Vec<_> = (0..3).map(|_| start(&mut service, Ask::Hang)).collect();
    assert_eq!(disagreements(&sink), [SHADOW_REJECTS]);
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), []);
    calls.clear();
    drop(start(&mut service, Ask::Hang));
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn a_shadow_that_is_alike_gives_a_class_no_more_than_its_share() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::queued(1, 8, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new());
    let layer = layer.prioritized_by(|_: &Ask| Priority::Low);
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set_shadow(layer.config()).unwrap();
    let mut service = layer.layer(Backend::default());
    let mut calls: Vec<_> = (0..9).map(|_| start(&mut service, Ask::Hang)).collect();
    assert_eq!((layer.in_flight(), layer.waiting()), (1, 5));
    calls.clear();
    let _again: Vec<_> = (0..9).map(|_| start(&mut service, Ask::Hang)).collect();
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn a_shadow_with_more_places_gives_a_class_its_share_of_them() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::queued(1, 8, WAIT).unwrap();
    let layer = layer
        .with_timer(ManualTimer::new())
        .with_line_capacity(16)
        .unwrap();
    let layer = layer.prioritized_by(|_: &Ask| Priority::Low);
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set_shadow(queue(1, 16)).unwrap();
    let mut service = layer.layer(Backend::default());
    let _calls: Vec<_> = (0..7).map(|_| start(&mut service, Ask::Hang)).collect();
    assert_eq!(disagreements(&sink), [SHADOW_ADMITS]);
}

#[test]
fn a_shadow_has_no_room_in_its_line_for_what_outweighs_its_limit() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::queued(4, 8, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new());
    let layer = layer.weighted_by(|_: &Ask| 6);
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set_shadow(layer.config()).unwrap();
    let mut service = layer.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), []);
    layer.settings().set_shadow(queue(6, 8)).unwrap();
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), [SHADOW_ADMITS]);
    layer.resize(6).unwrap();
    layer.settings().set_shadow(queue(4, 8)).unwrap();
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!(disagreements(&sink), [SHADOW_REJECTS]);
}

#[test]
fn a_shadow_is_not_asked_about_a_closed_bulkhead() {
    let (layer, sink) = live(2);
    layer.settings().set_shadow(config(3)).unwrap();
    layer.close();
    let mut service = layer.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), []);
}

#[test]
fn a_panic_of_who_is_told_of_a_shadow_gives_a_place_in_line_back() {
    let sink = Upset::at(Kind::ShadowEvent);
    let layer = BulkheadLayer::queued(1, 1, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new()).with_sink(sink).live();
    let pause = layer.config().with_max_concurrent(0).unwrap();
    layer.settings().set_shadow(pause).unwrap();
    let mut service = layer.layer(Backend::default());
    let mut calls = vec![start(&mut service, Ask::Hang)];
    assert!(panics(|| calls.push(start(&mut service, Ask::Hang))));
    assert_eq!((layer.in_flight(), layer.waiting()), (1, 0));
    calls.clear();
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
}

#[test]
fn a_panic_of_who_is_told_of_a_shadow_gives_the_permit_back() {
    let sink = Upset::at(Kind::ShadowEvent);
    let layer = BulkheadLayer::new(2).unwrap().with_sink(sink);
    let layer = layer.weighted_by(|_: &Ask| 2).live();
    layer.settings().set_shadow(config(1)).unwrap();
    let mut service = layer.layer(Backend::default());
    assert!(panics(|| start(&mut service, Ask::Hang)));
    assert_eq!(layer.in_flight(), 0);
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
}

#[test]
fn a_panic_of_who_is_told_of_a_shadow_leaves_nothing_in_its_count() {
    let (layer, sink) = live(1);
    layer.settings().set_shadow(config(2)).unwrap();
    let upset = layer.clone().with_sink(Upset::at(Kind::ShadowEvent));
    let mut service = layer.layer(Backend::default());
    let _held = start(&mut service, Ask::Hang);
    assert!(panics(|| start(
        &mut upset.layer(Backend::default()),
        Ask::Answer
    )));
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    assert_eq!(disagreements(&sink), [SHADOW_ADMITS]);
}

#[test]
fn a_panic_of_who_is_told_that_a_shadow_is_taken_away_leaves_nothing_in_either_count() {
    let (layer, sink) = live(1);
    layer
        .settings()
        .set_shadow_within(config(1), Duration::ZERO, Ticking::default())
        .unwrap();
    let upset = layer.clone().with_sink(Upset::at(Kind::ShadowDropped));
    let mut service = upset.layer(Backend::default());
    let calls = (0..64 * 16).map(|_| panics(|| drop(start(&mut service, Ask::Hang))));
    assert_eq!(calls.filter(|panicked| *panicked).count(), 1);
    assert_eq!(layer.in_flight(), 0);
    layer.settings().set_shadow(config(1)).unwrap();
    let mut service = layer.layer(Backend::default());
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!(disagreements(&sink), []);
}
