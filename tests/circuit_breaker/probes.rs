//! Half-open: who gets a slot, and what gives it back.

use super::*;

#[test]
fn b01_hc26_as_many_probes_as_allowed_and_the_rest_is_rejected() {
    let mut rig = Rig::due(1, 3);
    let gates: Vec<Gate> = (0..3).map(|_| Gate::new()).collect();
    let probes: Vec<Call> = gates.iter().map(|gate| rig.wait_at(gate)).collect();
    for _ in 0..20 {
        assert!(rig.rejected().is_some());
    }
    assert_eq!(rig.backend.calls(), 3);
    for (gate, probe) in gates.iter().zip(probes) {
        assert_eq!(rig.state(), CircuitState::HalfOpen);
        gate.answer();
        assert_eq!(done(probe), Ok(()));
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn b02_the_second_caller_joins_and_resets_no_count() {
    let mut rig = Rig::due(1, 2);
    let mut other = rig.service.clone();
    let _first = rig.wait_at(&Gate::new());
    let _second = start(&mut other, Ask::Hang);
    assert_eq!(rig.view().probes_out, 2);
    assert!(rig.rejected().is_some());
    assert!(done(start(&mut other, Ask::Answer)).is_err());
}

#[test]
fn b03_probe_dropped_before_its_first_poll_gives_its_slot_back() {
    let mut rig = Rig::due(1, 1);
    let probe = rig.call(Ask::Hang);
    assert_eq!(rig.view().probes_out, 1);
    drop(probe);
    assert_eq!((rig.view().probes_out, rig.view().won), (0, 0));
    assert_eq!(rig.state(), CircuitState::HalfOpen);
}

#[test]
fn b03_probe_dropped_while_pending_gives_its_slot_back() {
    let mut rig = Rig::due(1, 1);
    let gate = Gate::new();
    let probe = rig.wait_at(&gate);
    drop(probe);
    assert!(gate.dropped());
    assert_eq!((rig.view().probes_out, rig.view().won), (0, 0));
    assert_eq!(rig.state(), CircuitState::HalfOpen);
}

#[test]
fn b03_probe_dropped_when_it_is_done_gives_its_slot_back_once() {
    let mut rig = Rig::due(1, 2);
    let mut probe = rig.call(Ask::Answer);
    assert!(poll(&mut probe).is_ready());
    assert_eq!((rig.view().probes_out, rig.view().won), (0, 1));
    let _other = rig.wait_at(&Gate::new());
    drop(probe);
    assert_eq!((rig.view().probes_out, rig.view().won), (1, 1));
}

#[test]
fn b04_all_probes_dropped_and_a_long_time_later_the_next_call_is_a_probe() {
    let mut rig = Rig::due(1, 3);
    let probes: Vec<Call> = (0..3).map(|_| rig.wait_at(&Gate::new())).collect();
    drop(probes);
    rig.clock.advance(Duration::from_secs(1000));
    for _ in 0..3 {
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc28_probes_wide_apart_still_decide() {
    let mut rig = Rig::due(1, 3);
    for _ in 0..3 {
        assert_ne!(rig.state(), CircuitState::Closed);
        rig.clock.advance(Duration::from_secs(86_400));
        rig.ask(Ask::Answer).unwrap();
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc30_hc89_hung_probe_is_replaced_when_its_lease_is_over() {
    let mut rig = Rig::due(1, 1);
    let gate = Gate::new();
    let hung = rig.wait_at(&gate);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
    rig.clock.advance(OPEN_FOR - NANO);
    assert_eq!(rig.rejected(), Some(NANO));
    rig.clock.advance(NANO);
    let second = Gate::new();
    let probe = rig.wait_at(&second);
    gate.fail();
    let _ = done(hung);
    assert_eq!(rig.state(), CircuitState::HalfOpen);
    second.answer();
    assert_eq!(done(probe), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc30_the_lease_is_set_apart_from_the_open_time() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let mut rig = Rig::with(config.with_probe_lease(Duration::from_millis(50)).unwrap());
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let _hung = rig.wait_at(&Gate::new());
    assert_eq!(rig.rejected(), Some(Duration::from_millis(50)));
    rig.clock.advance(Duration::from_millis(50));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn hc83_failed_probe_reopens_for_the_whole_time() {
    let mut rig = Rig::due(5, 3);
    rig.ask(Ask::Answer).unwrap();
    rig.ask(Ask::Answer).unwrap();
    rig.clock.advance(Duration::from_secs(3));
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn hc83_two_probes_that_fail_reopen_once() {
    let mut rig = Rig::due(1, 2);
    let gates = [Gate::new(), Gate::new()];
    let [first, second] = gates.each_ref().map(|gate| rig.wait_at(gate));
    gates[0].fail();
    let _ = done(first);
    rig.clock.advance(Duration::from_secs(4));
    gates[1].fail();
    let _ = done(second);
    assert_eq!(rig.rejected(), Some(Duration::from_secs(6)));
}

#[test]
fn hc84_never_more_probes_than_allowed_while_they_hang() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 2).unwrap();
    let mut rig = Rig::with(config.with_probe_lease(OPEN_FOR * 100).unwrap());
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let mut out = Vec::new();
    for _ in 0..500 {
        let mut call = rig.call(Ask::Hang);
        if poll(&mut call).is_pending() {
            out.push(call);
        }
        rig.clock.advance(Duration::from_secs(1));
    }
    assert_eq!((out.len(), rig.backend.running()), (2, 2));
}

#[test]
fn hc86_hc50_an_unused_ticket_is_seen_and_looking_changes_nothing() {
    let mut rig = Rig::due(1, 2);
    let probe = rig.call(Ask::Hang);
    for _ in 0..1000 {
        assert_eq!(rig.state(), CircuitState::HalfOpen);
        assert_eq!((rig.view().probes_out, rig.view().won), (1, 0));
    }
    drop(probe);
    assert_eq!(rig.view().probes_out, 0);
}

#[test]
fn hc50_looking_at_an_open_circuit_takes_no_probe() {
    let mut rig = Rig::due(1, 1);
    for _ in 0..1000 {
        assert!(rig.view().probe_due);
        assert_eq!(rig.state(), CircuitState::Open);
    }
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn hc08_hc93_hc94_sixty_four_callers_at_the_end_of_the_open_time() {
    let mut rig = Rig::due(1, 5);
    let mut services: Vec<Protected> = (0..64).map(|_| rig.service.clone()).collect();
    let calls: Vec<Call> = services
        .iter_mut()
        .map(|service| start(service, Ask::Hang))
        .collect();
    assert_eq!(rig.backend.calls(), 5);
    drop(calls);
    assert!(rig.ask(Ask::Answer).is_ok());
}

#[test]
fn hc82_probe_cancelled_again_and_again_never_wedges() {
    let mut rig = Rig::due(1, 1);
    for _ in 0..1000 {
        drop(rig.wait_at(&Gate::new()));
    }
    assert_eq!(rig.backend.calls(), 1000);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc87_as_many_successes_as_probes_close_it_also_one_by_one() {
    let mut rig = Rig::due(1, 4);
    for won in 0..4 {
        assert_eq!(
            (rig.view().won, rig.state() == CircuitState::Closed),
            (won, false)
        );
        rig.ask(Ask::Answer).unwrap();
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}
