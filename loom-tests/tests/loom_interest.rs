//! The shared interest: who has joined is wanted for until it leaves, and nobody else is.
//!
//! Every actor is a thread of its own, each model runs under every spawn order, and each asserts that the outcomes it is about were
//! all seen. The mutants named at a model are those that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::Arc;
use loom::thread;
use ninelives_core::event::{Interest, Kind, SharedInterest};
use ninelives_core::sync::{AtomicU64, Ordering};

const A: Interest = Interest::NONE.with(Kind::CircuitOpened);
const B: Interest = Interest::NONE.with(Kind::CircuitClosed);

/// Three subscribers, each with an interest, and a list that is one word: a bit for each that is in it.
struct House {
    interests: [Interest; 3],
    list: AtomicU64,
    shared: SharedInterest,
}

impl House {
    fn new(interests: [Interest; 3]) -> Arc<Self> {
        Arc::new(Self {
            interests,
            list: AtomicU64::new(0),
            shared: SharedInterest::new(),
        })
    }

    fn join(&self, who: usize) {
        self.list.fetch_or(1 << who, Ordering::Relaxed);
        self.shared.add(self.interests[who]);
    }

    /// Gives how often it had to begin again.
    fn leave(&self, who: usize) -> u64 {
        self.list.fetch_and(!(1 << who), Ordering::Relaxed);
        let mut again = 0;
        loop {
            let seen = self.shared.look();
            let list = self.list.load(Ordering::Relaxed);
            let left = (0..3).filter(|other| list & 1 << other != 0);
            let all = left.fold(Interest::NONE, |all, other| {
                all.union(self.interests[other])
            });
            if self.shared.narrow(seen, all) {
                return again;
            }
            again += 1;
        }
    }
}

fn outcomes(expected: &[u64], model: fn(bool) -> u64) {
    let seen: &'static Mutex<BTreeSet<u64>> = Box::leak(Box::default());
    for first in [true, false] {
        loom_tests::model(move || {
            let outcome = model(first);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

fn both(
    first: bool,
    one: impl FnOnce() -> u64 + Send + 'static,
    other: impl FnOnce() -> u64 + Send + 'static,
) -> (u64, u64) {
    if first {
        let one = thread::spawn(one);
        let other = thread::spawn(other);
        (one.join().unwrap(), other.join().unwrap())
    } else {
        let other = thread::spawn(other);
        let one = thread::spawn(one);
        (one.join().unwrap(), other.join().unwrap())
    }
}

/// One leaves while another one joins with the same interest, and a third stays. Mutants: `add` without a turn; `narrow` as a store;
/// `look` after the list was read.
#[test]
fn who_joins_while_another_leaves_is_wanted_for() {
    outcomes(&[0, 1], |first| {
        let house = House::new([A, A, B]);
        house.join(0);
        house.join(2);
        let (leaver, joiner) = (Arc::clone(&house), Arc::clone(&house));
        let (again, _) = both(
            first,
            move || leaver.leave(0),
            move || {
                joiner.join(1);
                assert!(joiner.shared.wants(Kind::CircuitOpened), "just joined");
                0
            },
        );
        assert_eq!(house.shared.get(), A.union(B));
        again
    });
}

/// Two leave at once: in the end nothing is wanted. Mutants: `narrow` as a store; `look` or `narrow` Relaxed; no
/// second try.
#[test]
fn when_all_have_left_nothing_is_wanted() {
    outcomes(&[0, 1], |first| {
        let house = House::new([A, B, B]);
        house.join(0);
        house.join(1);
        let (one, other) = (Arc::clone(&house), Arc::clone(&house));
        let again = both(first, move || one.leave(0), move || other.leave(1));
        assert_eq!(house.shared.get(), Interest::NONE);
        again.0 + again.1
    });
}
