//! Weighted owners: the last one drops the value, once, and after all have looked at it.
//!
//! A look is a Relaxed store into the value and its drop loads them all, Relaxed too: it finds them only if they came before it. A value
//! that is dropped early, or never, fails its model; one that is dropped twice is past what a model can tell.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use loom::thread::{self, ThreadId};
use loom_tests::Actor;
use ninelives_core::sync::{AtomicU64, Ordering};
use ninelives_core::weighted::{Unit, Weighted};

/// Which threads dropped a value.
type Dropped = Arc<Mutex<Vec<ThreadId>>>;

/// A value with a place for each of three to note its looks.
struct Kept {
    looks: [AtomicU64; 3],
    expected: [u64; 3],
    dropped: Dropped,
}

// === impl Kept ===

impl Kept {
    fn new(expected: [u64; 3]) -> (Weighted<Self>, Dropped) {
        let dropped = Dropped::default();
        let kept = Self {
            looks: [0; 3].map(AtomicU64::new),
            expected,
            dropped: Arc::clone(&dropped),
        };
        (Weighted::new(kept), dropped)
    }

    fn look(&self, who: usize) {
        let looks = self.looks[who].load(Ordering::Relaxed);
        self.looks[who].store(looks + 1, Ordering::Relaxed);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let looks = [0, 1, 2].map(|who| self.looks[who].load(Ordering::Relaxed));
        assert_eq!(looks, self.expected, "dropped before a look");
        self.dropped.lock().unwrap().push(thread::current().id());
    }
}

/// Another owner, with a new stock if it takes one.
fn unit_of(weighted: &mut Weighted<Kept>) -> Unit<Kept> {
    weighted.split().unwrap_or_else(|| {
        weighted.stock();
        weighted.split().unwrap()
    })
}

/// Who of the actors dropped the value, once all are done.
fn last(dropped: &Dropped, actors: &[ThreadId]) -> usize {
    let dropped = dropped.lock().unwrap();
    assert_eq!(dropped.len(), 1, "dropped once");
    let found = actors.iter().position(|actor| *actor == dropped[0]);
    found.expect("by an actor")
}

/// A service is dropped while two of its calls end. Mutants: giving back Relaxed; `free` that does not look again.
#[test]
fn the_last_of_an_owner_and_its_units_drops_the_value_after_every_look() {
    let seen: &'static Mutex<BTreeSet<usize>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let (mut weighted, dropped) = Kept::new([1; 3]);
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
            let (mut weighted, dropped) = Kept::new([2, 2, 1]);
            let unit = unit_of(&mut weighted);
            let mut branch = Weighted::from(unit_of(&mut weighted));
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
