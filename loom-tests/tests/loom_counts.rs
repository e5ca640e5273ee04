//! The counters: nothing that was counted is lost, and nobody hears of an effect before its count.
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
use loom_tests::Actor;
use ninelives_core::bell::Bell;
use ninelives_core::meter::{Meter, TRIPS_AT};
use ninelives_core::rng::SharedRng;
use ninelives_core::sequence::Sequence;
use ninelives_core::tally::Tally;

/// Runs as many actors on one thing as there are `actions`, under every spawn order, and gives every list of answers with what the
/// `law` adds.
fn outcomes<S: Send + Sync + 'static>(
    shared: fn() -> S,
    actions: &'static [fn(&S) -> u64],
    law: fn(&S, &[u64]) -> u64,
) -> BTreeSet<Vec<u64>> {
    let seen: &'static Mutex<BTreeSet<Vec<u64>>> = Box::leak(Box::default());
    for order in loom_tests::orders(actions.len()) {
        loom_tests::model(move || {
            let shared = Arc::new(shared());
            let actors = actions.iter().map(|action| {
                let shared = Arc::clone(&shared);
                Box::new(move || action(&shared)) as Actor<u64>
            });
            let mut answers = loom_tests::race(&order, actors.collect());
            answers.push(law(&shared, &answers));
            seen.lock().unwrap().insert(answers);
        });
    }
    seen.lock().unwrap().clone()
}

/// L26: a worker counts, and then says that it is done; who hears it finds the count. Mutants: the bell's mark Relaxed, at either end.
#[test]
fn l26_who_hears_of_an_effect_finds_its_count() {
    let seen = outcomes(
        || (Tally::new(), Bell::new()),
        &[
            |(count, done): &(Tally, Bell)| {
                count.add(2);
                done.ring();
                0
            },
            |(count, done)| {
                if !done.is_rung() {
                    return 0;
                }
                assert_eq!(count.get(), 2, "a count behind its effect");
                1
            },
        ],
        |(count, _), _| count.get(),
    );
    assert_eq!(seen, BTreeSet::from([vec![0, 0, 2], vec![0, 1, 2]]));
}

/// Mutant: a load and a store.
#[test]
fn l26_no_count_is_lost() {
    let seen = outcomes(
        Tally::new,
        &[
            |count| {
                count.add(1);
                0
            },
            |count| {
                count.add(2);
                0
            },
            Tally::get,
        ],
        |count, _| count.get(),
    );
    let each = (0..4).map(|between| vec![0, 0, between, 3]);
    assert_eq!(seen, each.collect());
}

/// Mutant: a load and a store.
#[test]
fn each_number_of_a_sequence_is_given_once() {
    let seen = outcomes(
        Sequence::new,
        &[Sequence::next, Sequence::next, Sequence::next],
        |_, numbers| numbers.iter().map(|number| 1 << number).sum(),
    );
    assert_eq!(seen.len(), 6, "every order");
    assert!(seen.iter().all(|answers| answers[3] == 0b1110), "{seen:?}");
}

/// Mutant: a load and a store.
#[test]
fn no_draw_is_made_twice() {
    let seen = outcomes(
        || SharedRng::from_seed(7),
        &[SharedRng::next, SharedRng::next],
        |_, draws| u64::from(draws[0] != draws[1]),
    );
    assert_eq!(seen.len(), 2, "either may be first");
    assert!(seen.iter().all(|answers| answers[2] == 1), "{seen:?}");
}

/// One sample less than trips it, and two threads that each bring one. Mutant: a lost swap taken for a success.
#[test]
fn a_meter_is_tripped_by_one() {
    let seen = outcomes(
        || {
            let meter = Meter::new();
            assert!((1..TRIPS_AT).all(|_| !meter.sample(true)));
            meter
        },
        &[
            |meter: &Meter| u64::from(meter.sample(true)),
            |meter| u64::from(meter.sample(true)),
        ],
        |_, tripped| tripped.iter().sum(),
    );
    assert_eq!(seen, BTreeSet::from([vec![0, 1, 1], vec![1, 0, 1]]));
}
