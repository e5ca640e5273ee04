//! Time of one call: the bare service, each layer around it, and the stack. Compare ratios within one run.
//!
//! ```text
//! cargo bench --bench hot_path
//! cargo bench --features flamegraph --bench hot_path -- --profile-time 5    # a flame graph of each
//! ```

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/flame.rs"]
mod flame;
#[allow(dead_code)] // some are counted in instructions only
#[path = "support/subjects.rs"]
mod subjects;
#[path = "support/timers.rs"]
#[allow(dead_code, reason = "the benchmarks of the timers use the rest of it")]
mod timers;

use ninelives::WheelTimer;
use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Builder;
use tower::Service;

use subjects::{Echo, Subject, call, enter_runtime};

/// What policies wait on here: what they wait on by default.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

type Group<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// A service that is kept, and called again and again.
fn kept(group: &mut Group<'_>, name: &str, subject: impl Subject, inner: Echo) {
    let mut service = subject.layer(inner);
    group.bench_function(name, |b| flame::iter(b, || call(&mut service)));
}

/// A clone of the service for each call, as servers make one for each connection or request.
fn cloned(group: &mut Group<'_>, name: &str, subject: impl Subject) {
    let service = subject.layer(Echo::ready());
    group.bench_function(name, |b| flame::iter(b, || call(&mut service.clone())));
}

fn short<'a>(c: &'a mut Criterion, name: &str) -> Group<'a> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    group
}

fn ready(c: &mut Criterion) {
    let mut group = short(c, "ready");
    kept(&mut group, "raw", subjects::raw(), Echo::ready());
    kept(&mut group, "timeout", subjects::timeout(), Echo::ready());
    kept(&mut group, "retry", subjects::retry(), Echo::ready());
    kept(&mut group, "breaker", subjects::breaker(), Echo::ready());
    kept(&mut group, "bulkhead", subjects::bulkhead(), Echo::ready());
    let queued = subjects::queued_bulkhead();
    kept(&mut group, "bulkhead queued", queued, Echo::ready());
    kept(&mut group, "fallback", subjects::fallback(), Echo::ready());
    kept(
        &mut group,
        "fork-join",
        subjects::fork_join(),
        Echo::ready(),
    );
    let staggered = subjects::staggered();
    kept(&mut group, "fork-join staggered", staggered, Echo::ready());
    kept(&mut group, "stack", subjects::stack(), Echo::ready());
}

fn pending(c: &mut Criterion) {
    let once = Echo::pending(1);
    let mut group = short(c, "pending");
    kept(&mut group, "raw", subjects::raw(), once);
    kept(&mut group, "timeout", subjects::timeout(), once);
    kept(&mut group, "retry", subjects::retry(), once);
    kept(&mut group, "breaker", subjects::breaker(), once);
    kept(&mut group, "bulkhead", subjects::bulkhead(), once);
    kept(
        &mut group,
        "bulkhead queued",
        subjects::queued_bulkhead(),
        once,
    );
    kept(&mut group, "fallback", subjects::fallback(), once);
    kept(&mut group, "fork-join", subjects::fork_join(), once);
    kept(
        &mut group,
        "fork-join staggered",
        subjects::staggered(),
        once,
    );
    kept(&mut group, "stack", subjects::stack(), once);
}

fn per_call_clone(c: &mut Criterion) {
    let mut group = short(c, "cloned");
    cloned(&mut group, "raw", subjects::raw());
    cloned(&mut group, "timeout", subjects::timeout());
    cloned(&mut group, "retry", subjects::retry());
    cloned(&mut group, "breaker", subjects::breaker());
    cloned(&mut group, "bulkhead", subjects::bulkhead());
    cloned(&mut group, "fallback", subjects::fallback());
    cloned(&mut group, "fork-join", subjects::fork_join());
    cloned(&mut group, "stack", subjects::stack());
}

fn rejected(c: &mut Criterion) {
    let mut group = short(c, "rejected");
    let inner = Echo::ready();
    kept(&mut group, "breaker open", subjects::open_breaker(), inner);
    kept(
        &mut group,
        "bulkhead full",
        subjects::full_bulkhead(),
        inner,
    );
}

/// Settings that may change, beside the plain layers of the same names in `ready`.
fn live(c: &mut Criterion) {
    let mut group = short(c, "live");
    let inner = Echo::ready();
    kept(&mut group, "timeout", subjects::timeout_live(), inner);
    kept(&mut group, "retry", subjects::retry_live(), inner);
    kept(&mut group, "fork-join", subjects::fork_join_live(), inner);
    kept(&mut group, "breaker", subjects::breaker_live(), inner);
    let open = subjects::breaker_live_open();
    kept(&mut group, "breaker open", open, inner);
    let shadowed = subjects::timeout_shadowed();
    kept(&mut group, "timeout shadowed", shadowed, inner);
    kept(&mut group, "bulkhead", subjects::bulkhead_live(), inner);
    kept(&mut group, "queue", subjects::queued_bulkhead_live(), inner);
    let shadowed = subjects::breaker_shadowed();
    kept(&mut group, "breaker shadowed", shadowed, inner);
}

/// As the task of a runtime: ready at once, and pending once, woken by itself.
fn spawned(group: &mut Group<'_>, name: &str, subject: impl Subject) {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    for (when, inner) in [("ready", Echo::ready()), ("pending", Echo::pending(1))] {
        let mut service = subject.layer(inner);
        group.bench_function(format!("{name}, {when}"), |b| {
            b.iter_custom(|calls| {
                runtime.block_on(async {
                    let begun = Instant::now();
                    for _ in 0..calls {
                        black_box(asked(&mut service).await);
                    }
                    begun.elapsed()
                })
            });
        });
    }
}

/// One call. The inner service wakes nobody, so the task does.
async fn asked<S: Service<u64, Response = u64>>(service: &mut S) -> Option<u64> {
    poll_fn(|cx| service.poll_ready(cx)).await.ok()?;
    let mut future = pin!(service.call(black_box(7)));
    let answer = poll_fn(|cx| {
        let polled = future.as_mut().poll(cx);
        if polled.is_pending() {
            cx.waker().wake_by_ref();
        }
        polled
    });
    answer.await.ok()
}

fn on_tokio(c: &mut Criterion) {
    let mut group = short(c, "on tokio");
    spawned(&mut group, "raw", subjects::raw());
    spawned(&mut group, "timeout", subjects::timeout());
    spawned(&mut group, "retry", subjects::retry());
    spawned(&mut group, "breaker", subjects::breaker());
    spawned(&mut group, "bulkhead", subjects::bulkhead());
    spawned(&mut group, "fallback", subjects::fallback());
    spawned(&mut group, "fork-join", subjects::fork_join());
    spawned(&mut group, "stack", subjects::stack());
}

fn all(c: &mut Criterion) {
    // Something nearer is waited for, so that the driver of the wheel rests.
    enter_runtime().block_on(timers::rests());
    ready(c);
    pending(c);
    per_call_clone(c);
    rejected(c);
    live(c);
    on_tokio(c);
}

criterion_group! {
    name = hot_path;
    config = flame::criterion();
    targets = all
}
criterion_main!(hot_path);
