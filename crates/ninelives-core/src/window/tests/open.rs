//! Calls that are out, and for how long.

use super::*;
use crate::window::time::PLACES;

fn enter(window: &TimeWindow, time: Duration) -> Entry {
    window.enter(0, TERM, at(time), || true)
}

fn open_for(window: &TimeWindow, time: Duration, age: Duration) -> u64 {
    window.open_for(TERM, at(time), age)
}

#[test]
fn hc37_calls_that_hang_are_slow_without_any_completion() {
    let window = window(10);
    let thresholds = Thresholds::new(20).unwrap();
    let thresholds = thresholds.with_slow(Share::new(1.0).unwrap());
    let mut entries = std::vec::Vec::new();
    let verdict = |time| {
        let open = open_for(&window, time, SECOND * 2);
        thresholds.verdict(&window.rates(TERM, at(time)).with_open(open))
    };
    for call in 0..30 {
        entries.push(enter(&window, MILLI * 100 * call));
    }
    assert_eq!(verdict(SECOND * 3), Verdict::Unknown);
    assert_eq!(verdict(SECOND * 4), Verdict::Slow);
    entries.into_iter().for_each(|entry| window.leave(entry));
    assert_eq!(open_for(&window, SECOND * 5, SECOND * 2), 0);
}

#[test]
fn a_call_is_never_seen_too_early_and_at_most_a_slot_too_late() {
    let window = window(10);
    let entry = enter(&window, SECOND + MILLI);
    assert_eq!(open_for(&window, SECOND * 4 - MILLI, SECOND * 2), 0);
    assert_eq!(open_for(&window, SECOND * 4, SECOND * 2), 1);
    assert_eq!(open_for(&window, SECOND * 4, SECOND * 3), 0);
    window.leave(entry);
    assert_eq!(open_for(&window, SECOND * 4, SECOND * 2), 0);
}

#[test]
fn a_call_that_began_before_the_window_is_forgotten() {
    let window = window(10);
    let entry = enter(&window, SECOND);
    assert_eq!(open_for(&window, SECOND * 10, SECOND), 1);
    assert_eq!(open_for(&window, SECOND * 11, SECOND), 0);
    window.leave(entry);
    assert_eq!(open_for(&window, SECOND * 10, SECOND), 0);
}

#[test]
fn a_call_that_comes_back_after_its_slot_has_gone_on_takes_nobody_elses_place() {
    let window = window(3);
    let slot = window.shape().slot();
    let old = enter(&window, Duration::ZERO);
    let new = enter(&window, slot * PLACES);
    window.leave(old);
    assert_eq!(open_for(&window, slot * (PLACES + 2), slot), 1);
    window.leave(new);
    assert_eq!(open_for(&window, slot * (PLACES + 2), slot), 0);
}

#[test]
fn a_call_of_a_stretch_that_is_over_is_not_out_in_the_next() {
    let window = window(10);
    let old = enter(&window, SECOND);
    let next = Term::new(1);
    assert_eq!(window.open_for(next, at(SECOND * 4), SECOND), 0);
    let new = window.enter(0, next, at(SECOND), || true);
    window.leave(old);
    assert_eq!(window.open_for(next, at(SECOND * 4), SECOND), 1);
    window.leave(new);
    assert_eq!(window.open_for(next, at(SECOND * 4), SECOND), 0);
}

#[test]
fn a_late_call_that_was_not_counted_in_is_not_counted_out() {
    let window = window(10);
    let next = Term::new(1);
    let new = window.enter(0, next, at(SECOND), || true);
    let late = window.enter(0, TERM, at(SECOND), || false);
    window.leave(late);
    assert_eq!(window.open_for(next, at(SECOND * 4), SECOND), 1);
    window.leave(new);
}

#[test]
fn a_call_that_was_never_counted_in_turns_no_slot_and_takes_nobody_elses_place() {
    let window = window(10);
    // The last place of the first lap: where a call that is nowhere would be looked for.
    let last = SECOND * (PLACES - 1);
    let entry = enter(&window, last);
    assert!(!Entry::NONE.turned());
    window.leave(Entry::NONE);
    assert_eq!(open_for(&window, last + SECOND * 3, SECOND), 1);
    window.leave(entry);
}

#[test]
fn a_call_that_kept_but_its_place_leaves_where_it_entered() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 4).unwrap());
    for stripe in 0..4 {
        let entry = window.enter(stripe, TERM, at(SECOND * 3), || true);
        let place = entry.place();
        assert_eq!(open_for(&window, SECOND * 6, SECOND), 1);
        window.leave(window.entry(place, TERM, at(SECOND * 3)));
        assert_eq!(open_for(&window, SECOND * 6, SECOND), 0, "stripe {stripe}");
    }
}

#[test]
fn hc37_the_first_call_of_the_first_slot_turns_it_too() {
    let window = window(10);
    let turned = |time| {
        let entry = window.enter(0, TERM, at(time), || true);
        let turned = entry.turned();
        window.leave(entry);
        turned
    };
    assert!(turned(Duration::ZERO));
    assert!(!turned(Duration::ZERO));
    assert!(turned(SECOND));
}

#[test]
fn the_first_call_of_a_slot_knows_that_it_is() {
    let window = window(10);
    let turned = |second: u32| {
        let entry = enter(&window, SECOND * second);
        let turned = entry.turned();
        window.leave(entry);
        turned
    };
    assert!(turned(32));
    assert!(!turned(32));
    assert!(turned(33));
}

#[test]
fn it_is_open_on_the_stripe_on_which_it_began() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 4).unwrap());
    let entries: std::vec::Vec<_> = (0..8)
        .map(|stripe| window.enter(stripe, TERM, at(SECOND), || true))
        .collect();
    assert_eq!(open_for(&window, SECOND * 4, SECOND), 8);
    entries.into_iter().for_each(|entry| window.leave(entry));
    assert_eq!(open_for(&window, SECOND * 4, SECOND), 0);
}
