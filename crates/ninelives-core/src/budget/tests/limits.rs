//! What limits are taken, and which are refused by what name.

use std::string::ToString;

use super::limits;
use crate::budget::{Budget, Limits, LimitsCell, Withdrawal};
use crate::time::Tick;

#[test]
fn the_ends_of_each_range_are_taken() {
    let low = limits(0.0, 0.0, 1);
    assert_eq!(
        (low.ratio(), low.min_per_second(), low.cap()),
        (0.0, 0.0, 1)
    );
    let high = limits(10.0, 65_535.0, 65_535);
    assert_eq!(
        (high.ratio(), high.min_per_second(), high.cap()),
        (10.0, 65_535.0, 65_535)
    );
}

#[test]
fn r07_each_setting_out_of_range_is_refused_by_name() {
    let refusal = |ratio, min, cap| Limits::new(ratio, min, cap).unwrap_err().to_string();
    assert_eq!(refusal(-0.1, 10.0, 100), "ratio: -0.1 is outside 0..=10");
    assert_eq!(
        refusal(10.001, 10.0, 100),
        "ratio: 10.001 is outside 0..=10"
    );
    assert_eq!(refusal(f64::NAN, 10.0, 100), "ratio: NaN is outside 0..=10");
    assert_eq!(
        refusal(f64::INFINITY, 10.0, 100),
        "ratio: inf is outside 0..=10"
    );
    assert_eq!(
        refusal(0.2, -1.0, 100),
        "min_per_second: -1 is outside 0..=65535"
    );
    assert_eq!(
        refusal(0.2, 65_536.0, 100),
        "min_per_second: 65536 is outside 0..=65535"
    );
    assert_eq!(
        refusal(0.2, f64::NAN, 100),
        "min_per_second: NaN is outside 0..=65535"
    );
    assert_eq!(
        refusal(0.2, f64::NEG_INFINITY, 100),
        "min_per_second: -inf is outside 0..=65535"
    );
    assert_eq!(refusal(0.2, 10.0, 0), "cap: 0 is outside 1..=65535");
    assert_eq!(
        refusal(0.2, 10.0, 65_536),
        "cap: 65536 is outside 1..=65535"
    );
    assert_eq!(
        refusal(0.2, 10.0, u32::MAX),
        "cap: 4294967295 is outside 1..=65535"
    );
}

#[test]
fn the_default_is_a_fifth_ten_per_second_and_a_hundred() {
    assert_eq!(Limits::default(), limits(0.2, 10.0, 100));
}

#[test]
fn rates_are_rounded_up_to_a_grain() {
    let grain = super::GRAIN;
    assert_eq!(limits(2.0 * grain, 0.0, 1).ratio(), 2.0 * grain);
    assert_eq!(limits(0.001 * grain, 2.0 * grain, 1).ratio(), grain);
    assert_eq!(limits(0.0, 1.001 * grain, 1).min_per_second(), 2.0 * grain);
}

#[test]
fn without_rates_the_budget_is_an_allotment() {
    let limits = limits(0.0, 0.0, 2);
    let budget = Budget::new(&limits);
    let granted = (0..10u64)
        .filter(|&day| {
            budget.deposit(&limits);
            let now = Tick::from_nanos(day * 86_400_000_000_000);
            budget.withdraw(&limits, now) == Withdrawal::Granted
        })
        .count();
    assert_eq!(granted, 2);
    budget.refund(&limits);
    assert_eq!(budget.withdraw(&limits, Tick::ZERO), Withdrawal::Granted);
}

#[test]
fn the_largest_budget_never_leaves_its_field() {
    let limits = limits(10.0, 65_535.0, 65_535);
    let budget = Budget::new(&limits);
    budget.deposit(&limits);
    budget.refund(&limits);
    assert_eq!(budget.withdraw(&limits, Tick::NEVER), Withdrawal::Granted);
    assert_eq!(budget.balance(&limits, Tick::NEVER), 65_534.0);
    budget.deposit(&limits);
    assert_eq!(budget.balance(&limits, Tick::NEVER), 65_535.0);
}

#[test]
fn limits_that_exist_are_in_one_word_as_they_are() {
    let mut number = 7_u64;
    for round in 0..100_000_u64 {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(round);
        let share = |bits: u64, max: f64| (bits & 0xffff) as f64 / 65_535.0 * max;
        let shrink = [1.0, 0.01, 0.000_1][(round % 3) as usize];
        let ratio = share(number >> 16, 10.0) * shrink;
        let min = share(number >> 32, 65_535.0) * shrink;
        let made = limits(ratio, min, ((number >> 48) as u32).max(1));
        assert_eq!(LimitsCell::new(&made).get(), made, "{ratio} {min}");
        assert!(made.min_per_second() >= min);
        let grain = (min / 8_388_608.0).max(1.0 / 65_536.0);
        assert!(made.min_per_second() - min < grain * 2.0, "{min}");
    }
    for ends in [limits(0.0, 0.0, 1), limits(10.0, 65_535.0, 65_535)] {
        assert_eq!(LimitsCell::new(&ends).get(), ends);
    }
}

#[test]
fn a_rate_of_up_to_256_is_kept_to_the_last_bit() {
    let grain = 1.0 / 65_536.0;
    for rate in [grain, 0.1, 10.0, 255.0 + grain, 256.0 - grain, 256.0] {
        let kept = limits(0.1, rate, 1).min_per_second();
        assert!(
            kept >= rate && kept - rate < grain,
            "{rate} is kept as {kept}"
        );
    }
    assert_eq!(
        limits(0.1, 256.0 + grain, 1).min_per_second(),
        256.0 + 2.0 * grain
    );
}

#[test]
fn limits_are_set_together() {
    const ROUNDS: u32 = if cfg!(miri) { 20 } else { 20_000 };
    let (low, high) = (limits(0.1, 1.0, 2), limits(9.0, 60_000.0, 65_535));
    let cell = LimitsCell::new(&low);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                cell.set(&high);
                cell.set(&low);
            }
        });
        for _ in 0..ROUNDS {
            let seen = cell.get();
            assert!(seen == low || seen == high, "{seen:?}");
        }
    });
}

#[test]
fn limits_that_are_set_are_the_limits() {
    let (low, high) = (limits(0.1, 1.0, 2), limits(9.0, 60_000.0, 65_535));
    let cell = LimitsCell::new(&low);
    cell.set(&high);
    assert_eq!(cell.get(), high);
    assert_eq!(
        std::format!("{cell:?}"),
        std::format!("LimitsCell({high:?})")
    );
}

#[test]
fn a_lowered_cap_cuts_at_once_when_clipped() {
    let (wide, narrow) = (limits(0.0, 0.0, 100), limits(0.0, 0.0, 3));
    let budget = Budget::new(&wide);
    budget.clip(&wide);
    assert_eq!(budget.balance(&wide, Tick::ZERO), 100.0);
    budget.clip(&narrow);
    assert_eq!(budget.balance(&wide, Tick::ZERO), 3.0);
}
