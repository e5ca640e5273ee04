//! Two threads that call one policy at the same time, against one of them alone: the bare service, each layer, and the stack.
//!
//! Each thread has a clone of the service; what the clones share is the policy's state. The inner service is ready at once, so the threads do
//! nothing but meet there: calls that do something meet less often.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/at_once.rs"]
mod at_once;
#[path = "support/subjects.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest of it")]
mod subjects;

use std::hint::black_box;
use std::time::{Duration, Instant};

use at_once::Times;
use subjects::{Echo, Subject, call, enter_runtime};

/// What a thread's calls in a round take, when it is alone.
const ROUND: Duration = Duration::from_micros(50);

fn main() {
    enter_runtime();
    at_once::head("50 us of calls");
    compare("raw", subjects::raw());
    compare("timeout", subjects::timeout());
    compare("retry", subjects::retry());
    compare("breaker, closed", subjects::breaker());
    compare("breaker, open", subjects::open_breaker());
    compare("bulkhead", subjects::bulkhead());
    compare("bulkhead with a line", subjects::queued_bulkhead());
    compare("bulkhead, full", subjects::full_bulkhead());
    compare("stack", subjects::stack());
}

fn compare(row: &str, subject: impl Subject) {
    let service = subject.layer(Echo::ready());
    let calling = |mut service: _| move || _ = black_box(call(&mut service));
    let mut both = [service.clone(), service].map(calling);
    times(&mut both[0]).compare(row, both, || {});
}

/// So many calls as take about [`ROUND`].
fn times(once: &mut impl FnMut()) -> Times {
    let mut calls = 1_000;
    loop {
        let start = Instant::now();
        (0..calls).for_each(|_| once());
        let took = start.elapsed();
        if took * 8 >= ROUND {
            let wanted = calls as f64 * ROUND.as_secs_f64() / took.as_secs_f64();
            return Times(wanted.max(100.0) as usize);
        }
        calls *= 4;
    }
}
