//! A place that one tenant at a time has: of those that come for it one has it, and finds it as it was left.
//!
//! Every actor is a thread of its own, the model runs under every spawn order, and it asserts that the outcomes it is about were all seen.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::Arc;
use loom_tests::Actor;
use ninelives_core::sync::{AtomicU64, Ordering};
use ninelives_core::tenancy::Tenancy;

/// A place, and what its tenant has to put in order before it leaves.
struct Place {
    tenancy: Tenancy,
    mess: AtomicU64,
}

/// One leaves, two come. Mutants: `leave` Relaxed; `take` Relaxed; `take` that looks and stores.
#[test]
fn of_two_that_come_for_a_place_one_has_it_as_it_was_left() {
    let seen: &'static Mutex<BTreeSet<[bool; 2]>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let place = Arc::new(Place {
                tenancy: Tenancy::of(1),
                mess: AtomicU64::new(1),
            });
            let comes = |number: u64| -> Actor<bool> {
                let place = Arc::clone(&place);
                Box::new(move || {
                    let taken = place.tenancy.take(number);
                    if taken {
                        assert!(place.tenancy.is(number));
                        assert_eq!(place.mess.load(Ordering::Relaxed), 0, "a mess is left");
                    }
                    taken
                })
            };
            let leaving = Arc::clone(&place);
            let leaves: Actor<bool> = Box::new(move || {
                leaving.mess.store(0, Ordering::Relaxed);
                leaving.tenancy.leave();
                false
            });
            let took = loom_tests::race(&order, vec![leaves, comes(2), comes(3)]);
            let [two, three] = [took[1], took[2]];
            assert!(!(two && three), "two tenants");
            assert_eq!(place.tenancy.is(0), !two && !three);
            seen.lock().unwrap().insert([two, three]);
        });
    }
    let expected = BTreeSet::from([[false, false], [false, true], [true, false]]);
    assert_eq!(*seen.lock().unwrap(), expected);
}
