//! Limits that are refused, by name and with their range; and the words as they print.

use std::format;
use std::string::ToString;

use super::*;

fn refusal(result: Result<Limits, crate::limit::OutOfRange>) -> std::string::String {
    result.expect_err("the limits were taken").to_string()
}

#[test]
fn b17_thresholds_outside_their_field_are_refused() {
    let expected = "failure_threshold: 0 is outside 1..=4095";
    assert_eq!(refusal(Limits::new(0, SECOND, 1)), expected);
    let expected = "failure_threshold: 4096 is outside 1..=4095";
    assert_eq!(refusal(Limits::new(4_096, SECOND, 1)), expected);
    assert!(Limits::new(4_095, SECOND, 1).is_ok());
}

#[test]
fn b17_no_probe_and_too_many_are_refused() {
    let expected = "probes: 0 is outside 1..=63";
    assert_eq!(refusal(Limits::new(1, SECOND, 0)), expected);
    let expected = "probes: 64 is outside 1..=63";
    assert_eq!(refusal(Limits::new(1, SECOND, 64)), expected);
    assert!(Limits::new(1, SECOND, 63).is_ok());
}

#[test]
fn b16_no_open_time_is_refused() {
    let expected = "open_for: 0ns is outside 1ms..=forever";
    assert_eq!(refusal(Limits::new(1, Duration::ZERO, 1)), expected);
    assert!(Limits::new(1, MILLI - Duration::from_nanos(1), 1).is_err());
    assert!(Limits::new(1, MILLI, 1).is_ok());
    assert!(Limits::new(1, Duration::MAX, 1).is_ok());
}

#[test]
fn a_lease_that_could_outlive_the_epochs_is_refused() {
    let limits = Limits::new(1, MILLI * 2, 1).unwrap();
    let expected = "lease: 8.193s is outside 1ms..=8.192s";
    assert_eq!(refusal(limits.with_lease(MILLI * 8_193)), expected);
    let expected = "lease: 999.999µs is outside 1ms..=8.192s";
    let short = MILLI - Duration::from_nanos(1);
    assert_eq!(refusal(limits.with_lease(short)), expected);
    assert_eq!(
        limits.with_lease(MILLI * 8_192).unwrap().lease(),
        MILLI * 8_192
    );
    assert_eq!(limits.with_lease(MILLI).unwrap().lease(), MILLI);
}

#[test]
fn the_lease_is_the_open_time_a_second_at_least_and_a_day_at_most() {
    let lease = |open_for| Limits::new(1, open_for, 1).unwrap().lease();
    assert_eq!(lease(MILLI), SECOND);
    assert_eq!(lease(SECOND), SECOND);
    assert_eq!(lease(SECOND * 30), SECOND * 30);
    assert_eq!(lease(SECOND * 86_400), SECOND * 86_400);
    assert_eq!(lease(SECOND * 86_401), SECOND * 86_400);
    assert_eq!(lease(Duration::MAX), SECOND * 86_400);
}

#[test]
fn the_longest_lease_saturates() {
    let limits = Limits::new(1, Duration::MAX, 1).unwrap();
    assert_eq!(
        limits.with_lease(Duration::MAX).unwrap().lease(),
        Duration::MAX
    );
}

#[test]
fn b17_no_success_needed_and_more_than_are_tried_are_refused() {
    let limits = Limits::new(1, SECOND, 3).unwrap();
    assert_eq!(refusal(limits.with_needed(0)), "needed: 0 is outside 1..=3");
    assert_eq!(refusal(limits.with_needed(4)), "needed: 4 is outside 1..=3");
    assert_eq!(limits.needed(), 3);
    assert_eq!(limits.with_needed(1).unwrap().needed(), 1);
}

#[test]
fn b17_growth_outside_its_range_is_refused() {
    let limits = Limits::new(1, SECOND * 2, 1).unwrap();
    for factor in [f64::NAN, 0.999, 0.0, -1.0, 100.1, f64::INFINITY] {
        let expected = std::format!("factor: {factor} is outside 1..=100");
        assert_eq!(refusal(limits.with_growth(factor, SECOND * 9)), expected);
    }
    let expected = "longest: 1s is outside 2s..=35184372.088831s";
    assert_eq!(refusal(limits.with_growth(2.0, SECOND)), expected);
    assert!(limits.with_growth(2.0, Duration::MAX).is_err());
    let grown = limits.with_growth(1.5, SECOND * 2).unwrap();
    assert_eq!((grown.growth(), grown.longest()), (1.5, SECOND * 2));
    assert_eq!((limits.growth(), limits.longest()), (1.0, SECOND * 2));
}

#[test]
fn b17_jitter_outside_its_range_is_refused() {
    let limits = Limits::new(1, SECOND, 1).unwrap();
    for share in [f64::NAN, -0.001, 1.001, f64::NEG_INFINITY] {
        let expected = std::format!("jitter: {share} is outside 0..=1");
        assert_eq!(refusal(limits.with_jitter(share)), expected);
    }
    assert_eq!(limits.with_jitter(0.25).unwrap().jitter(), 0.25);
}

#[test]
fn b17_ramps_outside_their_ranges_are_refused() {
    let refusal = |ramp: Result<Ramp, crate::limit::OutOfRange>| ramp.unwrap_err().to_string();
    let ramp = Ramp::new();
    let short = ramp.with_stage(MILLI * 999);
    assert_eq!(refusal(short), "stage: 999ms is outside 1s..=3600s");
    assert!(ramp.with_stage(SECOND * 3_601).is_err());
    for ratio in [f64::NAN, 0.0, 0.000_000_9, 1.1] {
        let expected = std::format!("failure_ratio: {ratio} is outside 0.000001..=1");
        assert_eq!(refusal(ramp.with_failure_ratio(ratio)), expected);
    }
    assert_eq!(
        refusal(ramp.with_minimum(0)),
        "minimum: 0 is outside 1..=31"
    );
    assert_eq!(
        refusal(ramp.with_minimum(32)),
        "minimum: 32 is outside 1..=31"
    );
    let built = ramp.with_stage(SECOND).unwrap().with_minimum(31).unwrap();
    assert_eq!((built.stage(), built.minimum()), (Some(SECOND), 31));
    assert_eq!((ramp.stage(), ramp.failure_ratio()), (None, 0.5));
}

#[test]
fn what_was_set_stays_and_what_does_not_go_with_it_is_refused() {
    let limits = Limits::new(5, SECOND * 2, 3).unwrap();
    let limits = limits.with_needed(2).unwrap();
    let limits = limits.with_growth(2.0, SECOND * 60).unwrap();
    let limits = limits.with_lease(SECOND * 100).unwrap();
    let limits = limits.with_jitter(0.5).unwrap().with_ramp(Ramp::new());
    let other = limits.with_failure_threshold(7).unwrap();
    let other = other.with_probes(9).unwrap().with_open_for(SECOND).unwrap();
    assert_eq!((other.failure_threshold(), other.probes()), (7, 9));
    assert_eq!((other.open_for(), other.own_needed()), (SECOND, Some(2)));
    assert_eq!((other.growth(), other.jitter()), (2.0, 0.5));
    assert_eq!(other.own_longest(), Some(SECOND * 60));
    assert_eq!(other.own_lease(), Some(SECOND * 100));
    assert_eq!(other.ramp(), Some(Ramp::new()));
    let expected = "needed: 2 is outside 1..=1";
    assert_eq!(refusal(limits.with_probes(1)), expected);
    let expected = "longest: 60s is outside 61s..=35184372.088831s";
    assert_eq!(refusal(limits.with_open_for(SECOND * 61)), expected);
    let expected = "lease: 100s is outside 1ms..=4.096s";
    assert_eq!(refusal(limits.with_open_for(MILLI)), expected);
    assert_eq!(limits.without_growth().longest(), SECOND * 2);
    assert_eq!(limits.without_ramp().ramp(), None);
}

#[test]
fn limits_are_built_in_a_const_and_read_back() {
    const LIMITS: Result<Limits, crate::limit::OutOfRange> = Limits::new(7, SECOND, 9);
    let limits = LIMITS.unwrap();
    assert_eq!(limits.failure_threshold(), 7);
    assert_eq!(limits.open_for(), SECOND);
    assert_eq!(limits.probes(), 9);
}

#[test]
fn words_print_what_they_mean() {
    let rig = Rig::new(2, SECOND, 3);
    rig.fail();
    let closed = "Breaker(Closed#0 failures 1 since 0 s)";
    assert_eq!(format!("{:?}", rig.breaker), closed);
    rig.fail();
    let open = "Open#1 openings 1 until 3601000000 us";
    assert_eq!(format!("{:?}", rig.breaker.word()), open);
    rig.clock.pass(SECOND);
    rig.report(rig.probe(), Outcome::Success);
    let _second = rig.probe();
    let half_open = "HalfOpen#2 openings 1 probes 1 won 1 lost 0 granted 3601000 ms";
    assert_eq!(format!("{:?}", rig.breaker.word()), half_open);
    rig.breaker.disable();
    assert_eq!(format!("{:?}", rig.breaker.word()), "Disabled#3");
}

#[test]
#[should_panic(expected = "unreachable")]
fn a_state_that_cannot_be_is_not_closed() {
    let _ = State::of(8);
}
