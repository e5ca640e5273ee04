//! Bulkheads whose lines heed the deadlines of requests.

use ninelives::bulkhead::{Priority, Queued, Same};
use ninelives::deadline::Heeding;
use ninelives::emit::{BulkheadRejection, Kind, PolicyEvent};
use tower::Layer;

use super::seen::Seen;
use super::stage::{Act, Down, Stage, call};
use super::*;

type Heedful = BulkheadLayer<Queued<ManualTimer, Same, Heeding>>;

/// One permit, two places, 50 ms of patience.
fn line(timer: &ManualTimer) -> Heedful {
    let layer = BulkheadLayer::queued(1, 2, ms(50)).unwrap();
    layer.with_timer(timer.clone()).heeding_requests()
}

fn late_by(answer: Result<u32, ResilienceError<Down>>) -> Option<Duration> {
    match answer {
        Err(ResilienceError::DeadlinePassed { late_by, .. }) => Some(late_by),
        _ => None,
    }
}

/// In flight and in line.
fn taken<D>(layer: &BulkheadLayer<Queued<ManualTimer, Same, D>>) -> (usize, usize)
where
    Queued<ManualTimer, Same, D>: ninelives::bulkhead::Mode<Rule = ninelives::bulkhead::Queue>,
{
    (layer.in_flight(), layer.waiting())
}

#[test]
fn hc107_a_request_whose_deadline_has_passed_is_turned_away_at_the_door() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let layer = line(&timer);
    let mut service = layer.layer(stage.backend());
    timer.advance(ms(10));
    assert_eq!(call(&mut service, due(11)).done(), Ok(1));
    for (due_at, late) in [(10, 0), (4, 6)] {
        let mut late_one = call(&mut service, due(due_at));
        assert_eq!(taken(&layer), (0, 0), "it takes no permit");
        assert_eq!(late_by(late_one.done()), Some(ms(late)));
    }
    assert_eq!(stage.calls(), 1);
}

#[test]
fn hc107_a_late_request_is_told_it_is_late_though_the_line_is_full_or_closed() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let layer = line(&timer);
    let mut service = layer.layer(stage.backend());
    let mut held: Vec<_> = (0..3).map(|_| call(&mut service, FREE)).collect();
    held.iter_mut().for_each(|call| call.waits());
    timer.advance(ms(10));
    assert_eq!(late_by(call(&mut service, due(10)).done()), Some(ms(0)));
    assert!(
        call(&mut service, due(11))
            .done()
            .unwrap_err()
            .is_bulkhead()
    );
    layer.close();
    assert_eq!(late_by(call(&mut service, due(10)).done()), Some(ms(0)));
}

#[test]
fn t06_a_waiter_waits_no_longer_than_its_request_may_nor_than_the_line_allows() {
    for (request, expected, is_deadline) in [
        (due(30), 30, true),
        (due(50), 50, true),
        (due(80), 50, false),
        (FREE, 50, false),
    ] {
        let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
        let layer = line(&timer);
        let mut service = layer.layer(stage.backend());
        let mut first = call(&mut service, FREE);
        first.waits();
        let mut waiter = call(&mut service, request);
        waiter.waits();
        timer.advance(ms(expected) - Duration::from_nanos(1));
        waiter.waits();
        timer.advance(Duration::from_nanos(1));
        let answer = waiter.done();
        match &answer {
            Err(ResilienceError::BulkheadTimeout { waited, .. }) if !is_deadline => {
                assert_eq!(*waited, ms(expected));
            }
            _ => assert_eq!(late_by(answer).filter(|_| is_deadline), Some(ms(0))),
        }
        assert_eq!((taken(&layer), timer.armed()), ((1, 0), 0));
        assert_eq!(stage.calls(), 1);
    }
}

#[test]
fn a_wait_is_measured_from_its_first_poll_and_its_deadline_from_nowhere() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let layer = line(&timer);
    let mut service = layer.layer(stage.backend());
    let mut first = call(&mut service, FREE);
    first.waits();
    let mut waiter = call(&mut service, due(30));
    timer.advance(ms(40));
    assert_eq!(
        late_by(waiter.done()),
        Some(ms(10)),
        "its first poll is late"
    );
    assert_eq!(taken(&layer), (1, 0));
}

#[test]
fn a_permit_that_comes_too_late_for_a_request_goes_to_the_next_in_line() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let layer = line(&timer);
    let mut service = layer.layer(stage.backend());
    let mut first = call(&mut service, FREE);
    first.waits();
    let (mut late, mut next) = (call(&mut service, due(30)), call(&mut service, FREE));
    late.waits();
    next.waits();
    drop(first);
    timer.advance(ms(30));
    assert_eq!((taken(&layer), stage.calls()), ((1, 2), 1));
    assert_eq!(late_by(late.done()), Some(ms(0)));
    next.waits();
    assert_eq!((taken(&layer), stage.calls(), stage.live()), ((1, 0), 2, 1));
    drop(next);
    assert_eq!((taken(&layer), timer.armed()), ((0, 0), 0));
}

#[test]
fn a_request_in_time_goes_inward_with_what_it_carries() {
    let (stage, timer, seen) = (
        Stage::always(Act::Ok(1)),
        ManualTimer::new(),
        Seen::default(),
    );
    let mut service = line(&timer).layer(seen.by(stage.backend()));
    let (number, carried) = due(30);
    let marked = (number, carried.with_attempt(2));
    assert_eq!(call(&mut service, marked).done(), Ok(1));
    assert_eq!(
        (seen.deadlines(), seen.attempts()),
        (vec![Some(tick(30))], vec![2])
    );
}

#[test]
fn a_line_that_was_not_asked_does_not_look() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let layer = BulkheadLayer::queued(1, 2, ms(50)).unwrap();
    let mut service = layer.with_timer(timer.clone()).layer(stage.backend());
    timer.advance(ms(40));
    assert_eq!(call(&mut service, due(30)).done(), Ok(1));
}

#[test]
fn a_retry_outside_leaves_a_late_request_alone() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .max_attempts(9)
        .with_timer(timer.clone());
    let stack = Policy(retry.build().unwrap().into_layer()) + Policy(line(&timer));
    let mut service = stack.layer(stage.backend());
    timer.advance(ms(30));
    let error = call(&mut service, due(30)).done().unwrap_err();
    assert!(error.is_deadline_passed() && error.is_rejection());
    assert_eq!(timer.armed(), 0);
}

#[test]
fn weights_classes_and_live_settings_go_with_it() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let layer = line(&timer)
        .weighted_by(|(weight, _): &Bearer| *weight as usize)
        .prioritized_by(|(weight, _): &Bearer| match weight {
            1 => Priority::High,
            _ => Priority::Low,
        })
        .live();
    assert!(layer.resize(2).is_ok());
    let mut service = layer.layer(stage.backend());
    let mut first = call(&mut service, (2, FREE.1));
    first.waits();
    let mut waiter = call(&mut service, (2, due(30).1));
    waiter.waits();
    timer.advance(ms(30));
    assert_eq!(late_by(waiter.done()), Some(ms(0)));
    assert_eq!((layer.in_flight(), layer.waiting()), (2, 0));
}

#[test]
fn who_gets_a_permit_past_the_deadline_is_turned_away_and_says_so_in_its_event() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let sink = MemorySink::with_capacity(16).unwrap();
    let layer = line(&timer).with_sink(sink.clone());
    let mut service = layer.layer(stage.backend());
    let mut first = call(&mut service, FREE);
    first.waits();
    let mut waiter = call(&mut service, due(30));
    waiter.waits();
    drop(first);
    timer.advance(ms(31));
    assert_eq!(late_by(waiter.done()), Some(ms(1)));
    let turned_away = |event: &&PolicyEvent| {
        let reason = BulkheadRejection::DeadlinePassed;
        matches!(event, PolicyEvent::BulkheadRejected { reason: told, .. } if *told == reason)
    };
    assert_eq!(sink.events().iter().filter(turned_away).count(), 1);
    assert_eq!((stage.calls(), layer.in_flight()), (1, 0));
}

#[test]
fn what_was_turned_away_for_its_deadline_says_so_in_its_event() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let sink = MemorySink::with_capacity(16).unwrap();
    let layer = line(&timer).with_sink(sink.clone());
    let mut service = layer.layer(stage.backend());
    let mut first = call(&mut service, FREE);
    first.waits();
    let mut waiter = call(&mut service, due(30));
    waiter.waits();
    timer.advance(ms(30));
    assert_eq!(late_by(waiter.done()), Some(ms(0)));
    assert_eq!(late_by(call(&mut service, due(30)).done()), Some(ms(0)));
    let reasons: Vec<_> = sink
        .events()
        .iter()
        .filter_map(|event| match event {
            PolicyEvent::BulkheadRejected { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [BulkheadRejection::DeadlinePassed; 2]);
    let failures = sink.events();
    let failures = failures
        .iter()
        .filter(|event| event.kind() == Kind::RequestFailure);
    assert_eq!(failures.count(), 2, "one outcome for each");
}

#[test]
fn explain_says_that_a_line_heeds_deadlines() {
    let layer = Policy(line(&ManualTimer::new()).named("line"));
    assert_eq!(
        layer.explain().to_string().trim(),
        "bulkhead line: 1 call in flight, 2 in line for 50ms, no longer than its deadline"
    );
}
