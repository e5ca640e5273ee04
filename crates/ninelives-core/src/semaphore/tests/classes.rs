//! Classes: the highest first, each in its own order, and nobody starves.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::vec::Vec;

use super::super::{Ask, Entry, Left, Place, Priority, Semaphore};
use super::{ask, counts, hold, is_granted};

use Priority::{Critical, High, Low, Normal};

fn full(limit: u32, places: u32) -> Semaphore {
    let semaphore = Semaphore::with_classes(limit, places).expect("in range");
    hold(&semaphore, limit);
    semaphore
}

fn wait_as(semaphore: &Semaphore, ask: Ask) -> Place {
    match semaphore.enter_many(ask, || u32::MAX) {
        Entry::Waiting(place) => place,
        other => panic!("expected a place, got {other:?}"),
    }
}

fn all(semaphore: &Semaphore, priorities: &[Priority]) -> Vec<Place> {
    let places = priorities
        .iter()
        .map(|&class| wait_as(semaphore, ask(1, class)));
    places.collect()
}

/// Gives one permit back and says who got it.
fn served(semaphore: &Semaphore, places: &mut Vec<Place>) -> Priority {
    semaphore.release();
    let is_theirs = |place: &Place| is_granted(semaphore, place);
    let at = places.iter().position(is_theirs).expect("somebody waits");
    let place = places.remove(at);
    let priority = semaphore.asked(&place).priority();
    semaphore.take(place);
    assert!(!places.iter().any(is_theirs), "one permit, one grant");
    priority
}

#[test]
fn higher_classes_are_served_first_whatever_the_order_of_arrival() {
    let semaphore = full(1, 4);
    let mut places = all(&semaphore, &[Low, Normal, High, Critical]);
    let order: Vec<_> = (0..4).map(|_| served(&semaphore, &mut places)).collect();
    assert_eq!(order, Priority::ALL);
    assert_eq!(counts(&semaphore), (1, 1, 0));
}

#[test]
fn each_class_is_first_come_first_served() {
    let semaphore = full(1, 6);
    let places = all(&semaphore, &[Low, High, Low, High, Low, High]);
    let mut order = Vec::new();
    for _ in 0..6 {
        semaphore.release();
        let granted = |at: &usize| is_granted(&semaphore, &places[*at]) && !order.contains(at);
        order.push((0..6).find(granted).expect("somebody was served"));
        // The permit of a place that is not taken yet is out: give it back as its owner would.
    }
    assert_eq!(order, [1, 3, 5, 0, 2, 4]);
    for place in places {
        assert_eq!(semaphore.leave(place), Left::HadGrant);
    }
}

#[test]
fn every_eighth_turn_goes_to_whoever_has_waited_longest() {
    let semaphore = full(1, 64);
    let mut places = all(&semaphore, &[Low, Normal]);
    places.extend(all(&semaphore, &[Critical; 30]));
    let order: Vec<_> = (0..24).map(|_| served(&semaphore, &mut places)).collect();
    let turns = |class| {
        let turns = order
            .iter()
            .enumerate()
            .filter(move |(_, at)| **at == class);
        turns.map(|(turn, _)| turn + 1).collect::<Vec<_>>()
    };
    assert_eq!((turns(Low), turns(Normal)), ([8].into(), [16].into()));
    for place in places {
        let _ = semaphore.leave(place);
    }
}

/// Of a waiter with `n` before it, no more than `8 n + 7` turns of others, however many come behind it in higher classes.
#[test]
fn a_stream_of_higher_calls_starves_nobody_beyond_the_bound() {
    for before in 0..5 {
        let semaphore = full(1, 64);
        let mut others = all(&semaphore, &[Normal; 4][..before]);
        let lowest = wait_as(&semaphore, ask(1, Low));
        let mut turns = 0;
        loop {
            while others.len() < before + 2 {
                others.extend(all(&semaphore, &[Critical]));
            }
            semaphore.release();
            if is_granted(&semaphore, &lowest) {
                break;
            }
            turns += 1;
            assert!(turns < 100, "starved");
            let granted = |place: &Place| is_granted(&semaphore, place);
            let at = others
                .iter()
                .position(granted)
                .expect("somebody was served");
            semaphore.take(others.remove(at));
        }
        assert_eq!(turns, 8 * before + 7);
        semaphore.take(lowest);
        for place in others {
            let _ = semaphore.leave(place);
        }
    }
}

#[test]
fn the_one_whose_turn_it_is_is_passed_by_no_class() {
    let semaphore = full(4, 8);
    let heavy = wait_as(&semaphore, ask(4, Critical));
    let light = wait_as(&semaphore, ask(1, Low));
    semaphore.release_many(3);
    assert!(!is_granted(&semaphore, &heavy) && !is_granted(&semaphore, &light));
    semaphore.release();
    assert!(is_granted(&semaphore, &heavy));
    assert_eq!(semaphore.leave(heavy), Left::HadGrant);
    assert!(is_granted(&semaphore, &light));
    assert_eq!(semaphore.leave(light), Left::HadGrant);
}

#[test]
fn a_newcomer_of_the_highest_class_does_not_walk_past_the_line() {
    let semaphore = full(4, 8);
    let heavy = wait_as(&semaphore, ask(4, Low));
    semaphore.release_many(3);
    assert!(matches!(semaphore.try_acquire(), Entry::Full { .. }));
    let above = wait_as(&semaphore, ask(1, Critical));
    assert!(
        is_granted(&semaphore, &above),
        "it joins, and it is its turn"
    );
    assert_eq!(semaphore.leave(above), Left::HadGrant);
    assert_eq!(semaphore.leave(heavy), Left::GaveUp);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn a_class_that_is_cancelled_leaves_no_debt() {
    let semaphore = full(1, 8);
    for _ in 0..1000 {
        let place = wait_as(&semaphore, ask(1, Low));
        assert_eq!(semaphore.leave(place), Left::GaveUp);
    }
    let mut places = all(&semaphore, &[Low, Critical]);
    assert_eq!(served(&semaphore, &mut places), Critical);
    assert_eq!(served(&semaphore, &mut places), Low);
}

#[test]
fn without_classes_a_priority_says_nothing() {
    let semaphore = Semaphore::with_line(1, 4).expect("in range");
    hold(&semaphore, 1);
    let mut places = all(&semaphore, &[Low, Critical, Normal]);
    let order: Vec<_> = (0..3).map(|_| served(&semaphore, &mut places)).collect();
    assert_eq!(order, [Low, Critical, Normal]);
}

#[test]
fn a_place_goes_from_class_to_class_and_the_trees_keep_up() {
    let semaphore = full(1, 1);
    for round in 0..20 {
        let class = Priority::ALL[round * 7 % 4];
        let mut places = all(&semaphore, &[class]);
        assert_eq!(served(&semaphore, &mut places), class);
    }
    assert_eq!(counts(&semaphore), (1, 1, 0));
}

#[test]
fn s08_panicking_waker_of_another_in_the_moment_of_joining_costs_no_permit_and_no_place() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("a hostile waker");
        }
    }
    let semaphore = full(3, 4);
    let first = wait_as(&semaphore, ask(1, Low));
    let bomb = Waker::from(Arc::new(Bomb));
    assert!(semaphore.poll_place(&first, &bomb).is_pending());
    let heavy = wait_as(&semaphore, ask(3, High));
    for _ in 0..6 {
        let quick = wait_as(&semaphore, ask(1, Critical));
        semaphore.release();
        semaphore.take(quick);
    }
    semaphore.release_many(2);
    assert_eq!(counts(&semaphore), (1, 3, 2), "the heavy one is next");

    // It is served at once, and the turn after that is the eighth: the first one's.
    let join = || semaphore.enter_many(ask(1, Critical), || u32::MAX);
    assert!(catch_unwind(AssertUnwindSafe(join)).is_err());

    assert!(is_granted(&semaphore, &first));
    assert_eq!(counts(&semaphore), (2, 3, 2));
    semaphore.take(first);
    semaphore.release_many(2);
    assert!(is_granted(&semaphore, &heavy));
    semaphore.take(heavy);
    assert_eq!(counts(&semaphore), (3, 3, 0));
}
