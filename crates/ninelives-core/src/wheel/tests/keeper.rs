//! What the keeper does, one thread alone.

use std::sync::Arc;
use std::vec::Vec;

use super::{Left, Log, Pair, Refused, Stand, Task, Tick, Wait, Wheel, at, span, until};

#[test]
fn w02_a_wait_until_a_tick_fires_then_and_not_before() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    let wheel = Wheel::default();
    assert!(wheel.open(super::OWNER));
    pair.wheel = wheel;
    let keeper = &mut pair.keeper;
    let entry = pair.wheel.arm(until(5), 0, || 0, &waker).unwrap();
    for ms in [0, 4] {
        let pass = keeper.pass(&pair.wheel, || at(ms));
        assert_eq!((pass.fired, pass.next), (0, at(5)));
        assert_eq!((entry.poll(&waker), task.wakes()), (Stand::Waiting, 0));
    }
    assert_eq!(keeper.pass(&pair.wheel, || at(5)).fired, 1);
    assert_eq!((entry.poll(&waker), task.wakes()), (Stand::Fired, 1));
    assert_eq!(entry.leave(), Left::Fired);
}

/// Runs `script` with a wheel whose keeper is moved by hand: `look(ms)` gives what was fired and what comes next.
pub(super) fn with(script: impl FnOnce(&Wheel, &mut dyn FnMut(u64) -> (u64, Tick))) {
    let Pair { wheel, mut keeper } = Pair::new();
    script(&wheel, &mut |ms| {
        let pass = keeper.pass(&wheel, || at(ms));
        (pass.fired, pass.next)
    });
    assert_eq!(wheel.waiting(), 0, "a wait was forgotten");
}

#[test]
fn w02_a_span_begins_when_the_keeper_sees_it() {
    with(|wheel, look| {
        let (_, waker) = Task::new();
        let entry = wheel.arm(span(10), 0, || 0, &waker).unwrap();
        // The keeper stood still for a second: the span has begun somewhere in it.
        assert_eq!(look(1000), (0, at(1010)));
        assert_eq!(look(1009), (0, at(1010)));
        assert_eq!(look(1010), (1, Tick::NEVER));
        assert_eq!(entry.leave(), Left::Fired);
    });
}

#[test]
fn w02_what_never_comes_never_fires() {
    with(|wheel, look| {
        let (_, waker) = Task::new();
        let never = wheel
            .arm(Wait::Until(Tick::NEVER), 0, || 0, &waker)
            .unwrap();
        let longest = wheel.arm(Wait::Span(u64::MAX), 1, || 0, &waker).unwrap();
        assert_eq!(look(u64::MAX / super::MS), (0, Tick::NEVER));
        assert_eq!(never.leave(), Left::Disarmed);
        assert_eq!(longest.leave(), Left::Disarmed);
    });
}

#[test]
fn w06_deadlines_come_in_order_and_ties_as_they_were_armed() {
    with(|wheel, look| {
        let log = Arc::new(Log::default());
        let deadlines = [30, 10, 20, 10, 30, 10];
        let mut entries = Vec::new();
        for (name, ms) in deadlines.into_iter().enumerate() {
            let (_, waker) = log.task(name);
            entries.push(wheel.arm(until(ms), name, || name as u64, &waker).unwrap());
        }
        assert_eq!(look(100), (6, Tick::NEVER));
        assert_eq!(log.names(), [1, 3, 5, 2, 0, 4]);
        entries
            .into_iter()
            .for_each(|entry| assert_eq!(entry.leave(), Left::Fired));
    });
}

#[test]
fn w07_a_keeper_that_stood_still_fires_each_once() {
    with(|wheel, look| {
        let log = Arc::new(Log::default());
        let armed = [1, 2, 3].map(|name| {
            let (_, waker) = log.task(name);
            wheel.arm(until(name as u64), name, || 0, &waker).unwrap()
        });
        assert_eq!(look(0), (0, at(1)));
        assert_eq!(look(1000), (3, Tick::NEVER));
        assert_eq!(look(2000), (0, Tick::NEVER));
        assert_eq!(log.names(), [1, 2, 3]);
        armed
            .into_iter()
            .for_each(|entry| assert_eq!(entry.leave(), Left::Fired));
    });
}

#[test]
fn a_clock_that_steps_back_delays_and_fires_nothing_early() {
    with(|wheel, look| {
        let (_, waker) = Task::new();
        let entry = wheel.arm(until(10), 0, || 0, &waker).unwrap();
        assert_eq!(look(9), (0, at(10)));
        assert_eq!(look(3), (0, at(10)));
        assert_eq!(look(10), (1, Tick::NEVER));
        assert_eq!(entry.leave(), Left::Fired);
    });
}

#[test]
fn the_newest_waker_is_woken_and_the_same_one_is_not_cloned() {
    with(|wheel, look| {
        let [(old, first), (new, second)] = [Task::new(), Task::new()];
        let entry = wheel.arm(until(5), 0, || 0, &first).unwrap();
        for _ in 0..3 {
            assert_eq!(entry.poll(&second), Stand::Waiting);
            assert_eq!((Arc::strong_count(&old), Arc::strong_count(&new)), (2, 3));
        }
        assert_eq!(look(5), (1, Tick::NEVER));
        assert_eq!((old.wakes(), new.wakes()), (0, 1));
        assert_eq!(
            (entry.poll(&second), entry.leave()),
            (Stand::Fired, Left::Fired)
        );
        drop(second);
        assert_eq!(
            Arc::strong_count(&new),
            1,
            "a wait that is over keeps no waker"
        );
    });
}

#[test]
fn a_poll_that_comes_after_the_end_leaves_no_waker() {
    with(|wheel, look| {
        let [(_, first), (task, second)] = [Task::new(), Task::new()];
        let entry = wheel.arm(until(5), 0, || 0, &first).unwrap();
        assert_eq!(look(5), (1, Tick::NEVER));
        assert_eq!(entry.poll(&second), Stand::Fired);
        assert_eq!(Arc::strong_count(&task), 2);
        assert_eq!(entry.leave(), Left::Fired);
    });
}

#[test]
fn a_wheel_without_a_keeper_refuses() {
    let wheel = Wheel::new();
    let (task, waker) = Task::new();
    for wait in [until(5), span(5)] {
        assert_eq!(
            wheel.arm(wait, 0, || 0, &waker).unwrap_err(),
            Refused::Closed
        );
    }
    assert_eq!((wheel.waiting(), wheel.armed()), (0, 2));
    assert_eq!(task.wakes(), 0);
}

#[test]
fn the_same_wait_booked_again_keeps_its_one_entry_of_the_queue() {
    let Pair { wheel, mut keeper } = Pair::new();
    let [(_, waker), (_, other)] = [Task::new(), Task::new()];
    let first = wheel.arm(until(1), 1, || 0, &other).unwrap();
    for _ in 0..8 {
        let entry = wheel.arm(until(5), 0, || 0, &waker).unwrap();
        assert_eq!(keeper.pass(&wheel, || at(0)).next, at(1));
        assert_eq!(entry.leave(), Left::Disarmed);
    }
    assert_eq!(keeper.due.len(), 2);
    assert_eq!(first.leave(), Left::Disarmed);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn replaced_entries_of_the_queue_do_not_pile_up() {
    let mut pair = Pair::new();
    let [(_, waker), (_, other)] = [Task::new(), Task::new()];
    let between = pair.wheel.arm(until(500_000), 1, || 0, &other).unwrap();
    for round in 0..10_000 {
        // Each longest wait is replaced by a short one, over and over, and behind one that goes on.
        for ms in [1_000_000 + round, round + 2] {
            let entry = pair.wheel.arm(until(ms), 0, || 0, &waker).unwrap();
            pair.keeper.pass(&pair.wheel, || at(round));
            let left = entry.leave();
            assert_eq!(left, Left::Disarmed);
        }
    }
    assert!(pair.keeper.due.len() <= 2 * pair.keeper.records.len() + 65);
    let pass = pair.keeper.pass(&pair.wheel, || at(500_000));
    assert_eq!(pass.fired, 1, "what goes on is still in the queue");
    assert_eq!(between.leave(), Left::Fired);
}
