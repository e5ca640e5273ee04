//! What an outcome may change, and which state it belongs to.

use tower::service_fn;

use super::*;

#[test]
fn failures_in_a_row_open_it_and_a_success_between_starts_afresh() {
    let mut rig = Rig::new(3, 1);
    rig.fail(2);
    rig.ask(Ask::Answer).unwrap();
    rig.fail(2);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 2)
    );
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn b06_hc61_late_success_of_an_earlier_epoch_leaves_open_open() {
    let mut rig = Rig::new(2, 1);
    let gate = Gate::new();
    let straggler = rig.wait_at(&gate);
    rig.fail(2);
    gate.answer();
    assert_eq!(done(straggler), Ok(()));
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn b06_late_success_of_an_earlier_epoch_wins_no_probe() {
    let mut rig = Rig::new(2, 1);
    let (old, new) = (Gate::new(), Gate::new());
    let straggler = rig.wait_at(&old);
    rig.fail(2);
    rig.clock.advance(OPEN_FOR);
    let _probe = rig.wait_at(&new);
    old.answer();
    assert_eq!(done(straggler), Ok(()));
    assert_eq!(rig.state(), CircuitState::HalfOpen);
    assert_eq!((rig.view().probes_out, rig.view().won), (1, 0));
}

#[test]
fn b07_late_failure_in_half_open_neither_reopens_nor_moves_a_slot() {
    let mut rig = Rig::new(2, 2);
    let (old, new) = (Gate::new(), Gate::new());
    let straggler = rig.wait_at(&old);
    rig.fail(2);
    rig.clock.advance(OPEN_FOR);
    let _probe = rig.wait_at(&new);
    old.fail();
    assert_eq!(done(straggler), Err(ResilienceError::Inner(Broken)));
    assert_eq!(rig.state(), CircuitState::HalfOpen);
    assert_eq!(rig.view().probes_out, 1);
    let _second = rig.wait_at(&Gate::new());
    assert!(rig.rejected().is_some());
}

#[test]
fn b08_outcome_that_survives_three_cycles_is_not_counted() {
    let mut rig = Rig::new(2, 1);
    let gates = [Gate::new(), Gate::new()];
    let stragglers = gates.each_ref().map(|gate| rig.wait_at(gate));
    for _ in 0..3 {
        rig.fail(2);
        rig.clock.advance(OPEN_FOR);
        rig.ask(Ask::Answer).unwrap();
        assert_eq!(rig.state(), CircuitState::Closed);
    }
    rig.fail(1);
    gates[0].fail();
    gates[1].answer();
    for straggler in stragglers {
        let _ = done(straggler);
    }
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 1)
    );
}

#[test]
fn b11_transition_stands_when_the_caller_drops_its_answer() {
    let mut rig = Rig::new(1, 1);
    let mut call = rig.call(Ask::Fail);
    let _ = poll(&mut call);
    drop(call);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn b28_hc71_clones_and_repeated_layers_are_one_circuit() {
    let mut rig = Rig::new(2, 1);
    let mut services = vec![
        rig.service.clone(),
        rig.layer.layer(rig.backend.clone()),
        rig.layer
            .clone()
            .named("another name")
            .layer(Backend::default()),
    ];
    let _ = done(start(&mut services[0], Ask::Fail));
    let _ = done(start(&mut services[1], Ask::Fail));
    for service in &mut services {
        assert!(
            done(start(service, Ask::Answer))
                .unwrap_err()
                .is_circuit_open()
        );
    }
    assert!(rig.rejected().is_some());
}

#[test]
fn b28_two_layers_of_one_config_are_two_circuits() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let (mut one, mut other) = (Rig::with(config), Rig::with(config));
    one.fail(1);
    assert_eq!(one.state(), CircuitState::Open);
    assert_eq!(other.ask(Ask::Answer), Ok(()));
}

#[test]
fn hc34_no_count_survives_a_close() {
    let mut rig = Rig::new(3, 1);
    rig.fail(3);
    rig.clock.advance(OPEN_FOR);
    rig.ask(Ask::Answer).unwrap();
    rig.fail(2);
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc36_successes_before_the_trip_do_not_help_a_failed_probe() {
    let mut rig = Rig::new(2, 1);
    for _ in 0..1000 {
        rig.ask(Ask::Answer).unwrap();
    }
    rig.fail(2);
    rig.clock.advance(OPEN_FOR);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
}

#[test]
fn hc36_failures_before_the_trip_do_not_harm_a_won_probe() {
    let mut rig = Rig::new(2, 1);
    let gates: Vec<Gate> = (0..10).map(|_| Gate::new()).collect();
    let stragglers: Vec<Call> = gates.iter().map(|gate| rig.wait_at(gate)).collect();
    rig.fail(2);
    rig.clock.advance(OPEN_FOR);
    rig.ask(Ask::Answer).unwrap();
    for (gate, straggler) in gates.iter().zip(stragglers) {
        gate.fail();
        let _ = done(straggler);
    }
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

#[test]
fn hc85_stragglers_never_extend_the_open_time() {
    let mut rig = Rig::new(1, 1);
    let gates: Vec<Gate> = (0..5).map(|_| Gate::new()).collect();
    let stragglers: Vec<Call> = gates.iter().map(|gate| rig.wait_at(gate)).collect();
    rig.fail(1);
    for (gate, straggler) in gates.iter().zip(stragglers) {
        rig.clock.advance(Duration::from_secs(2));
        gate.fail();
        let _ = done(straggler);
    }
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc12_a_request_that_cannot_be_cloned_passes() {
    struct Body(Vec<u8>);
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let mut service =
        CircuitBreakerLayer::new(config)
            .unwrap()
            .layer(service_fn(|body: Body| async move {
                Ok::<_, Broken>(body.0.len())
            }));
    let mut call = Box::pin(service.call(Body(vec![0; 7])));
    assert_eq!(poll(&mut call), std::task::Poll::Ready(Ok(7)));
}
