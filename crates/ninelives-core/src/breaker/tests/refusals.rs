//! Limits that are refused, by name and with their range; and the words as they print.

use std::format;
use std::string::ToString;

use super::*;

fn refusal(result: Result<Limits, crate::limit::OutOfRange>) -> std::string::String {
    result.expect_err("the limits were taken").to_string()
}

#[test]
fn b17_thresholds_outside_their_field_are_refused() {
    let expected = "failure_threshold: 0 is outside 1..=32767";
    assert_eq!(refusal(Limits::new(0, SECOND, 1)), expected);
    let expected = "failure_threshold: 32768 is outside 1..=32767";
    assert_eq!(refusal(Limits::new(32_768, SECOND, 1)), expected);
    assert!(Limits::new(32_767, SECOND, 1).is_ok());
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
fn the_lease_is_the_open_time_and_a_second_at_least() {
    let lease = |open_for| Limits::new(1, open_for, 1).unwrap().lease();
    assert_eq!(lease(MILLI), SECOND);
    assert_eq!(lease(SECOND), SECOND);
    assert_eq!(lease(SECOND * 30), SECOND * 30);
    assert_eq!(lease(Duration::MAX), Duration::MAX);
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
    let open = "Open#1 until 3601000000 us";
    assert_eq!(format!("{:?}", rig.breaker.word()), open);
    rig.clock.pass(SECOND);
    rig.report(rig.probe(), Outcome::Success);
    let _second = rig.probe();
    let half_open = "HalfOpen#2 probes 1 won 1 granted 3601000 ms";
    assert_eq!(format!("{:?}", rig.breaker.word()), half_open);
    rig.breaker.disable();
    assert_eq!(format!("{:?}", rig.breaker.word()), "Disabled#3");
}

#[test]
#[should_panic(expected = "unreachable")]
fn a_state_that_cannot_be_is_not_closed() {
    let _ = Word::from_bits(7).state();
}
