//! Homes of weighted owners: what comes home is counted once, wherever the owner goes, and one has a home at a time.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ptr;
use std::sync::Mutex;

use loom::thread::{self, ThreadId};
use loom_tests::{Actor, Kept, last, unit_of};
use ninelives_core::sync::{AtomicBool, AtomicU64, Ordering, fence};
use ninelives_core::weighted::{Home, Homes, Lease, Vacancies};

/// The threads of a model, by the numbers that they give themselves; each fence is a full one.
enum Threads {}

loom::thread_local! {
    static HERE: Cell<u64> = Cell::new(0);
    // Where the home lies that this thread leased last.
    static LEASED: Cell<usize> = Cell::new(0);
}

loom::lazy_static! {
    static ref VACANCIES: Vacancies = Vacancies::new();
}

/// From here on this thread has this number.
fn at(number: u64) {
    HERE.with(|here| here.set(number));
}

// === impl Threads ===

impl Homes for Threads {
    fn here() -> u64 {
        HERE.with(Cell::get)
    }

    fn arrive() -> u64 {
        Self::here()
    }

    fn lease() -> Option<&'static Home> {
        let home = VACANCIES.lease();
        LEASED.with(|leased| leased.set(ptr::from_ref(home).addr()));
        Some(home)
    }

    fn give_back(home: &'static Home) {
        VACANCIES.give_back(home);
    }

    fn barrier() -> bool {
        fence(Ordering::SeqCst);
        true
    }
}

/// The same threads, without fences: for an owner that is the last one.
enum Unfenced {}

loom::lazy_static! {
    static ref ASKED: AtomicBool = AtomicBool::new(false);
}

// === impl Unfenced ===

impl Homes for Unfenced {
    fn here() -> u64 {
        Threads::here()
    }

    fn arrive() -> u64 {
        Threads::arrive()
    }

    fn lease() -> Option<&'static Home> {
        Threads::lease()
    }

    fn give_back(home: &'static Home) {
        Threads::give_back(home);
    }

    fn light_fence() {}

    fn barrier() -> bool {
        ASKED.store(true, Ordering::Relaxed);
        false
    }
}

/// The owner goes on another thread while a unit's clone comes home, and then the unit. Mutants: either fence left out; what came home
/// counted twice, or not at all; an owner that takes itself for the last one because it sees what came home and not what was added for it.
#[test]
fn an_owner_that_goes_abroad_counts_what_came_home_once() {
    let seen: &'static Mutex<BTreeSet<usize>> = Box::leak(Box::default());
    for order in loom_tests::orders(2) {
        loom_tests::model(move || {
            at(1);
            let (mut weighted, dropped) = Kept::new::<Lease<Threads>>([1, 2, 0]);
            weighted.stock();
            let unit = unit_of(&mut weighted);
            let actors: Vec<Actor<ThreadId>> = vec![
                Box::new(move || {
                    at(2);
                    weighted.look(0);
                    drop(weighted);
                    thread::current().id()
                }),
                Box::new(move || {
                    at(1);
                    let clone = unit.clone();
                    clone.look(1);
                    drop(clone);
                    unit.look(1);
                    drop(unit);
                    thread::current().id()
                }),
            ];
            let actors = loom_tests::race(&order, actors);
            seen.lock().unwrap().insert(last(&dropped, &actors));
        });
    }
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([0, 1]));
}

/// One unit comes home, one elsewhere, and the owner goes at a third place. Mutants: those above; giving back Relaxed.
#[test]
fn units_that_come_home_and_elsewhere_are_counted_together() {
    let seen: &'static Mutex<BTreeSet<usize>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            at(1);
            let (mut weighted, dropped) = Kept::new::<Lease<Threads>>([1; 3]);
            weighted.stock();
            let units = [unit_of(&mut weighted), unit_of(&mut weighted)];
            let [one, other] = units;
            let actors: Vec<Actor<ThreadId>> = vec![
                Box::new(move || {
                    at(3);
                    weighted.look(0);
                    drop(weighted);
                    thread::current().id()
                }),
                Box::new(move || {
                    at(1);
                    one.look(1);
                    drop(one);
                    thread::current().id()
                }),
                Box::new(move || {
                    at(2);
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

/// The last unit comes home, and before its thread has looked whether the home is still open, another block has the home, on another thread.
/// Mutants: a home that begins anew where it began before; one that is closed before it is claimed.
#[test]
fn a_home_that_another_block_has_by_now_is_not_touched() {
    let again: &'static Mutex<BTreeSet<bool>> = Box::leak(Box::default());
    for order in loom_tests::orders(2) {
        loom_tests::model(move || {
            at(1);
            let (mut weighted, dropped) = Kept::new::<Lease<Threads>>([1, 1, 0]);
            let first = LEASED.with(Cell::get);
            weighted.stock();
            let unit = unit_of(&mut weighted);
            let actors: Vec<Actor<bool>> = vec![
                Box::new(move || {
                    at(2);
                    weighted.look(0);
                    drop(weighted);
                    let (mut next, dropped) = Kept::new::<Lease<Threads>>([0, 0, 1]);
                    next.stock();
                    let unit = unit_of(&mut next);
                    unit.look(2);
                    drop(unit);
                    assert!(dropped.lock().unwrap().is_empty(), "it has an owner");
                    drop(next);
                    assert_eq!(dropped.lock().unwrap().len(), 1, "dropped once");
                    LEASED.with(Cell::get) == first
                }),
                Box::new(move || {
                    at(1);
                    unit.look(1);
                    drop(unit);
                    false
                }),
            ];
            let actors = loom_tests::race(&order, actors);
            assert_eq!(dropped.lock().unwrap().len(), 1, "dropped once");
            again.lock().unwrap().insert(actors[0]);
        });
    }
    assert_eq!(*again.lock().unwrap(), BTreeSet::from([false, true]));
}

/// An owner that finds that all have come back goes without a fence, while the thread that came home last has not looked yet. Executions in which
/// it asks for one are left out. Mutants: no claim; what came home read or stored Relaxed.
#[test]
fn an_owner_that_is_the_last_one_needs_no_fence() {
    let alone: &'static Mutex<BTreeSet<bool>> = Box::leak(Box::default());
    for order in loom_tests::orders(2) {
        loom_tests::model(move || {
            at(1);
            let (mut weighted, dropped) = Kept::new::<Lease<Unfenced>>([1, 2, 0]);
            weighted.stock();
            let unit = unit_of(&mut weighted);
            let actors: Vec<Actor<()>> = vec![
                Box::new(move || {
                    at(2);
                    weighted.look(0);
                    drop(weighted);
                }),
                Box::new(move || {
                    at(1);
                    let clone = unit.clone();
                    clone.look(1);
                    drop(clone);
                    unit.look(1);
                    drop(unit);
                }),
            ];
            loom_tests::race(&order, actors);
            let asked = ASKED.load(Ordering::Relaxed);
            assert!(asked || dropped.lock().unwrap().len() == 1, "dropped once");
            alone.lock().unwrap().insert(!asked);
        });
    }
    assert_eq!(*alone.lock().unwrap(), BTreeSet::from([false, true]));
}

/// A home is leased by one after the other, and each finds it as it was left. Mutants: a home that is given back Relaxed; one that is taken Relaxed;
/// one that is taken without a look whether it was there.
#[test]
fn a_home_is_leased_by_one_after_the_other() {
    let shared: &'static Mutex<BTreeSet<bool>> = Box::leak(Box::default());
    for order in loom_tests::orders(2) {
        loom_tests::model(move || {
            let vacancies: &'static Vacancies = &VACANCIES;
            let left = vacancies.lease();
            let stays: &'static [AtomicU64; 2] = Box::leak(Box::new([0; 2].map(AtomicU64::new)));
            vacancies.give_back(left);
            let stay = move || {
                let home = vacancies.lease();
                let stay = &stays[usize::from(!ptr::eq(home, left))];
                let before = stay.load(Ordering::Relaxed);
                stay.store(before + 1, Ordering::Relaxed);
                vacancies.give_back(home);
                ptr::eq(home, left)
            };
            let actors: Vec<Actor<bool>> = vec![Box::new(stay), Box::new(stay)];
            let actors = loom_tests::race(&order, actors);
            let counted: u64 = stays.iter().map(|stay| stay.load(Ordering::Relaxed)).sum();
            assert_eq!(counted, 2, "a stay was lost");
            shared.lock().unwrap().insert(actors[0] && actors[1]);
        });
    }
    assert_eq!(*shared.lock().unwrap(), BTreeSet::from([false, true]));
}
