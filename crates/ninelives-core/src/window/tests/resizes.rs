//! Windows that change their size and keep what still applies.

use super::*;

fn cut(window: &TimeWindow, length: Duration, slots: u32, now: Duration) -> TimeWindow {
    let stripes = window.shape().stripes();
    let shape = Shape::new(length, slots, stripes).unwrap();
    window.resized(shape, TERM, at(now))
}

fn of_seconds(seconds: impl IntoIterator<Item = u32>) -> TimeWindow {
    let window = window(10);
    for second in seconds {
        record(&window, SECOND * second, Mark::FAILURE);
        record(&window, SECOND * second, Mark::SLOW);
    }
    window
}

#[test]
fn hc44_a_shorter_window_keeps_what_is_young_enough() {
    let window = of_seconds(0..10);
    let now = SECOND * 9 + MILLI * 500;
    let short = cut(&window, SECOND * 3, 3, now);
    assert_eq!(short.rates(TERM, at(now)), rates(6, 3, 3));
    assert_eq!(short.rates(TERM, at(SECOND * 11)), rates(2, 1, 1));
    assert_eq!(short.rates(TERM, at(SECOND * 12)), Rates::default());
}

#[test]
fn hc44_a_longer_window_keeps_everything_and_forgets_it_later() {
    let window = of_seconds(0..10);
    let long = cut(&window, SECOND * 60, 6, SECOND * 9);
    assert_eq!(long.rates(TERM, at(SECOND * 9)), rates(20, 10, 10));
    assert_eq!(long.rates(TERM, at(SECOND * 59)), rates(20, 10, 10));
    assert_eq!(long.rates(TERM, at(SECOND * 70)), Rates::default());
}

#[test]
fn hc44_every_other_number_of_slots_keeps_all_of_the_same_length() {
    for slots in [2, 3, 7, 8, 10, 11, 16, 29, 31] {
        let window = of_seconds(25..35);
        let now = SECOND * 34 + MILLI * 999;
        let other = cut(&window, SECOND * 10, slots, now);
        // An odd slot reaches a little less far back than ten of a second do.
        let kept = other.rates(TERM, at(now));
        assert!((18..=20).contains(&kept.total), "{slots}: {kept:?}");
        assert_eq!(kept.failed * 2, kept.total, "{slots}");
        // Each is taken for at most a slot of the old window younger than it is.
        let later = now + SECOND * 11;
        assert_eq!(other.rates(TERM, at(later)), Rates::default(), "{slots}");
    }
}

#[test]
fn hc44_hc40_a_single_slot_keeps_what_it_would_have_seen_itself() {
    // A slot of ten seconds begins some nanoseconds before the thirtieth, so nothing is in the slot of a second that ends there.
    let window = of_seconds((25..29).chain(31..35));
    let one = cut(&window, SECOND * 10, 1, SECOND * 34);
    assert_eq!(one.rates(TERM, at(SECOND * 34)), rates(8, 4, 4));
    assert_eq!(one.rates(TERM, at(SECOND * 40)), Rates::default());
}

#[test]
fn a_window_in_use_goes_on_in_its_new_shape() {
    let window = of_seconds(0..10);
    let short = cut(&window, SECOND * 5, 5, SECOND * 9);
    record(&short, SECOND * 9, Mark::SUCCESS);
    record(&short, SECOND * 10, Mark::SUCCESS);
    assert_eq!(short.rates(TERM, at(SECOND * 10)), rates(10, 4, 4));
}

#[test]
fn other_stretches_are_left_behind() {
    let window = of_seconds(0..10);
    let next = Term::new(1);
    assert!(window.record(0, next, at(SECOND * 9), Mark::SLOW, || true));
    let shape = Shape::new(SECOND * 20, 10, 1).unwrap();
    let new = window.resized(shape, next, at(SECOND * 9));
    assert_eq!(new.rates(next, at(SECOND * 9)), rates(1, 0, 1));
    assert_eq!(new.rates(TERM, at(SECOND * 9)), Rates::default());
}

#[test]
fn stripes_come_together_when_there_are_fewer() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 8).unwrap());
    for stripe in 0..8 {
        window.record(stripe, TERM, at(SECOND), Mark::FAILURE, || true);
    }
    for stripes in [1, 2, 8, 16] {
        let shape = Shape::new(SECOND * 5, 5, stripes).unwrap();
        let new = window.resized(shape, TERM, at(SECOND * 2));
        assert_eq!(new.rates(TERM, at(SECOND * 2)), rates(8, 8, 0));
    }
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn slots_that_come_together_stop_at_what_a_slot_holds() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 1).unwrap());
    let most = crate::window::time::Word::FULL;
    for second in 0..2 {
        for _ in 0..most {
            record(&window, SECOND * second, Mark::SUCCESS);
        }
    }
    let one = cut(&window, SECOND * 10, 1, SECOND * 2);
    assert_eq!(one.rates(TERM, at(SECOND * 2)), rates(most, 0, 0));
}

#[test]
fn calls_that_are_out_stay_with_the_window_they_entered() {
    let window = window(10);
    let entry = window.enter(0, TERM, at(SECOND), || true);
    let new = cut(&window, SECOND * 20, 10, SECOND * 2);
    assert_eq!(new.open_for(TERM, at(SECOND * 9), SECOND), 0);
    assert_eq!(window.open_for(TERM, at(SECOND * 9), SECOND), 1);
    window.leave(entry);
    assert_eq!(window.open_for(TERM, at(SECOND * 9), SECOND), 0);
}

#[test]
fn hc44_a_hundred_outcomes_half_full_become_the_last_ten() {
    let window = CountWindow::new(100).unwrap();
    note(&window, &[Mark::FAILURE; 40]);
    note(&window, &[Mark::SLOW, Mark::SUCCESS]);
    note(&window, &[Mark::SLOW_FAILURE; 8]);
    let ten = window.resized(10, TERM).unwrap();
    assert_eq!(ten.rates(TERM), rates(10, 8, 9));
    // The oldest goes first.
    note(&ten, &[Mark::SUCCESS]);
    assert_eq!(ten.rates(TERM), rates(10, 8, 8));
}

#[test]
fn hc44_outcomes_keep_their_order_through_every_size() {
    // More than a round of the ring, then smaller, larger, one word, and a ring again.
    let mut window = CountWindow::new(50).unwrap();
    for call in 0..70 {
        let mark = Mark {
            failed: call >= 60,
            slow: false,
        };
        note(&window, &[mark]);
    }
    for size in [40, 90, 24, 60, 20, 23, 30] {
        window = window.resized(size, TERM).unwrap();
        let failed = window.rates(TERM).failed;
        assert_eq!(failed, 10, "{size}");
    }
    assert_eq!(window.rates(TERM), rates(20, 10, 0));
    // What is left is ten successes, then ten failures.
    let ten = window.resized(10, TERM).unwrap();
    assert_eq!(ten.rates(TERM), rates(10, 10, 0));
}

#[test]
fn the_counts_of_another_stretch_are_left_behind_and_a_wrong_size_is_refused() {
    for size in [10, 50] {
        let window = CountWindow::new(size).unwrap();
        note(&window, &[Mark::FAILURE; 5]);
        let new = window.resized(20, Term::new(1)).unwrap();
        assert_eq!(new.rates(Term::new(1)), Rates::default());
        assert!(window.resized(0, TERM).is_err());
    }
}
