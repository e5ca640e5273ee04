mod commands;
mod ramp;
mod rejections;

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use CircuitState::{Closed, HalfOpen, Latched, Open};
use ninelives::emit::FailureCause;
use ninelives::emit::PolicyEvent as Told;
use ninelives::prelude::*;
use tower::{Layer, Service};

use crate::backend::{Ask, Backend, Readiness};
use crate::drive::{done, panics, poll, start};
use crate::{Sink, assert_told, sink_on, told};

const OPEN_FOR: Duration = Duration::from_secs(10);

type Layered = CircuitBreakerLayer<ManualTimer, Sink>;

/// The changes of state among `events`.
pub fn changes(events: &[Told]) -> Vec<(CircuitState, CircuitState)> {
    let change = |event: &Told| match *event {
        Told::CircuitOpened { from, to, .. } | Told::CircuitClosed { from, to, .. } => {
            Some((from, to))
        }
        Told::CircuitHalfOpen { from, .. } => Some((from, HalfOpen)),
        _ => None,
    };
    events.iter().filter_map(change).collect()
}

fn circuit(failures: usize, open_for: Duration, probes: usize) -> (Layered, ManualTimer, Sink) {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let config = CircuitBreakerConfig::new(failures, open_for, probes).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    (layer.with_sink(sink.clone()), timer, sink)
}

/// Opened, and its time is over: the next call is a probe.
fn due(probes: usize) -> (Layered, ManualTimer, Sink) {
    let (layer, timer, sink) = circuit(1, OPEN_FOR, probes);
    layer.trip();
    timer.advance(OPEN_FOR);
    told(&sink);
    (layer, timer, sink)
}

#[test]
fn a_whole_cycle_is_told_step_by_step() {
    let (layer, timer, sink) = circuit(2, OPEN_FOR, 2);
    let mut service = layer.layer(Backend::default());
    let mut ask = |ask| done(start(&mut service, ask));
    assert!(ask(Ask::Fail).is_err());
    assert_told!(
        sink,
        [Told::RequestFailure {
            cause: FailureCause::Inner,
            ..
        }]
    );
    assert!(ask(Ask::Fail).is_err());
    assert_told!(
        sink,
        [
            Told::CircuitOpened {
                from: Closed,
                to: Open,
                ..
            },
            Told::RequestFailure { .. }
        ]
    );
    timer.advance(OPEN_FOR);
    assert_told!(sink, []);
    assert!(ask(Ask::Fail).is_err());
    assert_told!(
        sink,
        [
            Told::CircuitHalfOpen { from: Open, .. },
            Told::CircuitOpened {
                from: HalfOpen,
                to: Open,
                ..
            },
            Told::RequestFailure { .. },
        ]
    );
    timer.advance(OPEN_FOR);
    assert!(ask(Ask::Answer).is_ok());
    assert_told!(
        sink,
        [
            Told::CircuitHalfOpen { from: Open, .. },
            Told::RequestSuccess { .. }
        ]
    );
    assert!(ask(Ask::Answer).is_ok());
    assert_told!(
        sink,
        [
            Told::CircuitClosed {
                from: HalfOpen,
                to: Closed,
                ..
            },
            Told::RequestSuccess { .. }
        ]
    );
}

#[test]
fn an_open_time_without_end_is_told_as_latched() {
    let (layer, _, sink) = circuit(1, Duration::MAX, 1);
    assert!(done(start(&mut layer.layer(Backend::default()), Ask::Fail)).is_err());
    assert_told!(
        sink,
        [
            Told::CircuitOpened {
                from: Closed,
                to: Latched,
                ..
            },
            _
        ]
    );
    layer.reset();
    assert_told!(
        sink,
        [Told::CircuitClosed {
            from: Latched,
            to: Closed,
            ..
        }]
    );
}

#[test]
fn a_readiness_that_fails_tells_its_change_and_no_outcome() {
    let ask_ready = |layer: &Layered| {
        let backend = Backend::default();
        backend.set(Readiness::Broken);
        let ready = layer
            .layer(backend)
            .poll_ready(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(ready, Poll::Ready(Err(ResilienceError::Inner(_)))));
    };
    let (layer, timer, sink) = circuit(2, OPEN_FOR, 1);
    ask_ready(&layer);
    assert_told!(sink, []);
    ask_ready(&layer);
    assert_told!(
        sink,
        [Told::CircuitOpened {
            from: Closed,
            to: Open,
            ..
        }]
    );
    timer.advance(OPEN_FOR);
    ask_ready(&layer);
    assert_told!(
        sink,
        [
            Told::CircuitHalfOpen { from: Open, .. },
            Told::CircuitOpened {
                from: HalfOpen,
                to: Open,
                ..
            },
        ]
    );
}

#[test]
fn b11_a_change_stands_and_is_told_when_the_caller_is_gone() {
    let (layer, _, sink) = due(1);
    let mut service = layer.layer(Backend::default());
    drop(start(&mut service, Ask::Answer));
    assert_told!(
        sink,
        [
            Told::CircuitHalfOpen { from: Open, .. },
            Told::RequestCancelled { .. }
        ]
    );
    let mut call = start(&mut service, Ask::Fail);
    let _ = poll(&mut call);
    drop(call);
    assert_told!(
        sink,
        [
            Told::CircuitOpened {
                from: HalfOpen,
                to: Open,
                ..
            },
            Told::RequestFailure { .. }
        ]
    );
    assert_eq!(layer.state(), Open);
}

#[test]
fn b05_a_panic_tells_its_change_and_itself() {
    for ask in [Ask::PanicInPoll, Ask::AnswerThenPanicInDrop] {
        let (layer, _, sink) = due(1);
        let call = start(&mut layer.layer(Backend::default()), ask);
        assert!(panics(|| done(call)));
        assert_told!(
            sink,
            [
                Told::CircuitHalfOpen { .. },
                Told::CircuitOpened {
                    from: HalfOpen,
                    to: Open,
                    ..
                },
                Told::RequestFailure {
                    cause: FailureCause::Panicked,
                    ..
                },
            ]
        );
    }
    let (layer, _, sink) = due(1);
    assert!(panics(|| start(
        &mut layer.layer(Backend::default()),
        Ask::PanicInCall
    )));
    assert_told!(
        sink,
        [
            Told::CircuitHalfOpen { .. },
            Told::CircuitOpened {
                from: HalfOpen,
                to: Open,
                ..
            },
            Told::RequestFailure {
                cause: FailureCause::Panicked,
                ..
            },
        ]
    );
}
