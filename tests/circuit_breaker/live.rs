//! Settings that change while the circuit is in use.

use std::sync::atomic::{AtomicBool, Ordering};

use ninelives::Adaptive;

use super::*;

#[test]
fn b21_hc44_a_threshold_below_the_count_opens_at_the_next_failure() {
    let mut rig = Rig::live(10, 1);
    rig.fail(5);
    rig.set(|config| config.with_failure_threshold(3));
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 5)
    );
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn b21_a_threshold_below_the_count_and_a_success_stays_closed() {
    let mut rig = Rig::live(10, 1);
    rig.fail(5);
    rig.set(|config| config.with_failure_threshold(3));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.fail(2);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 2)
    );
}

#[test]
fn hc44_a_raised_threshold_keeps_the_count() {
    let mut rig = Rig::live(3, 1);
    rig.fail(2);
    rig.set(|config| config.with_failure_threshold(4));
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc44_an_open_circuit_stays_open_until_the_end_it_had() {
    let mut rig = Rig::live(1, 1);
    rig.fail(1);
    rig.set(|config| config.with_recovery_timeout(Duration::from_secs(1)));
    rig.clock.advance(OPEN_FOR - NANO);
    assert_eq!(rig.state(), CircuitState::Open);
    assert!(rig.rejected().is_some());
    rig.clock.advance(NANO);
    let _ = rig.ask(Ask::Fail);
    assert_eq!(rig.rejected(), Some(Duration::from_secs(1)));
}

#[test]
fn hc44_a_half_open_circuit_keeps_its_probes_and_what_they_won() {
    let plain = Rig::due(1, 3);
    let mut rig = Rig::around(plain.layer.live(), plain.clock);
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    let gate = Gate::new();
    let probe = rig.wait_at(&gate);
    rig.set(|config| config.with_half_open_max_calls(2));
    let view = rig.view();
    assert_eq!(
        (view.state, view.probes_out, view.won),
        (CircuitState::HalfOpen, 1, 1)
    );
    assert!(rig.rejected().is_some(), "one is out and one has won");
    gate.answer();
    assert_eq!(done(probe), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc44_more_probes_go_at_once() {
    let mut rig = Rig::live(1, 1);
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let gates = [Gate::new(), Gate::new()];
    let _first = rig.wait_at(&gates[0]);
    assert!(rig.rejected().is_some());
    rig.set(|config| config.with_half_open_max_calls(2));
    let _second = rig.wait_at(&gates[1]);
    assert_eq!(rig.view().probes_out, 2);
}

#[test]
fn hc46_hc47_no_change_of_settings_ends_a_forced_state() {
    type Layer = CircuitBreakerLayer<Arc<ManualClock>, NullSink, Live<Plain>>;
    type Order = fn(&Layer);
    let orders: [(Order, CircuitState); 3] = [
        (Layer::force_open, CircuitState::ForcedOpen),
        (Layer::force_closed, CircuitState::ForcedClosed),
        (Layer::disable, CircuitState::Disabled),
    ];
    for (order, state) in orders {
        let mut rig = Rig::live(1, 1);
        order(&rig.layer);
        for disabled in [false, true, false] {
            rig.set(|config| Ok(config.with_disabled(disabled)));
            rig.set(|config| config.with_failure_threshold(7));
            assert_eq!(rig.state(), state);
            if state == CircuitState::ForcedOpen {
                assert_eq!(rig.rejected(), None);
            } else {
                rig.fail(10);
            }
        }
        assert_eq!(rig.state(), state);
    }
}

#[test]
fn hc70_a_call_in_flight_outlives_changes_and_counts_once() {
    let mut rig = Rig::live(2, 1);
    let gates = [Gate::new(), Gate::new()];
    let [first, second] = gates.each_ref().map(|gate| rig.wait_at(gate));
    rig.set(|config| config.with_failure_threshold(3));
    rig.set(|config| config.with_recovery_timeout(Duration::from_secs(1)));
    gates[0].fail();
    assert!(done(first).is_err());
    assert_eq!(rig.view().failures, 1);
    drop(second);
    assert_eq!(rig.view().failures, 1);
    rig.fail(2);
    assert_eq!(rig.rejected(), Some(Duration::from_secs(1)));
}

#[test]
fn hc70_an_outcome_counts_under_the_settings_of_its_moment() {
    let mut rig = Rig::live(9, 1);
    let gate = Gate::new();
    let call = rig.wait_at(&gate);
    rig.set(|config| config.with_failure_threshold(1));
    gate.fail();
    assert!(done(call).is_err());
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc71_services_of_one_live_layer_share_circuit_and_settings() {
    let mut rig = Rig::live(5, 1);
    let mut other = Rig::around(rig.layer.clone(), Arc::clone(&rig.clock));
    rig.fail(2);
    rig.set(|config| config.with_failure_threshold(3));
    other.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
    assert!(rig.rejected().is_some() && other.rejected().is_some());
}

#[test]
fn hc45_one_live_value_tunes_two_circuits_whose_states_are_their_own() {
    let adaptive = Adaptive::new(CircuitBreakerConfig::new(5, OPEN_FOR, 1).unwrap());
    let [mut one, mut two] = [(); 2].map(|()| {
        let plain = Rig::new(1, 1);
        Rig::around(plain.layer.tuned_by(&adaptive), plain.clock)
    });
    one.fail(1);
    assert_eq!(one.state(), CircuitState::Closed);
    one.set(|config| config.with_failure_threshold(2));
    one.fail(1);
    two.fail(1);
    assert_eq!(
        (one.state(), two.state()),
        (CircuitState::Open, CircuitState::Closed)
    );
    assert_eq!(two.layer.config().failure_threshold(), 2);
}

#[test]
fn out_of_use_and_back_an_open_circuit_is_as_it_was() {
    let mut rig = Rig::live(1, 1);
    rig.fail(1);
    rig.set(|config| Ok(config.with_disabled(true)));
    let view = rig.view();
    assert_eq!(
        (view.state, view.probe_due, view.retry_after),
        (CircuitState::Disabled, false, None)
    );
    rig.fail(3);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.set(|config| Ok(config.with_disabled(false)));
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn out_of_use_a_call_from_before_counts_nothing() {
    let mut rig = Rig::live(2, 1);
    rig.fail(1);
    let gates = [Gate::new(), Gate::new()];
    let calls = gates.each_ref().map(|gate| rig.wait_at(gate));
    rig.set(|config| Ok(config.with_disabled(true)));
    gates[0].fail();
    gates[1].answer();
    let [failed, answered] = calls.map(done);
    assert!(failed.is_err() && answered.is_ok());
    rig.set(|config| Ok(config.with_disabled(false)));
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 1)
    );
}

#[test]
fn out_of_use_a_probe_from_before_gives_its_slot_back() {
    let mut rig = Rig::live(1, 1);
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let gate = Gate::new();
    let probe = rig.wait_at(&gate);
    rig.set(|config| Ok(config.with_disabled(true)));
    gate.fail();
    assert!(done(probe).is_err());
    rig.set(|config| Ok(config.with_disabled(false)));
    let view = rig.view();
    assert_eq!(
        (view.state, view.probes_out, view.probe_due),
        (CircuitState::HalfOpen, 0, true)
    );
}

#[test]
fn an_override_that_lapses_is_an_end_of_its_settings() {
    let mut rig = Rig::live(1, 1);
    let lax = rig.layer.config().with_failure_threshold(100).unwrap();
    let clock = Arc::clone(&rig.clock);
    rig.layer.settings().set_for(lax, OPEN_FOR, clock).unwrap();
    rig.fail(2);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.clock.advance(OPEN_FOR);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn a_setting_that_does_not_fit_is_refused_and_nothing_changes() {
    let rig = Rig::live(3, 1);
    let config = rig.layer.config();
    let said = |result: Result<Plain, ninelives::ConfigError>| result.unwrap_err().to_string();
    assert_eq!(
        said(config.with_failure_threshold(0)),
        "failure_threshold: 0 is outside 1..=4095"
    );
    assert_eq!(
        said(config.with_half_open_max_calls(64)),
        "half_open_max_calls: 64 is outside 1..=63"
    );
    assert!(said(config.with_recovery_timeout(NANO)).starts_with("recovery_timeout: 1ns"));
    let leased = config.with_probe_lease(Duration::from_secs(4096)).unwrap();
    assert!(
        said(leased.with_recovery_timeout(Duration::from_millis(1))).starts_with("probe_lease: ")
    );
    assert_eq!(rig.layer.config(), config);
}

#[test]
fn a_lease_that_was_set_stays_and_the_default_one_follows_the_open_time() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let minute = Duration::from_secs(60);
    let other = config.with_recovery_timeout(minute).unwrap();
    assert_eq!(other.probe_lease(), minute);
    let leased = config.with_probe_lease(Duration::from_secs(2)).unwrap();
    let other = leased.with_recovery_timeout(minute).unwrap();
    assert_eq!(other.probe_lease(), Duration::from_secs(2));
    assert!(
        other
            .with_disabled(true)
            .with_failure_threshold(4)
            .unwrap()
            .is_disabled()
    );
}

#[test]
fn a02_beside_a_thread_that_changes_settings_each_opening_is_at_a_threshold_that_was_set() {
    let mut rig = Rig::live(3, 1);
    let layer = rig.layer.clone();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for failures in [5, 3, 4] {
                    let change = |config: &Plain| config.with_failure_threshold(failures).unwrap();
                    layer.settings().update(change).unwrap();
                }
            }
        });
        for _ in 0..2_000 {
            rig.layer.reset();
            let mut failures = 0;
            while rig.state() == CircuitState::Closed && failures < 6 {
                rig.fail(1);
                failures += 1;
            }
            over.store(!(3..=5).contains(&failures), Ordering::Relaxed);
            assert!((3..=5).contains(&failures), "opened after {failures}");
        }
        over.store(true, Ordering::Relaxed);
    });
}
