//! Instructions of calls whose timeout waits on the wheel: apart from the others, for a second kind of each layer in one program would
//! change what the compiler puts in line. `budgets.toml` holds what each may take; `cargo xtask instructions` runs both.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/subjects.rs"]
#[allow(dead_code)]
mod subjects;
#[path = "support/wheel.rs"]
#[allow(dead_code)]
mod wheel;

use std::hint::black_box;
use std::pin::Pin;

use iai_callgrind::{library_benchmark, library_benchmark_group, main};
use subjects::{Echo, Subject, call, enter_runtime};

/// One call, behind a pointer.
type Call = &'static mut dyn FnMut() -> Option<u64>;

type Pace = Pin<Box<dyn Future<Output = ()>>>;

/// A call that waits once, in a runtime whose driver keeps this pace.
fn waiting<S: Subject>(subject: fn() -> S, pace: fn() -> Pace) -> Call {
    enter_runtime().block_on(pace());
    let mut service = subject().layer(Echo::pending(1));
    let once: Call = Box::leak(Box::new(move || call(&mut service)));
    for _ in 0..3 {
        assert_eq!(once(), Some(7));
    }
    black_box(once)
}

fn busy() -> Pace {
    Box::pin(wheel::naps())
}

fn quiet() -> Pace {
    Box::pin(wheel::rests())
}

#[library_benchmark]
#[bench::naps(waiting(wheel::timeout, busy))]
#[bench::rests(waiting(wheel::timeout, quiet))]
fn timeout_on_wheel(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::naps(waiting(wheel::stack, busy))]
#[bench::rests(waiting(wheel::stack, quiet))]
fn stack_on_wheel(call: Call) -> Option<u64> {
    call()
}

library_benchmark_group!(
    name = layers;
    benchmarks = timeout_on_wheel, stack_on_wheel
);

main!(library_benchmark_groups = layers);
