//! Instructions of a stack that tells its events: with a subscriber to all of them, and with a sink to which nobody listens. Apart from the stack in
//! `instructions.rs`, for a second kind of each layer in one program would change what the compiler puts in line. The events' clock costs
//! nothing. `budgets.toml` holds what each may take above the stack that tells nothing; `cargo xtask instructions` runs both.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/second.rs"]
mod second;
#[path = "support/subjects.rs"]
#[allow(dead_code)]
mod subjects;

use std::hint::black_box;

use iai_callgrind::{library_benchmark, library_benchmark_group, main};
use ninelives::{Clock, StreamingSink, Subscriber, Tick, TokioTimer};
use second::early_in_a_second;
use subjects::{Echo, call, enter_runtime};
use tower::Layer;

/// What policies wait on here.
type Waits = TokioTimer;
const TIMER: Waits = TokioTimer;

/// One call, behind a pointer.
type Call = &'static mut dyn FnMut() -> Option<u64>;

/// The clock of the events.
#[derive(Clone, Copy)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}

fn heard_of(inner: Echo) -> Call {
    telling(inner, |sink| Some(sink.subscribe()))
}

fn unheard_of(inner: Echo) -> Call {
    telling(inner, |_| None)
}

fn telling(inner: Echo, listen: fn(&StreamingSink<Still>) -> Option<Subscriber>) -> Call {
    early_in_a_second();
    enter_runtime();
    let sink = StreamingSink::new(1024).expect("in range");
    let sink = sink.with_clock(Still);
    let listener = listen(&sink);
    let mut service = subjects::stack_telling(sink.clone()).layer(inner);
    let once: Call = Box::leak(Box::new(move || {
        black_box((&listener, &sink));
        call(&mut service)
    }));
    for _ in 0..3 {
        assert_eq!(once(), Some(7));
    }
    black_box(once)
}

#[library_benchmark]
#[bench::heard(heard_of(Echo::ready()))]
#[bench::unheard(unheard_of(Echo::ready()))]
fn stack_telling(call: Call) -> Option<u64> {
    call()
}

library_benchmark_group!(
    name = layers;
    benchmarks = stack_telling
);

main!(library_benchmark_groups = layers);
