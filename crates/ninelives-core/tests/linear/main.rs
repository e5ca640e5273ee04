//! Histories of real threads, each searched for an order in which the same operations, one after the other, answer the same.

#![allow(missing_docs, clippy::disallowed_types)]

mod breaker;
mod budget;
mod planted;
mod record;
mod search;
mod semaphore;

use ninelives_core::breaker::Breaker;
use ninelives_core::budget::Budget;
use ninelives_core::semaphore::Semaphore;

use record::Runs;

const RUNS: Runs = Runs {
    seed: 7,
    runs: if cfg!(miri) { 2 } else { 1_000 },
    workers: 3,
};

#[test]
fn s27_threads_find_a_semaphore_without_a_line_at_one_point_in_time() {
    let machine = semaphore::Sequential {
        limit: 2,
        line: false,
    };
    let object = || Semaphore::new(machine.limit).unwrap();
    RUNS.hold(&machine, object, semaphore::without_a_line, semaphore::rest);
}

#[test]
fn s22_threads_get_from_a_line_what_is_free_in_order_and_nobody_is_forgotten() {
    let machine = semaphore::Sequential {
        limit: 2,
        line: true,
    };
    let object = || Semaphore::with_line(machine.limit, 32).unwrap();
    RUNS.hold(&machine, object, semaphore::with_a_line, semaphore::rest);
}

#[test]
fn b09_threads_find_a_breaker_at_one_point_in_time() {
    let machine = breaker::Sequential {
        threshold: 2,
        open_for: 2,
        probes: 2,
        needed: 1,
    };
    let limits = machine.limits();
    let uses = |breaker: &Breaker, worker: &mut record::Worker<'_, _>| {
        breaker::uses(breaker, &limits, worker);
    };
    let end = |breaker: &Breaker| breaker::Op::Look {
        state: breaker.state(),
    };
    RUNS.hold(&machine, Breaker::new, uses, end);
}

#[test]
fn r08_threads_find_a_budget_at_one_point_in_time() {
    let machine = budget::Sequential { cap: 2 };
    let limits = machine.limits();
    let uses = |budget: &Budget, worker: &mut record::Worker<'_, _>| {
        budget::uses(budget, &limits, worker);
    };
    let end = |budget: &Budget| budget::look(budget, &limits);
    RUNS.hold(&machine, || Budget::new(&limits), uses, end);
}
