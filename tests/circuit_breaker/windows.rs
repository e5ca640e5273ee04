//! Circuits that go by the rates of a window.

use ninelives::circuit_breaker::{CircuitWindow, Windowed};

use super::*;

type Rated = CircuitBreakerConfig<Windowed>;

const SECOND: Duration = Duration::from_secs(1);

/// Half of at least four calls in ten seconds.
fn half() -> Rated {
    let config = CircuitBreakerConfig::by_failure_rate(0.5, OPEN_FOR, 1).unwrap();
    let config = config.with_minimum_calls(4).unwrap();
    config.with_time_window(SECOND * 10).unwrap()
}

/// Half of the last four calls.
fn half_of_four() -> Rated {
    half().with_count_window(4).unwrap()
}

impl<L: CircuitSettings> Rig<L> {
    fn succeed(&mut self, times: usize) {
        for _ in 0..times {
            assert_eq!(self.ask(Ask::Answer), Ok(()));
        }
    }
}

#[test]
fn b18_a_rate_exactly_at_its_threshold_opens() {
    for config in [half(), half_of_four()] {
        let mut rig = Rig::with(config);
        rig.succeed(2);
        rig.fail(1);
        assert_eq!(rig.state(), CircuitState::Closed);
        rig.fail(1);
        assert_eq!(rig.state(), CircuitState::Open);
        assert_eq!(rig.rejected(), Some(OPEN_FOR));
    }
}

#[test]
fn b18_a_rate_below_its_threshold_stays_closed() {
    for config in [half(), half_of_four()] {
        let mut rig = Rig::with(config);
        for _ in 0..20 {
            rig.succeed(3);
            rig.fail(1);
        }
        assert_eq!(rig.state(), CircuitState::Closed);
    }
}

#[test]
fn hc35_before_the_minimum_of_calls_nothing_opens_it_by_its_rate() {
    let mut rig = Rig::with(half());
    rig.fail(3);
    let rates = rig.view().rates.unwrap();
    assert_eq!((rates.calls, rates.failed), (3, 3));
    assert_eq!((rates.failure_rate, rates.slow_call_rate), (None, None));
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn failures_in_a_row_are_beside_the_rates() {
    let mut rig = Rig::with(half().with_failure_threshold(3).unwrap());
    rig.succeed(100);
    rig.fail(3);
    assert_eq!(rig.state(), CircuitState::Open);
    let mut rig = Rig::with(half());
    rig.succeed(100);
    rig.fail(99);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc85_a_window_over_time_forgets() {
    let mut rig = Rig::with(half());
    rig.fail(3);
    rig.clock.advance(SECOND * 11);
    assert_eq!(rig.view().rates.unwrap().calls, 0);
    rig.fail(3);
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn a_count_window_forgets_what_is_no_longer_among_the_last() {
    let mut rig = Rig::with(half_of_four());
    rig.fail(1);
    rig.succeed(4);
    rig.clock.advance(SECOND * 1_000_000);
    rig.fail(1);
    assert_eq!(rig.view().rates.unwrap().failed, 1);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc34_no_history_survives_a_close() {
    for config in [half(), half_of_four()] {
        let mut rig = Rig::with(config);
        rig.fail(4);
        assert_eq!(rig.view().rates, None);
        rig.clock.advance(OPEN_FOR);
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
        assert_eq!(rig.state(), CircuitState::Closed);
        assert_eq!(rig.view().rates.unwrap().calls, 0);
        rig.fail(3);
        assert_eq!(rig.state(), CircuitState::Closed);
    }
}

#[test]
fn b08_hc61_what_comes_back_after_a_close_is_not_in_the_new_window() {
    for config in [half(), half_of_four()] {
        let mut rig = Rig::with(config);
        let gate = Gate::new();
        let late = rig.wait_at(&gate);
        rig.fail(4);
        rig.clock.advance(OPEN_FOR);
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
        gate.fail();
        assert!(done(late).is_err());
        assert_eq!(rig.view().rates.unwrap().calls, 0);
        assert_eq!(rig.state(), CircuitState::Closed);
    }
}

#[test]
fn hc28_probes_that_are_further_apart_than_the_window_still_decide() {
    let config = half().with_half_open_max_calls(3).unwrap();
    let mut rig = Rig::with(config.with_time_window(SECOND).unwrap());
    rig.fail(4);
    rig.clock.advance(OPEN_FOR);
    for _ in 0..3 {
        rig.succeed(1);
        rig.clock.advance(SECOND * 100);
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc83_one_failed_probe_opens_it_again_whatever_the_rate() {
    let mut rig = Rig::with(half());
    rig.fail(4);
    rig.clock.advance(OPEN_FOR);
    rig.fail(1);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn hc29_what_says_nothing_is_not_in_the_window() {
    let mut rig = Rig::with(half());
    drop(rig.wait_at(&Gate::new()));
    drop(rig.call(Ask::Fail));
    assert_eq!(rig.view().rates.unwrap().calls, 0);
}

#[test]
fn b05_a_panic_is_a_failure_in_the_window() {
    let mut rig = Rig::with(half());
    for _ in 0..4 {
        assert!(drive::panics(|| rig.ask(Ask::PanicInPoll)));
    }
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn a_readiness_error_is_a_failure_in_the_window() {
    let mut rig = Rig::with(half());
    rig.succeed(3);
    rig.backend.set(backend::Readiness::Broken);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..3 {
        assert_eq!(rig.state(), CircuitState::Closed);
        assert!(rig.service.poll_ready(&mut cx).is_ready());
    }
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn commands_begin_a_window_anew_and_out_of_use_nothing_is_counted() {
    for config in [half(), half_of_four()] {
        let mut rig = Rig::with(config);
        rig.fail(3);
        rig.layer.reset();
        assert_eq!(rig.view().rates.unwrap().calls, 0);
        rig.fail(3);
        assert_eq!(rig.state(), CircuitState::Closed);
        rig.layer.force_closed();
        rig.fail(10);
        assert_eq!(
            (rig.state(), rig.view().rates),
            (CircuitState::ForcedClosed, None)
        );
        let mut rig = Rig::with(config.with_disabled(true));
        rig.fail(10);
        assert_eq!(rig.state(), CircuitState::Disabled);
        assert_eq!(rig.view().rates.unwrap().calls, 0);
    }
}

#[test]
fn hc50_a_look_changes_nothing_and_says_what_the_window_has() {
    let mut rig = Rig::with(half());
    rig.succeed(3);
    rig.fail(1);
    for _ in 0..3 {
        let rates = rig.view().rates.unwrap();
        assert_eq!((rates.calls, rates.failed, rates.slow), (4, 1, 0));
        assert_eq!(rates.failure_rate, Some(0.25));
    }
    rig.fail(2);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
    rig.clock.advance(OPEN_FOR);
    assert!(rig.view().probe_due);
    assert!(rig.view().probe_due);
}

#[test]
fn b17_hc35_settings_that_do_not_fit_are_refused_by_name() {
    let said = |result: Result<Rated, ninelives::ConfigError>| result.unwrap_err().to_string();
    let config = half();
    for (ratio, word) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (0.0, "0"),
        (-0.1, "-0.1"),
        (1.01, "1.01"),
    ] {
        let range = "is outside 0.000001..=1";
        assert_eq!(
            said(config.with_failure_rate(ratio)),
            format!("failure_rate: {word} {range}")
        );
        assert_eq!(
            said(config.with_slow_calls(SECOND, ratio)),
            format!("slow_call_rate: {word} {range}")
        );
    }
    assert_eq!(
        said(config.with_slow_calls(NANO, 0.5)),
        "slow_call_duration: 1ns is outside 1ms..=86400s"
    );
    assert_eq!(
        said(config.with_time_window(Duration::MAX)),
        "time_window: forever is outside 1ms..=86400s"
    );
    assert_eq!(
        said(config.with_count_window(0)),
        "count_window: 0 is outside 1..=16384"
    );
    assert_eq!(
        said(config.with_minimum_calls(0)),
        "minimum_calls: 0 is outside 1..=1000000"
    );
    assert_eq!(
        said(half_of_four().with_minimum_calls(5)),
        "minimum_calls: 5 is outside 1..=4"
    );
    assert_eq!(
        said(config.with_count_window(3)),
        "minimum_calls: 4 is outside 1..=3"
    );
    let probes = CircuitBreakerConfig::by_failure_rate(0.5, OPEN_FOR, 64);
    assert_eq!(said(probes), "half_open_max_calls: 64 is outside 1..=63");
}

#[test]
fn hc35_the_default_minimum_is_never_more_than_a_count_window_has() {
    let config = CircuitBreakerConfig::by_failure_rate(0.5, OPEN_FOR, 1).unwrap();
    assert_eq!(config.minimum_calls(), 100);
    assert_eq!(config.window(), CircuitWindow::Time(SECOND * 30));
    let small = config.with_count_window(10).unwrap();
    assert_eq!(small.minimum_calls(), 10);
    assert_eq!(small.with_count_window(1000).unwrap().minimum_calls(), 100);
}

#[test]
fn settings_that_are_not_about_windows_leave_them() {
    let config = half().with_slow_calls(SECOND, 0.25).unwrap();
    let other = config
        .with_recovery_timeout(SECOND)
        .and_then(|config| config.with_half_open_max_calls(7))
        .unwrap()
        .with_disabled(true);
    assert_eq!(other.failure_threshold(), 0);
    assert_eq!(other.failure_rate(), Some(0.5));
    assert_eq!(other.slow_call_rate(), Some(0.25));
    assert_eq!(other.window(), config.window());
    assert_eq!(other.without_slow_calls().slow_call_rate(), None);
    assert_eq!(other.without_failure_rate().failure_rate(), None);
}

/// Readings of the clock by one call that succeeds, and whether it was asked before the call's end.
fn readings(config: Rated) -> (u32, u32) {
    #[derive(Clone)]
    struct Counting(std::rc::Rc<std::cell::Cell<u32>>);
    impl ninelives::Clock for Counting {
        fn now(&self) -> ninelives::Tick {
            self.0.set(self.0.get() + 1);
            ninelives::Tick::ZERO
        }
    }
    let readings = std::rc::Rc::new(std::cell::Cell::new(0));
    let clock = Counting(std::rc::Rc::clone(&readings));
    let layer = CircuitBreakerLayer::with_clock(config, clock).unwrap();
    let mut service = layer.layer(Backend::default());
    let call = start(&mut service, Ask::Answer);
    let before = readings.get();
    assert_eq!(done(call), Ok(()));
    (before, readings.get() - before)
}

#[test]
fn the_clock_is_read_once_for_a_window_over_time_at_both_ends_for_slow_calls_and_else_never() {
    assert_eq!(readings(half_of_four()), (0, 0));
    assert_eq!(readings(half()), (0, 1));
    assert_eq!(
        readings(half().with_slow_calls(SECOND, 0.5).unwrap()),
        (1, 1)
    );
}

#[test]
fn a_success_in_a_window_forgets_the_failures_in_a_row() {
    for calls in [None, Some(100)] {
        let config = CircuitBreakerConfig::new(3, OPEN_FOR, 1).unwrap();
        let config = config.with_failure_rate(1.0).unwrap();
        let mut config = config.with_minimum_calls(50).unwrap();
        if let Some(calls) = calls {
            config = config.with_count_window(calls).unwrap();
        }
        let mut rig = Rig::with(config);
        // The slot of now has one already.
        rig.succeed(1);
        for _ in 0..3 {
            rig.fail(2);
            assert_eq!(rig.view().failures, 2, "{calls:?}");
            rig.succeed(1);
            assert_eq!(rig.view().failures, 0, "{calls:?}");
        }
        assert_eq!(rig.state(), CircuitState::Closed);
        assert_eq!(rig.view().rates.unwrap().calls, 10);
    }
}
