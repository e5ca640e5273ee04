//! Orders of an operator, and what calls in flight can do against them: nothing.

use super::*;

#[test]
fn trip_opens_a_healthy_circuit_for_its_time() {
    let mut rig = Rig::new(5, 1);
    rig.layer.trip();
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
    rig.clock.advance(OPEN_FOR);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc32_trip_while_open_renews_the_time() {
    let mut rig = Rig::new(1, 1);
    rig.layer.trip();
    rig.clock.advance(Duration::from_secs(7));
    rig.layer.trip();
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn trip_ends_the_probes_that_are_out() {
    let mut rig = Rig::due(1, 1);
    let gate = Gate::new();
    let probe = rig.wait_at(&gate);
    rig.layer.trip();
    gate.answer();
    assert_eq!(done(probe), Ok(()));
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn reset_closes_from_every_state_and_forgets() {
    let orders: [fn(&CircuitBreakerLayer<Arc<ManualClock>>); 4] = [
        CircuitBreakerLayer::trip,
        CircuitBreakerLayer::force_open,
        CircuitBreakerLayer::force_closed,
        CircuitBreakerLayer::disable,
    ];
    for order in orders {
        let mut rig = Rig::new(2, 1);
        order(&rig.layer);
        assert_ne!(rig.state(), CircuitState::Closed);
        rig.layer.reset();
        assert_eq!(rig.state(), CircuitState::Closed);
        rig.fail(1);
        rig.layer.reset();
        rig.fail(1);
        assert_eq!(
            (rig.state(), rig.view().failures),
            (CircuitState::Closed, 1)
        );
    }
}

#[test]
fn reset_while_closed_makes_calls_in_flight_late() {
    let mut rig = Rig::new(1, 1);
    let gate = Gate::new();
    let call = rig.wait_at(&gate);
    rig.layer.reset();
    gate.fail();
    let _ = done(call);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

#[test]
fn b20_reset_with_probes_out_ignores_them_and_the_next_round_has_all_slots() {
    let mut rig = Rig::due(1, 2);
    let gates = [Gate::new(), Gate::new()];
    let [first, second] = gates.each_ref().map(|gate| rig.wait_at(gate));
    rig.layer.reset();
    gates[0].fail();
    let _ = done(first);
    assert_eq!(rig.state(), CircuitState::Closed);
    rig.fail(1);
    rig.clock.advance(OPEN_FOR);
    let _one = rig.wait_at(&Gate::new());
    let _two = rig.wait_at(&Gate::new());
    drop(second);
    assert_eq!(rig.view().probes_out, 2);
}

#[test]
fn b19_hc47_force_open_beats_every_call_in_flight() {
    let mut rig = Rig::new(1, 1);
    let gates: Vec<Gate> = (0..4).map(|_| Gate::new()).collect();
    let mut calls: Vec<Call> = gates.iter().map(|gate| rig.wait_at(gate)).collect();
    rig.layer.force_open();
    gates[0].answer();
    gates[1].fail();
    gates[2].answer();
    drop(calls.pop());
    for call in calls.drain(..3) {
        let _ = done(call);
        assert_eq!(rig.state(), CircuitState::ForcedOpen);
    }
    assert_eq!(rig.rejected(), None);
}

#[test]
fn hc46_hc47_forced_open_outlasts_time_and_a_winning_probe() {
    let mut rig = Rig::due(1, 1);
    let gate = Gate::new();
    let probe = rig.wait_at(&gate);
    rig.layer.force_open();
    gate.answer();
    assert_eq!(done(probe), Ok(()));
    rig.clock.advance(OPEN_FOR * 1000);
    assert_eq!(rig.rejected(), None);
    assert_eq!(rig.state(), CircuitState::ForcedOpen);
}

#[test]
fn hc46_forced_closed_admits_and_counts_nothing() {
    let mut rig = Rig::new(1, 1);
    rig.layer.force_closed();
    rig.fail(100);
    assert_eq!(rig.state(), CircuitState::ForcedClosed);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.layer.reset();
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

#[test]
fn hc46_disabled_stays_disabled_whatever_comes_back() {
    let mut rig = Rig::due(1, 1);
    let gates = [Gate::new(), Gate::new()];
    let probe = rig.wait_at(&gates[0]);
    rig.layer.disable();
    let call = rig.wait_at(&gates[1]);
    for gate in &gates {
        gate.fail();
    }
    let _ = (done(probe), done(call));
    rig.fail(100);
    assert_eq!(rig.state(), CircuitState::Disabled);
}

#[test]
fn hc46_disabled_by_its_config_it_counts_nothing_and_a_reset_changes_nothing() {
    let mut rig = Rig::with(CircuitBreakerConfig::disabled());
    for _ in 0..2 {
        rig.fail(100);
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
        assert_eq!(
            (rig.state(), rig.view().failures),
            (CircuitState::Disabled, 0)
        );
        rig.layer.reset();
    }
}

#[test]
fn hc46_disabled_by_its_config_it_can_still_be_forced_open() {
    let mut rig = Rig::with(CircuitBreakerConfig::disabled());
    rig.layer.trip();
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.layer.force_open();
    assert_eq!(rig.state(), CircuitState::ForcedOpen);
    assert_eq!(rig.rejected(), None);
    rig.layer.reset();
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn one_command_ends_the_state_of_another() {
    let rig = Rig::new(1, 1);
    rig.layer.force_open();
    rig.layer.force_closed();
    assert_eq!(rig.state(), CircuitState::ForcedClosed);
    rig.layer.disable();
    assert_eq!(rig.state(), CircuitState::Disabled);
    rig.layer.trip();
    assert_eq!(rig.state(), CircuitState::Open);
    rig.layer.force_open();
    assert_eq!(rig.state(), CircuitState::ForcedOpen);
}
