//! Two threads that call one policy at the same time, against one of them alone: ours beside its peers, with room, ready at once.
//!
//! Each thread has a clone of the service. Both are in the context of a runtime, which peers ask for. The inner service answers at once.

// As the library of this package.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

use std::cell::Cell;
use std::hint::black_box;
use std::mem;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use peers::cases::bulkhead::{PERMITS, our_layer, resilience_layer};
use peers::cases::{FLOOR, OURS, RESILIENCE};
use peers::echo::Echo;
use peers::floor::{self, Bulkhead, Gate, leaked};
use peers::stacks::{self, Protected};
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, ServiceBuilder};

#[path = "../../../support/at_once.rs"]
mod at_once;

use at_once::Times;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime without threads")
});

thread_local! {
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

/// What a thread's calls in a round take, when it is alone.
const ROUND: Duration = Duration::from_micros(50);

fn main() {
    let inner = Echo::ready();
    at_once::head("50 us of calls");
    let limit = ServiceBuilder::new().concurrency_limit(PERMITS);
    let shedding = ServiceBuilder::new().load_shed().concurrency_limit(PERMITS);
    row("bulkhead", OURS, our_layer(PERMITS).layer(inner));
    row("bulkhead", "tower, waits", limit.service(inner));
    row("bulkhead", "tower, rejects", shedding.service(inner));
    row(
        "bulkhead",
        RESILIENCE,
        resilience_layer(PERMITS).layer(inner),
    );
    let gate = leaked(Gate::default());
    row("bulkhead", FLOOR, Bulkhead::new(inner, gate));
    row("stack", OURS, stacks::ours(inner));
    row("stack", "tower, no breaker, waits", stacks::tower(inner));
    row(
        "stack",
        "tower, no breaker, rejects",
        stacks::tower_shedding(inner),
    );
    row("stack", RESILIENCE, stacks::resilience(inner));
    row("stack", FLOOR, floor::stack(inner));
}

fn row<S: Protected>(what: &str, peer: &str, service: S) {
    let calling = |mut service: S| move || call(&mut service);
    let mut both = [service.clone(), service].map(calling);
    times(&mut both[0]).compare(&format!("{what}: {peer}"), both, || {});
}

fn call<S: Protected>(service: &mut S) {
    enter();
    let mut cx = Context::from_waker(Waker::noop());
    while service.poll_ready(&mut cx).is_pending() {}
    let mut answer = pin!(service.call(black_box(7)));
    // Who waits for a lock that the other thread has is polled again at once.
    let answer = loop {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut cx) {
            break answer;
        }
    };
    assert_eq!(black_box(answer.expect("there is room")), 7);
}

/// Puts this thread into the runtime's context, for good.
fn enter() {
    if !ENTERED.get() {
        ENTERED.set(true);
        mem::forget(RUNTIME.enter());
    }
}

/// So many calls as take about [`ROUND`].
fn times(once: &mut impl FnMut()) -> Times {
    let mut calls = 100;
    loop {
        let start = std::time::Instant::now();
        (0..calls).for_each(|_| once());
        let took = start.elapsed();
        if took * 4 >= ROUND {
            let wanted = f64::from(calls) * ROUND.as_secs_f64() / took.as_secs_f64();
            return Times(wanted as usize);
        }
        calls *= 4;
    }
}
