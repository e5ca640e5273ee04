//! The time window: what it counts, what it forgets, and what clocks do to it.

use core::cell::Cell;

use super::*;
use crate::window::time::{PLACES, Word};

/// Whether it counts. Where an interpreter lets a try fail for nothing, it has done nothing, and is tried again.
fn notes(lane: Lane<'_>, term: Term, now: Tick) -> bool {
    let tries = if cfg!(miri) { 64 } else { 1 };
    (0..tries).any(|_| lane.note(term, now))
}

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

#[test]
fn stripes_are_added_up_and_any_number_is_one() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 5).unwrap());
    assert_eq!((window.shape().slots(), window.shape().stripes()), (10, 8));
    for stripe in [0, 1, 7, 8, 1_000, u32::MAX] {
        assert!(window.record(stripe, TERM, at(SECOND), Mark::FAILURE, || true));
    }
    assert_eq!(window.rates(TERM, at(SECOND)), rates(6, 6, 0));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn no_two_slots_of_the_ring_share_a_place() {
    for slots in 1..=31 {
        for stripes in [1, 2, 8] {
            let shape = Shape::new(SECOND * 10, slots, stripes).unwrap();
            let window = TimeWindow::new(shape);
            for stripe in 0..stripes {
                for slot in 0..=slots {
                    window.record(stripe, TERM, at(shape.slot() * slot), Mark::SUCCESS, || {
                        true
                    });
                }
            }
            // The newest, and all but the oldest of the others.
            let seen = window.rates(TERM, at(shape.slot() * slots)).total;
            assert_eq!(seen, u64::from(slots * stripes), "{slots} on {stripes}");
            let before = window.rates(TERM, at(shape.slot() * (slots - 1))).total;
            assert_eq!(before, u64::from(slots * stripes), "{slots} on {stripes}");
        }
    }
}

#[test]
fn b16_shapes_outside_their_ranges_are_refused_by_name() {
    let refusal = |window, slots, stripes| {
        let error = Shape::new(window, slots, stripes).unwrap_err();
        std::string::ToString::to_string(&error)
    };
    let day = SECOND * 86_400;
    assert_eq!(
        refusal(MILLI - Duration::from_nanos(1), 1, 1),
        "window: 999.999µs is outside 1ms..=2592000s"
    );
    assert_eq!(
        refusal(day * 30 + MILLI, 1, 1),
        "window: 2592000.001s is outside 1ms..=2592000s"
    );
    assert_eq!(
        refusal(Duration::MAX, 1, 1),
        "window: forever is outside 1ms..=2592000s"
    );
    assert_eq!(refusal(SECOND, 0, 1), "slots: 0 is outside 1..=31");
    assert_eq!(refusal(SECOND, 32, 1), "slots: 32 is outside 1..=31");
    assert_eq!(refusal(SECOND, 1, 0), "stripes: 0 is outside 1..=64");
    assert_eq!(refusal(SECOND, 1, 65), "stripes: 65 is outside 1..=64");
    for good in [Shape::new(MILLI, 1, 1), Shape::new(day * 30, 31, 64)] {
        assert!(good.is_ok());
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

#[test]
fn a_slot_is_rounded_up_so_that_no_window_is_too_short() {
    for slots in 1..=31 {
        let shape = Shape::new(SECOND, slots, 1).unwrap();
        assert!(shape.slot() * slots >= SECOND, "{slots}");
        assert!(shape.slot() * slots < SECOND + Duration::from_nanos(31));
    }
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
