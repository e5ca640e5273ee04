//! Instructions of calls whose policies wait on the wheel, as they do by default: apart from those on tokio's timer in `instructions.rs`, for a
//! second kind of each layer in one program would change what the compiler puts in line. `budgets.toml` holds what each may take;
//! `cargo xtask instructions` runs both.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/second.rs"]
mod second;
#[path = "support/subjects.rs"]
#[allow(dead_code)]
mod subjects;
#[path = "support/timers.rs"]
#[allow(dead_code)]
mod timers;

use std::hint::black_box;
use std::pin::Pin;

use iai_callgrind::{library_benchmark, library_benchmark_group, main};
use ninelives::WheelTimer;
use second::early_in_a_second;
use subjects::{Echo, Subject, call, enter_runtime};

/// What policies wait on here.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

/// One call, behind a pointer.
type Call = &'static mut dyn FnMut() -> Option<u64>;

type Pace = Pin<Box<dyn Future<Output = ()>>>;

fn at_once<S: Subject>(subject: fn() -> S) -> Call {
    calling(subject, Echo::ready(), quiet)
}

/// A call that waits once, in a runtime whose driver keeps this pace.
fn waiting<S: Subject>(subject: fn() -> S, pace: fn() -> Pace) -> Call {
    calling(subject, Echo::pending(1), pace)
}

fn calling<S: Subject>(subject: fn() -> S, inner: Echo, pace: fn() -> Pace) -> Call {
    early_in_a_second();
    enter_runtime().block_on(pace());
    let mut service = subject().layer(inner);
    let once: Call = Box::leak(Box::new(move || call(&mut service)));
    for _ in 0..3 {
        assert_eq!(once(), Some(7));
    }
    black_box(once)
}

fn busy() -> Pace {
    Box::pin(timers::naps())
}

fn quiet() -> Pace {
    Box::pin(timers::rests())
}

#[library_benchmark]
#[bench::ready(at_once(subjects::timeout))]
#[bench::naps(waiting(subjects::timeout, busy))]
#[bench::rests(waiting(subjects::timeout, quiet))]
fn timeout_on_wheel(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::staggered))]
#[bench::naps(waiting(subjects::staggered, busy))]
#[bench::rests(waiting(subjects::staggered, quiet))]
fn staggered_on_wheel(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::retry))]
#[bench::rests(waiting(subjects::retry, quiet))]
fn retry_on_wheel(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::queued_bulkhead))]
fn queued_on_wheel(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::stack))]
#[bench::naps(waiting(subjects::stack, busy))]
#[bench::rests(waiting(subjects::stack, quiet))]
fn stack_on_wheel(call: Call) -> Option<u64> {
    call()
}

library_benchmark_group!(
    name = layers;
    benchmarks = timeout_on_wheel, staggered_on_wheel, retry_on_wheel, queued_on_wheel, stack_on_wheel
);

main!(library_benchmark_groups = layers);
