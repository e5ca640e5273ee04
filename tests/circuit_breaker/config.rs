//! What is refused, in whose words.

use super::*;

fn refusal(failures: usize, open_for: Duration, probes: usize) -> String {
    CircuitBreakerConfig::new(failures, open_for, probes)
        .unwrap_err()
        .to_string()
}

fn lease(open_for: Duration, lease: Duration) -> Result<CircuitBreakerConfig, String> {
    CircuitBreakerConfig::new(1, open_for, 1)
        .unwrap()
        .with_probe_lease(lease)
        .map_err(|error| error.to_string())
}

#[test]
fn b17_failure_thresholds_outside_their_range_are_refused() {
    for failures in [0, 32_768, usize::MAX] {
        assert_eq!(
            refusal(failures, OPEN_FOR, 1),
            format!("failure_threshold: {failures} is outside 1..=4095")
        );
    }
    let largest = CircuitBreakerConfig::new(4_095, OPEN_FOR, 63).unwrap();
    assert_eq!(largest.failure_threshold(), 4_095);
    assert_eq!(largest.half_open_max_calls(), 63);
}

#[test]
fn b17_probe_counts_outside_their_range_are_refused() {
    for probes in [0, 64, usize::MAX] {
        assert_eq!(
            refusal(1, OPEN_FOR, probes),
            format!("half_open_max_calls: {probes} is outside 1..=63")
        );
    }
}

#[test]
fn b16_recovery_timeouts_below_a_millisecond_are_refused() {
    let range = "is outside 1ms..=forever";
    for (open_for, written) in [
        (Duration::ZERO, "0ns"),
        (Duration::from_micros(900), "900µs"),
        (Duration::from_millis(1) - NANO, "999.999µs"),
    ] {
        assert_eq!(
            refusal(1, open_for, 1),
            format!("recovery_timeout: {written} {range}")
        );
    }
    for open_for in [Duration::from_millis(1), Duration::MAX] {
        let config = CircuitBreakerConfig::new(1, open_for, 1).unwrap();
        assert_eq!(config.recovery_timeout(), open_for);
    }
}

#[test]
fn leases_outside_their_range_are_refused() {
    let second = Duration::from_secs(1);
    assert_eq!(
        lease(second, Duration::from_micros(999)).unwrap_err(),
        "probe_lease: 999µs is outside 1ms..=4096s"
    );
    assert_eq!(
        lease(second, second * 4096 + NANO).unwrap_err(),
        "probe_lease: 4096.000000001s is outside 1ms..=4096s"
    );
    assert_eq!(
        lease(Duration::MAX, Duration::ZERO).unwrap_err(),
        "probe_lease: 0ns is outside 1ms..=forever"
    );
    let longest = lease(second, second * 4096).unwrap();
    assert_eq!(longest.probe_lease(), second * 4096);
}

#[test]
fn the_lease_is_the_open_time_and_a_second_at_least() {
    let config = |open_for| CircuitBreakerConfig::new(1, open_for, 1).unwrap();
    let short = config(Duration::from_millis(1));
    assert_eq!(short.probe_lease(), Duration::from_secs(1));
    assert_eq!(config(OPEN_FOR).probe_lease(), OPEN_FOR);
}

#[test]
fn b17_the_largest_threshold_opens_at_that_failure() {
    let mut rig = Rig::with(CircuitBreakerConfig::new(4_095, OPEN_FOR, 1).unwrap());
    rig.fail(4_094);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}
