//! Permits that lie in stripes: taken again by whoever finds them first, and carried back for those who must not be passed.

mod halfway;
mod purse;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;

use super::super::stripes::Stripes;
use super::super::{Entry, Place, Priority, Semaphore, Spot};
use super::{ask, counts, is_granted, line, poll};

/// A semaphore whose permits may lie in so many stripes.
fn spread(limit: u32, stripes: u32) -> Semaphore {
    opened(line(limit, 8).striped(stripes))
}

fn opened(semaphore: Semaphore) -> Semaphore {
    semaphore.spread_if_roomy(semaphore.gate.load());
    assert!(stripes(&semaphore).phase().is_open(), "there is room");
    semaphore
}

fn stripes(semaphore: &Semaphore) -> &Stripes {
    semaphore.stripes.as_ref().expect("it is striped")
}

/// Comes to a stripe for so many.
fn come(semaphore: &Semaphore, stripe: u32, weight: u32) -> Entry {
    semaphore.try_acquire_from(|| Spot::at(stripe), ask(weight, Priority::Normal))
}

/// A semaphore of which all permits are out, but as many as lie in each stripe.
fn laid<const N: usize>(limit: u32, permits: [u32; N]) -> Semaphore {
    let semaphore = spread(limit, N as u32);
    assert_eq!(come(&semaphore, 0, limit), Entry::APART);
    for (stripe, weight) in (0..).zip(permits) {
        semaphore.release_to(|| Spot::at(stripe), weight);
    }
    assert_eq!(stripes(&semaphore).permits(), permits.iter().sum::<u32>());
    semaphore
}

/// Waits for so many, as one who was counted in before the permits came to lie in stripes.
fn joined(semaphore: &Semaphore, weight: u32) -> Place {
    let _ = semaphore.gate.enter(weight, 8, || false);
    match semaphore.join(ask(weight, Priority::Normal)) {
        Entry::Waiting(place) => place,
        other => panic!("expected a place, got {other:?}"),
    }
}

fn full(in_flight: u32, limit: u32) -> Entry {
    Entry::Full { in_flight, limit }
}

// === in and out ===

#[test]
fn who_loses_the_word_to_another_spreads_permits() {
    let semaphore = line(4, 8).striped(2);
    assert_eq!(come(&semaphore, 0, 4), Entry::Acquired { in_flight: 4 });
    let entry = semaphore.enter_within(|| {
        semaphore.release_many(4);
        8
    });
    assert_eq!(entry, Entry::Acquired { in_flight: 1 });
    assert!(stripes(&semaphore).phase().is_open());
}

#[test]
fn without_room_nothing_is_spread() {
    let semaphore = line(2, 1).striped(2);
    assert_eq!(come(&semaphore, 0, 1), Entry::Acquired { in_flight: 1 });
    semaphore.spread_if_roomy(semaphore.gate.load());
    assert!(!semaphore.gate.is_striped());
    semaphore.release_to(|| Spot::at(0), 1);
    assert_eq!(semaphore.gate.load().used(), 0);
}

#[test]
fn a_permit_that_comes_back_lies_in_the_callers_stripe_and_is_taken_from_it_again() {
    let semaphore = spread(8, 2);
    assert_eq!(come(&semaphore, 1, 1), Entry::APART);
    let word = semaphore.gate.load();
    for _ in 0..3 {
        semaphore.release_to(|| Spot::at(1), 1);
        assert_eq!(stripes(&semaphore).permits(), 1);
        assert_eq!(come(&semaphore, 1, 1), Entry::APART);
        assert_eq!(stripes(&semaphore).permits(), 0);
        assert_eq!(semaphore.gate.load(), word);
    }
}

#[test]
fn with_room_at_the_gate_nobody_takes_from_the_stripe_of_another() {
    let semaphore = spread(8, 2);
    assert_eq!(come(&semaphore, 0, 1), Entry::APART);
    semaphore.release_to(|| Spot::at(0), 1);
    assert_eq!(come(&semaphore, 1, 1), Entry::APART);
    assert_eq!(stripes(&semaphore).permits(), 1);
    assert_eq!(semaphore.gate.load().used(), 2);
}

#[test]
fn what_lies_in_the_stripe_of_another_is_found_when_the_gate_is_full() {
    let semaphore = laid(4, [1, 0]);
    assert_eq!(come(&semaphore, 1, 1), Entry::APART);
    assert_eq!(stripes(&semaphore).permits(), 0);
    assert_eq!(semaphore.gate.load().used(), 4);
}

#[test]
fn nobody_is_turned_away_while_a_permit_lies_anywhere() {
    for stripe in 0..4 {
        let semaphore = laid(9, [2, 0, 3, 1]);
        for _ in 0..6 {
            assert_eq!(come(&semaphore, stripe, 1), Entry::APART);
        }
        assert_eq!(come(&semaphore, stripe, 1), full(9, 9));
    }
}

#[test]
fn nobody_is_sent_into_the_line_while_a_permit_lies_anywhere() {
    let semaphore = laid(4, [1, 0]);
    let entry = semaphore.enter_from(|| Spot::at(1), ask(1, Priority::Normal), || 8);
    assert_eq!(entry, Entry::APART);
}

#[test]
fn what_lies_in_stripes_is_not_in_flight() {
    let semaphore = laid(8, [3, 2]);
    assert_eq!(semaphore.gate.load().used(), 8);
    assert_eq!(counts(&semaphore), (3, 8, 0));
}

#[test]
fn who_asks_for_two_gets_one_from_each_of_two_stripes() {
    let semaphore = laid(4, [1, 1]);
    assert_eq!(come(&semaphore, 0, 2), Entry::APART);
    assert_eq!(counts(&semaphore), (4, 4, 0));
}

#[test]
fn who_asks_for_more_than_lies_anywhere_leaves_it_for_others() {
    let semaphore = laid(4, [0, 1]);
    assert_eq!(come(&semaphore, 0, 2), full(3, 4));
    assert_eq!(come(&semaphore, 0, 1), Entry::APART);
    assert_eq!(come(&semaphore, 1, 1), full(4, 4));
}

#[test]
fn a_stripe_that_there_is_not_is_one_of_theirs() {
    let semaphore = spread(8, 3);
    for stripe in [3, 7, u32::MAX] {
        assert_eq!(come(&semaphore, stripe, 1), Entry::APART);
        semaphore.release_to(|| Spot::at(stripe), 1);
    }
    assert_eq!(stripes(&semaphore).permits(), 2, "3 and u32::MAX are 0");
    assert_eq!(stripes(&line(1, 1).striped(0)).len(), 1);
}

#[test]
fn stripes_that_were_shut_open_again_when_there_is_room() {
    let semaphore = laid(4, [0, 0]);
    assert_eq!(come(&semaphore, 0, 1), full(4, 4));
    semaphore.release_to(|| Spot::at(0), 1);
    assert!(!stripes(&semaphore).phase().is_open(), "one of four");
    semaphore.release_to(|| Spot::at(0), 1);
    assert!(stripes(&semaphore).phase().is_open(), "two of four");
    semaphore.release_to(|| Spot::at(0), 1);
    assert_eq!(stripes(&semaphore).permits(), 1);
    assert_eq!(counts(&semaphore), (1, 4, 0));
}

// === who must not be passed ===

#[test]
fn who_joins_the_line_gets_what_lies_in_stripes() {
    let semaphore = laid(4, [1, 1]);
    let place = joined(&semaphore, 2);
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
    assert_eq!(counts(&semaphore), (4, 4, 0));
}

#[test]
fn nobody_takes_from_stripes_in_front_of_who_waits() {
    let semaphore = laid(4, [1, 0]);
    let place = joined(&semaphore, 2);
    for stripe in 0..2 {
        assert_eq!(come(&semaphore, stripe, 1), full(3, 4));
    }
    assert_eq!(poll(&semaphore, &place), Poll::Pending);
    semaphore.release_to(|| Spot::at(0), 1);
    assert!(is_granted(&semaphore, &place), "no stripe kept it");
    semaphore.take(place);
}

#[test]
fn who_shuts_stripes_in_place_of_a_waiter_brings_it_what_lies_there() {
    let semaphore = laid(4, [1, 0]);
    let _ = semaphore.gate.enter(1, 8, || false);
    let place = semaphore.line().join(ask(1, Priority::Normal));
    assert_eq!(come(&semaphore, 1, 1), full(4, 4));
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
}

#[test]
fn who_opens_stripes_too_late_for_a_waiter_opens_nothing() {
    let semaphore = line(4, 8).striped(2);
    let phase = stripes(&semaphore).phase();
    assert!(semaphore.gate.stripe(2));
    assert_eq!(come(&semaphore, 0, 4), Entry::APART);
    let place = joined(&semaphore, 1);
    stripes(&semaphore).open(phase);
    semaphore.release_to(|| Spot::at(0), 1);
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
}

#[test]
fn a_smaller_limit_admits_nobody_by_a_stripe() {
    let semaphore = laid(8, [3, 3]);
    assert_eq!(semaphore.resize(2), Ok(8));
    for stripe in 0..2 {
        assert_eq!(come(&semaphore, stripe, 1), full(2, 2));
    }
    assert_eq!(counts(&semaphore), (2, 2, 0));
}

#[test]
fn a_pause_admits_nobody_by_a_stripe_and_its_end_does() {
    let semaphore = laid(4, [2, 2]);
    assert_eq!(semaphore.resize(0), Ok(4));
    for stripe in 0..2 {
        assert_eq!(come(&semaphore, stripe, 1), full(0, 0));
    }
    assert_eq!(semaphore.resize(1), Ok(0));
    assert_eq!(come(&semaphore, 1, 1), Entry::APART);
    assert_eq!(come(&semaphore, 0, 1), full(1, 1));
}

#[test]
fn after_a_close_nobody_gets_in_by_a_stripe() {
    let semaphore = laid(4, [1, 1]);
    semaphore.close();
    for stripe in 0..2 {
        assert_eq!(come(&semaphore, stripe, 1), Entry::Closed);
        semaphore.release_to(|| Spot::at(stripe), 1);
        assert_eq!(come(&semaphore, stripe, 1), Entry::Closed);
    }
    assert_eq!(counts(&semaphore), (0, 4, 0));
}

#[test]
fn with_all_permits_in_stripes_it_is_idle() {
    let semaphore = laid(4, [3, 1]);
    assert!(semaphore.watch_idle());
    assert_eq!(semaphore.gate.load().used(), 0);
}

#[test]
fn who_waits_until_it_is_idle_is_told_once_by_the_last_that_comes_back() {
    let told = Arc::new(AtomicUsize::new(0));
    let tell = told.clone();
    let semaphore = laid(4, [2, 1]).on_idle(move || {
        tell.fetch_add(1, SeqCst);
    });
    assert!(!semaphore.watch_idle());
    assert_eq!(told.load(SeqCst), 0);
    semaphore.release_to(|| Spot::at(1), 1);
    assert_eq!(told.load(SeqCst), 1);
    assert!(matches!(come(&semaphore, 1, 1), Entry::Acquired { .. }));
    semaphore.release_to(|| Spot::at(1), 1);
    assert_eq!(told.load(SeqCst), 1);
}
