//! Reading and changing one policy.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use ninelives::ManualClock;
use ninelives::parameters::Value;
use ninelives::registry::{Registry, RegistryError};

use crate::drive::{Wakes, poll_with};
use crate::pair::{Pair, PairLayer};
use crate::{ms, registry};

fn pair(registry: &Registry, low: u64, high: u64) -> PairLayer {
    let layer = PairLayer::new("pair", low, high);
    registry.register(&layer).unwrap();
    layer
}

#[test]
fn a_parameter_is_set_and_read_by_name() {
    let (registry, [layer]) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    assert_eq!(policy.get("timeout"), Ok(Value::Duration(ms(100))));
    assert_eq!(
        registry.set("payments", &[("timeout", ms(250).into())]),
        Ok(1)
    );
    assert_eq!(policy.get("timeout"), Ok(Value::Duration(ms(250))));
    assert_eq!(layer.config().limit(), ms(250));
}

#[test]
fn two_parameters_that_depend_on_each_other_change_in_one_step() {
    let registry = Registry::new();
    let layer = pair(&registry, 1, 10);
    let error = registry.set("pair", &[("low", 20_u64.into())]).unwrap_err();
    assert_eq!(error.to_string(), "policies.pair.low: 20 is outside 0..=10");
    let both = [("low", 20_u64.into()), ("high", 30_u64.into())];
    assert_eq!(registry.set("pair", &both), Ok(1));
    assert_eq!(*layer.settings.get(), Pair { low: 20, high: 30 });
}

#[test]
fn a_refused_change_changes_nothing_and_wakes_nobody() {
    let (registry, [layer]) = registry(["payments"]);
    let mut changes = registry.get("payments").unwrap().subscribe().unwrap();
    let bad = [("covers_readiness", true.into()), ("timeout", ms(0).into())];
    let error = registry.set("payments", &bad).unwrap_err();
    assert_eq!(error.path(), "policies.payments.timeout");
    assert_eq!(
        error.to_string(),
        "policies.payments.timeout: 0ns is outside 1ns..=forever"
    );
    let error = registry
        .set("payments", &[("limit", ms(1).into())])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies.payments.limit: no such parameter; there are timeout, covers_readiness"
    );
    assert_eq!(layer.settings().version(), 0);
    assert_eq!(changes.try_changed(), None);
}

#[test]
fn c13_a_name_that_nobody_knows_is_quoted_and_cut_wherever_it_is_said() {
    let (registry, [_layer]) = registry(["payments"]);
    let handle = registry.get("payments").unwrap();
    let unknown = |name: &str| handle.set(&[(name, ms(1).into())]).unwrap_err();
    let error = unknown("a\n=b");
    assert_eq!(error.path(), r#"policies.payments."a\n=b""#);
    assert_eq!(
        error.to_string(),
        r#"policies.payments."a\n=b": no such parameter; there are timeout, covers_readiness"#
    );
    let inner = std::error::Error::source(&error).unwrap().to_string();
    assert!(inner.starts_with(r#""a\n=b": no such"#), "{inner}");
    let long = "x".repeat(1 << 20);
    assert!(unknown(&long).to_string().len() < 300);
    let command = handle.command(&long).unwrap_err();
    assert!(command.to_string().len() < 300);
}

#[test]
fn a05_what_a_registry_refuses_is_told_to_who_watches_the_settings() {
    let (registry, [layer]) = registry(["payments"]);
    let mut refusals = layer.settings().subscribe_refused();
    let mut refused = || refusals.try_changed().map(|told| **told.value());
    let bad = [("timeout", ms(0).into())];
    registry.set("payments", &bad).unwrap_err();
    assert_eq!(refused(), Some(1));
    registry.apply(&[("payments", &bad)]).unwrap_err();
    assert_eq!(refused(), Some(2));
    let policy = registry.get("payments").unwrap();
    let stale = policy.compare_and_set(9, &[("timeout", ms(1).into())]);
    stale.unwrap_err();
    assert_eq!(
        refused(),
        None,
        "it came too late, and nothing was wrong with it"
    );
}

#[test]
fn a_change_for_a_version_that_is_past_is_refused_with_the_current_one() {
    let (registry, _layers) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    assert_eq!(
        policy.compare_and_set(0, &[("timeout", ms(1).into())]),
        Ok(1)
    );
    let error = policy
        .compare_and_set(0, &[("timeout", ms(2).into())])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies.payments: the settings changed: their version is 1 now"
    );
    assert_eq!(policy.get("timeout"), Ok(Value::Duration(ms(1))));
}

#[test]
fn a_rollback_brings_the_settings_before_back_once() {
    let (registry, _layers) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    policy.set(&[("timeout", ms(1).into())]).unwrap();
    assert_eq!(policy.rollback(), Ok(2));
    assert_eq!(policy.get("timeout"), Ok(Value::Duration(ms(100))));
    assert_eq!(
        policy.rollback().unwrap_err().to_string(),
        "policies.payments: no earlier settings are kept"
    );
}

#[test]
fn an_override_ends_by_itself() {
    let (registry, _layers) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    let clock = Arc::new(ManualClock::new());
    let changes = [("timeout", ms(1).into())];
    assert_eq!(policy.set_for(&changes, ms(10), Arc::clone(&clock)), Ok(1));
    assert_eq!(policy.get("timeout"), Ok(Value::Duration(ms(1))));
    clock.advance(ms(10));
    let reading = policy.read().unwrap();
    assert_eq!(reading.get("timeout"), Some(Value::Duration(ms(100))));
    assert_eq!(reading.version, 2);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn hc45_a_subscriber_is_told_of_each_last_change_by_name() {
    let (registry, [layer]) = registry(["payments"]);
    let mut changes = registry.get("payments").unwrap().subscribe().unwrap();
    let told = tokio::spawn(async move {
        let first = changes.changed().await;
        (first.version, first.get("timeout"), changes)
    });
    tokio::task::yield_now().await;
    registry
        .set("payments", &[("timeout", ms(5).into())])
        .unwrap();
    let (version, value, mut changes) = told.await.unwrap();
    assert_eq!((version, value), (1, Some(ms(5).into())));
    layer.settings().rollback().unwrap();
    assert_eq!(changes.try_changed().unwrap().version, 2);
    assert_eq!(changes.try_changed(), None);
}

#[test]
fn a_wait_for_a_change_that_is_dropped_frees_its_waker_and_loses_no_change() {
    let (registry, _layers) = registry(["payments"]);
    let mut changes = registry.get("payments").unwrap().subscribe().unwrap();
    let (wakes, waker) = Wakes::new();
    {
        let mut next = Box::pin(changes.changed());
        assert!(poll_with(&mut next, &waker).is_pending());
        assert_eq!(Arc::strong_count(&wakes), 3);
    }
    assert_eq!(Arc::strong_count(&wakes), 2, "the waker of this test alone");
    registry
        .set("payments", &[("timeout", ms(5).into())])
        .unwrap();
    assert_eq!(wakes.count(), 0);
    assert_eq!(changes.try_changed().unwrap().version, 1);
}

#[test]
fn state_is_looked_at_and_commands_are_run_by_name() {
    let registry = Registry::new();
    let layer = pair(&registry, 1, 10);
    let policy = registry.get("pair").unwrap();
    assert_eq!(policy.kind(), "pair");
    let commands = policy.commands().iter();
    let commands: Vec<_> = commands
        .map(|one| (one.name(), one.description()))
        .collect();
    assert_eq!(
        commands,
        [
            ("bump", "adds one to the count"),
            ("clear", "sets the count to zero")
        ]
    );
    policy.command("bump").unwrap();
    policy.command("bump").unwrap();
    assert_eq!(policy.state(), Ok(vec![("count", 2_u64.into())]));
    policy.command("clear").unwrap();
    assert_eq!(layer.shared.load(SeqCst), 0);
    assert_eq!(
        policy.command("reset").unwrap_err().to_string(),
        "policies.pair: no such command as reset; there are bump, clear"
    );
    drop(layer);
    let gone = RegistryError::Gone {
        policy: "pair".to_owned(),
    };
    assert_eq!(policy.command("bump"), Err(gone.clone()));
    assert_eq!(policy.state(), Err(gone));
}
