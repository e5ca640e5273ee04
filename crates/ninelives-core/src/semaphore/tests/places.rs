//! The line by scenario, one thread, one point in time each.

use std::task::Poll;
use std::vec::Vec;

use super::super::{Entry, Left, Turn};
use super::{counts, hold, is_granted, line, poll, wait, wait_as_task};

#[test]
fn s03_cancel_at_head_middle_and_tail_keeps_the_order_of_the_others() {
    for cancelled in 0..9 {
        let semaphore = line(1, 9);
        hold(&semaphore, 1);
        let mut places: Vec<_> = (0..9).map(|_| wait(&semaphore)).collect();
        assert_eq!(semaphore.leave(places.remove(cancelled)), Left::GaveUp);
        assert_eq!(counts(&semaphore), (1, 1, 8));
        while !places.is_empty() {
            semaphore.release();
            let granted: Vec<_> = places.iter().map(|p| is_granted(&semaphore, p)).collect();
            assert_eq!(granted.iter().filter(|&&g| g).count(), 1);
            assert!(granted[0], "cancelled {cancelled}: {granted:?}");
            semaphore.take(places.remove(0));
        }
        assert_eq!(counts(&semaphore), (1, 1, 0));
    }
}

#[test]
fn s04_granted_and_left_passes_the_permit_on_and_wakes() {
    let semaphore = line(1, 3);
    hold(&semaphore, 1);
    let (first, _) = wait_as_task(&semaphore);
    let (second, second_task) = wait_as_task(&semaphore);
    semaphore.release();
    assert_eq!(second_task.wakes(), 0);
    assert_eq!(semaphore.leave(first), Left::HadGrant);
    assert_eq!(second_task.wakes(), 1);
    assert_eq!(
        poll(&semaphore, &second),
        Poll::Ready(Turn::Granted { in_flight: 1 })
    );
    semaphore.take(second);
    assert_eq!(counts(&semaphore), (1, 1, 0));
}

#[test]
fn s05_cancelled_head_delays_nobody() {
    let semaphore = line(1, 3);
    hold(&semaphore, 1);
    let (head, _) = wait_as_task(&semaphore);
    let (second, task) = wait_as_task(&semaphore);
    assert_eq!(semaphore.leave(head), Left::GaveUp);
    semaphore.release();
    assert_eq!(task.wakes(), 1);
    semaphore.take(second);
}

#[test]
fn s22_greedy_caller_does_not_pass_a_waiter() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    semaphore.release();
    assert!(matches!(semaphore.try_acquire(), Entry::Full { .. }));
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
}

#[test]
fn newcomer_may_take_what_no_waiter_needs() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    assert_eq!(semaphore.resize(2), Ok(1));
    assert_eq!(semaphore.resize(3), Ok(2));
    assert!(is_granted(&semaphore, &place), "granted, and not taken yet");
    assert_eq!(semaphore.try_acquire(), Entry::Acquired { in_flight: 3 });
    semaphore.take(place);
}

#[test]
fn s23_close_tells_every_waiter_and_release_does_not_reopen() {
    let semaphore = line(1, 3);
    hold(&semaphore, 1);
    let tasks: Vec<_> = (0..3).map(|_| wait_as_task(&semaphore)).collect();
    semaphore.close();
    assert_eq!(semaphore.try_acquire(), Entry::Closed);
    assert_eq!(semaphore.enter(), Entry::Closed);
    assert_eq!(counts(&semaphore), (1, 1, 3), "calls in flight go on");
    semaphore.release();
    for (place, task) in tasks {
        assert_eq!(task.wakes(), 1);
        assert_eq!(poll(&semaphore, &place), Poll::Ready(Turn::Closed));
        assert_eq!(semaphore.leave(place), Left::Closed);
    }
    assert_eq!(semaphore.enter(), Entry::Closed);
    assert_eq!(semaphore.resize(5), Ok(1));
    assert_eq!(semaphore.enter(), Entry::Closed);
    assert!(semaphore.snapshot().closed);
    assert_eq!(counts(&semaphore), (0, 5, 0));
}

#[test]
fn s23_grant_before_the_close_stays_good() {
    let semaphore = line(1, 3);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    semaphore.release();
    semaphore.close();
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
    semaphore.release();
    assert_eq!(counts(&semaphore), (0, 1, 0));
}

#[test]
fn s24_full_line_rejects_the_newest_with_the_true_count() {
    let semaphore = line(2, 1);
    hold(&semaphore, 2);
    let place = wait(&semaphore);
    assert_eq!(
        semaphore.enter(),
        Entry::Full {
            in_flight: 2,
            limit: 2
        }
    );
    assert_eq!(semaphore.leave(place), Left::GaveUp);
    let again = wait(&semaphore);
    assert_eq!(semaphore.leave(again), Left::GaveUp);
}

#[test]
fn hc48_leaving_at_every_stage_restores_permits_and_places() {
    for stage in 0..4 {
        let semaphore = line(1, 2);
        hold(&semaphore, 1);
        let place = wait(&semaphore);
        if stage >= 1 {
            assert_eq!(poll(&semaphore, &place), Poll::Pending);
        }
        if stage >= 2 {
            semaphore.release();
        }
        if stage >= 3 {
            assert!(is_granted(&semaphore, &place));
        }
        let left = semaphore.leave(place);
        if stage < 2 {
            assert_eq!(left, Left::GaveUp);
            semaphore.release();
        } else {
            assert_eq!(left, Left::HadGrant);
        }
        assert_eq!(counts(&semaphore), (0, 1, 0), "stage {stage}");
        hold(&semaphore, 1);
    }
}

#[test]
fn hc78_cancelled_waiter_frees_its_place_at_once() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let first = wait(&semaphore);
    let middle = wait(&semaphore);
    assert!(matches!(semaphore.enter(), Entry::Full { .. }));
    assert_eq!(semaphore.leave(middle), Left::GaveUp);
    let last = wait(&semaphore);
    semaphore.release();
    assert!(is_granted(&semaphore, &first) && !is_granted(&semaphore, &last));
    semaphore.take(first);
    let _ = semaphore.leave(last);
}

#[test]
#[should_panic(expected = "the place was not granted")]
fn taking_what_was_not_granted_panics() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    semaphore.take(place);
}

#[test]
#[should_panic(expected = "a place is consumed once")]
fn a_place_of_another_semaphore_is_no_place() {
    let (here, elsewhere) = (line(1, 4), line(1, 4));
    assert!(matches!(here.enter(), Entry::Acquired { .. }));
    let Entry::Waiting(place) = here.enter() else {
        panic!("a place")
    };
    let _ = elsewhere.leave(place);
}
