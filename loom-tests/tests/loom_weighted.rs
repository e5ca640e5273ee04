//! Weighted owners: the last one drops the value, once, and after all have looked at it.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::thread::{self, ThreadId};
use loom_tests::{Actor, Kept, last, unit_of};
use ninelives_core::weighted::Nowhere;

/// A service is dropped while two of its calls end. Mutants: giving back Relaxed; `free` that does not look again.
#[test]
fn the_last_of_an_owner_and_its_units_drops_the_value_after_every_look() {
    let seen: &'static Mutex<BTreeSet<usize>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let (mut weighted, dropped) = Kept::new::<Nowhere>([1; 3]);
            let units = [unit_of(&mut weighted), unit_of(&mut weighted)];
            let [one, other] = units;
            let actors: Vec<Actor<ThreadId>> = vec![
                Box::new(move || {
                    weighted.look(0);
                    drop(weighted);
                    thread::current().id()
                }),
                Box::new(move || {
                    one.look(1);
                    drop(one);
                    thread::current().id()
                }),
                Box::new(move || {
                    other.look(2);
                    drop(other);
                    thread::current().id()
                }),
            ];
            let actors = loom_tests::race(&order, actors);
            seen.lock().unwrap().insert(last(&dropped, &actors));
        });
    }
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([0, 1, 2]));
}

/// One lends and takes a stock, one clones, one is dropped: whatever they add is there before what they give back. Mutants: those above; a
/// stock that is counted twice.
#[test]
fn owners_that_make_owners_beside_others_keep_the_value() {
    let seen: &'static Mutex<BTreeSet<usize>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let (mut weighted, dropped) = Kept::new::<Nowhere>([2, 2, 1]);
            let unit = unit_of(&mut weighted);
            let mut branch = weighted.clone();
            drop(branch.split()); // so that its next one takes a stock
            let actors: Vec<Actor<ThreadId>> = vec![
                Box::new(move || {
                    let lent = unit_of(&mut branch);
                    lent.look(0);
                    drop(branch);
                    lent.look(0);
                    drop(lent);
                    thread::current().id()
                }),
                Box::new(move || {
                    let clone = unit.clone();
                    unit.look(1);
                    drop(unit);
                    clone.look(1);
                    drop(clone);
                    thread::current().id()
                }),
                Box::new(move || {
                    weighted.look(2);
                    drop(weighted);
                    thread::current().id()
                }),
            ];
            let actors = loom_tests::race(&order, actors);
            seen.lock().unwrap().insert(last(&dropped, &actors));
        });
    }
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([0, 1, 2]));
}
