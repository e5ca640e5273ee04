//! The layers of this library in a registry: what each shows and takes.

use std::future::{Ready, pending, ready};

use ninelives::parameters::Value;
use ninelives::prelude::*;
use ninelives::registry::{PolicyHandle, Registry};
use tower::Layer;

use crate::drive::{done, poll, run, start};
use crate::ms;

/// Fails whenever it is asked to.
fn backend(fails: bool) -> Ready<Result<(), &'static str>> {
    ready(if fails { Err("down") } else { Ok(()) })
}

fn state(policy: &PolicyHandle, name: &str) -> Value {
    let state = policy.state().unwrap();
    let found = state.iter().find(|(other, _)| *other == name);
    found.unwrap_or_else(|| panic!("{name} in {state:?}")).1
}

fn words(policy: &PolicyHandle) -> Vec<&'static str> {
    policy.commands().iter().map(|one| one.name()).collect()
}

#[test]
fn a_breaker_shows_its_state_and_takes_settings_and_commands() {
    let timer = ManualTimer::new();
    let sink = MemorySink::new();
    let config = CircuitBreakerConfig::new(2, ms(100), 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    let breaker = breaker.named("payments").with_sink(sink.clone()).live();
    let registry = Registry::new();
    let policy = registry.register(&breaker).unwrap();
    assert_eq!(policy.kind(), "circuit_breaker");
    assert_eq!(
        words(&policy),
        ["reset", "trip", "force_open", "force_closed", "disable"]
    );
    let mut service = breaker.layer(tower::service_fn(backend));
    done(start(&mut service, true)).unwrap_err();
    assert_eq!(state(&policy, "state"), Value::Choice("closed"));
    assert_eq!(state(&policy, "failures"), Value::Count(1));
    assert_eq!(state(&policy, "retry_after"), Value::None);

    registry
        .set("payments", &[("failure_threshold", 3_u64.into())])
        .unwrap();
    done(start(&mut service, true)).unwrap_err();
    assert_eq!(state(&policy, "state"), Value::Choice("closed"));
    done(start(&mut service, true)).unwrap_err();
    assert_eq!(state(&policy, "state"), Value::Choice("open"));
    assert_eq!(state(&policy, "openings"), Value::Count(1));
    for name in ["lost", "stage", "setbacks"] {
        assert_eq!(state(&policy, name), Value::Count(0), "{name}");
    }
    timer.advance(ms(40));
    assert_eq!(state(&policy, "retry_after"), Value::Duration(ms(60)));

    policy.command("reset").unwrap();
    assert_eq!(state(&policy, "state"), Value::Choice("closed"));
    policy.command("force_open").unwrap();
    assert_eq!(state(&policy, "state"), Value::Choice("forced-open"));
    assert!(
        done(start(&mut service, false))
            .unwrap_err()
            .is_circuit_open()
    );
    policy.command("force_closed").unwrap();
    done(start(&mut service, false)).unwrap();
    policy.command("reset").unwrap();
    policy.command("trip").unwrap();
    assert_eq!(breaker.state(), CircuitState::Open);
    policy.command("disable").unwrap();
    assert_eq!(breaker.state(), CircuitState::Disabled);
    let told = sink.events();
    let opened = |event: &&PolicyEvent| matches!(event, PolicyEvent::CircuitOpened { .. });
    assert_eq!(
        told.iter().filter(opened).count(),
        3,
        "commands tell the layer's sink"
    );
    drop((breaker, service));
    assert!(policy.command("reset").is_err());
}

#[test]
fn a_retry_shows_its_budget_and_takes_settings() {
    let timer = ManualTimer::new();
    let budget = RetryBudget::new(0.0, 0.0, 10).unwrap();
    let policy = RetryPolicy::builder()
        .max_attempts(2)
        .backoff(Backoff::constant(ms(0)))
        .with_budget(budget)
        .with_timer(timer.clone());
    let retry = policy.build().unwrap().into_layer().named("again").live();
    let registry = Registry::new();
    let policy = registry.register(&retry).unwrap();
    assert_eq!((policy.kind(), words(&policy)), ("retry", Vec::new()));
    assert_eq!(state(&policy, "budget"), Value::Ratio(10.0));
    let mut service = retry.layer(tower::service_fn(backend));
    let mut attempts = |allowed: u64| {
        registry
            .set("again", &[("max_attempts", allowed.into())])
            .unwrap();
        let before = state(&policy, "budget");
        assert!(
            run(start(&mut service, true))
                .unwrap_err()
                .is_retry_exhausted()
        );
        match (before, state(&policy, "budget")) {
            (Value::Ratio(before), Value::Ratio(after)) => before - after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(attempts(2), 1.0);
    assert_eq!(attempts(5), 4.0);
    drop((retry, service));
    assert!(policy.read().is_err());
}

#[test]
fn a_retry_without_a_budget_says_so() {
    let retry = RetryPolicy::builder()
        .build()
        .unwrap()
        .into_layer()
        .named("again")
        .live();
    let registry = Registry::new();
    let policy = registry.register(&retry).unwrap();
    assert_eq!(policy.state(), Ok(vec![("budget", Value::None)]));
}

#[test]
fn a_bulkhead_shows_what_is_in_it_and_takes_settings_and_its_end() {
    let timer = ManualTimer::new();
    let bulkhead = BulkheadLayer::queued(1, 4, ms(100)).unwrap();
    let bulkhead = bulkhead.with_timer(timer.clone()).named("rooms").live();
    let registry = Registry::new();
    let policy = registry.register(&bulkhead).unwrap();
    assert_eq!((policy.kind(), words(&policy)), ("bulkhead", vec!["close"]));
    let mut service = bulkhead.layer(tower::service_fn(|()| pending::<Result<(), ()>>()));
    let mut calls: Vec<_> = (0..3).map(|_| start(&mut service, ())).collect();
    let mut in_it = || {
        for call in &mut calls {
            assert!(poll(call).is_pending());
        }
        [
            state(&policy, "limit"),
            state(&policy, "in_flight"),
            state(&policy, "waiting"),
        ]
    };
    assert_eq!(in_it(), [1, 1, 2].map(Value::Count));
    registry
        .set("rooms", &[("max_concurrent", 2_u64.into())])
        .unwrap();
    assert_eq!(in_it(), [2, 2, 1].map(Value::Count));
    let error = registry
        .set("rooms", &[("max_waiting", 5_u64.into())])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies.rooms.max_waiting: 5 is outside 1..=4"
    );
    policy
        .set_for(&[("max_concurrent", 9_u64.into())], ms(10), timer.clone())
        .unwrap();
    assert_eq!(in_it(), [9, 3, 0].map(Value::Count));
    timer.advance(ms(10));
    assert_eq!(in_it(), [2, 3, 0].map(Value::Count));
    assert_eq!(state(&policy, "closed"), Value::Flag(false));
    policy.command("close").unwrap();
    assert_eq!(state(&policy, "closed"), Value::Flag(true));
    let rejected = done(start(&mut service, ()));
    assert!(rejected.unwrap_err().is_bulkhead_closed());
    drop((bulkhead, service, calls));
    assert!(policy.read().is_err());
}

#[test]
fn a_bulkhead_without_a_line_is_paused_by_name() {
    let bulkhead = BulkheadLayer::new(1).unwrap().named("rooms").live();
    let registry = Registry::new();
    registry.register(&bulkhead).unwrap();
    let mut service = bulkhead.layer(tower::service_fn(backend));
    registry
        .set("rooms", &[("max_concurrent", 0_u64.into())])
        .unwrap();
    assert!(done(start(&mut service, false)).unwrap_err().is_bulkhead());
}

#[test]
fn a_budget_shows_its_balance_and_takes_settings_under_its_name() {
    let timer = ManualTimer::new();
    let budget = RetryBudget::new(0.2, 0.0, 10).unwrap();
    let registry = Registry::new();
    let named = budget.named("tokens", timer.clone());
    let policy = registry.register(&named).unwrap();
    assert_eq!(policy.kind(), "retry_budget");
    assert_eq!(state(&policy, "balance"), Value::Ratio(10.0));
    registry.set("tokens", &[("cap", 4_u64.into())]).unwrap();
    assert_eq!(state(&policy, "balance"), Value::Ratio(4.0));
    assert_eq!(budget.config().cap(), 4);
    drop(named);
    assert!(policy.is_alive(), "the budget itself is still there");
    drop(budget);
    assert!(!policy.is_alive());
}

#[test]
fn a_race_takes_its_stagger_by_name() {
    let race = (Policy::respond(|()| 1) & Policy::respond(|()| 2))
        .named("race")
        .live();
    let registry = Registry::new();
    let policy = registry.register(&race).unwrap();
    assert_eq!(
        (policy.kind(), policy.state()),
        ("fork_join", Ok(Vec::new()))
    );
    registry.set("race", &[("stagger", ms(5).into())]).unwrap();
    assert_eq!(race.config().stagger(), ms(5));
    let service = race.layer(tower::service_fn(backend));
    drop(race);
    assert!(policy.is_alive(), "a service is still there");
    drop(service);
    assert!(!policy.is_alive());
}
