//! Several threads that call one policy: the bare service, each layer, and the stack.
//!
//! ```text
//! cargo bench --bench contention                    # two at the same time, against one of them alone
//! cargo bench --bench contention -- --throughput    # calls a second with 1, 2, 4 and 8 threads
//! cargo bench --bench contention -- --latency       # p50, p99 and p99.9 of a call with 1, 2, 4 and 8 threads
//! ```
//!
//! Each thread has a clone of the service; what the clones share is the policy's state. The inner service is ready at once, so the threads do
//! nothing but meet there: calls that do something meet less often.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/at_once.rs"]
mod at_once;
#[path = "support/emission/latencies.rs"]
#[allow(dead_code, reason = "the benchmark of events asks for more")]
mod latencies;
#[path = "support/contention/latency.rs"]
mod latency;
#[path = "support/subjects.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest of it")]
mod subjects;
#[path = "support/contention/together.rs"]
mod together;

use ninelives::WheelTimer;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};

use at_once::Times;
use subjects::{Echo, Subject, call, enter_runtime};
use together::together;

/// What policies wait on here: what they wait on by default.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

/// What a thread's calls in a round take, when it is alone.
const ROUND: Duration = Duration::from_micros(50);

/// How many threads there are in turn, of the throughput and of the latency.
const THREADS: [usize; 4] = [1, 2, 4, 8];

/// What is done with each policy.
trait Look {
    fn look(&mut self, row: &str, subject: impl Subject);
}

/// Two threads against one.
struct Two;

/// Calls a second.
struct Rate(Criterion);

/// The time of single calls.
struct Single;

fn main() {
    enter_runtime();
    let asked = |mode: &str| std::env::args().any(|arg| arg == mode);
    if asked("--throughput") {
        let criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(500));
        let mut rate = Rate(criterion);
        each(&mut rate);
        rate.0.final_summary();
    } else if asked("--latency") {
        latency::heading();
        each(&mut Single);
    } else {
        at_once::head("50 us of calls");
        each(&mut Two);
    }
}

fn each(look: &mut impl Look) {
    look.look("raw", subjects::raw());
    look.look("timeout", subjects::timeout());
    look.look("retry", subjects::retry());
    look.look("breaker, closed", subjects::breaker());
    look.look("breaker, open", subjects::open_breaker());
    look.look("bulkhead", subjects::bulkhead());
    look.look("bulkhead with a line", subjects::queued_bulkhead());
    look.look("bulkhead, full", subjects::full_bulkhead());
    look.look("stack", subjects::stack());
}

// === impl Look ===

impl Look for Two {
    fn look(&mut self, row: &str, subject: impl Subject) {
        let service = subject.layer(Echo::ready());
        let calling = |mut service: _| move || _ = black_box(call(&mut service));
        let mut both = [service.clone(), service].map(calling);
        times(&mut both[0]).compare(row, both, || {});
    }
}

impl Look for Rate {
    fn look(&mut self, row: &str, subject: impl Subject) {
        let mut group = self.0.benchmark_group(row);
        let service = subject.layer(Echo::ready());
        for threads in THREADS {
            group.throughput(Throughput::Elements(threads as u64));
            group.bench_function(BenchmarkId::from_parameter(threads), |b| {
                b.iter_custom(|calls| {
                    let callers = (0..threads).map(|_| {
                        let mut service = service.clone();
                        move || (0..calls).for_each(|_| _ = black_box(call(&mut service)))
                    });
                    together(callers)
                });
            });
        }
    }
}

impl Look for Single {
    fn look(&mut self, row: &str, subject: impl Subject) {
        let service = subject.layer(Echo::ready());
        for threads in THREADS {
            latency::row(row, threads, &service);
        }
    }
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
