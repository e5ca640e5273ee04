//! The time window: what it counts, when it forgets it, and what a new stretch does.

use core::cell::Cell;

use super::*;
use crate::window::time::{PLACES, Word};

#[test]
fn every_kind_of_outcome_is_counted() {
    let window = window(10);
    for mark in [Mark::SUCCESS, Mark::FAILURE, Mark::SLOW, Mark::SLOW_FAILURE] {
        assert!(record(&window, SECOND, mark));
    }
    assert_eq!(window.rates(TERM, at(SECOND)), rates(4, 2, 2));
}

#[test]
fn hc90_an_outcome_is_counted_from_its_tick_until_its_slot_leaves_the_window() {
    for slots in [1, 2, 3, 7, 8, 10, 31] {
        let window = window(slots);
        let slot = window.shape().slot();
        let edge = first(&window, 1_000);
        let tick = Duration::from_nanos(1);
        for when in [edge - tick, edge] {
            record(&window, when, Mark::FAILURE);
        }
        let total = |time| window.rates(TERM, at(time)).total;
        assert_eq!(total(edge - tick), 1, "{slots}");
        assert_eq!(total(edge), if slots == 1 { 1 } else { 2 }, "{slots}");
        let gone = first(&window, 1_000 + u64::from(slots) - 1);
        assert_eq!(
            total(gone - tick),
            if slots == 1 { 1 } else { 2 },
            "{slots}"
        );
        assert_eq!(total(gone), 1, "{slots}");
        let next = first(&window, 1_000 + u64::from(slots));
        assert_eq!(total(next - tick), 1, "{slots}");
        assert_eq!(total(next), 0, "{slots}");
        assert!(next - gone <= slot, "{slots}");
    }
}

/// When a slot begins.
fn first(window: &TimeWindow, number: u64) -> Duration {
    window.shape().first(number).since(Tick::ZERO)
}

#[test]
fn it_covers_its_whole_length_and_no_more_than_a_slot_less() {
    let window = window(10);
    record(&window, SECOND * 5, Mark::FAILURE);
    let total = |time| window.rates(TERM, at(time)).total;
    assert_eq!(total(SECOND * 15 - MILLI), 1);
    assert_eq!(total(SECOND * 15), 0);
    record(&window, SECOND * 16 - MILLI, Mark::FAILURE);
    assert_eq!(total(SECOND * 25 - MILLI), 1);
    assert_eq!(total(SECOND * 25), 0);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn a_slot_that_comes_round_begins_at_one() {
    let window = window(3);
    let slot = window.shape().slot();
    for lap in 0..1_000 {
        let time = slot * PLACES * lap;
        record(&window, time, Mark::SLOW_FAILURE);
        record(&window, time, Mark::SUCCESS);
        assert_eq!(window.rates(TERM, at(time)), rates(2, 1, 1), "{lap}");
    }
}

#[test]
fn a_failure_of_the_lap_before_is_not_one_of_this_lap() {
    let window = window(3);
    let slot = window.shape().slot();
    record(&window, Duration::ZERO, Mark::SLOW_FAILURE);
    record(&window, slot * PLACES, Mark::SUCCESS);
    assert_eq!(window.rates(TERM, at(slot * PLACES)), rates(1, 0, 0));
}

#[test]
fn hc34_a_new_stretch_begins_with_nothing() {
    let window = window(10);
    record(&window, SECOND, Mark::FAILURE);
    let next = Term::new(1);
    assert_eq!(window.rates(next, at(SECOND)), Rates::default());
    assert!(window.record(0, next, at(SECOND), Mark::SUCCESS, || true));
    assert_eq!(window.rates(next, at(SECOND)), rates(1, 0, 0));
}

#[test]
fn a_late_outcome_counts_in_no_later_stretch_and_removes_nothing_of_it() {
    let window = window(10);
    let next = Term::new(1);
    assert!(window.record(0, next, at(SECOND), Mark::SUCCESS, || true));
    assert!(!window.record(0, TERM, at(SECOND), Mark::FAILURE, || false));
    assert_eq!(window.rates(next, at(SECOND)), rates(1, 0, 0));
    assert_eq!(window.rates(TERM, at(SECOND)), Rates::default());
}

#[cfg(not(miri))] // where a swap fails for nothing, it is asked again
#[test]
fn whether_the_stretch_still_counts_is_asked_only_where_a_slot_changes_hands() {
    let window = window(10);
    let asked = Cell::new(0);
    let record = |second: u32, mark| {
        let current = || {
            asked.set(asked.get() + 1);
            true
        };
        window.record(0, TERM, at(SECOND * second), mark, current);
        asked.get()
    };
    // For each of its words, those that were never written too.
    assert_eq!(record(0, Mark::SUCCESS), 3);
    assert_eq!(record(32, Mark::SUCCESS), 6);
    assert_eq!(record(32, Mark::SUCCESS), 6);
    assert_eq!(record(32, Mark::SLOW_FAILURE), 6);
    assert_eq!(record(33, Mark::SLOW_FAILURE), 9);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b13_a_full_slot_keeps_its_shares_and_reaches_no_neighbour() {
    let window = window(10);
    for call in 0..Word::FULL {
        let failed = call % 4 == 0;
        record(
            &window,
            SECOND,
            Mark {
                failed,
                slow: false,
            },
        );
    }
    let full = rates(Word::FULL, Word::FULL.div_ceil(4), 0);
    assert_eq!(window.rates(TERM, at(SECOND)), full);
    for _ in 0..10 {
        assert!(!record(&window, SECOND, Mark::SLOW_FAILURE));
    }
    assert_eq!(window.rates(TERM, at(SECOND)), full);
    assert!(record(&window, SECOND * 2, Mark::FAILURE));
}
