//! Places where few are: those that come at the same time go to different ones.
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
use ninelives_core::occupancy::Occupancy;

/// Two come, and one who was there leaves. Mutant: `come` that looks and stores.
#[test]
fn two_that_come_are_apart_whoever_leaves() {
    let seen: &'static Mutex<BTreeSet<[usize; 2]>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let places = Arc::new(Occupancy::<3>::new());
            let first = places.come(3);
            let comes = || -> Actor<usize> {
                let places = Arc::clone(&places);
                Box::new(move || places.come(3))
            };
            let leaving = Arc::clone(&places);
            let leaves: Actor<usize> = Box::new(move || {
                leaving.leave(first);
                first
            });
            let went = loom_tests::race(&order, vec![leaves, comes(), comes()]);
            assert_ne!(went[1], went[2], "two meet, and a place is free");
            for place in &went[1..] {
                places.leave(*place);
            }
            assert_eq!([0; 3].map(|_| places.come(3)), [0, 1, 2], "all have left");
            seen.lock().unwrap().insert([went[1], went[2]]);
        });
    }
    let expected = BTreeSet::from([[0, 1], [1, 0], [1, 2], [2, 1]]);
    assert_eq!(*seen.lock().unwrap(), expected);
}
