//! Several policies in one step: all, or nothing, whoever comes between.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::task::Context;
use std::thread;

use ninelives::parameters::Value;
use ninelives::prelude::*;
use ninelives::registry::{Registry, RegistryError};

use crate::drive::{Wakes, panicking, panics};
use crate::pair::{Pair, PairLayer};
use crate::{ms, registry};

fn millis(value: u64) -> [(&'static str, Value); 1] {
    [("timeout", ms(value).into())]
}

#[test]
fn both_change_in_one_step_and_are_told() {
    let (registry, [a, b]) = registry(["a", "b"]);
    let mut changes = registry.get("b").unwrap().subscribe().unwrap();
    let applied = registry
        .apply(&[("a", &millis(1)), ("b", &millis(2))])
        .unwrap();
    let mut applied: Vec<_> = applied
        .iter()
        .map(|one| (&*one.policy, one.version))
        .collect();
    applied.sort_unstable();
    assert_eq!(applied, [("a", 1), ("b", 1)]);
    assert_eq!((a.config().limit(), b.config().limit()), (ms(1), ms(2)));
    assert_eq!(changes.try_changed().unwrap().version, 1);
    a.settings().rollback().unwrap();
    assert_eq!(a.config().limit(), ms(100));
}

#[test]
fn one_refusal_leaves_all_as_they_were() {
    let (registry, [a, b]) = registry(["a", "b"]);
    let mut changes = registry.get("a").unwrap().subscribe().unwrap();
    let refused = |of_b: &[(&str, Value)]| {
        let error = registry
            .apply(&[("a", &millis(1)), ("b", of_b)])
            .unwrap_err();
        assert_eq!((a.settings().version(), b.settings().version()), (0, 0));
        error.to_string()
    };
    assert_eq!(
        refused(&millis(0)),
        "policies.b.timeout: 0ns is outside 1ns..=forever"
    );
    assert_eq!(
        refused(&[("limit", ms(1).into())]),
        "policies.b.limit: no such parameter; there are timeout, covers_readiness"
    );
    assert_eq!(
        refused(&[millis(1), millis(2)].concat()),
        "policies.b.timeout: given twice"
    );
    let error = registry
        .apply(&[("a", &millis(1)), ("c", &millis(1))])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies.c: no such policy; there are a, b"
    );
    assert_eq!(changes.try_changed(), None);
}

#[test]
fn values_that_are_there_already_change_no_version() {
    let (registry, [a, b]) = registry(["a", "b"]);
    let mut changes = registry.get("a").unwrap().subscribe().unwrap();
    let applied = registry
        .apply(&[("a", &millis(100)), ("b", &millis(7))])
        .unwrap();
    assert_eq!(applied.len(), 1);
    assert_eq!((&*applied[0].policy, applied[0].version), ("b", 1));
    assert_eq!((a.settings().version(), b.settings().version()), (0, 1));
    assert_eq!(changes.try_changed(), None);
    assert_eq!(registry.apply(&[("a", &millis(100))]), Ok(Vec::new()));
    assert_eq!(registry.apply(&[]), Ok(Vec::new()));
}

#[test]
fn nobody_is_woken_whose_settings_are_what_they_were() {
    let (registry, [_a, _b]) = registry(["a", "b"]);
    let (wakes, waker) = Wakes::new();
    let mut changes = registry.get("a").unwrap().subscribe().unwrap();
    let mut cx = Context::from_waker(&waker);
    assert!(changes.poll_changed(&mut cx).is_pending());
    let before = wakes.count();
    registry
        .apply(&[("a", &millis(100)), ("b", &millis(7))])
        .unwrap();
    registry
        .apply(&[("a", &millis(1)), ("b", &millis(0))])
        .unwrap_err();
    assert_eq!(wakes.count(), before);
    registry
        .apply(&[("a", &millis(1)), ("b", &millis(7))])
        .unwrap();
    assert_eq!(wakes.count(), before + 1);
}

#[test]
fn s08_a_waker_that_panics_at_one_policy_keeps_the_change_from_nobody() {
    let registry = Registry::new();
    let bulkheads = ["a", "b"].map(|name| BulkheadLayer::new(1).unwrap().named(name).live());
    for layer in &bulkheads {
        registry.register(layer).unwrap();
    }
    for (limit, [bad, good]) in [(2_u64, ["a", "b"]), (3, ["b", "a"])] {
        let subscribe = |name| registry.get(name).unwrap().subscribe().unwrap();
        let (mut upset, mut other) = (subscribe(bad), subscribe(good));
        let panicking = panicking();
        let mut cx = Context::from_waker(&panicking);
        assert!(upset.poll_changed(&mut cx).is_pending());
        let (wakes, waker) = Wakes::new();
        let mut cx = Context::from_waker(&waker);
        assert!(other.poll_changed(&mut cx).is_pending());

        let limits: [(&str, Value); 1] = [("max_concurrent", limit.into())];
        assert!(panics(|| registry.apply(&[("a", &limits), ("b", &limits)])));

        assert_eq!(wakes.count(), 1);
        let seen = other.try_changed().unwrap();
        assert_eq!(seen.get("max_concurrent"), Some(limit.into()));
    }
}

#[test]
fn an_override_of_one_of_them_ends_with_the_change() {
    let (registry, [a, b]) = registry(["a", "b"]);
    let clock = ManualTimer::new();
    let changed = TimeoutConfig::new(ms(1)).unwrap();
    a.settings()
        .set_for(changed, ms(10), clock.clone())
        .unwrap();
    registry
        .apply(&[("a", &millis(2)), ("b", &millis(2))])
        .unwrap();
    clock.advance(ms(10));
    assert_eq!((a.config().limit(), b.config().limit()), (ms(2), ms(2)));
    a.settings().rollback().unwrap();
    assert_eq!(a.config().limit(), ms(100));
}

#[test]
fn policies_with_the_same_settings_change_together_or_conflict() {
    let registry = Registry::new();
    let first = crate::timeout("first");
    let second = TimeoutLayer::new(ms(9))
        .unwrap()
        .named("second")
        .tuned_by(first.settings());
    registry.register(&first).unwrap();
    registry.register(&second).unwrap();
    let error = registry
        .apply(&[("first", &millis(1)), ("second", &millis(2))])
        .unwrap_err();
    assert!(matches!(error, RegistryError::Conflict { .. }), "{error:?}");
    let said = error.to_string();
    assert!(
        said.ends_with("has the same settings, and another value"),
        "{said}"
    );
    assert_eq!(first.settings().version(), 0);
    let readiness = [("covers_readiness", true.into()), ("timeout", ms(1).into())];
    registry
        .apply(&[("first", &millis(1)), ("second", &readiness)])
        .unwrap();
    assert_eq!(first.settings().version(), 1);
    assert_eq!(
        second.config(),
        TimeoutConfig::new(ms(1)).unwrap().with_readiness(true)
    );
}

/// Two threads set a and b to the same value in one step; readers that find a the same before and after they looked at b must have
/// found that value in b. Swapped one after the other, they would not.
#[test]
fn a01_nobody_finds_one_policy_changed_and_the_other_not() {
    const EACH: u64 = 10_000;
    let (registry, [a, b]) = registry(["a", "b"]);
    let done = AtomicBool::new(false);
    let seen = AtomicU64::new(0);
    thread::scope(|scope| {
        let writers = [0, 1].map(|writer| {
            let registry = &registry;
            scope.spawn(move || {
                for n in 0..EACH {
                    let value = millis(2 * n + writer + 1);
                    let applied = registry.apply(&[("a", &value), ("b", &value)]).unwrap();
                    assert_eq!(applied.len(), 2, "each value is new");
                }
            })
        });
        for _ in 0..2 {
            let (mut of_a, mut of_b) = (a.settings().cache(), b.settings().cache());
            let (done, seen) = (&done, &seen);
            scope.spawn(move || {
                while !done.load(SeqCst) {
                    let before = of_a.snapshot();
                    let between = of_b.load().limit();
                    if of_a.snapshot().version() == before.version() {
                        assert_eq!(before.value().limit(), between);
                        seen.fetch_add(1, SeqCst);
                    }
                }
            });
        }
        let ended = writers.map(|writer| writer.join());
        done.store(true, SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    assert!(seen.into_inner() > 0);
    let versions = (a.settings().version(), b.settings().version());
    assert_eq!(versions, (2 * EACH, 2 * EACH));
    assert_eq!(a.config(), b.config());
}

/// While both are changed in one step, somebody else changes one of them: neither change is ever lost.
#[test]
fn a04_a_change_that_comes_between_is_not_lost() {
    const STEPS: u64 = 5_000;
    const OTHERS: u64 = 20_000;
    let (registry, [a, b]) = registry(["a", "b"]);
    let toggled = thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut last = 0;
            for _ in 0..OTHERS {
                let version = a
                    .settings()
                    .update(|config| config.with_readiness(!config.covers_readiness()));
                let version = version.unwrap();
                assert!(version > last, "versions rise");
                last = version;
            }
        });
        let mut busy = 0;
        for n in 1..=STEPS {
            let value = millis(1_000 + n);
            match registry.apply(&[("a", &value), ("b", &value)]) {
                Ok(applied) => {
                    assert_eq!(applied.len(), 2);
                    assert_eq!(a.config().limit(), ms(1_000 + n));
                }
                Err(RegistryError::Busy) => busy += 1,
                Err(error) => panic!("{error}"),
            }
        }
        other.join().unwrap();
        STEPS - busy
    });
    assert_eq!(a.settings().version(), OTHERS + toggled);
    assert_eq!(b.settings().version(), toggled);
    assert_eq!(a.config().covers_readiness(), OTHERS % 2 == 1);
    assert!(toggled > 0);
}

/// A change that another one makes impossible is refused, and then neither policy has moved.
#[test]
fn g03_a_change_that_no_longer_fits_leaves_nothing_behind() {
    let registry = Registry::new();
    let (pair, other) = (PairLayer::new("pair", 0, 10), crate::timeout("other"));
    registry.register(&pair).unwrap();
    registry.register(&other).unwrap();
    let mut changes = registry.get("other").unwrap().subscribe().unwrap();
    let done = AtomicBool::new(false);
    let (mut taken, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(SeqCst) {
                for high in [10, 1] {
                    let set = |pair: &Pair| Pair {
                        high,
                        low: pair.low.min(high),
                    };
                    pair.settings.update(set).unwrap();
                }
            }
        });
        for n in 1..=5_000 {
            let before = other.settings().version();
            let low = [("low", 5_u64.into())];
            match registry.apply(&[("other", &millis(1_000 + n)), ("pair", &low)]) {
                Ok(_) => {
                    taken += 1;
                    assert_eq!(changes.try_changed().unwrap().version, before + 1);
                }
                Err(RegistryError::Parameter { error, .. }) => {
                    refused += 1;
                    assert_eq!(error.to_string(), "low: 5 is outside 0..=1");
                    assert_eq!(other.settings().version(), before);
                    assert_eq!(changes.try_changed(), None);
                }
                Err(RegistryError::Busy) => assert_eq!(other.settings().version(), before),
                Err(error) => panic!("{error}"),
            }
        }
        done.store(true, SeqCst);
    });
    assert!(taken > 0 && refused > 0, "{taken} taken, {refused} refused");
    assert_eq!(other.settings().version(), taken);
    let Pair { low, high } = *pair.settings.get();
    assert!(low <= high);
}

/// Steps that want the same policies in another order, overlapping in twos.
#[test]
fn steps_that_overlap_all_end() {
    const EACH: u64 = 3_000;
    let (registry, layers) = registry(["a", "b", "c"]);
    let done: u64 = thread::scope(|scope| {
        let threads = [["a", "b"], ["b", "c"], ["c", "a"]].map(|[one, two]| {
            let registry = &registry;
            scope.spawn(move || {
                let mut done = 0;
                for n in 0..EACH {
                    let value = millis(n + 1_000);
                    match registry.apply(&[(one, &value), (two, &value)]) {
                        Ok(applied) => done += applied.len() as u64,
                        Err(RegistryError::Busy) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                done
            })
        });
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    let versions: u64 = layers.iter().map(|layer| layer.settings().version()).sum();
    assert_eq!(versions, done);
    assert!(done > 0);
}

#[test]
fn a06_a_change_is_in_force_when_it_returns_though_a_reader_was_faster_and_is_not_done() {
    let registry = Registry::new();
    let settings = [(); 2].map(|()| Adaptive::new(BulkheadConfig::new(1).unwrap()));
    let (met, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (changing, helpers) = (thread::current().id(), Arc::new(Mutex::new(Vec::new())));
    let armed = Arc::new(AtomicBool::new(false));
    for (own, other) in [(&settings[0], &settings[1]), (&settings[1], &settings[0])] {
        let (met, go_on) = (Arc::clone(&met), Arc::clone(&go_on));
        let (armed, helpers, other) = (Arc::clone(&armed), Arc::clone(&helpers), other.clone());
        // The first of the two that is told sees to it that a reader comes to the other one, and stays there.
        own.follow(move |_| {
            if thread::current().id() != changing {
                met.wait();
                go_on.wait();
            } else if armed.swap(false, SeqCst) {
                let other = other.clone();
                let reader = thread::spawn(move || drop(other.get()));
                helpers.lock().unwrap().push(reader);
                met.wait();
            }
            true
        });
    }
    let layers = [("a", &settings[0]), ("b", &settings[1])].map(|(name, settings)| {
        let layer = BulkheadLayer::new(1).unwrap().named(name);
        layer.tuned_by(settings)
    });
    for layer in &layers {
        registry.register(layer).unwrap();
    }
    armed.store(true, SeqCst);
    let limits: [(&str, Value); 1] = [("max_concurrent", 7_u64.into())];
    registry.apply(&[("a", &limits), ("b", &limits)]).unwrap();
    let now = layers.each_ref().map(BulkheadLayer::limit);
    go_on.wait();
    for helper in helpers.lock().unwrap().drain(..) {
        helper.join().unwrap();
    }
    assert_eq!(now, [7, 7]);
}
