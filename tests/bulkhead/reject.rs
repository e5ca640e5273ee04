//! Without a line: in at once, or turned away at once.

use std::mem::ManuallyDrop;

use tower::service_fn;

use super::*;

#[test]
fn hc09_what_does_not_fit_is_turned_away_at_once_with_the_counts() {
    let mut rig = Plain::new(2);
    let calls = [rig.wait_at(), rig.wait_at()];
    assert_eq!(rig.full(), (2, 2));
    let error = rig.ask(Ask::Answer).unwrap_err();
    assert!(error.is_bulkhead() && error.is_rejection());
    assert_eq!(error.retry_after(), None);
    assert_eq!(error.to_string(), "bulkhead full: 2 of 2 permits out");
    drop(calls);
    assert_eq!(rig.now(), (0, 2, 0));
}

#[test]
fn hc06_hc71_ten_layers_and_their_clones_have_one_limit() {
    let rig = Plain::new(3);
    let mut services: Vec<Rejecting> = (0..10)
        .map(|_| rig.layer.clone().layer(rig.backend.clone()))
        .collect();
    let calls: Vec<_> = services
        .iter_mut()
        .map(|service| start(service, Ask::Hang))
        .collect();
    assert_eq!((rig.backend.calls(), rig.layer.in_flight()), (3, 3));
    drop(calls);
    assert_eq!(rig.now(), (0, 3, 0));
}

#[test]
fn hc48_cancelled_before_its_first_poll_while_pending_and_when_done() {
    let mut rig = Plain::new(1);
    drop(rig.call(Ask::Hang));
    assert_eq!(rig.now(), (0, 1, 0));
    let (call, gate) = rig.wait_at();
    drop(call);
    assert!(gate.dropped());
    assert_eq!(rig.now(), (0, 1, 0));
    let mut call = rig.call(Ask::Answer);
    assert!(poll(&mut call).is_ready());
    let other = rig.call(Ask::Hang);
    drop(call);
    assert_eq!(rig.now(), (1, 0, 0));
    drop(other);
}

#[test]
fn s16_permit_is_free_when_the_call_is_done_though_its_future_is_kept() {
    let mut rig = Plain::new(1);
    let mut kept = Vec::new();
    for _ in 0..100 {
        let mut call = rig.call(Ask::Answer);
        assert_eq!(poll(&mut call), Poll::Ready(Ok(())));
        kept.push(call);
    }
    assert_eq!((rig.now(), rig.backend.running()), ((0, 1, 0), 0));
}

#[test]
fn s16_failed_call_gives_its_permit_back() {
    let mut rig = Plain::new(1);
    for _ in 0..10 {
        assert_eq!(rig.ask(Ask::Fail), Err(ResilienceError::Inner(Broken)));
    }
    assert_eq!(rig.now(), (0, 1, 0));
}

#[test]
fn s17_leaked_call_keeps_one_permit_and_nothing_else_breaks() {
    let mut rig = Plain::new(2);
    let leaked = ManuallyDrop::new(rig.call(Ask::Hang));
    assert_eq!(rig.now(), (1, 1, 0));
    for _ in 0..10 {
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
    }
    let _other = rig.call(Ask::Hang);
    assert_eq!(rig.full(), (2, 2));
    rig.layer.resize(3).unwrap();
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    // For those who look for leaks that nobody planned.
    drop(ManuallyDrop::into_inner(leaked));
}

#[test]
fn s24_every_attempt_is_admitted_or_rejected() {
    let mut rig = Plain::new(4);
    let mut calls: Vec<_> = (0..100).map(|_| rig.call(Ask::Answer)).collect();
    let (mut admitted, mut rejected) = (0, 0);
    for call in &mut calls {
        match poll(call) {
            Poll::Ready(Ok(())) => admitted += 1,
            Poll::Ready(Err(error)) if error.is_bulkhead() => rejected += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((admitted, rejected), (4, 96));
    assert_eq!(rig.backend.calls(), 4);
}

#[test]
fn hc12_a_request_that_cannot_be_cloned_passes() {
    struct Body(Vec<u8>);
    let inner = service_fn(|body: Body| async move { Ok::<_, Broken>(body.0.len()) });
    let mut plain = BulkheadLayer::new(1).unwrap().layer(inner);
    let mut queued = BulkheadLayer::queued(1, 1, WAIT)
        .unwrap()
        .with_timer(ManualTimer::new())
        .layer(inner);
    assert_eq!(done(start(&mut plain, Body(vec![0; 7]))), Ok(7));
    assert_eq!(done(start(&mut queued, Body(vec![0; 7]))), Ok(7));
}

#[test]
fn hc77_the_response_outlives_the_permit() {
    let inner = service_fn(|(): ()| async { Ok::<_, Broken>(std::rc::Rc::new(7)) });
    let layer = BulkheadLayer::new(1).unwrap();
    let mut service = layer.layer(inner);
    let body = done(start(&mut service, ())).unwrap();
    assert_eq!((layer.in_flight(), *body), (0, 7));
    assert_eq!(done(start(&mut service, ())).as_deref(), Ok(&7));
}
