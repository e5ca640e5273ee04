use std::task::{Context, Waker};
use std::time::Duration;

use ninelives::CircuitBreakerLayer;
use ninelives::CircuitState::{self, Closed, Disabled, ForcedClosed, ForcedOpen, HalfOpen, Open};
use ninelives::emit::FailureCause;
use ninelives::emit::PolicyEvent as Told;
use tower::{Layer, Service};

use super::{Layered, OPEN_FOR, changes, circuit};
use crate::backend::{Ask, Backend, Gate, Readiness};
use crate::drive::{Seeded, done, poll, start};
use crate::{End, assert_told, end, told};

#[test]
fn a_command_tells_its_change_once_and_nothing_when_there_is_none() {
    type Command = fn(&Layered);
    let commands: [(Command, CircuitState); 5] = [
        (|layer| layer.trip(), Open),
        (|layer| layer.reset(), Closed),
        (|layer| layer.force_open(), ForcedOpen),
        (|layer| layer.force_closed(), ForcedClosed),
        (|layer| layer.disable(), Disabled),
    ];
    for before in [Closed, Open, HalfOpen, ForcedOpen, ForcedClosed, Disabled] {
        for (command, after) in commands {
            let (layer, timer, sink) = circuit(1, OPEN_FOR, 1);
            if before == HalfOpen {
                layer.trip();
                timer.advance(OPEN_FOR);
                drop(start(&mut layer.layer(Backend::default()), Ask::Answer));
            } else if let Some((command, _)) = commands.iter().find(|(_, to)| *to == before) {
                command(&layer);
            }
            assert_eq!(layer.state(), before);
            told(&sink);
            command(&layer);
            assert_eq!(layer.state(), after);
            let events = told(&sink);
            let expected = if before == after {
                vec![]
            } else {
                vec![(before, after)]
            };
            assert_eq!(changes(&events), expected);
            assert_eq!(events.len(), expected.len());
            assert!(
                events
                    .iter()
                    .all(|event| event.policy() == layer.name().id())
            );
        }
    }
}

#[test]
fn a_late_outcome_is_told_and_changes_nothing() {
    let (layer, _, sink) = circuit(1, OPEN_FOR, 1);
    let gate = Gate::new();
    let mut call = start(&mut layer.layer(Backend::default()), Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    layer.reset();
    gate.fail();
    assert!(done(call).is_err());
    assert_told!(
        sink,
        [Told::RequestFailure {
            cause: FailureCause::Inner,
            ..
        }]
    );
    assert_eq!(layer.state(), Closed);
}

#[test]
fn a_breaker_out_of_use_tells_outcomes_alone() {
    let (layer, _, sink) = circuit(1, OPEN_FOR, 1);
    for command in [
        CircuitBreakerLayer::force_closed,
        CircuitBreakerLayer::disable,
    ] {
        command(&layer);
        told(&sink);
        assert!(done(start(&mut layer.layer(Backend::default()), Ask::Fail)).is_err());
        assert_eq!(
            end(&told(&sink)),
            (End::Failure(FailureCause::Inner), Duration::ZERO)
        );
    }
}

/// Whatever comes, what is told leads from the state before to the state after.
#[test]
fn changes_that_are_told_are_a_path() {
    for seed in 0..50 {
        let mut seeded = Seeded::new(seed);
        let (layer, timer, sink) = circuit(2, OPEN_FOR, 2);
        let backend = Backend::default();
        let mut service = layer.layer(backend.clone());
        let mut out = Vec::new();
        for _ in 0..400 {
            let before = layer.state();
            match seeded.below(12) {
                0 => layer.trip(),
                1 if seeded.below(3) == 0 => layer.force_open(),
                2 if seeded.below(3) == 0 => layer.force_closed(),
                3 if seeded.below(3) == 0 => layer.disable(),
                4 => layer.reset(),
                5 => timer.advance(OPEN_FOR),
                6 => out.push(start(&mut service, Ask::Answer)),
                7 | 8 => out.push(start(&mut service, Ask::Fail)),
                9 if !out.is_empty() => drop(out.swap_remove(seeded.below(out.len()))),
                10 if !out.is_empty() => {
                    let _ = done(out.swap_remove(seeded.below(out.len())));
                }
                _ => {
                    backend.set(Readiness::Broken);
                    let mut fresh = layer.layer(backend.clone());
                    let _ = fresh.poll_ready(&mut Context::from_waker(Waker::noop()));
                    backend.set(Readiness::Ready);
                }
            }
            let mut state = before;
            for (from, to) in changes(&told(&sink)) {
                assert_eq!(from, state);
                assert_ne!(from, to);
                state = to;
            }
            assert_eq!(state, layer.state());
        }
    }
}
