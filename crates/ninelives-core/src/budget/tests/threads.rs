//! Threads on one budget. The models in `loom-tests` go through every order; this runs the real atomics.

#![allow(
    clippy::disallowed_types,
    reason = "the threads of a test may wait for each other"
)]

use std::sync::Barrier;
use std::thread;
use std::vec::Vec;

use super::{at, limits};
use crate::budget::{Budget, Limits, Withdrawal};
use crate::time::Tick;

/// Runs `work` on so many threads that start together, and adds up what they return.
fn race(threads: usize, work: impl Fn(&Barrier) -> usize + Sync) -> usize {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(&barrier)))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).sum()
    })
}

fn withdraw(budget: &Budget, limits: &Limits) -> usize {
    usize::from(budget.withdraw(limits, Tick::ZERO) == Withdrawal::Granted)
}

#[test]
fn r08_of_threads_racing_for_the_last_token_exactly_one_wins() {
    const ROUNDS: usize = if cfg!(miri) { 4 } else { 500 };
    let limits = limits(0.0, 0.0, 1);
    let budgets: Vec<_> = (0..ROUNDS).map(|_| Budget::new(&limits)).collect();
    let wins = race(4, |barrier| {
        budgets
            .iter()
            .map(|budget| {
                barrier.wait();
                withdraw(budget, &limits)
            })
            .sum()
    });
    assert_eq!(wins, ROUNDS);
    assert!(budgets.iter().all(|budget| withdraw(budget, &limits) == 0));
}

#[test]
fn hc24_eight_threads_never_overdraw_and_lose_no_deposit() {
    const EACH: usize = if cfg!(miri) { 20 } else { 10_000 };
    const CAP: u32 = if cfg!(miri) { 100 } else { 65_535 };
    let limits = limits(0.25, 0.0, CAP);
    let budget = Budget::new(&limits);
    let burst: usize = (0..CAP).map(|_| withdraw(&budget, &limits)).sum();
    assert_eq!(burst, CAP as usize);
    let granted = race(8, |barrier| {
        barrier.wait();
        (0..EACH)
            .map(|_| {
                budget.deposit(&limits);
                withdraw(&budget, &limits)
            })
            .sum()
    });
    let deposited = 0.25 * (8 * EACH) as f64;
    assert_eq!(granted as f64 + budget.balance(&limits, at(0)), deposited);
}

#[test]
fn refunds_beside_withdrawals_conserve_the_tokens() {
    const EACH: usize = if cfg!(miri) { 20 } else { 10_000 };
    let limits = limits(0.0, 0.0, 5);
    let budget = Budget::new(&limits);
    race(4, |barrier| {
        barrier.wait();
        for _ in 0..EACH {
            if withdraw(&budget, &limits) == 1 {
                budget.refund(&limits);
            }
        }
        0
    });
    assert_eq!(budget.balance(&limits, at(0)), 5.0);
}
