//! The time window, and what clocks do to it: idle times, steps back, and the ends of time.

use super::*;
use crate::window::time::PLACES;

#[test]
fn an_idle_window_is_empty_after_any_time_short_of_its_wrap() {
    let window = window(10);
    record(&window, SECOND * 3, Mark::FAILURE);
    let lap = u64::from(PLACES);
    for laps in [
        1_u64,
        2,
        255,
        256,
        1 << 16,
        1 << 20,
        (1 << 28) - 1,
        (1 << 28) + 1,
    ] {
        let now = at(SECOND * 3).after(Duration::from_secs(laps * lap));
        assert_eq!(window.rates(TERM, now), Rates::default(), "{laps}");
    }
}

#[test]
fn idle_for_exactly_the_wrap_an_old_slot_is_taken_for_a_new_one() {
    // The negative test: were this not so, the one above would prove nothing.
    let window = window(10);
    record(&window, SECOND * 3, Mark::FAILURE);
    let wrap = Duration::from_secs(u64::from(PLACES) << 28);
    assert_eq!(window.rates(TERM, at(SECOND * 3 + wrap)), rates(1, 1, 0));
    // 272 years; of the shortest window in ten slots it is ten days.
    let shortest = Shape::new(MILLI, 10, 1).unwrap();
    let days = (shortest.slot() * PLACES * (1 << 28)).as_secs() / 86_400;
    assert_eq!(days, 9);
}

#[test]
fn hc91_a_clock_that_steps_back_an_hour_is_followed_at_once() {
    let window = window(10);
    let hour = SECOND * 3_600;
    for second in 0..20 {
        record(&window, hour + SECOND * second, Mark::FAILURE);
    }
    for second in 0..10 {
        assert!(record(&window, SECOND * second, Mark::SUCCESS), "{second}");
    }
    assert_eq!(window.rates(TERM, at(SECOND * 9)), rates(10, 0, 0));
}

#[test]
fn hc91_a_small_step_back_costs_no_more_than_it_took() {
    let window = window(10);
    for second in 0..100 {
        record(&window, SECOND * second, Mark::SUCCESS);
    }
    // Three seconds back: those slots still are there, and count on.
    for second in 97..110 {
        assert!(record(&window, SECOND * second, Mark::FAILURE), "{second}");
    }
    assert_eq!(window.rates(TERM, at(SECOND * 109)), rates(10, 10, 0));
}

#[test]
fn an_outcome_that_is_older_than_the_window_is_dropped_not_put_in_place_of_newer_ones() {
    let window = window(3);
    let slot = window.shape().slot();
    record(&window, slot * PLACES * 2, Mark::FAILURE);
    assert!(!record(&window, slot * PLACES, Mark::FAILURE));
    assert_eq!(window.rates(TERM, at(slot * PLACES * 2)), rates(1, 1, 0));
    // Two laps behind it is the clock, and is followed.
    assert!(record(&window, Duration::ZERO, Mark::SUCCESS));
    assert_eq!(window.rates(TERM, at(Duration::ZERO)), rates(1, 0, 0));
}

#[test]
fn a_thread_of_a_short_window_may_be_behind_by_a_second() {
    let window = TimeWindow::new(Shape::new(MILLI * 3, 3, 1).unwrap());
    let lap = MILLI * PLACES;
    record(&window, SECOND * 9, Mark::FAILURE);
    assert!(!record(&window, SECOND * 9 - lap * 32, Mark::FAILURE));
    assert!(record(&window, SECOND * 9 - lap * 33, Mark::FAILURE));
}

#[test]
fn the_origin_and_the_end_of_time_are_times_like_others() {
    for slots in [1, 2, 3, 10, 31] {
        let window = window(slots);
        for now in [Tick::ZERO, Tick::from_nanos(1), Tick::NEVER] {
            assert!(window.record(0, TERM, now, Mark::FAILURE, || true));
            assert!(window.rates(TERM, now).failed >= 1);
            let entry = window.enter(0, TERM, now, || true);
            window.open_for(TERM, now, Duration::MAX);
            window.open_for(TERM, now, Duration::ZERO);
            window.leave(entry);
            let other = Shape::new(MILLI, 31, 1).unwrap();
            assert!(window.resized(other, TERM, now).rates(TERM, now).failed >= 1);
        }
    }
}

#[test]
fn hc91_after_a_step_back_failures_count_again_as_soon_as_calls_do() {
    let window = TimeWindow::new(Shape::new(MILLI * 3, 3, 1).unwrap());
    let lap = MILLI * PLACES;
    record(&window, SECOND * 20, Mark::SLOW_FAILURE);
    // Back by more than a thread may be behind; then on, to a time that is less behind than that.
    assert!(record(&window, SECOND * 20 - lap * 40, Mark::SUCCESS));
    let now = SECOND * 20 - lap * 25;
    assert!(record(&window, now, Mark::SUCCESS));
    assert!(record(&window, now, Mark::SLOW_FAILURE));
    assert_eq!(window.rates(TERM, at(now)), rates(2, 1, 1));
}

#[test]
fn hc91_when_a_time_comes_again_its_failures_do_not() {
    let window = TimeWindow::new(Shape::new(MILLI * 3, 3, 1).unwrap());
    let lap = MILLI * PLACES;
    for _ in 0..5 {
        record(&window, SECOND * 20, Mark::SLOW_FAILURE);
    }
    assert!(record(&window, SECOND * 20 - lap * 40, Mark::SUCCESS));
    assert!(record(&window, SECOND * 20, Mark::SUCCESS));
    assert_eq!(window.rates(TERM, at(SECOND * 20)), rates(1, 0, 0));
}
