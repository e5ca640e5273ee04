//! Slots that are taken again, one thread alone: what the last wait left there, and what it does not hold against the next.

use std::sync::Arc;

use super::keeper::with;
use super::{Left, Log, Stand, Task, Tick, at, span, until};

#[test]
fn w06_a_slot_that_is_armed_again_takes_its_new_place_in_the_order() {
    with(|wheel, look| {
        let log = Arc::new(Log::default());
        let [(_, a), (_, b)] = [0, 1].map(|name| log.task(name));
        let first = wheel.arm(until(10), 0, || 1, &a).unwrap();
        assert_eq!(look(0), (0, at(10)));
        assert_eq!(first.leave(), Left::Disarmed);
        let second = wheel.arm(until(10), 0, || 2, &b).unwrap();
        let third = wheel.arm(until(10), 0, || 3, &a).unwrap();
        assert_eq!(look(10), (2, Tick::NEVER));
        assert_eq!(log.names(), [1, 0]);
        assert_eq!((second.leave(), third.leave()), (Left::Fired, Left::Fired));
    });
}

#[test]
fn who_has_left_is_not_fired_and_leaves_nothing_to_wait_for() {
    with(|wheel, look| {
        let (task, waker) = Task::new();
        for wait in [until(5), span(5)] {
            let before = wheel.arm(wait, 0, || 0, &waker).unwrap();
            assert_eq!(before.leave(), Left::Disarmed);
            assert_eq!(look(0), (0, Tick::NEVER));
            let after = wheel.arm(wait, 0, || 0, &waker).unwrap();
            assert_eq!(look(0), (0, at(5)));
            assert_eq!(after.leave(), Left::Disarmed);
            assert_eq!(look(1), (0, Tick::NEVER), "the keeper need not wake for it");
        }
        assert_eq!((look(9), task.wakes()), ((0, Tick::NEVER), 0));
    });
}

#[test]
fn a_longer_wait_on_the_same_slot_is_not_fired_by_the_shorter_one() {
    with(|wheel, look| {
        let (task, waker) = Task::new();
        let first = wheel.arm(until(5), 0, || 0, &waker).unwrap();
        assert_eq!(look(0), (0, at(5)));
        assert_eq!(first.leave(), Left::Disarmed);
        let second = wheel.arm(until(50), 0, || 0, &waker).unwrap();
        assert_eq!((look(5), task.wakes()), ((0, at(50)), 0));
        assert_eq!(look(50), (1, Tick::NEVER));
        assert_eq!(second.leave(), Left::Fired);
    });
}

#[test]
fn a_shorter_wait_on_the_same_slot_is_not_late_by_the_longer_one() {
    with(|wheel, look| {
        let [(_, waker), (_, other)] = [Task::new(), Task::new()];
        let between = wheel.arm(until(20), 1, || 0, &other).unwrap();
        let first = wheel.arm(until(50), 0, || 0, &waker).unwrap();
        assert_eq!(look(0), (0, at(20)));
        assert_eq!(first.leave(), Left::Disarmed);
        let second = wheel.arm(until(5), 0, || 0, &waker).unwrap();
        assert_eq!(look(1), (0, at(5)));
        assert_eq!(look(5), (1, at(20)));
        assert_eq!(
            (second.leave(), between.leave()),
            (Left::Fired, Left::Disarmed)
        );
    });
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn the_same_wait_again_clones_no_waker() {
    let mut pair = super::Pair::new();
    let (task, waker) = Task::new();
    for round in 0..1000 {
        let wait = if round < 500 { span(5) } else { until(round) };
        let entry = pair.wheel.arm(wait, 0, || 0, &waker).unwrap();
        assert_eq!(
            Arc::strong_count(&task),
            3,
            "the waker that is there is used again"
        );
        assert_eq!(entry.leave(), Left::Disarmed);
    }
    let pass = pair.pass(1);
    assert_eq!((pass.armed, pass.fired, pass.next), (1000, 0, Tick::NEVER));
    assert_eq!(Arc::strong_count(&task), 2, "the keeper has swept it");
    assert_eq!((pair.wheel.armed(), pair.wheel.waiting()), (1000, 0));
    assert_eq!(pair.pass(2).armed, 0);
}

#[test]
fn a_span_of_another_length_is_not_taken_for_the_same() {
    with(|wheel, look| {
        let (_, waker) = Task::new();
        let short = wheel.arm(span(5), 0, || 0, &waker).unwrap();
        assert_eq!(short.leave(), Left::Disarmed);
        let long = wheel.arm(span(50), 0, || 0, &waker).unwrap();
        assert_eq!(look(0), (0, at(50)));
        assert_eq!(long.leave(), Left::Disarmed);
    });
}

#[test]
fn a_deadline_that_is_renewed_is_the_one_that_counts() {
    with(|wheel, look| {
        let (task, waker) = Task::new();
        let first = wheel.arm(until(5), 0, || 0, &waker).unwrap();
        assert_eq!(first.leave(), Left::Disarmed);
        let second = wheel.arm(until(50), 0, || 0, &waker).unwrap();
        assert_eq!(Arc::strong_count(&task), 3, "the waker was still there");
        assert_eq!((look(5), task.wakes()), ((0, at(50)), 0));
        assert_eq!((look(50), task.wakes()), ((1, Tick::NEVER), 1));
        assert_eq!(second.leave(), Left::Fired);
    });
}

#[test]
fn two_waits_of_one_task_at_once_clone_its_waker_once_each() {
    with(|wheel, look| {
        let (task, waker) = Task::new();
        for (first, second) in [(until(5), until(6)), (span(7), span(8))] {
            // The second one finds no room at home, and its last place again.
            let outer = wheel.arm(first, 64, || 0, &waker).unwrap();
            let inner = wheel.arm(second, 4096, || 0, &waker).unwrap();
            assert_eq!(Arc::strong_count(&task), 4);
            assert_eq!(
                (outer.leave(), inner.leave()),
                (Left::Disarmed, Left::Disarmed)
            );
        }
        assert_eq!(look(0), (0, Tick::NEVER));
        assert_eq!(Arc::strong_count(&task), 2);
    });
}

#[test]
fn a_span_after_a_deadline_of_the_same_number_is_a_span() {
    with(|wheel, look| {
        let (_, waker) = Task::new();
        let first = wheel.arm(until(5), 0, || 0, &waker).unwrap();
        assert_eq!(first.leave(), Left::Disarmed);
        let second = wheel.arm(span(5), 0, || 0, &waker).unwrap();
        assert_eq!(look(3), (0, at(8)));
        assert_eq!(second.leave(), Left::Disarmed);
    });
}

#[test]
fn who_finds_its_slot_warm_with_another_waker_brings_its_own() {
    with(|wheel, look| {
        let [(old, first), (new, second)] = [Task::new(), Task::new()];
        let entry = wheel.arm(until(5), 0, || 0, &first).unwrap();
        assert_eq!(entry.poll(&second), Stand::Waiting);
        assert_eq!(entry.leave(), Left::Disarmed);
        let entry = wheel.arm(until(5), 0, || 0, &first).unwrap();
        assert_eq!(look(5), (1, Tick::NEVER));
        assert_eq!((old.wakes(), new.wakes()), (1, 0));
        assert_eq!(entry.leave(), Left::Fired);
    });
}
