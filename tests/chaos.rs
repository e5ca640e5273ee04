//! A service that misbehaves on purpose: what is drawn, what is counted, and what policies make of it.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/stage.rs"]
mod stage;

use std::time::Duration;

use ninelives::chaos::{ChaosConfig, ChaosCounts, ChaosLayer};
use ninelives::prelude::*;
use stage::{Act, Down, Mood, Stage, call, panics, readiness};
use tower::Layer;

const SEED: u64 = 0xC4A0_5EED;
const CALM: ChaosConfig = ChaosConfig::CALM;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn down() -> Down {
    Down(7)
}

/// How often each of 10,000 calls ended how, seen from outside: answered, failed, hanging, panicked.
fn ends(config: ChaosConfig, seed: u64) -> ([u64; 4], ChaosCounts) {
    let chaos = ChaosLayer::new(config, seed, down);
    let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
    let mut ends = [0; 4];
    for _ in 0..10_000 {
        let mut request = call(&mut service, 0);
        let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| request.poll()));
        let index = match end {
            Ok(std::task::Poll::Ready(Ok(_))) => 0,
            Ok(std::task::Poll::Ready(Err(_))) => 1,
            Ok(std::task::Poll::Pending) => 2,
            Err(_) => 3,
        };
        ends[index] += 1;
    }
    (ends, chaos.counts())
}

#[test]
fn calm_changes_nothing() {
    let (ends, counts) = ends(CALM, SEED);
    assert_eq!(ends, [10_000, 0, 0, 0]);
    let (calls, passed) = (10_000, 10_000);
    let expected = ChaosCounts {
        calls,
        passed,
        ..ChaosCounts::default()
    };
    assert_eq!(counts, expected);
}

#[test]
fn every_end_is_counted_as_what_it_was_and_comes_in_its_share() {
    let config = CALM.with_errors(0.2).unwrap().with_hangs(0.1).unwrap();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let (ends, counts) = ends(config.with_panics(0.05).unwrap(), SEED);
    std::panic::set_hook(hook);
    let ChaosCounts {
        passed,
        errors,
        hangs,
        panics,
        ..
    } = counts;
    assert_eq!(ends, [passed, errors, hangs, panics], "seed {SEED:#x}");
    for (count, share) in [(errors, 0.2), (hangs, 0.1), (panics, 0.05)] {
        let seen = count as f64 / 10_000.0;
        assert!((seen - share).abs() < 0.02, "{seen}, seed {SEED:#x}");
    }
}

#[test]
fn the_same_seed_draws_the_same_and_another_one_does_not() {
    let config = CALM.with_errors(0.3).unwrap();
    assert_eq!(ends(config, SEED), ends(config, SEED));
    assert_ne!(ends(config, SEED).0, ends(config, SEED + 1).0);
}

#[test]
fn shares_of_zero_and_one_never_and_always_happen() {
    let always = CALM.with_errors(1.0).unwrap();
    assert_eq!(ends(always, SEED).0, [0, 10_000, 0, 0]);
    let hanging = CALM.with_hangs(1.0).unwrap();
    assert_eq!(ends(hanging, SEED).0, [0, 0, 10_000, 0]);
}

#[test]
fn late_calls_come_within_their_bounds() {
    let timer = ManualTimer::new();
    let config = CALM.with_latency(1.0, ms(10), ms(20)).unwrap();
    let chaos = ChaosLayer::new(config, SEED, down).with_timer(timer.clone());
    let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
    let mut requests: Vec<_> = (0..50).map(|_| call(&mut service, 0)).collect();
    for request in &mut requests {
        request.waits();
    }
    timer.advance(ms(10) - Duration::from_nanos(1));
    for request in &mut requests {
        request.waits();
    }
    timer.advance(ms(10) + Duration::from_nanos(1));
    for request in &mut requests {
        assert_eq!(request.done(), Ok(1), "seed {SEED:#x}");
    }
    assert_eq!(chaos.counts().late, 50);
}

#[test]
fn a_wait_for_readiness_that_never_ends_is_its_own_instance_s() {
    let chaos = ChaosLayer::new(CALM.with_unready(1.0).unwrap(), SEED, down);
    let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
    assert!(readiness(&mut service).is_pending());
    chaos.settings().set(CALM).unwrap();
    assert!(readiness(&mut service).is_pending());
    assert!(readiness(&mut service.clone()).is_ready());
    assert_eq!(chaos.counts().unready, 1);
}

#[test]
fn a_clone_of_a_ready_service_panics_when_it_is_called_unready() {
    let chaos = ChaosLayer::new(CALM.with_lost_readiness(true), SEED, down);
    let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
    assert!(readiness(&mut service).is_ready());
    let mut clone = service.clone();
    let said = panics(|| tower::Service::call(&mut clone, 0));
    assert!(said.contains("readiness of its own"), "{said}");
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}

#[test]
fn a_service_that_was_ready_and_is_not_any_more_panics_when_it_is_called() {
    let chaos = ChaosLayer::new(CALM.with_lost_readiness(true), SEED, down);
    let stage = Stage::always(Act::Ok(1));
    let mut service = chaos.layer(stage.backend());
    assert!(readiness(&mut service).is_ready());
    stage.mood(Mood::Busy);
    assert!(readiness(&mut service).is_pending());
    let said = panics(|| tower::Service::call(&mut service, 0));
    assert!(said.contains("chaos: called"), "{said}");
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}

#[test]
fn a_change_of_the_settings_meets_the_next_call() {
    let chaos = ChaosLayer::new(CALM, SEED, down);
    let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    chaos
        .settings()
        .set(CALM.with_errors(1.0).unwrap())
        .unwrap();
    assert_eq!(call(&mut service, 0).done(), Err(Down(7)));
}

#[test]
fn a_hanging_service_opens_a_breaker_around_a_timeout() {
    let timer = ManualTimer::new();
    let config = CircuitBreakerConfig::new(3, Duration::from_secs(60), 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    let timeout = TimeoutLayer::new(ms(10)).unwrap().with_timer(timer.clone());
    let policy = Policy(breaker.clone()) + Policy(timeout);
    let chaos = ChaosLayer::new(CALM.with_hangs(1.0).unwrap(), SEED, down);
    let mut service = policy.layer(chaos.layer(Stage::always(Act::Ok(1)).backend()));
    for _ in 0..3 {
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(10));
        assert!(request.done().unwrap_err().is_timeout());
    }
    assert_eq!(breaker.state(), CircuitState::Open);
    assert_eq!(chaos.counts().hangs, 3);
}

#[test]
fn clones_of_a_layer_and_of_its_services_share_one_count_and_one_row_of_draws() {
    let config = ChaosConfig::default().with_errors(0.5).unwrap();
    let ends = |clones: bool| {
        let chaos = ChaosLayer::new(config, SEED, down);
        let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
        let ends: Vec<_> = (0..64)
            .map(|turn| match (clones, turn % 3) {
                (true, 1) => call(&mut service.clone(), 0).done(),
                (true, 2) => {
                    let inner = service.get_ref().clone();
                    call(&mut chaos.clone().layer(inner), 0).done()
                }
                _ => call(&mut service, 0).done(),
            })
            .collect();
        (ends, chaos.counts())
    };
    assert_eq!(ends(true), ends(false));
    assert_eq!(ends(true).1.calls, 64);
}

#[test]
fn a_call_that_misbehaves_prints_what_it_will_do() {
    let hour = ms(3_600_000);
    let all = [
        (CALM, "late: false, end: \"passes\""),
        (
            CALM.with_errors(1.0).unwrap(),
            "late: false, end: \"fails\"",
        ),
        (CALM.with_hangs(1.0).unwrap(), "late: false, end: \"hangs\""),
        (
            CALM.with_panics(1.0).unwrap(),
            "late: false, end: \"panics\"",
        ),
        (
            CALM.with_latency(1.0, hour, hour).unwrap(),
            "late: true, end: \"passes\"",
        ),
    ];
    for (config, text) in all {
        let chaos = ChaosLayer::new(config, SEED, down).with_timer(ManualTimer::new());
        let mut service = chaos.layer(Stage::always(Act::Ok(1)).backend());
        assert!(readiness(&mut service).is_ready());
        let future = tower::Service::call(&mut service, 0);
        assert_eq!(format!("{future:?}"), format!("ChaosFuture {{ {text} }}"));
    }
}
