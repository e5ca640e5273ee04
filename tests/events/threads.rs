//! Events of calls on several threads.

use std::collections::HashMap;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use ninelives::emit::PolicyEvent as Told;
use ninelives::prelude::*;
use tower::Layer;

use crate::backend::{Ask, Backend};
use crate::breaker::changes;
use crate::drive::{Seeded, done, poll, start};
use crate::told;

const THREADS: usize = 4;

#[test]
fn b09_failures_that_cross_the_threshold_at_once_tell_one_opening() {
    for _ in 0..200 {
        let sink = MemorySink::with_capacity(256).unwrap();
        let config = CircuitBreakerConfig::new(THREADS, Duration::from_secs(60), 1).unwrap();
        let layer = CircuitBreakerLayer::new(config)
            .unwrap()
            .with_sink(sink.clone());
        let barrier = Barrier::new(THREADS);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let mut service = layer.layer(Backend::default());
                    let call = start(&mut service, Ask::Fail);
                    barrier.wait();
                    assert!(done(call).is_err());
                });
            }
        });
        let events = told(&sink);
        assert_eq!(
            changes(&events),
            [(CircuitState::Closed, CircuitState::Open)]
        );
        assert_eq!(crate::ends(&events).len(), THREADS);
    }
}

/// As often as a state was entered it was left, but for the first and the last one: no change is lost, and none is told twice.
#[test]
fn b11_changes_by_calls_drops_and_commands_on_threads_are_told_once_each() {
    for seed in 0..4 {
        let sink = MemorySink::with_capacity(1 << 16).unwrap();
        // The shortest open time, so that probes come by themselves.
        let config = CircuitBreakerConfig::new(2, Duration::from_millis(1), 2).unwrap();
        let layer = CircuitBreakerLayer::new(config)
            .unwrap()
            .with_sink(sink.clone());
        let mut requests = 0;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS as u64)
                .map(|n| {
                    scope.spawn({
                        let layer = &layer;
                        move || storm(layer, seed * 100 + n)
                    })
                })
                .collect();
            for thread in threads {
                requests += thread.join().unwrap();
            }
        });
        assert_eq!(sink.evicted(), 0);
        let events = told(&sink);
        assert_eq!(crate::ends(&events).len(), requests);
        let mut flow: HashMap<CircuitState, i64> = HashMap::new();
        for (from, to) in changes(&events) {
            assert_ne!(from, to);
            *flow.entry(from).or_default() -= 1;
            *flow.entry(to).or_default() += 1;
        }
        *flow.entry(CircuitState::Closed).or_default() += 1;
        *flow.entry(layer.state()).or_default() -= 1;
        assert!(flow.values().all(|sum| *sum == 0), "seed {seed}: {flow:?}");
    }
}

/// Calls, drops and commands; gives the number of requests.
fn storm(layer: &CircuitBreakerLayer<MonotonicClock, MemorySink>, seed: u64) -> usize {
    let mut seeded = Seeded::new(seed);
    let mut service = layer.layer(Backend::default());
    let mut requests = 0;
    for _ in 0..4000 {
        match seeded.below(40) {
            0 => layer.trip(),
            1 => layer.reset(),
            2 => layer.force_open(),
            3 => layer.force_closed(),
            4 => layer.disable(),
            n => {
                requests += 1;
                let ask = if n < 20 { Ask::Fail } else { Ask::Answer };
                let mut call = start(&mut service, ask);
                if n % 5 > 0 {
                    let _ = poll(&mut call);
                }
            }
        }
    }
    requests
}

#[test]
fn s27_grants_on_threads_are_told_within_the_limit() {
    const LIMIT: u32 = 3;
    let sink = MemorySink::with_capacity(1 << 16).unwrap();
    let layer = BulkheadLayer::new(LIMIT as usize)
        .unwrap()
        .with_sink(sink.clone());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut service = layer.layer(Backend::default());
                for _ in 0..5000 {
                    let _ = done(start(&mut service, Ask::Answer));
                }
            });
        }
    });
    let events = told(&sink);
    let mut granted = 0;
    for event in &events {
        match *event {
            Told::BulkheadAcquired { in_flight, .. } => {
                assert!((1..=LIMIT).contains(&in_flight), "{in_flight}");
                granted += 1;
            }
            Told::BulkheadRejected { in_flight, .. } => assert_eq!(in_flight, LIMIT),
            _ => {}
        }
    }
    assert_eq!(crate::ends(&events).len(), THREADS * 5000);
    let succeeded = events
        .iter()
        .filter(|event| matches!(event, Told::RequestSuccess { .. }));
    assert_eq!(succeeded.count(), granted);
}

/// Threads meet at a limit that is far away: permits come to lie in a stripe for each, and are counted there.
#[test]
fn s27_threads_with_much_room_are_told_no_more_in_flight_than_there_are() {
    const EACH: usize = 8;
    let sink = MemorySink::with_capacity(1 << 16).unwrap();
    let layer = BulkheadLayer::new(64).unwrap().with_sink(sink.clone());
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut service = layer.layer(Backend::default());
                barrier.wait();
                for _ in 0..100 {
                    let calls = [0; EACH].map(|_| start(&mut service, Ask::Answer));
                    assert!(calls.into_iter().all(|call| done(call).is_ok()));
                }
            });
        }
    });
    let mut acquired = 0;
    for event in told(&sink) {
        if let Told::BulkheadAcquired { in_flight, .. } = event {
            assert!(
                (1..=(THREADS * EACH) as u32).contains(&in_flight),
                "{in_flight}"
            );
            acquired += 1;
        }
    }
    assert_eq!(acquired, THREADS * EACH * 100);
    assert_eq!((layer.in_flight(), layer.available()), (0, 64));
    assert!(
        poll(&mut Box::pin(layer.drain())).is_ready(),
        "nothing is out"
    );
}
