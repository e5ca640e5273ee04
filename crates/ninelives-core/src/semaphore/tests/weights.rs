//! Calls that weigh more than one permit: all or nothing, in order, and nothing is lost.

use std::sync::Arc;
use std::task::Poll;
use std::vec::Vec;

use super::super::{Entry, Left, MAX_PERMITS, Place, Priority, Semaphore, Turn};
use super::{Task, ask, counts, hold, is_granted, line, poll};

/// Enters for so many permits, expecting a place.
fn wait_for(semaphore: &Semaphore, weight: u32) -> Place {
    match semaphore.enter_many(ask(weight, Priority::Normal), || u32::MAX) {
        Entry::Waiting(place) => place,
        other => panic!("expected a place, got {other:?}"),
    }
}

fn try_for(semaphore: &Semaphore, weight: u32) -> Entry {
    semaphore.try_acquire_many(ask(weight, Priority::Normal))
}

/// The same, and polls once with a task of its own.
fn task_for(semaphore: &Semaphore, weight: u32) -> (Place, Arc<Task>) {
    let place = wait_for(semaphore, weight);
    let (task, waker) = Task::new();
    assert_eq!(semaphore.poll_place(&place, &waker), Poll::Pending);
    (place, task)
}

#[test]
fn a_weight_is_taken_whole_or_not_at_all() {
    let semaphore = Semaphore::new(5).expect("in range");
    assert_eq!(try_for(&semaphore, 3), Entry::Acquired { in_flight: 3 });
    let full = Entry::Full {
        in_flight: 3,
        limit: 5,
    };
    assert_eq!(try_for(&semaphore, 3), full);
    assert_eq!(try_for(&semaphore, 2), Entry::Acquired { in_flight: 5 });
    semaphore.release_many(3);
    assert_eq!(counts(&semaphore), (2, 5, 0));
}

#[test]
fn s05_head_that_leaves_lets_those_in_who_fit_without_a_release() {
    let semaphore = line(5, 4);
    hold(&semaphore, 2);
    let head = wait_for(&semaphore, 5);
    let (second, second_task) = task_for(&semaphore, 2);
    let (third, third_task) = task_for(&semaphore, 1);
    let (fourth, fourth_task) = task_for(&semaphore, 1);
    assert_eq!(second_task.wakes() + third_task.wakes(), 0);
    assert_eq!(semaphore.leave(head), Left::GaveUp);
    assert_eq!((second_task.wakes(), third_task.wakes()), (1, 1));
    assert_eq!(
        fourth_task.wakes(),
        0,
        "three were free, and three were given"
    );
    for place in [second, third] {
        assert!(is_granted(&semaphore, &place));
        semaphore.take(place);
    }
    assert_eq!(semaphore.leave(fourth), Left::GaveUp);
    assert_eq!(counts(&semaphore), (5, 5, 0));
}

#[test]
fn a_heavy_head_is_passed_by_nobody_however_light() {
    let semaphore = line(4, 8);
    hold(&semaphore, 4);
    let head = wait_for(&semaphore, 4);
    let light: Vec<_> = (0..3).map(|_| wait_for(&semaphore, 1)).collect();
    for free in 1..4 {
        semaphore.release();
        assert_eq!(poll(&semaphore, &head), Poll::Pending, "{free} free");
        assert!(matches!(semaphore.try_acquire(), Entry::Full { .. }));
        assert!(!light.iter().any(|place| is_granted(&semaphore, place)));
    }
    semaphore.release();
    assert!(is_granted(&semaphore, &head));
    semaphore.take(head);
    semaphore.release_many(4);
    for place in light {
        assert!(is_granted(&semaphore, &place));
        semaphore.take(place);
    }
}

#[test]
fn a_release_of_many_wakes_exactly_those_who_fit() {
    let semaphore = line(6, 8);
    assert_eq!(try_for(&semaphore, 6), Entry::Acquired { in_flight: 6 });
    let waiting: Vec<_> = [1, 2, 2, 3, 1]
        .iter()
        .map(|&weight| task_for(&semaphore, weight))
        .collect();
    semaphore.release_many(6);
    let woken: Vec<_> = waiting.iter().map(|(_, task)| task.wakes()).collect();
    assert_eq!(
        woken,
        [1, 1, 1, 0, 0],
        "the fifth would fit, and stands behind the fourth"
    );
    assert_eq!(counts(&semaphore), (5, 6, 5));
    for (place, _) in waiting {
        let _ = semaphore.leave(place);
    }
    assert_eq!(counts(&semaphore), (0, 6, 0));
}

#[test]
fn a_granted_weight_that_is_left_goes_on_to_several() {
    let semaphore = line(3, 4);
    hold(&semaphore, 3);
    let heavy = wait_for(&semaphore, 3);
    let light: Vec<_> = (0..3).map(|_| task_for(&semaphore, 1)).collect();
    semaphore.release_many(3);
    assert!(is_granted(&semaphore, &heavy));
    assert_eq!(semaphore.leave(heavy), Left::HadGrant);
    for (place, task) in light {
        assert_eq!(task.wakes(), 1);
        semaphore.take(place);
    }
    assert_eq!(counts(&semaphore), (3, 3, 0));
}

#[test]
fn what_can_never_fit_is_told_at_once() {
    let semaphore = line(3, 4);
    assert_eq!(try_for(&semaphore, 4), Entry::Overweight { limit: 3 });
    let entry = semaphore.enter_many(ask(u32::MAX, Priority::Normal), || 4);
    assert_eq!(entry, Entry::Overweight { limit: 3 });
    assert_eq!(counts(&semaphore), (0, 3, 0));
}

#[test]
fn a_limit_that_shrank_below_a_waiter_turns_it_away_when_its_turn_comes() {
    let semaphore = line(5, 4);
    hold(&semaphore, 5);
    let first = wait_for(&semaphore, 1);
    let (heavy, task) = task_for(&semaphore, 4);
    let last = wait_for(&semaphore, 3);
    assert_eq!(semaphore.resize(3), Ok(5));
    assert_eq!(task.wakes(), 0, "it is not its turn");
    semaphore.release_many(3);
    assert!(is_granted(&semaphore, &first));
    assert_eq!(task.wakes(), 1);
    let told = Poll::Ready(Turn::Overweight { limit: 3 });
    assert_eq!(poll(&semaphore, &heavy), told);
    assert_eq!(semaphore.leave(heavy), Left::Overweight);
    assert_eq!(poll(&semaphore, &last), Poll::Pending);
    semaphore.release_many(2);
    semaphore.take(first);
    semaphore.release();
    assert!(is_granted(&semaphore, &last), "nothing wedged");
    semaphore.take(last);
    assert_eq!(counts(&semaphore), (3, 3, 0));
}

#[test]
fn a_limit_that_grew_again_in_time_serves_the_heavy_waiter() {
    let semaphore = line(5, 4);
    hold(&semaphore, 5);
    let first = wait_for(&semaphore, 1);
    let heavy = wait_for(&semaphore, 4);
    assert_eq!(semaphore.resize(3), Ok(5));
    assert_eq!(semaphore.resize(5), Ok(3));
    semaphore.release_many(5);
    for place in [first, heavy] {
        assert!(is_granted(&semaphore, &place));
        semaphore.take(place);
    }
}

#[test]
fn s13_a_pause_turns_no_weight_away_and_its_end_tells_who_is_too_heavy() {
    let semaphore = line(5, 4);
    assert_eq!(semaphore.resize(0), Ok(5));
    let heavy = wait_for(&semaphore, 4);
    let light = wait_for(&semaphore, 2);
    assert_eq!(poll(&semaphore, &heavy), Poll::Pending);
    assert_eq!(semaphore.resize(2), Ok(0));
    let told = Poll::Ready(Turn::Overweight { limit: 2 });
    assert_eq!(poll(&semaphore, &heavy), told);
    assert!(is_granted(&semaphore, &light));
    assert_eq!(semaphore.leave(heavy), Left::Overweight);
    assert_eq!(semaphore.leave(light), Left::HadGrant);
    assert_eq!(counts(&semaphore), (0, 2, 0));
}

#[test]
fn s09_shrunk_below_in_flight_waits_for_room_for_the_whole_weight() {
    let semaphore = line(10, 4);
    assert_eq!(try_for(&semaphore, 8), Entry::Acquired { in_flight: 8 });
    assert_eq!(semaphore.resize(6), Ok(10));
    let place = wait_for(&semaphore, 4);
    assert_eq!(poll(&semaphore, &place), Poll::Pending);
    semaphore.release_many(8);
    semaphore.take(place);
    assert_eq!(counts(&semaphore), (4, 6, 0));
}

#[test]
fn s23_close_tells_every_weight_and_frees_what_is_given_back() {
    let semaphore = line(4, 4);
    hold(&semaphore, 4);
    let places: Vec<_> = [4, 1, 3].map(|weight| wait_for(&semaphore, weight)).into();
    semaphore.close();
    for place in places {
        assert_eq!(poll(&semaphore, &place), Poll::Ready(Turn::Closed));
        assert_eq!(semaphore.leave(place), Left::Closed);
    }
    semaphore.release_many(4);
    assert_eq!(counts(&semaphore), (0, 4, 0));
}

#[test]
fn the_whole_limit_can_be_one_weight() {
    let semaphore = line(MAX_PERMITS, 1);
    let all = Entry::Acquired {
        in_flight: MAX_PERMITS,
    };
    assert_eq!(try_for(&semaphore, MAX_PERMITS), all);
    assert!(matches!(semaphore.try_acquire(), Entry::Full { .. }));
    let place = wait_for(&semaphore, MAX_PERMITS);
    semaphore.release_many(MAX_PERMITS);
    semaphore.take(place);
    semaphore.release_many(MAX_PERMITS);
    assert_eq!(counts(&semaphore), (0, MAX_PERMITS, 0));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "a permit was released twice")]
fn more_given_back_than_was_out_is_a_bug() {
    let semaphore = Semaphore::new(3).expect("in range");
    hold(&semaphore, 1);
    semaphore.release_many(2);
}
