//! Windows that change while they are in use, and windows of shadows.

use ninelives::circuit_breaker::Windowed;
use ninelives::emit::PolicyEvent;
use ninelives::{ConfigError, MemorySink};

use super::*;

type Rated = CircuitBreakerConfig<Windowed>;
type Tuned = Live<Rated>;

const SECOND: Duration = Duration::from_secs(1);

/// Half of at least four calls in ten seconds.
fn half() -> Rated {
    let config = CircuitBreakerConfig::by_failure_rate(0.5, OPEN_FOR, 1).unwrap();
    let config = config.with_minimum_calls(4).unwrap();
    config.with_time_window(SECOND * 10).unwrap()
}

fn live(config: Rated) -> Rig<Tuned> {
    let plain = Rig::with(config);
    Rig::around(plain.layer.live(), plain.clock)
}

fn set(rig: &Rig<Tuned>, change: impl Fn(Rated) -> Result<Rated, ConfigError>) {
    let change = |config: &Rated| change(*config).unwrap();
    rig.layer.settings().update(change).unwrap();
}

/// Calls, failed and slow ones.
fn rates(rig: &Rig<Tuned>) -> (u64, u64, u64) {
    let rates = rig.view().rates.unwrap();
    (rates.calls, rates.failed, rates.slow)
}

fn succeed(rig: &mut Rig<Tuned>, times: usize) {
    for _ in 0..times {
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
    }
}

#[test]
fn hc44_other_thresholds_keep_what_the_window_has() {
    let mut rig = live(half());
    succeed(&mut rig, 7);
    rig.fail(3);
    set(&rig, |config| config.with_failure_rate(0.3));
    assert_eq!(
        (rig.state(), rates(&rig)),
        (CircuitState::Closed, (10, 3, 0))
    );
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc44_a_count_window_of_a_hundred_becomes_one_of_ten_half_full() {
    let mut rig = live(half().with_count_window(100).unwrap());
    rig.fail(1);
    succeed(&mut rig, 49);
    set(&rig, |config| config.with_count_window(10));
    assert_eq!(rates(&rig), (10, 0, 0));
    rig.fail(4);
    assert_eq!(rates(&rig), (10, 4, 0));
    set(&rig, |config| config.with_count_window(50));
    assert_eq!(rates(&rig), (10, 4, 0));
    rig.fail(2);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc44_a_longer_and_a_shorter_time_keep_what_is_in_them() {
    let mut rig = live(half());
    rig.clock.advance(SECOND * 100);
    rig.fail(1);
    rig.clock.advance(SECOND * 5);
    succeed(&mut rig, 3);
    set(&rig, |config| config.with_time_window(SECOND * 60));
    assert_eq!(rates(&rig), (4, 1, 0));
    set(&rig, |config| config.with_time_window(SECOND * 2));
    assert_eq!(rates(&rig), (3, 0, 0));
}

#[test]
fn hc44_a_window_of_another_kind_begins_with_nothing() {
    let mut rig = live(half());
    rig.fail(3);
    set(&rig, |config| config.with_count_window(10));
    assert_eq!(rates(&rig), (0, 0, 0));
    rig.fail(3);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc44_an_open_circuit_stays_open_whatever_its_window_becomes() {
    let mut rig = live(half());
    rig.fail(4);
    set(&rig, |config| config.with_count_window(10));
    set(&rig, |config| config.with_failure_rate(1.0));
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn hc70_a_call_that_is_out_counts_once_in_the_window_of_its_end() {
    let mut rig = live(half().with_slow_calls(SECOND, 1.0).unwrap());
    let gate = Gate::new();
    let call = rig.wait_at(&gate);
    rig.clock.advance(SECOND * 2);
    assert_eq!(rates(&rig), (1, 0, 1));
    // Its new window of calls that are out does not know it.
    set(&rig, |config| config.with_slow_calls(SECOND * 2, 1.0));
    assert_eq!(rates(&rig), (0, 0, 0));
    gate.answer();
    assert_eq!(done(call), Ok(()));
    assert_eq!(rates(&rig), (1, 0, 1));
}

#[test]
fn hc70_calls_that_are_out_leave_no_trace_however_the_settings_change() {
    let mut rig = live(half().with_slow_calls(SECOND, 1.0).unwrap());
    let gates: Vec<_> = (0..4).map(|_| Gate::new()).collect();
    let mut calls = Vec::new();
    for (index, gate) in gates.iter().enumerate() {
        calls.push(rig.wait_at(gate));
        match index {
            0 => set(&rig, |config| Ok(config.without_slow_calls())),
            1 => set(&rig, |config| config.with_slow_calls(SECOND, 1.0)),
            2 => set(&rig, |config| config.with_count_window(10)),
            _ => set(&rig, |config| config.with_time_window(SECOND * 20)),
        }
    }
    drop(calls);
    rig.clock.advance(SECOND * 5);
    assert_eq!(rates(&rig), (0, 0, 0));
}

#[test]
fn out_of_use_a_window_counts_nothing_and_keeps_what_it_has() {
    let mut rig = live(half());
    rig.fail(3);
    set(&rig, |config| Ok(config.with_disabled(true)));
    rig.fail(5);
    succeed(&mut rig, 5);
    set(&rig, |config| Ok(config.with_disabled(false)));
    assert_eq!(rates(&rig), (3, 3, 0));
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn only_counting_it_knows_its_rates_and_never_opens() {
    let mut rig = live(half().with_metrics_only(true));
    rig.fail(10);
    assert_eq!(rates(&rig), (10, 10, 0));
    assert_eq!(rig.state(), CircuitState::MetricsOnly);
    set(&rig, |config| Ok(config.with_metrics_only(false)));
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn a_shadow_judges_the_rates_of_its_own_window() {
    let clock = Arc::new(ManualClock::new());
    let sink = MemorySink::new();
    let layer = CircuitBreakerLayer::with_clock(half(), Arc::clone(&clock)).unwrap();
    let layer = layer.with_sink(sink.clone()).live();
    let tried = half().with_count_window(4).unwrap();
    layer
        .settings()
        .set_shadow(tried.with_failure_rate(0.25).unwrap())
        .unwrap();
    let mut service = layer.layer(Backend::default());
    let mut ask = |ask| done(start(&mut service, ask)).is_ok();
    let disagreements = || {
        let told = |event: &&PolicyEvent| matches!(event, PolicyEvent::ShadowEvent { .. });
        sink.events().iter().filter(told).count()
    };
    for _ in 0..3 {
        assert!(ask(Ask::Answer));
    }
    assert!(!ask(Ask::Fail));
    assert_eq!(disagreements(), 0);
    assert!(ask(Ask::Answer));
    assert_eq!((disagreements(), layer.state()), (1, CircuitState::Closed));
    // Once there is none, the next begins with nothing.
    assert!(layer.settings().clear_shadow());
    layer.settings().set_shadow(tried).unwrap();
    assert!(ask(Ask::Answer));
    assert_eq!(disagreements(), 1);
}

#[test]
fn a_shadow_sees_slow_calls_that_the_circuit_does_not_look_for() {
    let clock = Arc::new(ManualClock::new());
    let sink = MemorySink::new();
    let layer = CircuitBreakerLayer::with_clock(half(), Arc::clone(&clock)).unwrap();
    let layer = layer.with_sink(sink.clone()).live();
    let tried = half().with_slow_calls(SECOND, 0.5).unwrap();
    layer.settings().set_shadow(tried).unwrap();
    let mut service = layer.layer(Backend::default());
    for _ in 0..4 {
        let gate = Gate::new();
        let mut call = start(&mut service, Ask::At(gate.clone()));
        assert!(poll(&mut call).is_pending());
        clock.advance(SECOND);
        gate.answer();
        assert_eq!(done(call), Ok(()));
    }
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    let told = |event: &&PolicyEvent| matches!(event, PolicyEvent::ShadowEvent { .. });
    assert_eq!(sink.events().iter().filter(told).count(), 1);
}

#[test]
fn hc70_a_call_of_an_earlier_window_takes_nobody_elses_place() {
    let mut rig = live(half().with_slow_calls(SECOND, 1.0).unwrap());
    let early = rig.wait_at(&Gate::new());
    set(&rig, |config| Ok(config.without_slow_calls()));
    set(&rig, |config| config.with_slow_calls(SECOND, 1.0));
    let _hanging = rig.wait_at(&Gate::new());
    drop(early);
    rig.clock.advance(SECOND * 2);
    assert_eq!(rates(&rig), (1, 0, 1));
}

#[test]
fn hc70_a_success_that_began_before_its_window_was_changed_counts_in_the_new_one() {
    for calls in [None, Some(100)] {
        let mut config = half();
        if let Some(calls) = calls {
            config = config.with_count_window(calls).unwrap();
        }
        let mut rig = live(config);
        succeed(&mut rig, 1);
        let gate = Gate::new();
        let call = rig.wait_at(&gate);
        match calls {
            None => set(&rig, |config| config.with_time_window(SECOND * 20)),
            Some(_) => set(&rig, |config| config.with_count_window(50)),
        }
        gate.end(Ask::Answer);
        assert_eq!(done(call), Ok(()));
        assert_eq!(rates(&rig), (2, 0, 0), "{calls:?}");
    }
}
