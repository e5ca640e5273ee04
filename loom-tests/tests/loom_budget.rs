//! The retry budget: a token has one taker, and nothing that was put in is lost.
//!
//! Every actor is a thread of its own, every model runs under every spawn order, and each asserts that the outcomes it is about
//! were all seen. The mutant named at a model is one that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use loom::thread;
use ninelives_core::budget::{Budget, Limits, Withdrawal};
use ninelives_core::time::Tick;

type Actor = fn(&Budget, &Limits) -> u32;

const SECOND: u64 = 1_000_000_000;

fn limits(ratio: f64, min_per_second: f64, cap: u32) -> Limits {
    Limits::new(ratio, min_per_second, cap).expect("limits in range")
}

fn withdraw_at(budget: &Budget, limits: &Limits, nanos: u64) -> u32 {
    u32::from(budget.withdraw(limits, Tick::from_nanos(nanos)) == Withdrawal::Granted)
}

fn withdraw(budget: &Budget, limits: &Limits) -> u32 {
    withdraw_at(budget, limits, 0)
}

fn deposit(budget: &Budget, limits: &Limits) -> u32 {
    budget.deposit(limits);
    0
}

fn refund(budget: &Budget, limits: &Limits) -> u32 {
    budget.refund(limits);
    0
}

/// Runs the actors, after `taken` withdrawals from a full budget, in all interleavings of all spawn orders. `law` gets what each
/// actor withdrew and the balance that is left; the answer is every list of withdrawals that was seen, with the balance in
/// hundredths behind them.
fn outcomes(
    limits: Limits,
    taken: u32,
    actors: &[Actor],
    law: fn(&[u32], f64),
) -> BTreeSet<Vec<u32>> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    for first in 0..actors.len() {
        for forward in [true, false] {
            let order: Vec<(usize, Actor)> = (0..actors.len())
                .map(|step| if forward { step } else { actors.len() - step })
                .map(|step| (first + step) % actors.len())
                .map(|index| (index, actors[index]))
                .collect();
            let seen = Arc::clone(&seen);
            loom_tests::model(move || {
                let budget = loom::sync::Arc::new(Budget::new(&limits));
                for _ in 0..taken {
                    assert_eq!(withdraw(&budget, &limits), 1);
                }
                let running: Vec<_> = order
                    .iter()
                    .map(|&(index, actor)| {
                        let budget = loom::sync::Arc::clone(&budget);
                        (index, thread::spawn(move || actor(&budget, &limits)))
                    })
                    .collect();
                let mut granted = vec![0; order.len()];
                for (index, one) in running {
                    granted[index] = one.join().unwrap();
                }
                let balance = budget.word().tokens();
                assert!((0.0..=f64::from(limits.cap())).contains(&balance));
                law(&granted, balance);
                granted.push((balance * 100.0) as u32);
                seen.lock().unwrap().insert(granted);
            });
        }
    }
    Arc::into_inner(seen).unwrap().into_inner().unwrap()
}

/// Mutant: check, then subtract with a store.
#[test]
fn l25_one_last_token_has_one_taker() {
    let seen = outcomes(
        limits(0.0, 0.0, 2),
        1,
        &[withdraw, withdraw],
        |granted, balance| {
            assert_eq!(granted.iter().sum::<u32>(), 1);
            assert_eq!(balance, 0.0);
        },
    );
    assert_eq!(seen, BTreeSet::from([vec![1, 0, 0], vec![0, 1, 0]]));
}

/// Mutant: as above.
#[test]
fn l25_one_last_token_has_one_taker_of_three() {
    let seen = outcomes(
        limits(0.0, 0.0, 2),
        1,
        &[withdraw, withdraw, withdraw],
        |granted, balance| {
            assert_eq!(granted.iter().sum::<u32>(), 1);
            assert_eq!(balance, 0.0);
        },
    );
    let each = [vec![1, 0, 0, 0], vec![0, 1, 0, 0], vec![0, 0, 1, 0]];
    assert_eq!(seen, BTreeSet::from(each));
}

/// Mutant: the swap's failure is taken for success, so the loser's deposit is lost.
#[test]
fn no_deposit_is_lost_beside_a_withdrawal() {
    let seen = outcomes(
        limits(0.5, 0.0, 2),
        2,
        &[deposit, deposit, withdraw],
        |granted, balance| {
            assert_eq!(f64::from(granted[2]) + balance, 1.0);
        },
    );
    assert_eq!(seen, BTreeSet::from([vec![0, 0, 0, 100], vec![0, 0, 1, 0]]));
}

/// Mutant: as above.
#[test]
fn no_refund_is_lost_beside_two_takers() {
    let seen = outcomes(
        limits(0.0, 0.0, 2),
        1,
        &[refund, withdraw, withdraw],
        |granted, balance| {
            assert_eq!(f64::from(granted.iter().sum::<u32>()) + balance, 2.0);
        },
    );
    let each = [vec![0, 1, 0, 100], vec![0, 0, 1, 100], vec![0, 1, 1, 0]];
    assert_eq!(seen, BTreeSet::from(each));
}

/// Mutant: a sum that is not cut at the cap.
#[test]
fn deposits_and_refunds_together_stop_at_the_cap() {
    let seen = outcomes(
        limits(0.75, 0.0, 2),
        1,
        &[deposit, refund, withdraw],
        |granted, balance| {
            assert_eq!(granted, [0, 0, 1]);
            assert!(balance <= 1.75, "{balance}");
        },
    );
    // 1 + 1.75 - 1, less what the cap cuts off when the withdrawal comes last.
    assert_eq!(
        seen,
        BTreeSet::from([vec![0, 0, 1, 100], vec![0, 0, 1, 175]])
    );
}

/// Two takers whose clocks differ by a millisecond, and one token due to either. Mutant: the stamp is not moved.
#[test]
fn r09_a_refill_that_is_due_is_counted_once() {
    let seen = outcomes(
        limits(0.0, 1.0, 2),
        2,
        &[
            |budget, limits| withdraw_at(budget, limits, SECOND),
            |budget, limits| withdraw_at(budget, limits, SECOND + 1_000_000),
        ],
        |granted, balance| {
            assert_eq!(granted.iter().sum::<u32>(), 1);
            assert!(balance < 0.002, "{balance}");
        },
    );
    assert_eq!(seen, BTreeSet::from([vec![1, 0, 0], vec![0, 1, 0]]));
}
