//! The bulkhead beside other policies.

use ninelives::{Policy, RetryPolicy, TimeoutLayer, TrackingSleeper};

use super::*;

#[test]
fn hc52_timeout_around_it_drops_the_call_and_frees_its_permit() {
    let (timer, bulkhead) = (ManualTimer::new(), BulkheadLayer::new(1).unwrap());
    let timeout = TimeoutLayer::new(WAIT).unwrap().with_timer(timer.clone());
    let policy = Policy(timeout) + Policy(bulkhead.clone());
    let mut service = policy.layer(Backend::default());
    let gate = Gate::new();
    let mut call = start(&mut service, Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    assert_eq!(bulkhead.in_flight(), 1);
    timer.advance(WAIT);
    assert!(matches!(poll(&mut call), Poll::Ready(Err(error)) if error.is_timeout()));
    assert!(gate.dropped());
    assert_eq!(bulkhead.in_flight(), 0);
}

#[test]
fn hc52_hc78_timeout_around_a_waiter_takes_it_out_of_the_line() {
    let mut rig = Line::new(1, 1);
    let timeout = TimeoutLayer::new(WAIT / 2).unwrap();
    let policy = Policy(timeout.with_timer(rig.timer.clone())) + Policy(rig.layer.clone());
    let mut service = policy.layer(rig.backend.clone());
    let (first, _) = rig.wait_at();
    let mut waiter = start(&mut service, Ask::Answer);
    assert!(poll(&mut waiter).is_pending());
    assert_eq!(rig.now(), (1, 0, 1));
    rig.timer.advance(WAIT / 2);
    assert!(matches!(poll(&mut waiter), Poll::Ready(Err(error)) if error.is_timeout()));
    assert_eq!((rig.now(), rig.timer.armed()), ((1, 0, 0), 0));
    drop(first);
    assert_eq!(rig.now(), (0, 1, 0));
}

#[test]
fn hc53_retry_around_a_full_bulkhead_sleeps_never_and_asks_once() {
    let sleeper = TrackingSleeper::new();
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let bulkhead = BulkheadLayer::new(1).unwrap();
    bulkhead.resize(0).unwrap();
    let policy = Policy(retry.into_layer()) + Policy(bulkhead);
    let backend = Backend::default();
    let error = done(start(&mut policy.layer(backend.clone()), Ask::Answer)).unwrap_err();
    assert!(error.is_bulkhead(), "{error:?}");
    assert_eq!((sleeper.calls(), backend.calls()), (0, 0));
}

#[test]
fn a_request_holds_one_permit_for_all_its_attempts() {
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .with_sleeper(TrackingSleeper::new())
        .build()
        .unwrap();
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let policy = Policy(bulkhead.clone()) + Policy(retry.into_layer());
    let backend = Backend::default();
    let mut service = policy.layer(backend.clone());
    assert!(
        done(start(&mut service, Ask::Fail))
            .unwrap_err()
            .is_retry_exhausted()
    );
    assert_eq!(
        (backend.calls(), backend.peak(), bulkhead.in_flight()),
        (5, 1, 0)
    );
}

#[test]
fn a_waiter_answers_behind_a_fallback() {
    let mut rig = Line::new(1, 1);
    let policy = Policy(rig.layer.clone()) | Policy::respond(|_: Ask| ());
    let mut service = policy.layer(rig.backend.clone());
    let (_first, _) = rig.wait_at();
    let mut waiter = start(&mut service, Ask::Answer);
    assert!(poll(&mut waiter).is_pending());
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    rig.timer.advance(WAIT);
    assert_eq!(poll(&mut waiter), Poll::Ready(Ok(())));
    assert_eq!((rig.backend.calls(), rig.now()), (1, (1, 0, 0)));
}
