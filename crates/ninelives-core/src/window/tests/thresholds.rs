//! When rates are too high.

use std::string::ToString;

use super::*;

fn share(ratio: f64) -> Share {
    Share::new(ratio).unwrap()
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b18_a_rate_at_the_threshold_is_too_high_for_every_ratio_and_total() {
    for percent in 1..=100_u64 {
        let share = share(percent as f64 / 100.0);
        assert_eq!(u64::from(share.millionths()), percent * 10_000);
        for total in 1..=300 {
            for part in 0..=total {
                let expected = part * 100 >= total * percent;
                assert_eq!(share.is_reached(part, total), expected, "{part} of {total}");
            }
        }
    }
}

#[test]
fn shares_go_to_the_nearest_millionth() {
    assert_eq!(share(1.0 / 3.0).millionths(), 333_333);
    assert_eq!(share(2.0 / 3.0).millionths(), 666_667);
    assert_eq!(share(0.29).millionths(), 290_000);
    assert_eq!(share(0.000_001).millionths(), 1);
    assert_eq!(share(1.0).ratio(), 1.0);
}

#[test]
fn the_largest_counts_do_not_overflow() {
    let most = 64 * 129 * 4_194_303;
    assert!(share(1.0).is_reached(most, most));
    assert!(!share(1.0).is_reached(most - 1, most));
    assert!(share(0.5).is_reached(u64::MAX, u64::MAX));
}

#[test]
fn b17_a_ratio_that_is_none_is_refused() {
    for ratio in [
        0.0,
        -0.5,
        1.000_001,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        let error = Share::new(ratio).unwrap_err();
        let expected = std::format!("share: {ratio} is outside 0.000001..=1");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn b17_hc35_a_minimum_that_is_never_reached_is_refused() {
    let error = Thresholds::new(0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "minimum_calls: 0 is outside 1..=4294967295"
    );
    let error = Thresholds::new(11).unwrap().within(10).unwrap_err();
    assert_eq!(error.to_string(), "minimum_calls: 11 is outside 1..=10");
    assert!(Thresholds::new(10).unwrap().within(10).is_ok());
}

#[test]
fn nothing_is_known_before_the_minimum() {
    let thresholds = Thresholds::new(10).unwrap().with_failed(share(0.5));
    assert_eq!(thresholds.verdict(&rates(0, 0, 0)), Verdict::Unknown);
    assert_eq!(thresholds.verdict(&rates(9, 9, 9)), Verdict::Unknown);
    assert_eq!(thresholds.verdict(&rates(10, 10, 0)), Verdict::Failing);
    assert_eq!(thresholds.verdict(&rates(10, 4, 10)), Verdict::Well);
}

#[test]
fn hc38_slow_calls_are_too_many_though_every_one_succeeds() {
    let thresholds = Thresholds::new(4).unwrap().with_slow(share(0.75));
    assert_eq!(thresholds.verdict(&rates(4, 0, 2)), Verdict::Well);
    assert_eq!(thresholds.verdict(&rates(4, 0, 3)), Verdict::Slow);
    assert!(thresholds.verdict(&rates(4, 0, 3)).trips());
}

#[test]
fn of_two_reasons_failures_come_first() {
    let thresholds = Thresholds::new(1).unwrap();
    let thresholds = thresholds.with_failed(share(0.5)).with_slow(share(0.5));
    assert_eq!(thresholds.verdict(&rates(2, 1, 2)), Verdict::Failing);
    assert_eq!(thresholds.verdict(&rates(2, 0, 2)), Verdict::Slow);
}

#[test]
fn without_a_threshold_everything_is_well() {
    let thresholds = Thresholds::new(1).unwrap();
    assert_eq!(thresholds.verdict(&rates(9, 9, 9)), Verdict::Well);
    assert_eq!((thresholds.failed(), thresholds.slow()), (None, None));
}

#[test]
fn calls_that_are_out_for_too_long_count_as_slow_and_as_calls() {
    assert_eq!(rates(5, 2, 1).with_open(3), rates(8, 2, 4));
}

#[test]
fn thresholds_give_back_what_they_were_made_of() {
    let bare = Thresholds::new(7).unwrap();
    assert_eq!(
        (bare.minimum_calls(), bare.failed(), bare.slow()),
        (7, None, None)
    );
    let both = bare.with_failed(share(0.5)).with_slow(share(0.25));
    assert_eq!(
        (both.failed(), both.slow()),
        (Some(share(0.5)), Some(share(0.25)))
    );
    assert_eq!(share(0.25).ratio(), 0.25);
}

#[test]
fn a_circuit_opens_for_too_much_and_for_nothing_else() {
    let trips = [
        Verdict::Unknown,
        Verdict::Well,
        Verdict::Failing,
        Verdict::Slow,
    ]
    .map(Verdict::trips);
    assert_eq!(trips, [false, false, true, true]);
}
