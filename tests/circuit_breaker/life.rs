//! Long random lives of one circuit: what is out is what is alive.

use super::drive::Seeded;
use super::*;

struct Out {
    call: Call,
    gate: Gate,
    /// The half-open round that admitted it; 0 when it was no probe.
    round: u64,
}

#[test]
fn b03_hc49_slots_out_are_probes_alive_through_random_lives() {
    for seed in 0..4 {
        live(seed, 25_000);
    }
}

fn live(seed: u64, operations: u32) {
    let mut dice = Seeded::new(seed);
    let probes = 1 + dice.below(4);
    let config = CircuitBreakerConfig::new(1 + dice.below(3), OPEN_FOR, probes).unwrap();
    let mut rig = Rig::with(config.with_probe_lease(OPEN_FOR * 4096).unwrap());
    let mut out: Vec<Out> = Vec::new();
    let (mut round, mut state) = (0, rig.state());
    let mut rounds_closed = 0;
    for _ in 0..operations {
        let pick = dice.below(out.len().max(1));
        match dice.below(20) {
            0..8 => {
                let gate = Gate::new();
                let mut call = rig.call(Ask::At(gate.clone()));
                if dice.below(4) == 0 || poll(&mut call).is_pending() {
                    out.push(Out {
                        call,
                        gate,
                        round: u64::MAX,
                    });
                }
            }
            8..14 if !out.is_empty() => {
                let Out { mut call, gate, .. } = out.swap_remove(pick);
                match dice.below(3) {
                    0 => gate.fail(),
                    _ => gate.answer(),
                }
                assert!(poll(&mut call).is_ready());
            }
            14..17 if !out.is_empty() => drop(out.swap_remove(pick)),
            17 | 18 => rig.clock.advance(OPEN_FOR / 3),
            19 if dice.below(20) == 0 => match dice.below(5) {
                0 => rig.layer.trip(),
                1 => rig.layer.reset(),
                2 => rig.layer.force_open(),
                3 => rig.layer.force_closed(),
                _ => rig.layer.disable(),
            },
            19 if matches!(state, CircuitState::ForcedOpen | CircuitState::Disabled) => {
                rig.layer.reset();
            }
            _ => {}
        }
        let before = std::mem::replace(&mut state, rig.state());
        if state == CircuitState::HalfOpen && before != state {
            round += 1;
        }
        if state == CircuitState::Closed && before == CircuitState::HalfOpen {
            rounds_closed += 1;
        }
        if let Some(last) = out.last_mut()
            && last.round == u64::MAX
        {
            let admitted = last.gate.began() && !last.gate.dropped();
            let probe = admitted && state == CircuitState::HalfOpen;
            last.round = if probe { round } else { 0 };
        }
        let alive = out.iter().filter(|out| out.round == round).count();
        let view = rig.view();
        if state == CircuitState::HalfOpen {
            assert_eq!(view.probes_out as usize, alive);
            assert!(alive + view.won as usize <= probes);
        } else {
            assert_eq!((view.probes_out, view.won), (0, 0));
        }
    }
    assert!(
        round > 100 && rounds_closed > 20,
        "{round} rounds, {rounds_closed} closed"
    );
    out.clear();
    assert_eq!((rig.backend.running(), rig.view().probes_out), (0, 0));
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR + Duration::from_micros(20));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}
