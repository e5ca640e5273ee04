//! The line and the limit by scenario, one thread, one point in time each.

use std::task::{Poll, Waker};
use std::vec::Vec;

use super::super::{Entry, Left, MAX_PERMITS, MAX_PLACES, Semaphore, Turn};
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
fn s09_shrunk_below_in_flight_admits_again_only_under_the_new_limit() {
    let semaphore = Semaphore::new(10).expect("in range");
    hold(&semaphore, 8);
    assert_eq!(semaphore.resize(3), Ok(10));
    for in_flight in (3..=8).rev() {
        assert_eq!(
            semaphore.try_acquire(),
            Entry::Full {
                in_flight,
                limit: 3
            }
        );
        semaphore.release();
    }
    assert_eq!(semaphore.try_acquire(), Entry::Acquired { in_flight: 3 });
}

#[test]
fn s10_shrink_and_grow_gives_no_double_credit() {
    let semaphore = Semaphore::new(10).expect("in range");
    hold(&semaphore, 8);
    assert_eq!(semaphore.resize(3), Ok(10));
    assert_eq!(semaphore.resize(10), Ok(3));
    hold(&semaphore, 2);
    assert!(matches!(semaphore.try_acquire(), Entry::Full { .. }));
}

#[test]
fn s11_growing_wakes_exactly_those_that_fit_in_order() {
    for (grow, waiters) in [(1, 4), (3, 4), (4, 4), (6, 4)] {
        let semaphore = line(2, 4);
        hold(&semaphore, 2);
        let tasks: Vec<_> = (0..waiters).map(|_| wait_as_task(&semaphore)).collect();
        assert_eq!(semaphore.resize(2 + grow), Ok(2));
        for (n, (place, task)) in tasks.iter().enumerate() {
            let fits = (n as u32) < grow;
            assert_eq!(task.wakes(), usize::from(fits));
            assert_eq!(is_granted(&semaphore, place), fits);
        }
        for (place, _) in tasks {
            let _ = semaphore.leave(place);
        }
        assert_eq!(counts(&semaphore).0, 2);
    }
}

#[test]
fn s13_limit_zero_pauses_and_growth_revives() {
    let semaphore = line(1, 2);
    assert_eq!(semaphore.resize(0), Ok(1));
    assert_eq!(
        semaphore.try_acquire(),
        Entry::Full {
            in_flight: 0,
            limit: 0
        }
    );
    let (place, task) = wait_as_task(&semaphore);
    assert_eq!(semaphore.resize(1), Ok(0));
    assert_eq!(task.wakes(), 1);
    semaphore.take(place);
    assert_eq!(counts(&semaphore), (1, 1, 0));
}

#[test]
fn s13_s14_values_outside_the_range_are_refused_by_name() {
    let say = |result: Result<Semaphore, _>| std::format!("{}", result.expect_err("refused"));
    assert_eq!(say(Semaphore::new(0)), "limit: 0 is outside 1..=1048575");
    assert_eq!(
        say(Semaphore::new(MAX_PERMITS + 1)),
        "limit: 1048576 is outside 1..=1048575"
    );
    assert_eq!(
        say(Semaphore::with_line(0, 1)),
        "limit: 0 is outside 1..=1048575"
    );
    assert_eq!(
        say(Semaphore::with_line(1, 0)),
        "max_waiting: 0 is outside 1..=1048575"
    );
    assert_eq!(
        say(Semaphore::with_line(1, MAX_PLACES + 1)),
        "max_waiting: 1048576 is outside 1..=1048575"
    );
    let semaphore = Semaphore::new(MAX_PERMITS).expect("in range");
    let refused = semaphore.resize(u32::MAX).expect_err("refused");
    assert_eq!(
        std::format!("{refused}"),
        "limit: 4294967295 is outside 0..=1048575"
    );
    assert_eq!(counts(&semaphore), (0, MAX_PERMITS, 0));
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
fn without_a_line_enter_rejects() {
    let semaphore = Semaphore::new(1).expect("in range");
    assert_eq!(semaphore.enter(), Entry::Acquired { in_flight: 1 });
    assert_eq!(
        semaphore.enter(),
        Entry::Full {
            in_flight: 1,
            limit: 1
        }
    );
    assert_eq!(semaphore.places(), 0);
}

#[test]
fn s27_verdicts_carry_the_count_at_their_point_in_time() {
    let semaphore = line(3, 2);
    assert_eq!(semaphore.try_acquire(), Entry::Acquired { in_flight: 1 });
    assert_eq!(semaphore.enter(), Entry::Acquired { in_flight: 2 });
    assert_eq!(semaphore.enter(), Entry::Acquired { in_flight: 3 });
    let place = wait(&semaphore);
    semaphore.release();
    assert_eq!(semaphore.resize(9), Ok(3));
    hold(&semaphore, 4);
    assert_eq!(
        semaphore.poll_place(&place, Waker::noop()),
        Poll::Ready(Turn::Granted { in_flight: 3 }),
        "the count when the permit was set aside, not a later one"
    );
    semaphore.take(place);
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
#[cfg(debug_assertions)]
#[should_panic(expected = "a permit was released twice")]
fn hc49_double_release_panics_in_debug_builds() {
    let semaphore = Semaphore::new(1).expect("in range");
    hold(&semaphore, 1);
    semaphore.release();
    semaphore.release();
}

#[test]
#[cfg(not(debug_assertions))]
fn hc49_double_release_is_counted_in_release_builds() {
    let semaphore = Semaphore::new(1).expect("in range");
    hold(&semaphore, 1);
    semaphore.release();
    semaphore.release();
    assert_eq!(semaphore.snapshot().surplus, 1);
    assert_eq!(counts(&semaphore), (0, 1, 0));
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
