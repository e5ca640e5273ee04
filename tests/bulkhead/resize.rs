//! A limit that changes while calls are in flight.

use super::*;

#[test]
fn s09_hc70_shrink_below_in_flight_ends_no_call_and_admits_nobody_until_it_fits() {
    let mut rig = Plain::new(10);
    let mut calls: Vec<_> = (0..8).map(|_| rig.wait_at()).collect();
    assert_eq!(rig.layer.resize(3), Ok(10));
    assert_eq!(rig.now(), (8, 0, 0));
    while calls.len() >= 3 {
        assert_eq!(rig.full(), (calls.len(), 3));
        let (mut call, gate) = calls.pop().unwrap();
        gate.answer();
        assert_eq!(poll(&mut call), Poll::Ready(Ok(())));
    }
    assert_eq!(rig.now(), (2, 1, 0));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn s10_shrink_and_grow_gives_no_double_credit() {
    let mut rig = Plain::new(10);
    let _calls: Vec<_> = (0..8).map(|_| rig.wait_at()).collect();
    assert_eq!(rig.layer.resize(3), Ok(10));
    assert_eq!(rig.layer.resize(10), Ok(3));
    let _more = [rig.wait_at(), rig.wait_at()];
    assert_eq!(rig.full(), (10, 10));
}

#[test]
fn s11_growing_lets_in_exactly_those_that_fit_in_order_and_wakes_them() {
    for (grown, let_in) in [(0, 0), (1, 1), (3, 3), (5, 5), (9, 5)] {
        let mut rig = Line::new(1, 5);
        let _first = rig.wait_at();
        let mut waiters = rig.waiters(5);
        let wakes: Vec<_> = waiters
            .iter_mut()
            .map(|(call, _)| {
                let (wakes, waker) = drive::Wakes::new();
                assert!(poll_with(call, &waker).is_pending());
                wakes
            })
            .collect();
        rig.layer.resize(1 + grown).unwrap();
        let woken: Vec<usize> = wakes.iter().map(|wakes| wakes.count()).collect();
        let expected: Vec<usize> = (0..5).map(|place| usize::from(place < let_in)).collect();
        assert_eq!(woken, expected);
        let expected: Vec<bool> = (0..5).map(|place| place < let_in).collect();
        assert_eq!(began::<Queueing>(&mut waiters), expected);
        assert_eq!(rig.now(), (1 + let_in, grown - let_in, 5 - let_in));
    }
}

#[test]
fn s13_limit_zero_pauses_and_growth_revives() {
    let mut rig = Line::new(1, 3);
    assert_eq!(rig.layer.resize(0), Ok(1));
    assert_eq!(rig.layer.limit(), 0);
    let mut waiters = rig.waiters(2);
    assert_eq!(began::<Queueing>(&mut waiters), [false, false]);
    assert_eq!(rig.now(), (0, 0, 2));
    assert_eq!(rig.layer.resize(2), Ok(0));
    assert_eq!(began::<Queueing>(&mut waiters), [true, true]);
    let mut plain = Plain::new(1);
    plain.layer.resize(0).unwrap();
    assert_eq!(plain.full(), (0, 0));
}

#[test]
fn s13_paused_waiters_keep_their_deadline() {
    let mut rig = Line::new(1, 1);
    rig.layer.resize(0).unwrap();
    let (mut waiter, _) = rig.waiters(1).pop().unwrap();
    rig.timer.advance(WAIT);
    assert!(is_timeout(&poll(&mut waiter)));
    assert_eq!(rig.now(), (0, 0, 0));
}

#[test]
fn a_refused_size_changes_nothing() {
    let rig = Plain::new(5);
    for limit in [1 << 20, usize::MAX] {
        assert_eq!(
            rig.layer.resize(limit).unwrap_err().to_string(),
            format!("max_concurrent: {limit} is outside 0..=1048575")
        );
    }
    assert_eq!(rig.layer.limit(), 5);
    assert_eq!(rig.layer.resize((1 << 20) - 1), Ok(5));
}

#[test]
fn one_resize_holds_for_every_clone() {
    let mut rig = Plain::new(1);
    let mut other = rig.layer.clone().named("other").layer(Backend::default());
    rig.layer.resize(2).unwrap();
    let _calls = (start(&mut other, Ask::Hang), start(&mut other, Ask::Hang));
    assert_eq!(rig.full(), (2, 2));
}

#[test]
fn s08_a_subscriber_whose_waker_panics_keeps_no_limit_back() {
    let layer = BulkheadLayer::new(1).unwrap().live();
    let mut changes = layer.settings().subscribe();
    let waker = drive::panicking();
    let mut cx = std::task::Context::from_waker(&waker);
    assert!(changes.poll_changed(&mut cx).is_pending());
    assert!(drive::panics(|| layer.resize(5)));
    assert_eq!((layer.config().max_concurrent(), layer.limit()), (5, 5));
}
