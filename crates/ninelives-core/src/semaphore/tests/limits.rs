//! The limit by scenario: what is refused, what a change of it does, and what the verdicts say.

use std::task::{Poll, Waker};
use std::vec::Vec;

use super::super::{Entry, Left, MAX_PERMITS, MAX_PLACES, Semaphore, Turn};
use super::{counts, hold, is_granted, line, wait, wait_as_task};

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
fn hc70_a_smaller_bound_keeps_those_who_wait_and_takes_nobody_until_it_fits() {
    let semaphore = line(1, 4);
    hold(&semaphore, 1);
    let mut places: Vec<_> = (0..3).map(|_| wait(&semaphore)).collect();
    let full = Entry::Full {
        in_flight: 1,
        limit: 1,
    };
    assert_eq!(semaphore.enter_within(|| 2), full);
    assert_eq!(semaphore.leave(places.remove(1)), Left::GaveUp);
    assert_eq!(semaphore.enter_within(|| 2), full);
    assert_eq!(semaphore.leave(places.remove(1)), Left::GaveUp);
    assert!(matches!(semaphore.enter_within(|| 2), Entry::Waiting(_)));
    assert_eq!(semaphore.enter_within(|| 2), full);
    semaphore.release();
    assert!(
        is_granted(&semaphore, &places[0]),
        "the first keeps its turn"
    );
}

#[test]
fn a_bound_above_the_places_is_all_of_them() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let _places = [wait(&semaphore), wait(&semaphore)];
    for bound in [3, MAX_PLACES, u32::MAX] {
        assert!(matches!(
            semaphore.enter_within(|| bound),
            Entry::Full { .. }
        ));
    }
    assert_eq!(counts(&semaphore), (1, 1, 2));
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
