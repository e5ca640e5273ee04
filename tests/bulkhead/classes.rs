//! Calls that wait in classes.

use ninelives::bulkhead::Priority::{self, Critical, High, Low, Normal};
use tower::util::MapRequest;

use super::*;

/// A call of a class.
type Job = (Priority, Ask);
type Classed = MapRequest<Backend, fn(Job) -> Ask>;

fn priority(job: &Job) -> Priority {
    job.0
}

fn backend() -> Classed {
    MapRequest::new(Backend::default(), |(_, ask)| ask)
}

/// One permit and `places` in line.
macro_rules! line {
    ($places:expr) => {{
        let layer = BulkheadLayer::queued(1, $places, WAIT).unwrap();
        let layer = layer.with_timer(ManualTimer::new());
        let layer = layer.prioritized_by(priority);
        let service = layer.layer(backend());
        (layer, service)
    }};
}

/// A call in flight or in line: polled once, and pending.
fn wait<S: Service<Job>>(service: &mut S, class: Priority) -> (Waiting<S>, Gate, Priority) {
    let gate = Gate::new();
    let mut call = start(service, (class, Ask::At(gate.clone())));
    assert!(poll(&mut call).is_pending());
    (call, gate, class)
}

type Waiting<S> = std::pin::Pin<Box<<S as Service<Job>>::Future>>;

/// The classes in the order in which they are served, one call at a time.
fn order<F: Future<Output = Answer>>(
    mut line: Vec<(std::pin::Pin<Box<F>>, Gate, Priority)>,
) -> Vec<Priority> {
    let mut order = Vec::new();
    while !line.is_empty() {
        for (call, _, _) in &mut line {
            assert!(poll(call).is_pending());
        }
        let began = line.iter().position(|(_, gate, _)| gate.began());
        order.push(line.remove(began.expect("somebody is served")).2);
        assert!(
            !line.iter().any(|(_, gate, _)| gate.began()),
            "one at a time"
        );
    }
    order
}

#[test]
fn higher_classes_are_served_first_and_each_in_its_order() {
    let (layer, mut service) = line!(16);
    let first = wait(&mut service, Low);
    let arrivals = [Low, Normal, High, Critical, Normal, Critical];
    let line: Vec<_> = arrivals.map(|class| wait(&mut service, class)).into();
    drop(first);
    let served = order(line);
    assert_eq!(served, [Critical, Critical, High, Normal, Normal, Low]);
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
}

#[test]
fn every_eighth_turn_is_that_of_the_longest_wait() {
    let (_layer, mut service) = line!(64);
    let first = wait(&mut service, Low);
    let mut line = vec![wait(&mut service, Low)];
    line.extend((0..20).map(|_| wait(&mut service, Critical)));
    drop(first);
    let served = order(line);
    assert_eq!(served.iter().position(|&class| class == Low), Some(7));
}

#[test]
fn the_last_places_are_kept_for_the_classes_above() {
    let (layer, mut service) = line!(8);
    let _first = wait(&mut service, Low);
    let mut line = Vec::new();
    for (class, most) in [(Low, 5), (Normal, 6), (High, 7), (Critical, 8)] {
        while layer.waiting() < most {
            line.push(wait(&mut service, class));
        }
        let refused = done(start(&mut service, (class, Ask::Answer)));
        assert!(refused.unwrap_err().is_bulkhead(), "{class:?} at {most}");
    }
}

#[test]
fn a_line_of_one_is_open_to_every_class() {
    for class in Priority::ALL {
        let (layer, mut service) = line!(1);
        let _first = wait(&mut service, Low);
        let _second = wait(&mut service, class);
        assert_eq!(layer.waiting(), 1);
    }
}

#[test]
fn hc48_a_cancelled_call_of_a_class_leaves_the_others_in_order() {
    for leaver in 0..4 {
        let (layer, mut service) = line!(8);
        let first = wait(&mut service, Low);
        let arrivals = [Low, High, Low, High];
        let mut line: Vec<_> = arrivals.map(|class| wait(&mut service, class)).into();
        let (left, _, class) = line.remove(leaver);
        drop(left);
        drop(first);
        let expected = match class {
            High => vec![High, Low, Low],
            _ => vec![High, High, Low],
        };
        assert_eq!(order(line), expected);
        assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
    }
}

#[test]
fn weights_and_classes_go_together_and_live() {
    let layer = BulkheadLayer::queued(2, 8, WAIT).unwrap();
    let layer = layer
        .with_timer(ManualTimer::new())
        .prioritized_by(priority);
    let weight = |job: &Job| if job.0 == Critical { 2 } else { 1 };
    let layer = layer.weighted_by(weight).live();
    let mut service = layer.layer(backend());
    let first = [wait(&mut service, Low), wait(&mut service, Low)];
    let mut low = wait(&mut service, Low);
    let mut heavy = wait(&mut service, Critical);
    let [one, other] = first;
    drop(one);
    assert!(
        poll(&mut low.0).is_pending() && !low.1.began(),
        "one is kept"
    );
    drop(other);
    assert!(poll(&mut heavy.0).is_pending() && heavy.1.began());
    layer.resize(3).unwrap();
    assert!(poll(&mut low.0).is_pending() && low.1.began());
    assert_eq!((layer.in_flight(), layer.waiting()), (3, 0));
}

#[test]
fn s23_a_close_reaches_every_class() {
    let (layer, mut service) = line!(8);
    let _first = wait(&mut service, Low);
    let line: Vec<_> = Priority::ALL.map(|class| wait(&mut service, class)).into();
    layer.close();
    for (call, _, _) in line {
        assert_eq!(done(call), Err(ResilienceError::BulkheadClosed));
    }
}

#[test]
fn explain_says_that_there_are_weights_and_classes() {
    let layer = BulkheadLayer::queued(2, 8, WAIT).unwrap().named("db");
    let layer = layer.prioritized_by(priority).weighted_by(|_: &Job| 2);
    let text = ninelives::Policy(layer).explain().to_string();
    let said = "bulkhead db: 2 permits, calls by weight, 8 in line for 10s, by class";
    assert!(text.contains(said), "{text}");
}
