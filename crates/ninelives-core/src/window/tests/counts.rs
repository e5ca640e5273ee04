//! The count window, of a few and of many.

use std::string::ToString;
use std::vec::Vec;

use proptest::prelude::*;

use super::recent::{last, sum};
use super::*;
use crate::window::count::{Seat, Sum};

/// One word, and a ring.
const SIZES: [u32; 2] = [10, 100];

fn of(term: u64, window: &CountWindow, mark: Mark, current: bool) -> bool {
    window.record(Term::new(term), mark, || current)
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc40_the_last_outcomes_are_exact_at_every_size() {
    for size in [
        1, 2, 3, 5, 7, 8, 23, 24, 25, 31, 32, 64, 97, 100, 128, 1_009,
    ] {
        let window = CountWindow::new(size).unwrap();
        assert_eq!(window.size(), size);
        let mut list = Vec::new();
        for call in 0..3 * size + 7 {
            let mark = Mark {
                failed: call % 3 == 0,
                slow: call % 7 == call / size,
            };
            list.push(mark);
            note(&window, &[mark]);
            assert_eq!(window.rates(TERM), sum(last(&list, size)), "{size}: {call}");
        }
    }
}

#[test]
fn hc34_a_new_stretch_begins_with_nothing_and_ends_with_its_own() {
    for size in SIZES {
        let window = CountWindow::new(size).unwrap();
        note(&window, &[Mark::FAILURE; 5]);
        assert_eq!(window.rates(Term::new(1)), Rates::default());
        assert!(of(1, &window, Mark::SLOW, true));
        assert_eq!(window.rates(Term::new(1)), rates(1, 0, 1));
        for _ in 0..3 * size {
            assert!(of(1, &window, Mark::SLOW, true));
        }
        assert_eq!(
            window.rates(Term::new(1)),
            rates(size.into(), 0, size.into())
        );
    }
}

#[test]
fn a_late_outcome_counts_in_no_later_stretch_and_removes_nothing_of_it() {
    for size in SIZES {
        let window = CountWindow::new(size).unwrap();
        note(&window, &[Mark::FAILURE; 5]);
        for _ in 0..size {
            assert!(of(1, &window, Mark::SUCCESS, true));
        }
        for _ in 0..2 * size {
            assert!(!of(0, &window, Mark::FAILURE, false));
        }
        assert_eq!(window.rates(Term::new(1)), rates(size.into(), 0, 0));
        assert_eq!(window.rates(TERM), Rates::default());
    }
}

#[test]
fn a_stretch_that_is_over_may_still_write_where_nobody_came_after_it() {
    for size in SIZES {
        let window = CountWindow::new(size).unwrap();
        note(&window, &[Mark::FAILURE]);
        of(0, &window, Mark::FAILURE, false);
        assert_eq!(window.rates(Term::new(1)), Rates::default());
    }
}

#[test]
fn the_low_bits_of_a_stretch_that_come_again_bring_back_nothing_that_was_forgotten() {
    for size in SIZES {
        let window = CountWindow::new(size).unwrap();
        note(&window, &[Mark::FAILURE; 5]);
        let again = Term::new(1 << 14);
        // The negative half: without it, they do.
        assert_eq!(window.rates(again), rates(5, 5, 0));
        window.forget(Term::new(3));
        assert_eq!(window.rates(TERM), rates(5, 5, 0));
        window.forget(TERM);
        assert_eq!(window.rates(again), Rates::default());
        for _ in 0..2 * size {
            assert!(window.record(again, Mark::SUCCESS, || true));
        }
        assert_eq!(window.rates(again), rates(size.into(), 0, 0));
    }
}

#[test]
fn a_place_of_a_stretch_with_the_same_low_bits_is_not_taken_away() {
    let seat = Seat::of(Term::new(1 << 14 | 7), Mark::FAILURE);
    assert_eq!(seat.mark(Term::new(7)), None);
    assert_eq!(seat.mark(Term::new(1 << 14 | 7)), Some(Mark::FAILURE));
    assert_eq!(Seat::EMPTY.mark(TERM), None);
}

#[test]
fn a_sum_below_zero_is_seen_as_zero_and_comes_right() {
    // Who takes away was faster than who counts.
    let early = Sum::of(TERM).turned(Mark::SUCCESS, Some(Mark::SLOW_FAILURE));
    assert_eq!(early.rates(TERM), Rates::default());
    let early = early.turned(Mark::SUCCESS, Some(Mark::SLOW_FAILURE));
    assert_eq!(early.rates(TERM), Rates::default());
    let right = early
        .turned(Mark::SLOW_FAILURE, None)
        .turned(Mark::SLOW_FAILURE, None);
    assert_eq!(right.rates(TERM), rates(2, 0, 0));
}

#[test]
fn failures_below_zero_are_none_among_calls_too() {
    let three = (0..3).fold(Sum::of(TERM), |sum, _| sum.turned(Mark::SUCCESS, None));
    let early = three.turned(Mark::SUCCESS, Some(Mark::SLOW_FAILURE));
    assert_eq!(early.rates(TERM), rates(3, 0, 0));
    let right = early.turned(Mark::SLOW_FAILURE, None);
    assert_eq!(right.rates(TERM), rates(4, 0, 0));
}

#[test]
fn nobody_sees_more_failures_than_calls() {
    let failed = Sum::of(TERM).turned(Mark::SLOW_FAILURE, None);
    let fewer = failed.turned(Mark::SLOW_FAILURE, Some(Mark::SUCCESS));
    assert_eq!(fewer.rates(TERM), rates(1, 1, 1));
}

#[cfg(not(miri))] // the largest windows
#[test]
fn sizes_outside_their_range_are_refused_by_name() {
    for (size, message) in [
        (0, "size: 0 is outside 1..=16384"),
        (16_385, "size: 16385 is outside 1..=16384"),
    ] {
        assert_eq!(CountWindow::new(size).unwrap_err().to_string(), message);
    }
    let most = CountWindow::new(CountWindow::MOST).unwrap();
    for _ in 0..CountWindow::MOST + 9 {
        assert!(most.record(TERM, Mark::SLOW_FAILURE, || true));
    }
    let all = u64::from(CountWindow::MOST);
    assert_eq!(most.rates(TERM), rates(all, all, all));
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #[test]
    fn it_is_the_last_of_a_list_of_its_stretch(
        size in prop_oneof![1_u32..=24, 25_u32..=130],
        ops in prop::collection::vec((0_u8..40, any::<bool>(), any::<bool>()), 0..400),
    ) {
        let window = CountWindow::new(size).unwrap();
        let (mut term, mut list) = (0, Vec::new());
        for (what, failed, slow) in ops {
            let mark = Mark { failed, slow };
            match what {
                0 => {
                    term += 1;
                    list.clear();
                }
                1 if term > 0 => {
                    // One of the stretch before, which nobody may count from the first outcome on.
                    window.record(Term::new(term - 1), mark, || false);
                }
                _ => {
                    list.push(mark);
                    prop_assert!(of(term, &window, mark, true));
                }
            }
            let seen = window.rates(Term::new(term));
            let kept = sum(last(&list, size));
            // A late one uses up a place of the ring: one less is kept until the ring has gone round.
            if size <= 24 {
                prop_assert_eq!(seen, kept);
            } else {
                prop_assert!(seen.total <= kept.total && seen.failed <= seen.total);
            }
        }
    }
}
