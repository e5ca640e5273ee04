//! A decision over two places: both change or neither, and who changes one of them in between is not lost.
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
use ninelives_core::decision::Decision;
use ninelives_core::sync::{AtomicU64, Ordering};

/// Two places with one decision over them. A place is a word: what is there, and whether it is marked.
struct House {
    places: [AtomicU64; 2],
    decision: Decision,
}

/// What the decision adds to both places, and what somebody else adds to one.
const TOGETHER: u64 = 1;
const ALONE: u64 = 2;
const MARK: u64 = 4;

impl House {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            places: [AtomicU64::new(0), AtomicU64::new(0)],
            decision: Decision::new(),
        })
    }

    fn put(&self, place: usize, seen: u64, next: u64) -> bool {
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        self.places[place]
            .compare_exchange(seen, next, success, failure)
            .is_ok()
    }

    /// What is there, for a reader.
    fn read(&self, place: usize) -> u64 {
        let seen = self.places[place].load(Ordering::Acquire);
        if seen & MARK != 0 && self.decision.is_committed() {
            return seen - MARK + TOGETHER;
        }
        seen & !MARK
    }

    /// Changes both; gives whether it did.
    fn together(&self) -> bool {
        let seen = [0, 1].map(|place| self.places[place].load(Ordering::Acquire));
        let marked = [0, 1].map(|place| self.put(place, seen[place], seen[place] | MARK));
        let decided = marked == [true, true] && self.decision.commit();
        if !decided {
            self.decision.withdraw();
        }
        for place in 0..2 {
            let add = if decided { TOGETHER } else { 0 };
            if marked[place] {
                self.put(place, seen[place] | MARK, seen[place] + add);
            }
        }
        decided
    }

    /// Changes one, whatever is going on there.
    fn alone(&self, place: usize) {
        loop {
            let seen = self.places[place].load(Ordering::Acquire);
            let free = seen & MARK == 0 || self.decision.withdraw();
            if !free {
                self.put(place, seen, seen - MARK + TOGETHER);
            } else if self.put(place, seen, (seen & !MARK) + ALONE) {
                return;
            }
        }
    }
}

fn outcomes(expected: &[[u64; 2]], model: fn(bool) -> [u64; 2]) {
    let seen: &'static Mutex<BTreeSet<[u64; 2]>> = Box::leak(Box::default());
    for first in [true, false] {
        loom_tests::model(move || {
            let outcome = model(first);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

fn both<A: 'static, B: 'static>(
    first: bool,
    one: impl FnOnce() -> A + Send + 'static,
    other: impl FnOnce() -> B + Send + 'static,
) -> (A, B) {
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

/// A reader looks at one place and then at the other: once it has found the change, it finds all of it. Mutants: committed before
/// the second mark; `is_committed` that is always false; the decision Relaxed.
#[test]
fn who_has_found_one_change_finds_the_other() {
    outcomes(&[[0, 0], [0, 1], [1, 1]], |first| {
        let house = House::new();
        let (writer, reader) = (Arc::clone(&house), Arc::clone(&house));
        let (decided, read) = both(
            first,
            move || writer.together(),
            move || [reader.read(0), reader.read(1)],
        );
        assert!(decided);
        assert_eq!([0, 1].map(|place| house.read(place)), [1, 1]);
        read
    });
}

/// Somebody else changes one of the two: that change is never lost, and the other two happen both or not at all. Mutants: `alone` that
/// does not withdraw; `withdraw` that is always true; `commit` that is always true.
#[test]
fn who_comes_between_is_not_lost() {
    outcomes(&[[ALONE, 0], [ALONE + TOGETHER, TOGETHER]], |first| {
        let house = House::new();
        let (writer, other) = (Arc::clone(&house), Arc::clone(&house));
        let (decided, ()) = both(first, move || writer.together(), move || other.alone(0));
        let end = [0, 1].map(|place| house.places[place].load(Ordering::Acquire));
        assert_eq!(decided, end[1] == TOGETHER);
        end
    });
}

/// What was written before the commit is seen by who finds it committed. Mutant: the decision Relaxed.
#[test]
fn a_commit_publishes_what_was_before_it() {
    outcomes(&[[0, 0], [1, 7]], |first| {
        let house = House::new();
        let (writer, reader) = (Arc::clone(&house), Arc::clone(&house));
        both(
            first,
            move || {
                writer.places[0].store(7, Ordering::Relaxed);
                writer.decision.commit()
            },
            move || match reader.decision.is_committed() {
                true => [1, reader.places[0].load(Ordering::Relaxed)],
                false => [0, 0],
            },
        )
        .1
    });
}
