//! Names, rooms, and policies that are gone.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use ninelives::BulkheadLayer;
use ninelives::registry::{Managed, RegisterError, Registry, RegistryError};
use tower::Layer;

use crate::{registry, timeout};

fn names(registry: &Registry) -> Vec<String> {
    let name = |policy: &ninelives::registry::PolicyHandle| policy.name().to_owned();
    registry.policies().iter().map(name).collect()
}

#[test]
fn hc68_policies_are_listed_by_name_with_kind_settings_and_version() {
    let (registry, layers) = registry(["search", "payments"]);
    assert_eq!(names(&registry), ["payments", "search"]);
    let policy = registry.get("search").unwrap();
    assert_eq!((policy.name(), policy.kind()), ("search", "timeout"));
    let schema = policy.schema();
    let described: Vec<_> = schema.iter().map(|parameter| parameter.name()).collect();
    assert_eq!(described, ["timeout", "covers_readiness"]);
    layers[0]
        .settings()
        .update(|config| config.with_readiness(true))
        .unwrap();
    let reading = policy.read().unwrap();
    assert_eq!(reading.version, 1);
    assert_eq!(
        reading.values,
        [
            ("timeout", crate::ms(100).into()),
            ("covers_readiness", true.into())
        ]
    );
}

#[test]
fn an_unknown_policy_is_answered_with_those_that_there_are() {
    let (registry, _layers) = registry(["search", "payments"]);
    assert!(registry.get("payment").is_none());
    assert_eq!(
        registry.find("payment").unwrap_err().to_string(),
        "policies.payment: no such policy; there are payments, search"
    );
    assert_eq!(
        Registry::new().find("a.b").unwrap_err().to_string(),
        "policies.\"a.b\": no such policy; there are none"
    );
}

#[test]
fn a_long_list_and_a_long_name_are_cut_in_messages() {
    let registry = Registry::new();
    let layers: Vec<_> = (0..20).map(|n| timeout(&format!("p{n:02}"))).collect();
    for layer in &layers {
        registry.register(layer).unwrap();
    }
    let error = registry.find(&"x".repeat(1 << 20)).unwrap_err().to_string();
    assert!(error.len() < 400, "{} bytes", error.len());
    assert!(error.ends_with("p14, p15 and 4 more"), "{error}");
}

#[test]
fn g01_a_policy_is_gone_when_its_layers_and_services_are() {
    let (registry, [layer]) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    let clone = layer.clone();
    let service = clone.layer(tower::service_fn(|()| async { Ok::<(), ()>(()) }));
    let settings = layer.settings().clone();
    drop((layer, clone));
    assert!(policy.is_alive() && registry.get("payments").is_some());
    drop(service);
    assert!(!policy.is_alive() && registry.get("payments").is_none());
    assert!(registry.policies().is_empty());
    let gone = RegistryError::Gone {
        policy: "payments".to_owned(),
    };
    assert_eq!(policy.read(), Err(gone.clone()));
    assert_eq!(policy.get("timeout"), Err(gone.clone()));
    assert_eq!(
        policy.set(&[("covers_readiness", true.into())]),
        Err(gone.clone())
    );
    assert_eq!(policy.rollback(), Err(gone.clone()));
    assert_eq!(policy.state(), Err(gone.clone()));
    assert!(policy.subscribe().is_err());
    assert_eq!(gone.to_string(), "policies.payments: the policy is gone");
    assert_eq!(
        settings.version(),
        0,
        "a policy that is gone is not changed"
    );
}

#[test]
fn g01_a_name_is_taken_until_its_policy_is_gone() {
    let (registry, [first]) = registry(["payments"]);
    let second = timeout("payments");
    let taken = RegisterError::Taken {
        name: "payments".to_owned(),
    };
    assert_eq!(registry.register(&second).unwrap_err(), taken);
    assert_eq!(registry.register(&first).unwrap_err(), taken);
    assert_eq!(taken.to_string(), "policies.payments: the name is taken");
    drop(first);
    let policy = registry.register(&second).unwrap();
    assert!(policy.is_alive());
    assert_eq!(names(&registry), ["payments"]);
}

#[test]
fn g02_a_full_registry_refuses_and_makes_room_of_the_dead_first() {
    let registry = Registry::with_capacity(2).unwrap();
    let (a, b, c) = (timeout("a"), timeout("b"), timeout("c"));
    registry.register(&a).unwrap();
    registry.register(&b).unwrap();
    let full = registry.register(&c).unwrap_err();
    assert_eq!(full, RegisterError::Full { capacity: 2 });
    assert_eq!(
        full.to_string(),
        "the registry is full: it holds 2 policies"
    );
    drop(a);
    registry.register(&c).unwrap();
    assert_eq!(names(&registry), ["b", "c"]);
}

#[test]
fn g02_a_hundred_thousand_registrations_end_at_the_bound() {
    let registry = Registry::with_capacity(64).unwrap();
    let mut kept = Vec::new();
    for n in 0..100_000 {
        let layer = timeout(&format!("policy-{n}"));
        match registry.register(&layer) {
            Ok(_) => kept.push(layer),
            Err(error) => assert_eq!(error, RegisterError::Full { capacity: 64 }),
        }
    }
    assert_eq!((kept.len(), registry.policies().len()), (64, 64));
}

#[test]
fn g02_a_capacity_outside_its_range_is_refused_by_name() {
    for (capacity, said) in [
        (0, "capacity: 0 is outside 1..=65536"),
        (65_537, "capacity: 65537 is outside 1..=65536"),
    ] {
        let error = Registry::with_capacity(capacity).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    assert_eq!(Registry::with_capacity(65_536).unwrap().capacity(), 65_536);
}

#[test]
fn g02_names_that_cannot_be_written_are_refused() {
    let registry = Registry::new();
    let megabyte = "x".repeat(1 << 20);
    for name in ["", "a\nb", "a\0b", "\u{7f}", &megabyte] {
        let error = registry.register(&timeout(name)).unwrap_err();
        assert_eq!(error, RegisterError::Name { bytes: name.len() });
    }
    let longest = timeout(&"x".repeat(256));
    registry.register(&longest).unwrap();
}

#[test]
fn a_policy_that_is_unregistered_goes_on_alone() {
    let (registry, [layer]) = registry(["payments"]);
    let policy = registry.get("payments").unwrap();
    assert!(registry.unregister("payments"));
    assert!(!registry.unregister("payments"));
    assert!(registry.get("payments").is_none());
    policy.set(&[("timeout", crate::ms(7).into())]).unwrap();
    assert_eq!(layer.config().limit(), crate::ms(7));
}

#[test]
fn clones_of_a_registry_are_the_same() {
    let (registry, _layers) = registry(["payments"]);
    let other = registry.clone();
    assert!(other.unregister("payments"));
    assert!(registry.policies().is_empty());
}

/// Four threads register and drop policies while two enumerate: what is listed is whole and in order.
#[test]
fn g01_enumerating_while_policies_come_and_go_shows_whole_ones_alone() {
    const EACH: usize = 2_000;
    let registry = Registry::with_capacity(16).unwrap();
    let done = AtomicBool::new(false);
    let (registered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (registry, registered, refused) = (&registry, &registered, &refused);
                scope.spawn(move || {
                    for n in 0..EACH {
                        // Two writers each fight for a name.
                        let layer = timeout(&format!("{}-{}", writer % 2, n % 8));
                        match registry.register(&layer) {
                            Ok(policy) => {
                                assert!(policy.read().is_ok());
                                registered.fetch_add(1, SeqCst);
                            }
                            Err(RegisterError::Taken { .. }) => {
                                refused.fetch_add(1, SeqCst);
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(SeqCst) {
                    let listed = names(&registry);
                    assert!(listed.is_sorted(), "{listed:?}");
                    for policy in registry.policies() {
                        match policy.read() {
                            Ok(reading) => assert_eq!(reading.values.len(), 2),
                            Err(error) => assert!(matches!(error, RegistryError::Gone { .. })),
                        }
                    }
                }
            });
        }
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    assert_eq!(registered.into_inner() + refused.into_inner(), 4 * EACH);
    assert!(registry.policies().is_empty());
}

#[test]
fn policies_of_several_kinds_are_registered_from_one_list() {
    let bulkhead = BulkheadLayer::new(8).unwrap().named("calls").live();
    let all: [Box<dyn Managed>; 2] = [Box::new(timeout("time")), Box::new(bulkhead)];
    let registry = Registry::new();
    let handles = all.each_ref().map(|policy| registry.register(&**policy));
    assert!(handles.iter().all(Result::is_ok), "{handles:?}");
    assert_eq!(names(&registry), ["calls", "time"]);
}
