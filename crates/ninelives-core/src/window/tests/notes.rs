//! Notes: a success counted in place, where one of its slot was recorded.

use super::*;
use crate::window::time::{PLACES, Word};

/// Whether it counts. Where an interpreter lets a try fail for nothing, it has done nothing, and is tried again.
fn notes(lane: Lane<'_>, term: Term, now: Tick) -> bool {
    let tries = if cfg!(miri) { 64 } else { 1 };
    (0..tries).any(|_| lane.note(term, now))
}

#[test]
fn a_note_counts_only_where_a_success_was_recorded_in_the_same_slot_and_stretch() {
    let window = window(10);
    let lane = window.lane(0).unwrap();
    assert!(!notes(lane, TERM, at(SECOND)));
    record(&window, SECOND, Mark::FAILURE);
    assert!(notes(lane, TERM, at(SECOND)));
    assert!(!notes(lane, TERM, at(SECOND * 2)));
    assert!(!notes(lane, Term::new(1), at(SECOND)));
    // Another lap of the same place.
    assert!(!notes(lane, TERM, at(SECOND * (PLACES + 1))));
    assert_eq!(window.rates(TERM, at(SECOND)), rates(2, 1, 0));
    assert_eq!(window.rates(TERM, at(SECOND * 2)), rates(2, 1, 0));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b13_a_note_in_a_full_slot_is_refused() {
    let window = window(10);
    for _ in 0..Word::FULL {
        record(&window, SECOND, Mark::SUCCESS);
    }
    assert!(!notes(window.lane(0).unwrap(), TERM, at(SECOND)));
    let full = rates(Word::FULL, 0, 0);
    assert_eq!(window.rates(TERM, at(SECOND)), full);
}

#[test]
fn there_is_a_lane_for_each_stripe_and_for_no_other_number() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 3).unwrap());
    for stripe in 0..4 {
        window.record(stripe, TERM, at(SECOND), Mark::SUCCESS, || true);
        assert!(notes(window.lane(stripe).unwrap(), TERM, at(SECOND)));
    }
    for other in [4, 5, u32::MAX] {
        assert!(window.lane(other).is_none());
    }
    assert_eq!(window.rates(TERM, at(SECOND)), rates(8, 0, 0));
}
