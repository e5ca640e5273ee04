//! Settings that are tried at the door and not obeyed.

use ninelives::bulkhead::Queue;
use ninelives::emit::Verdict;
use ninelives::{Live, MemorySink};

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
