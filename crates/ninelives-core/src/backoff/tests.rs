use core::time::Duration;
use std::string::ToString;

use proptest::prelude::*;

use super::Backoff;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn constant_waits_the_same_every_time() {
    let backoff = Backoff::constant(millis(250));
    for attempt in [1, 2, 1_000, u32::MAX] {
        assert_eq!(backoff.delay(attempt), millis(250));
    }
}

#[test]
fn linear_adds_the_base_each_time() {
    let backoff = Backoff::linear(millis(100));
    let delays = [1, 2, 3, 10].map(|attempt| backoff.delay(attempt));
    assert_eq!(delays, [100, 200, 300, 1_000].map(millis));
}

#[test]
fn exponential_doubles_each_time() {
    let backoff = Backoff::exponential(millis(100));
    let delays = [1, 2, 3, 11].map(|attempt| backoff.delay(attempt));
    assert_eq!(delays, [100, 200, 400, 102_400].map(millis));
}

#[test]
fn exponential_grows_by_the_factor_it_is_given() {
    let backoff = Backoff::exponential(SECOND).with_factor(1.5).unwrap();
    let delays = [1, 2, 3, 4].map(|attempt| backoff.delay(attempt));
    assert_eq!(delays, [1_000, 1_500, 2_250, 3_375].map(millis));
    let decimal = Backoff::exponential(SECOND).with_factor(1.1).unwrap();
    assert_eq!(decimal.delay(2), millis(1_100));
}

#[test]
fn attempt_zero_is_the_first() {
    for backoff in [
        Backoff::constant(SECOND),
        Backoff::linear(SECOND),
        Backoff::exponential(SECOND),
    ] {
        assert_eq!(backoff.delay(0), SECOND);
    }
}

#[test]
fn hc64_an_overflow_is_the_cap_and_not_a_forgotten_cap() {
    let cap = Duration::from_secs(30);
    for backoff in [Backoff::linear(SECOND), Backoff::exponential(SECOND)] {
        let capped = backoff.with_max(cap).unwrap();
        for attempt in [31, 1_000_000, u32::MAX - 1, u32::MAX] {
            assert_eq!(capped.delay(attempt), cap, "{backoff:?}, attempt {attempt}");
        }
    }
}

#[test]
fn r05_one_second_doubled_a_thousand_times_saturates() {
    let backoff = Backoff::exponential(SECOND);
    assert_eq!(backoff.delay(64), Duration::from_secs(1 << 63));
    assert_eq!(backoff.delay(65), Duration::MAX);
    assert_eq!(backoff.delay(1_000), Duration::MAX);
    assert_eq!(backoff.delay(u32::MAX), Duration::MAX);
    let longest = Backoff::linear(Duration::MAX);
    assert_eq!(longest.delay(u32::MAX), Duration::MAX);
}

#[test]
fn r06_a_base_of_zero_stays_zero() {
    for backoff in [
        Backoff::constant(Duration::ZERO),
        Backoff::linear(Duration::ZERO),
        Backoff::exponential(Duration::ZERO),
        Backoff::exponential(Duration::ZERO)
            .with_factor(1e6)
            .unwrap(),
    ] {
        assert_eq!(backoff.delay(1), Duration::ZERO);
        assert_eq!(backoff.delay(u32::MAX), Duration::ZERO);
    }
}

#[test]
fn r07_a_factor_out_of_range_is_refused_by_name() {
    let refusal = |factor| {
        let refused = Backoff::exponential(SECOND).with_factor(factor);
        refused.unwrap_err().to_string()
    };
    assert_eq!(refusal(f64::NAN), "factor: NaN is outside 1..=1000000");
    assert_eq!(refusal(f64::INFINITY), "factor: inf is outside 1..=1000000");
    assert_eq!(refusal(-2.0), "factor: -2 is outside 1..=1000000");
    assert_eq!(refusal(0.999), "factor: 0.999 is outside 1..=1000000");
    assert_eq!(
        refusal(1_000_001.0),
        "factor: 1000001 is outside 1..=1000000"
    );
}

#[test]
fn the_ends_of_the_factors_range_are_taken() {
    let flat = Backoff::exponential(SECOND).with_factor(1.0).unwrap();
    assert_eq!(flat.delay(u32::MAX), SECOND);
    let steep = Backoff::exponential(SECOND).with_factor(1e6).unwrap();
    assert_eq!(steep.delay(3), Duration::from_secs(1_000_000_000_000));
}

#[test]
fn only_an_exponential_backoff_takes_a_factor() {
    for backoff in [Backoff::constant(SECOND), Backoff::linear(SECOND)] {
        let error = backoff.with_factor(2.0).unwrap_err();
        assert_eq!(error.to_string(), "factor: 2 is outside 1..=1");
        assert_eq!(backoff.with_factor(1.0), Ok(backoff));
    }
}

#[test]
fn a_max_below_the_base_is_refused_by_name() {
    let error = Backoff::linear(SECOND).with_max(millis(999)).unwrap_err();
    assert_eq!(error.to_string(), "max: 999ms is outside 1s..=forever");
    let least = Backoff::linear(SECOND).with_max(SECOND).unwrap();
    assert_eq!((least.base(), least.max()), (SECOND, SECOND));
    assert_eq!(least.delay(2), SECOND);
}

#[test]
fn without_a_max_there_is_no_hidden_bound() {
    let backoff = Backoff::exponential(SECOND);
    assert_eq!(backoff.max(), Duration::MAX);
    assert_eq!(backoff.delay(40), Duration::from_secs(1 << 39));
}

#[test]
fn whole_products_keep_every_nanosecond() {
    // Just below the 53 bits that a float keeps, where adding a half before rounding would lose the last one.
    let odd = Duration::from_nanos((1 << 52) + 1);
    assert_eq!(Backoff::exponential(odd).delay(1), odd);
    let half = Duration::from_nanos((1 << 51) + 1);
    let doubled = Duration::from_nanos((1 << 52) + 2);
    assert_eq!(Backoff::exponential(half).delay(2), doubled);
    let thrice = Backoff::exponential(Duration::from_nanos(1_501_199_875_790_167));
    let tripled = thrice.with_factor(3.0).unwrap().delay(2);
    assert_eq!(tripled, Duration::from_nanos(4_503_599_627_370_501));
}

#[test]
fn parts_of_a_nanosecond_are_rounded() {
    let delay = |nanos, factor| {
        let backoff = Backoff::exponential(Duration::from_nanos(nanos));
        backoff.with_factor(factor).unwrap().delay(2).as_nanos()
    };
    assert_eq!([delay(1, 1.25), delay(1, 1.5), delay(3, 1.25)], [1, 2, 4]);
}

fn backoffs() -> impl Strategy<Value = Backoff> {
    let base = prop_oneof![0..=10_000_000_000u64, any::<u64>()].prop_map(Duration::from_nanos);
    let factor = prop_oneof![Just(1.0), 1.000_001..=1.01, 1.0001..=10.0, 1.0001..=1e6];
    (base, factor, 0..3).prop_map(|(base, factor, kind)| match kind {
        0 => Backoff::constant(base),
        1 => Backoff::linear(base),
        _ => Backoff::exponential(base).with_factor(factor).unwrap(),
    })
}

fn attempts() -> impl Strategy<Value = u32> {
    prop_oneof![1u32..100, 1u32..100_000, Just(u32::MAX - 1), any::<u32>()]
}

#[test]
fn a_backoff_tells_how_it_grows() {
    let told = [
        Backoff::constant(SECOND),
        Backoff::linear(SECOND),
        Backoff::exponential(SECOND),
        Backoff::exponential(SECOND).with_factor(1.5).unwrap(),
    ]
    .map(|backoff| (backoff.kind(), backoff.factor()));
    let expected = [
        ("constant", 1.0),
        ("linear", 1.0),
        ("exponential", 2.0),
        ("exponential", 1.5),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_growth_of_one_keeps_every_bit_of_a_long_base() {
    let base = Duration::new(1 << 60, 999_999_999);
    let backoff = Backoff::exponential(base).with_factor(1.0).unwrap();
    assert_eq!([1, 2, 9].map(|attempt| backoff.delay(attempt)), [base; 3]);
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hc66_every_delay_is_between_the_base_and_the_cap(
        backoff in backoffs(),
        above in any::<u64>(),
        attempt in any::<u32>(),
    ) {
        let max = backoff.base() + Duration::from_nanos(above);
        let capped = backoff.with_max(max).unwrap();
        let delay = capped.delay(attempt);
        prop_assert!(delay >= capped.base() && delay <= max, "{delay:?}");
        prop_assert_eq!(delay, backoff.delay(attempt).min(max));
    }

    #[test]
    fn no_delay_is_shorter_than_an_earlier_one(backoff in backoffs(), attempt in attempts()) {
        let (this, next) = (backoff.delay(attempt), backoff.delay(attempt.saturating_add(1)));
        prop_assert!(this <= next, "{this:?} > {next:?}");
    }

    #[test]
    fn whole_factors_agree_with_whole_arithmetic(
        nanos in 1u64..1_000_000,
        factor in 1u32..=10,
        attempt in 1u32..10,
    ) {
        let backoff = Backoff::exponential(Duration::from_nanos(nanos));
        let backoff = backoff.with_factor(f64::from(factor)).unwrap();
        let expected = u128::from(nanos) * u128::from(factor).pow(attempt - 1);
        prop_assert_eq!(backoff.delay(attempt).as_nanos(), expected);
    }
}
