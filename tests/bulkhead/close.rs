//! The end of a bulkhead.

use super::*;

fn is_closed(answer: &Poll<Answer>) -> bool {
    matches!(answer, Poll::Ready(Err(ResilienceError::BulkheadClosed)))
}

#[test]
fn s23_close_tells_every_waiter_and_calls_in_flight_finish() {
    let mut rig = Line::new(1, 3);
    let (mut first, gate) = rig.wait_at();
    let mut waiters = rig.waiters(3);
    let (wakes, waker) = drive::Wakes::new();
    for (call, _) in &mut waiters {
        assert!(poll_with(call, &waker).is_pending());
    }
    rig.layer.close();
    assert_eq!((rig.layer.is_closed(), wakes.count()), (true, 3));
    for (call, gate) in &mut waiters {
        assert!(is_closed(&poll(call)));
        assert!(!gate.began());
    }
    assert_eq!((rig.now(), rig.timer.armed()), ((1, 0, 0), 0));
    gate.answer();
    assert_eq!(poll(&mut first), Poll::Ready(Ok(())));
}

#[test]
fn s23_release_and_growth_reopen_nothing() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    rig.layer.close();
    drop(first);
    rig.layer.resize(5).unwrap();
    for _ in 0..3 {
        let error = rig.ask(Ask::Answer).unwrap_err();
        assert!(error.is_bulkhead_closed() && error.is_rejection());
        assert_eq!(error.to_string(), "bulkhead closed");
    }
    assert_eq!(rig.backend.calls(), 1);
}

#[test]
fn s23_turn_before_the_close_stays_good() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    let mut waiters = rig.waiters(1);
    drop(first);
    rig.layer.close();
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
}

#[test]
fn s23_closed_waiters_that_are_dropped_unpolled_leave_nothing() {
    let mut rig = Line::new(1, 3);
    let (first, _) = rig.wait_at();
    let waiters = rig.waiters(3);
    rig.layer.close();
    drop(waiters);
    drop(first);
    assert_eq!((rig.layer.in_flight(), rig.layer.waiting()), (0, 0));
}

#[test]
fn s23_close_holds_for_every_clone_and_without_a_line() {
    let mut rig = Plain::new(1);
    let mut other = rig.layer.layer(Backend::default());
    let (mut call, gate) = rig.wait_at();
    rig.layer.clone().close();
    assert!(is_closed(&poll(&mut start(&mut other, Ask::Answer))));
    gate.answer();
    assert_eq!(poll(&mut call), Poll::Ready(Ok(())));
    assert!(rig.ask(Ask::Answer).unwrap_err().is_bulkhead_closed());
}
