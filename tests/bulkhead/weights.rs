//! Calls that weigh more than one permit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ninelives::emit::BulkheadRejection;
use ninelives::{MemorySink, PolicyEvent};
use tower::service_fn;
use tower::util::MapRequest;

use super::*;

/// A call that weighs as much as it says.
type Job = (usize, Ask);
/// The backend behind a request that has a weight.
type Weighed = MapRequest<Backend, fn(Job) -> Ask>;

fn backend() -> (Weighed, Backend) {
    let backend = Backend::default();
    let ask: fn(Job) -> Ask = |(_, ask)| ask;
    (MapRequest::new(backend.clone(), ask), backend)
}

fn weight(job: &Job) -> usize {
    job.0
}

fn overweight(answer: Answer) -> Option<(usize, usize)> {
    match answer {
        Err(ResilienceError::BulkheadOverweight { weight, max, .. }) => Some((weight, max)),
        _ => None,
    }
}

/// `limit` permits and a line of eight.
macro_rules! line {
    ($limit:expr) => {{
        let layer = BulkheadLayer::queued($limit, 8, WAIT).unwrap();
        let timer = ManualTimer::new();
        let layer = layer.with_timer(timer.clone()).weighted_by(weight);
        let service = layer.layer(backend().0);
        (layer, service, timer)
    }};
}

/// A call in flight or in line: polled once, and pending.
macro_rules! wait {
    ($service:expr, $weight:expr) => {{
        let gate = Gate::new();
        let mut call = start($service, ($weight, Ask::At(gate.clone())));
        assert!(poll(&mut call).is_pending());
        (call, gate)
    }};
}

#[test]
fn a_call_takes_all_its_permits_and_gives_all_of_them_back() {
    let layer = BulkheadLayer::new(5).unwrap().weighted_by(weight);
    let mut service = layer.layer(backend().0);
    let heavy = start(&mut service, (3, Ask::Hang));
    assert_eq!((layer.in_flight(), layer.available()), (3, 2));
    let refused = done(start(&mut service, (3, Ask::Answer))).unwrap_err();
    assert_eq!(refused.to_string(), "bulkhead full: 3 of 5 permits out");
    assert_eq!(done(start(&mut service, (2, Ask::Answer))), Ok(()));
    drop(heavy);
    for ask in [Ask::Answer, Ask::Fail] {
        let _ = done(start(&mut service, (5, ask)));
    }
    let call = AssertUnwindSafe(|| done(start(&mut service, (5, Ask::PanicInPoll))));
    assert!(catch_unwind(call).is_err());
    assert_eq!(layer.in_flight(), 0);
}

#[test]
fn a_weight_of_zero_counts_as_one() {
    let layer = BulkheadLayer::new(1).unwrap().weighted_by(weight);
    let mut service = layer.layer(backend().0);
    let call = start(&mut service, (0, Ask::Hang));
    assert_eq!(layer.in_flight(), 1, "who drains waits for it, too");
    drop(call);
    assert_eq!(layer.in_flight(), 0);
}

#[test]
fn a_weight_above_the_limit_is_turned_away_at_once_with_both_numbers() {
    let (layer, mut service, timer) = line!(3);
    let refused = done(start(&mut service, (4, Ask::Answer)));
    let text = refused.as_ref().unwrap_err().to_string();
    assert_eq!(text, "a call of weight 4 does not fit a bulkhead of 3");
    let error = refused.as_ref().unwrap_err();
    assert!(error.is_bulkhead() && error.is_rejection());
    assert_eq!(overweight(refused), Some((4, 3)));
    assert_eq!(
        (layer.in_flight(), layer.waiting(), timer.armed()),
        (0, 0, 0)
    );
    let most = done(start(&mut service, (usize::MAX, Ask::Answer)));
    assert_eq!(overweight(most), Some((u32::MAX as usize, 3)));
    let plain = BulkheadLayer::new(3).unwrap().weighted_by(weight);
    let refused = done(start(&mut plain.layer(backend().0), (4, Ask::Answer)));
    assert_eq!(overweight(refused), Some((4, 3)));
}

#[test]
fn a_heavy_call_at_the_head_is_not_starved_by_light_ones() {
    let (layer, mut service, _timer) = line!(4);
    let mut light: Vec<_> = (0..4).map(|_| wait!(&mut service, 1)).collect();
    let mut heavy = wait!(&mut service, 4);
    for _ in 0..3 {
        drop(light.remove(0));
        light.push(wait!(&mut service, 1));
        assert!(poll(&mut heavy.0).is_pending() && !heavy.1.began());
    }
    drop(light.remove(0));
    assert!(poll(&mut heavy.0).is_pending() && heavy.1.began());
    assert!(!light.iter().any(|(_, gate)| gate.began()));
    heavy.1.answer();
    assert_eq!(done(heavy.0), Ok(()));
    for (call, gate) in &mut light {
        assert!(poll(call).is_pending() && gate.began());
    }
    drop(light);
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
}

#[test]
fn s05_heavy_head_that_is_cancelled_lets_the_next_in_at_once() {
    let (layer, mut service, _timer) = line!(5);
    let _first = wait!(&mut service, 2);
    let head = wait!(&mut service, 5);
    let (wakes, waker) = drive::Wakes::new();
    let mut next = wait!(&mut service, 3);
    assert!(poll_with(&mut next.0, &waker).is_pending());
    drop(head);
    assert_eq!(wakes.count(), 1, "no further call had to end");
    assert!(poll(&mut next.0).is_pending() && next.1.began());
    assert_eq!((layer.in_flight(), layer.waiting()), (5, 0));
}

#[test]
fn s05_heavy_head_whose_wait_is_over_lets_the_next_in_at_once() {
    let (layer, mut service, timer) = line!(5);
    let _first = wait!(&mut service, 2);
    let mut head = wait!(&mut service, 5);
    timer.advance(WAIT / 2);
    let mut next = wait!(&mut service, 3);
    timer.advance(WAIT / 2);
    assert!(is_timeout(&poll(&mut head.0)));
    assert!(poll(&mut next.0).is_pending() && next.1.began());
    drop((head, next));
    assert_eq!((layer.in_flight(), layer.waiting()), (2, 0));
}

#[test]
fn a_grant_dropped_unseen_goes_to_all_who_fit() {
    let (layer, mut service, _timer) = line!(3);
    let first = wait!(&mut service, 3);
    let heavy = wait!(&mut service, 3);
    let mut light = [wait!(&mut service, 1), wait!(&mut service, 2)];
    drop(first);
    drop(heavy);
    for (call, gate) in &mut light {
        assert!(poll(call).is_pending() && gate.began());
    }
    drop(light);
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
}

#[test]
fn a_limit_that_shrank_below_a_waiter_turns_it_away_when_it_is_its_turn() {
    let (layer, mut service, timer) = line!(5);
    let first = wait!(&mut service, 5);
    let mut heavy = wait!(&mut service, 4);
    let mut light = wait!(&mut service, 2);
    assert_eq!(layer.resize(3), Ok(5));
    assert_eq!(overweight(done(heavy.0)), Some((4, 3)));
    assert!(poll(&mut light.0).is_pending() && !light.1.began());
    drop(first);
    assert!(poll(&mut light.0).is_pending() && light.1.began());
    heavy = wait!(&mut service, 3);
    assert_eq!(layer.resize(4), Ok(3));
    assert!(poll(&mut heavy.0).is_pending() && !heavy.1.began());
    assert_eq!(layer.resize(5), Ok(4));
    assert!(poll(&mut heavy.0).is_pending() && heavy.1.began());
    drop((light, heavy));
    assert_eq!((layer.in_flight(), timer.armed()), (0, 0));
}

#[test]
fn s13_a_paused_bulkhead_lets_heavy_calls_wait() {
    let (layer, mut service, _timer) = line!(2);
    layer.resize(0).unwrap();
    let mut heavy = wait!(&mut service, 9);
    layer.resize(9).unwrap();
    assert!(poll(&mut heavy.0).is_pending() && heavy.1.began());
    assert_eq!(layer.in_flight(), 9);
}

#[test]
fn hc44_live_limits_and_shadows_count_weights() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::new(4).unwrap().with_sink(sink.clone());
    let layer = layer.weighted_by(weight).live();
    let smaller = BulkheadConfig::new(3).unwrap();
    layer.settings().set_shadow(smaller).unwrap();
    let mut service = layer.layer(backend().0);
    let _two = start(&mut service, (2, Ask::Hang));
    let _other = start(&mut service, (2, Ask::Hang));
    let disagreed = |event: &PolicyEvent| matches!(event, PolicyEvent::ShadowEvent { .. });
    let events = sink.events();
    assert_eq!(events.iter().filter(|event| disagreed(event)).count(), 1);
    layer.resize(6).unwrap();
    assert_eq!(done(start(&mut service, (2, Ask::Answer))), Ok(()));
    assert!(done(start(&mut service, (3, Ask::Answer))).is_err());
    let refused = done(start(&mut service, (7, Ask::Answer)));
    assert_eq!(overweight(refused), Some((7, 6)));
}

#[test]
fn events_say_how_much_a_call_weighs() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::queued(4, 1, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new()).weighted_by(weight);
    let mut service = layer.with_sink(sink.clone()).layer(backend().0);
    let first = wait!(&mut service, 3);
    let mut second = wait!(&mut service, 2);
    for heavy in [4, 5] {
        assert!(done(start(&mut service, (heavy, Ask::Answer))).is_err());
    }
    drop(first);
    assert!(poll(&mut second.0).is_pending());
    let told: Vec<_> = sink.events().iter().filter_map(permits).collect();
    let (full, heavy) = (BulkheadRejection::Full, BulkheadRejection::Overweight);
    assert_eq!(
        told,
        [
            (3, 3, None),
            (3, 4, Some(full)),
            (0, 5, Some(heavy)),
            (2, 2, None)
        ]
    );
}

#[test]
fn a_waiter_that_became_too_heavy_says_so_in_its_event() {
    let sink = MemorySink::new();
    let layer = BulkheadLayer::queued(5, 1, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new()).weighted_by(weight);
    let layer = layer.with_sink(sink.clone());
    let mut service = layer.layer(backend().0);
    let _first = wait!(&mut service, 5);
    let heavy = wait!(&mut service, 4);
    assert_eq!(layer.resize(3), Ok(5));
    assert_eq!(overweight(done(heavy.0)), Some((4, 3)));
    let told: Vec<_> = sink.events().iter().filter_map(permits).collect();
    let heavy = Some(BulkheadRejection::Overweight);
    assert_eq!(told, [(5, 5, None), (0, 4, heavy)]);
}

/// In flight, weight, and why not.
fn permits(event: &PolicyEvent) -> Option<(u32, u32, Option<BulkheadRejection>)> {
    match *event {
        PolicyEvent::BulkheadAcquired {
            in_flight, weight, ..
        } => Some((in_flight, weight, None)),
        PolicyEvent::BulkheadRejected {
            in_flight,
            weight,
            reason,
            ..
        } => Some((in_flight, weight, Some(reason))),
        _ => None,
    }
}

#[test]
fn a_weight_that_panics_holds_nothing() {
    let layer = BulkheadLayer::new(2).unwrap();
    let weight = |job: &Job| job.0.checked_sub(1).expect("nothing to do");
    let layer = layer.weighted_by(weight);
    let mut service = layer.layer(backend().0);
    let call = AssertUnwindSafe(|| start(&mut service, (0, Ask::Answer)));
    assert!(catch_unwind(call).is_err());
    assert_eq!(layer.in_flight(), 0);
    assert_eq!(done(start(&mut service, (3, Ask::Answer))), Ok(()));
}

#[test]
fn a_weight_may_borrow_from_the_request_and_clones_share_the_permits() {
    let plain = BulkheadLayer::new(8).unwrap();
    let layer = plain.clone().weighted_by(|batch: &Vec<u8>| batch.len());
    let echo = service_fn(|batch: Vec<u8>| async move { Ok::<_, Broken>(batch) });
    let mut service = layer.layer(echo);
    let call = start(&mut service, vec![0; 5]);
    assert_eq!((plain.in_flight(), layer.in_flight()), (5, 5));
    assert_eq!(done(call), Ok(vec![0; 5]));
    let debug = format!("{layer:?} {service:?}");
    assert!(debug.contains("By(..)"), "{debug}");
}
