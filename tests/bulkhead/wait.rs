//! The maximum wait, and its end in the same instant as a turn.

use super::*;

#[test]
fn waiter_is_turned_away_at_its_deadline_and_not_a_nanosecond_before() {
    let mut rig = Line::new(1, 1);
    let _first = rig.wait_at();
    let (wakes, waker) = drive::Wakes::new();
    let (mut waiter, gate) = rig.waiters(1).pop().unwrap();
    assert!(poll_with(&mut waiter, &waker).is_pending());
    rig.timer.advance(WAIT - NANO);
    assert!(poll_with(&mut waiter, &waker).is_pending());
    assert_eq!(wakes.count(), 0);
    rig.timer.advance(NANO);
    assert_eq!(wakes.count(), 1);
    let Poll::Ready(Err(error)) = poll(&mut waiter) else {
        panic!("its time is over")
    };
    assert!(error.is_bulkhead() && error.is_rejection());
    assert!(matches!(error, ResilienceError::BulkheadTimeout { waited, .. } if waited == WAIT));
    assert_eq!(
        error.to_string(),
        "no permit of the bulkhead came free within 10s"
    );
    assert_eq!((rig.now(), rig.timer.armed()), ((1, 0, 0), 0));
    assert!(!gate.began());
}

#[test]
fn the_wait_begins_at_the_first_poll_that_has_to_wait() {
    let mut rig = Line::new(1, 1);
    let _first = rig.wait_at();
    let mut waiter = rig.call(Ask::Answer);
    rig.timer.advance(WAIT * 3);
    assert!(poll(&mut waiter).is_pending());
    rig.timer.advance(WAIT - NANO);
    assert!(poll(&mut waiter).is_pending());
    rig.timer.advance(NANO);
    assert!(is_timeout(&poll(&mut waiter)));
}

#[test]
fn a_call_that_fits_arms_no_timer_and_one_that_got_in_has_none_left() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    assert_eq!(rig.timer.armed(), 0);
    let mut waiters = rig.waiters(1);
    assert_eq!(rig.timer.armed(), 1);
    drop(first);
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    assert_eq!(rig.timer.armed(), 0);
    rig.timer.advance(WAIT * 2);
    waiters[0].1.answer();
    assert_eq!(poll(&mut waiters[0].0), Poll::Ready(Ok(())));
}

#[test]
fn s21_hc81_turn_and_deadline_in_one_instant_is_a_turn() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    let mut waiters = rig.waiters(1);
    rig.timer.advance(WAIT);
    drop(first);
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    waiters.clear();
    assert_eq!(rig.now(), (0, 1, 0));
}

#[test]
fn s21_hc81_granted_after_the_deadline_and_polled_late_is_still_a_turn() {
    let mut rig = Line::new(1, 2);
    let (first, _) = rig.wait_at();
    let mut waiters = rig.waiters(2);
    rig.timer.advance(WAIT * 5);
    drop(first);
    let (mut second, _) = waiters.remove(1);
    assert!(is_timeout(&poll(&mut second)));
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    waiters.clear();
    assert_eq!(rig.now(), (0, 1, 0));
}

#[test]
fn s21_hc81_the_permit_of_the_granted_that_leaves_at_its_deadline_moves_on() {
    let mut rig = Line::new(1, 2);
    let (first, _) = rig.wait_at();
    let mut early = rig.waiters(1);
    rig.timer.advance(WAIT / 2);
    let (wakes, waker) = drive::Wakes::new();
    let (mut late, gate) = rig.waiters(1).pop().unwrap();
    assert!(poll_with(&mut late, &waker).is_pending());
    rig.timer.advance(WAIT / 2);
    drop(first);
    drop(early.pop());
    assert_eq!(wakes.count(), 1);
    assert!(poll(&mut late).is_pending());
    assert!(gate.began());
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn hc81_timed_out_waiters_take_no_permit_with_them() {
    let mut rig = Line::new(1, 3);
    for _ in 0..100 {
        let (first, _) = rig.wait_at();
        let mut waiters = rig.waiters(3);
        rig.timer.advance(WAIT);
        for (call, _) in &mut waiters {
            assert!(is_timeout(&poll(call)));
        }
        drop(first);
        assert_eq!((rig.now(), rig.timer.armed()), ((0, 1, 0), 0));
    }
}

#[test]
fn the_longest_wait_has_no_end() {
    let timer = ManualTimer::new();
    let layer = BulkheadLayer::queued(1, 1, Duration::MAX).unwrap();
    let mut rig = Rig::over(layer.with_timer(timer.clone()), timer);
    rig.timer.advance(WAIT);
    let (first, _) = rig.wait_at();
    let (mut waiter, gate) = rig.wait_at();
    rig.timer.advance(Duration::MAX);
    assert!(poll(&mut waiter).is_pending());
    drop(first);
    assert!(poll(&mut waiter).is_pending());
    assert!(gate.began());
}
