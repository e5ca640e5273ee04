//! The line: first come, first served, and whoever leaves it leaves no gap.

use super::*;

/// One after another, each when the one before it is done.
fn served_in_order(mut waiters: Vec<(Call<Queueing>, Gate)>) {
    while !waiters.is_empty() {
        let began = began::<Queueing>(&mut waiters);
        assert!(began[0] && !began[1..].contains(&true), "{began:?}");
        let (call, gate) = waiters.remove(0);
        gate.answer();
        assert_eq!(done(call), Ok(()));
    }
}

#[test]
fn waiters_get_in_one_by_one_in_their_order() {
    let mut rig = Line::new(1, 4);
    let (first, _) = rig.wait_at();
    let waiters = rig.waiters(4);
    drop(first);
    served_in_order(waiters);
    assert_eq!((rig.now(), rig.backend.peak()), ((0, 1, 0), 1));
}

#[test]
fn s02_waiter_dropped_before_its_first_poll_leaves_the_line_untouched() {
    let mut rig = Line::new(1, 2);
    let (first, _) = rig.wait_at();
    let unpolled = rig.call(Ask::Answer);
    assert_eq!((rig.now(), rig.timer.armed()), ((1, 0, 1), 0));
    drop(unpolled);
    assert_eq!(rig.now(), (1, 0, 0));
    drop(first);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn s03_hc78_waiter_dropped_at_head_middle_or_tail_keeps_the_order_of_the_others() {
    for leaver in 0..4 {
        let mut rig = Line::new(1, 4);
        let (first, _) = rig.wait_at();
        let mut waiters = rig.waiters(4);
        drop(waiters.remove(leaver));
        assert_eq!((rig.now(), rig.timer.armed()), ((1, 0, 3), 3));
        drop(first);
        served_in_order(waiters);
        assert_eq!(rig.now(), (0, 1, 0));
    }
}

#[test]
fn hc78_cancelled_waiter_frees_its_place_at_once() {
    let mut rig = Line::new(1, 1);
    let _first = rig.wait_at();
    for _ in 0..100 {
        let waiter = rig.waiters(1);
        assert_eq!(rig.full(), (1, 1));
        drop(waiter);
    }
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn s04_granted_and_dropped_before_its_poll_passes_the_permit_on_and_wakes_the_next() {
    let mut rig = Line::new(1, 2);
    let (first, _) = rig.wait_at();
    let mut waiters = rig.waiters(2);
    let (wakes, waker) = drive::Wakes::new();
    let (mut last, gate) = waiters.pop().unwrap();
    assert!(poll_with(&mut last, &waker).is_pending());
    drop(first);
    assert_eq!((rig.now(), wakes.count()), ((1, 0, 2), 0));
    drop(waiters);
    assert_eq!((rig.now(), wakes.count()), ((1, 0, 1), 1));
    assert!(poll(&mut last).is_pending());
    assert!(gate.began());
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn s05_cancelled_head_delays_nobody() {
    let mut rig = Line::new(2, 3);
    let (one, two) = (rig.wait_at(), rig.wait_at());
    let mut waiters = rig.waiters(3);
    drop(one);
    drop(waiters.remove(0));
    assert_eq!(began::<Queueing>(&mut waiters), [true, false]);
    drop(two);
    assert_eq!(began::<Queueing>(&mut waiters), [true, true]);
}

#[test]
fn s22_greedy_caller_does_not_pass_a_waiter() {
    let mut rig = Line::new(1, 2);
    let (mut greedy, gate) = rig.wait_at();
    let mut waiters = rig.waiters(1);
    gate.answer();
    assert!(poll(&mut greedy).is_ready());
    let (mut again, later) = rig.wait_at();
    assert!(!later.began());
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    waiters.clear();
    assert!(poll(&mut again).is_pending());
    assert!(later.began());
}

#[test]
fn s24_full_line_turns_the_newest_away_with_the_true_count() {
    let mut rig = Line::new(2, 3);
    let _first = [rig.wait_at(), rig.wait_at()];
    let waiters = rig.waiters(3);
    for _ in 0..10 {
        assert_eq!(rig.full(), (2, 2));
    }
    assert_eq!(rig.now(), (2, 0, 3));
    drop(waiters);
    assert_eq!(rig.waiters(3).len(), 3);
}

#[test]
fn hc48_cancelled_at_every_stage_restores_permits_and_places() {
    for stage in 0..6 {
        let mut rig = Line::new(1, 1);
        let mut first = Some(rig.wait_at().0);
        let gate = Gate::new();
        let mut call = rig.call(Ask::At(gate.clone()));
        if stage > 0 {
            assert!(poll(&mut call).is_pending());
        }
        if stage > 1 {
            first = None;
        }
        if stage > 2 {
            assert!(poll(&mut call).is_pending());
        }
        if stage > 3 {
            gate.answer();
        }
        if stage > 4 {
            assert!(poll(&mut call).is_ready());
        }
        drop(call);
        let held = usize::from(first.is_some());
        assert_eq!(rig.now(), (held, 1 - held, 0), "stage {stage}");
        assert_eq!(rig.timer.armed(), 0, "stage {stage}");
        assert_eq!(gate.dropped(), stage > 2, "stage {stage}");
    }
}

#[test]
fn s16_permit_goes_to_the_next_when_the_call_is_done_though_its_future_is_kept() {
    let mut rig = Line::new(1, 1);
    let (mut first, gate) = rig.wait_at();
    let mut waiters = rig.waiters(1);
    gate.answer();
    assert!(poll(&mut first).is_ready());
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    drop(first);
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn s25_a_hundred_thousand_waiters_cancelled_together() {
    const MANY: usize = 100_000;
    let mut rig = Rig::over(
        // A manual timer keeps its waits in a list; this line is about the places.
        BulkheadLayer::queued(1, MANY, WAIT)
            .unwrap()
            .with_timer(ninelives::TrackingSleeper::new()),
        ManualTimer::new(),
    );
    let (first, _) = rig.wait_at();
    let mut waiters: Vec<_> = (0..MANY).map(|_| rig.call(Ask::Answer)).collect();
    assert_eq!(rig.now(), (1, 0, MANY));
    assert_eq!(rig.full(), (1, 1));
    let last = waiters.pop().unwrap();
    drop(waiters);
    assert_eq!(rig.now(), (1, 0, 1));
    drop(first);
    assert_eq!(done(last), Ok(()));
    assert_eq!(rig.now(), (0, 1, 0));
}
