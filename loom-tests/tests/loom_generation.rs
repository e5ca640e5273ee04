//! The generation of a live value: no reader takes an older copy for current once anybody has seen the newer one.
//!
//! The value itself, which in the product is an `arc-swap`, is a word here that is read with Acquire and swapped with AcqRel: what
//! `arc-swap` promises, and all that is asked of it. Every actor is a thread of its own, each model runs under every spawn order, and
//! each asserts that the outcomes it is about were all seen.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::Arc;
use loom_tests::Actor;
use ninelives_core::generation::Generation;
use ninelives_core::sync::{AtomicBool, AtomicU64, Ordering};

/// A live value.
struct Live {
    value: AtomicU64,
    generation: Generation,
    told: AtomicBool,
}

/// What a reader keeps.
#[derive(Clone, Copy)]
struct Copied {
    value: u64,
    generation: u64,
}

// === impl Live ===

impl Live {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            value: AtomicU64::new(0),
            generation: Generation::new(),
            told: AtomicBool::new(false),
        })
    }

    fn load(&self) -> u64 {
        self.value.load(Ordering::Acquire)
    }

    fn replace(&self, seen: u64, next: u64) -> bool {
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        self.generation.begin();
        let swapped = self.value.compare_exchange(seen, next, success, failure);
        self.generation.end(swapped.is_ok());
        swapped.is_ok()
    }

    /// As often as it takes; gives how often it did not.
    fn add(&self) -> u64 {
        let mut again = 0;
        loop {
            let seen = self.load();
            if self.replace(seen, seen + 1) {
                return again;
            }
            again += 1;
        }
    }

    fn look(&self) -> Copied {
        let generation = self.generation.settled();
        Copied {
            value: self.load(),
            generation: generation.unwrap_or(Generation::NEVER),
        }
    }

    fn is_current(&self, copied: &Copied) -> bool {
        self.generation.is(copied.generation)
    }
}

/// L22: one replaces the value, one who has seen the new one says so, and a reader that kept a copy hears it: if it takes its copy for
/// current, it is the new one. Mutants: a replacement that does not begin; one that leaves the word; `end` and `settled` Relaxed.
#[test]
fn l22_who_hears_of_a_value_keeps_no_older_copy() {
    let seen: &'static Mutex<BTreeSet<(u64, bool, bool)>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let live = Live::new();
            let [writer, teller, reader] = [0; 3].map(|_| Arc::clone(&live));
            let actors: Vec<Actor<Option<(Copied, bool, bool)>>> = vec![
                Box::new(move || {
                    assert!(writer.replace(0, 1));
                    None
                }),
                Box::new(move || {
                    if teller.load() == 1 {
                        teller.told.store(true, Ordering::Release);
                    }
                    None
                }),
                Box::new(move || {
                    let copied = reader.look();
                    let told = reader.told.load(Ordering::Acquire);
                    let current = reader.is_current(&copied);
                    assert!(!(told && current && copied.value == 0), "an older copy");
                    Some((copied, told, current))
                }),
            ];
            let answers = loom_tests::race(&order, actors);
            let (copied, told, current) = answers[2].expect("the reader's");
            let stays = live.is_current(&copied);
            assert!(!stays || copied.value == 1, "an older copy for ever");
            seen.lock().unwrap().insert((copied.value, told, current));
        });
    }
    let seen = seen.lock().unwrap();
    for outcome in [
        (0, false, true),
        (0, false, false),
        (0, true, false),
        (1, false, true),
        (1, true, true),
        (1, true, false),
    ] {
        assert!(seen.contains(&outcome), "{outcome:?} of {seen:?}");
    }
}

/// L23: two changes at once are both made, and who kept the first value knows of it. Mutants: `end` that counts no turn; one that
/// keeps its writer.
#[test]
fn l23_two_changes_are_both_made_and_known() {
    let seen: &'static Mutex<BTreeSet<(u64, u64)>> = Box::leak(Box::default());
    for order in loom_tests::orders(2) {
        loom_tests::model(move || {
            let live = Live::new();
            let before = live.look();
            let [one, other] = [0; 2].map(|_| Arc::clone(&live));
            let actors: Vec<Actor<u64>> =
                vec![Box::new(move || one.add()), Box::new(move || other.add())];
            let again = loom_tests::race(&order, actors);
            assert_eq!(live.load(), 2);
            assert!(!live.is_current(&before), "the first value for ever");
            assert!(live.is_current(&live.look()), "no copy is current any more");
            seen.lock().unwrap().insert((again[0], again[1]));
        });
    }
    let expected = BTreeSet::from([(0, 0), (0, 1), (1, 0)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}
