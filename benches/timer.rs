//! Time of a wait that is armed and given up, as nearly every timeout is: on tokio's timer and on the wheel. Compare ratios within one run.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/subjects.rs"]
#[allow(dead_code)]
mod subjects;
#[path = "support/timers.rs"]
#[allow(dead_code)]
mod timers;

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use ninelives::{TokioTimer, WheelTimer};
use tokio::runtime::{Builder, Runtime};

use subjects::{Echo, Subject, call};
use timers::{arm_and_leave, naps, rests};

/// What the subjects wait on that are not compared here.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

/// Calls between two turns of other tasks.
const TURN: u64 = 200;

/// What a task does again and again.
type Work = fn() -> Box<dyn FnMut() + Send>;

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

fn calls(subject: impl Subject) -> Box<dyn FnMut() + Send> {
    let mut service = subject.layer(Echo::pending(1));
    Box::new(move || assert_eq!(call(&mut service), Some(7)))
}

/// So many tasks at once do `count` pieces of work each; the time that it took.
fn at_once(runtime: &Runtime, tasks: u32, count: u64, work: Work) -> Duration {
    runtime.block_on(async {
        let began = Instant::now();
        let tasks: Vec<_> = (0..tasks)
            .map(|_| {
                tokio::spawn(async move {
                    let mut work = work();
                    for done in 0..count {
                        work();
                        if done % TURN == 0 {
                            tokio::task::yield_now().await;
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        began.elapsed()
    })
}

fn compare(c: &mut Criterion) {
    let rows: [(&str, Work); 7] = [
        ("wait/tokio", || Box::new(|| arm_and_leave(&TokioTimer))),
        ("wait/wheel", || Box::new(|| arm_and_leave(&WheelTimer))),
        ("call/raw", || calls(subjects::raw())),
        ("call/timeout on tokio's", || {
            calls(timers::timeout(TokioTimer))
        }),
        ("call/timeout on the wheel", || {
            calls(timers::timeout(WheelTimer))
        }),
        ("call/stack on tokio's", || calls(timers::stack(TokioTimer))),
        ("call/stack on the wheel", || {
            calls(timers::stack(WheelTimer))
        }),
    ];
    for threads in [1, 2] {
        let mut group = c.benchmark_group(format!("{threads} at once"));
        group
            .sample_size(30)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_millis(600));
        for (name, work) in rows {
            let runtime = runtime();
            runtime.block_on(naps());
            group.bench_function(name, |b| {
                b.iter_custom(|count| at_once(&runtime, threads, count, work));
            });
        }
        group.finish();
    }
}

/// The driver rests until something earlier: each wait reads the clock.
fn at_rest(c: &mut Criterion) {
    let runtime: &'static Runtime = subjects::enter_runtime();
    runtime.block_on(rests());
    let mut group = c.benchmark_group("driver not running");
    group
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    group.bench_function("wait/tokio", |b| b.iter(|| arm_and_leave(&TokioTimer)));
    group.bench_function("wait/wheel at rest", |b| {
        b.iter(|| arm_and_leave(&WheelTimer))
    });
    runtime.block_on(naps());
    group.bench_function("wait/wheel in naps", |b| {
        b.iter(|| arm_and_leave(&WheelTimer))
    });
    group.finish();
}

criterion_group!(benches, compare, at_rest);
criterion_main!(benches);
