//! Instructions of calls that come home, with the feature `membarrier`: on the thread of their service, and abroad. In a build of its own, for
//! the feature is in all layers or in none. `budgets.toml` holds what each may take; `cargo xtask instructions` runs both.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/second.rs"]
mod second;
#[path = "support/subjects.rs"]
#[allow(dead_code)]
mod subjects;

use std::hint::black_box;
use std::thread;

use iai_callgrind::{library_benchmark, library_benchmark_group, main};
use ninelives::WheelTimer;
use second::early_in_a_second;
use subjects::{Echo, Subject, call, enter_runtime};

/// What policies wait on here.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

/// One call, behind a pointer.
type Call = &'static mut dyn FnMut() -> Option<u64>;

fn made_here<S: Subject>(subject: fn() -> S) -> Call {
    early_in_a_second();
    enter_runtime();
    let mut service = subject().layer(Echo::ready());
    let once: Call = Box::leak(Box::new(move || call(&mut service)));
    warm(once);
    black_box(once)
}

/// The service was at home on a thread that has ended.
fn made_elsewhere<S: Subject + 'static>(subject: fn() -> S) -> Call {
    early_in_a_second();
    let elsewhere = thread::spawn(move || {
        enter_runtime();
        let mut service = subject().layer(Echo::ready());
        warm(&mut || call(&mut service));
        service
    });
    let mut service = elsewhere.join().expect("it does not panic");
    enter_runtime();
    let once: Call = Box::leak(Box::new(move || call(&mut service)));
    warm(once);
    black_box(once)
}

fn warm(once: &mut dyn FnMut() -> Option<u64>) {
    for _ in 0..3 {
        assert_eq!(once(), Some(7));
    }
}

#[library_benchmark]
#[bench::home(made_here(subjects::retry))]
#[bench::abroad(made_elsewhere(subjects::retry))]
fn retry_coming(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::home(made_here(subjects::breaker))]
#[bench::abroad(made_elsewhere(subjects::breaker))]
fn breaker_coming(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::home(made_here(subjects::bulkhead))]
#[bench::abroad(made_elsewhere(subjects::bulkhead))]
fn bulkhead_coming(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::home(made_here(subjects::stack))]
#[bench::abroad(made_elsewhere(subjects::stack))]
fn stack_coming(call: Call) -> Option<u64> {
    call()
}

library_benchmark_group!(
    name = layers;
    benchmarks = retry_coming, breaker_coming, bulkhead_coming, stack_coming
);

main!(library_benchmark_groups = layers);
