//! Calls that take too long: those that ended, and those that are out.

use ninelives::circuit_breaker::Windowed;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Half of at least four calls in ten seconds take a second or longer.
fn slow_half() -> CircuitBreakerConfig<Windowed> {
    let config = CircuitBreakerConfig::by_slow_calls(SECOND, 0.5, OPEN_FOR, 1).unwrap();
    let config = config.with_minimum_calls(4).unwrap();
    config.with_time_window(SECOND * 10).unwrap()
}

fn slow_half_of_four() -> CircuitBreakerConfig<Windowed> {
    slow_half().with_count_window(4).unwrap()
}

impl<L: CircuitSettings> Rig<L> {
    /// A call that takes so long, and then succeeds.
    fn take(&mut self, time: Duration) {
        let gate = Gate::new();
        let call = self.wait_at(&gate);
        self.clock.advance(time);
        gate.answer();
        assert_eq!(done(call), Ok(()));
    }
}

#[test]
fn hc38_hc79_slow_calls_open_it_though_all_succeed() {
    for config in [slow_half(), slow_half_of_four()] {
        let mut rig = Rig::with(config);
        rig.take(SECOND - NANO);
        rig.take(SECOND - NANO);
        rig.take(SECOND);
        assert_eq!(rig.state(), CircuitState::Closed);
        rig.take(SECOND);
        assert_eq!(rig.state(), CircuitState::Open);
    }
}

#[test]
fn b26_a_call_is_slow_from_its_duration_on_and_not_a_nanosecond_before() {
    let mut rig = Rig::with(slow_half());
    rig.take(SECOND - NANO);
    assert_eq!(rig.view().rates.unwrap().slow, 0);
    rig.take(SECOND);
    let rates = rig.view().rates.unwrap();
    assert_eq!((rates.calls, rates.failed, rates.slow), (2, 0, 1));
}

#[test]
fn hc37_calls_that_hang_open_it_without_any_completion() {
    for config in [slow_half(), slow_half_of_four()] {
        let mut rig = Rig::with(config);
        let _hanging: Vec<_> = (0..4).map(|_| rig.wait_at(&Gate::new())).collect();
        rig.clock.advance(SECOND / 2);
        let _young: Vec<_> = (0..2).map(|_| rig.wait_at(&Gate::new())).collect();
        assert_eq!(rig.state(), CircuitState::Closed);
        // Seen a slot late at most.
        rig.clock.advance(SECOND);
        let _looks = rig.wait_at(&Gate::new());
        assert_eq!(rig.state(), CircuitState::Open);
        assert_eq!(rig.rejected(), Some(OPEN_FOR));
    }
}

#[test]
fn hc37_calls_that_came_back_or_were_dropped_hang_no_more() {
    let mut rig = Rig::with(slow_half());
    let gate = Gate::new();
    let back: Vec<_> = (0..3).map(|_| rig.wait_at(&gate)).collect();
    let dropped: Vec<_> = (0..3).map(|_| rig.wait_at(&Gate::new())).collect();
    gate.answer();
    for call in back {
        assert_eq!(done(call), Ok(()));
    }
    drop(dropped);
    rig.clock.advance(SECOND * 2);
    assert_eq!(rig.view().rates.unwrap().slow, 0);
    let _looks = rig.wait_at(&Gate::new());
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc37_a_call_that_hangs_and_then_ends_slow_is_one_slow_call() {
    let mut rig = Rig::with(slow_half());
    let gate = Gate::new();
    let call = rig.wait_at(&gate);
    rig.clock.advance(SECOND * 2);
    let before = rig.view().rates.unwrap();
    gate.answer();
    assert_eq!(done(call), Ok(()));
    let after = rig.view().rates.unwrap();
    assert_eq!((before.calls, before.slow), (1, 1));
    assert_eq!((after.calls, after.slow), (1, 1));
}

#[test]
fn hc37_who_hangs_makes_failures_no_fewer() {
    let config = slow_half().with_failure_rate(0.9).unwrap();
    let config = config.with_slow_calls(SECOND, 1.0).unwrap();
    let mut rig = Rig::with(config);
    let _hanging: Vec<_> = (0..9).map(|_| rig.wait_at(&Gate::new())).collect();
    rig.fail(1);
    rig.clock.advance(SECOND * 2);
    rig.fail(2);
    let rates = rig.view().rates.unwrap();
    assert_eq!((rates.calls, rates.failed, rates.slow), (12, 3, 9));
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc37_calls_from_before_a_trip_do_not_hang_in_the_next_stretch() {
    let mut rig = Rig::with(slow_half());
    let _hanging: Vec<_> = (0..9).map(|_| rig.wait_at(&Gate::new())).collect();
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
    assert_eq!(rig.view().rates.unwrap().slow, 0);
}

#[test]
fn a_probe_that_is_slow_has_failed() {
    let mut rig = Rig::with(slow_half());
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    rig.take(SECOND);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
    rig.clock.advance(OPEN_FOR);
    rig.take(SECOND - NANO);
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn a_slow_failure_counts_as_both() {
    let mut rig = Rig::with(slow_half().with_failure_rate(1.0).unwrap());
    let gate = Gate::new();
    let call = rig.wait_at(&gate);
    rig.clock.advance(SECOND);
    gate.fail();
    assert!(done(call).is_err());
    let rates = rig.view().rates.unwrap();
    assert_eq!((rates.calls, rates.failed, rates.slow), (1, 1, 1));
}

#[test]
fn slow_successes_end_failures_in_a_row() {
    let config = slow_half().with_failure_threshold(3).unwrap();
    let mut rig = Rig::with(config);
    rig.fail(2);
    rig.take(SECOND);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}
