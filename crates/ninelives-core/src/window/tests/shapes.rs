//! The shapes of time windows: how many slots, how long each, on how many stripes.

use super::*;

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
fn a_slot_is_rounded_up_so_that_no_window_is_too_short() {
    for slots in 1..=31 {
        let shape = Shape::new(SECOND, slots, 1).unwrap();
        assert!(shape.slot() * slots >= SECOND, "{slots}");
        assert!(shape.slot() * slots < SECOND + Duration::from_nanos(31));
    }
}
