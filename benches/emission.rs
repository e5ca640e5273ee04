//! Time of one event, from the policy that tells it to the ring that keeps it. Compare ratios within one run.
//!
//! ```text
//! cargo bench --bench emission                   # one event, and peers
//! cargo bench --bench emission -- --threads      # two threads at once against one
//! cargo bench --bench emission -- --histogram    # every single one of ten million events
//! ```

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/emission/columns.rs"]
mod columns;
#[path = "support/emission/histogram.rs"]
mod histogram;
#[path = "support/emission/latencies.rs"]
mod latencies;
#[path = "support/emission/schedule.rs"]
mod schedule;
#[path = "support/emission/silences.rs"]
mod silences;
#[path = "support/emission/subjects.rs"]
mod subjects;
#[path = "support/emission/threads.rs"]
mod threads;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use ninelives::emit::{Interest, Kind, NullSink, Sink};
use ninelives::{MemorySink, MonotonicClock, StreamingSink, Subscriber};
use tokio::sync::broadcast;

use subjects::{CAPACITY, STILL, emitting, name};

type Group<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

fn main() {
    let asked = |mode: &str| std::env::args().any(|arg| arg == mode);
    if asked("--histogram") {
        histogram::run();
        silences::run();
    } else if asked("--threads") {
        threads::run();
    } else {
        events();
        Criterion::default().configure_from_args().final_summary();
    }
}

/// Tells so many events that they fit, then takes them out; only the telling is timed.
fn drained(group: &mut Group<'_>, row: &str, mut tell: impl FnMut(), mut drain: impl FnMut()) {
    const FIT: u64 = CAPACITY as u64 / 2;
    group.bench_function(row, |b| {
        b.iter_custom(|events| {
            let mut spent = Duration::ZERO;
            let mut left = events;
            while left > 0 {
                let some = left.min(FIT);
                let begun = Instant::now();
                (0..some).for_each(|_| tell());
                spent += begun.elapsed();
                drain();
                left -= some;
            }
            spent
        });
    });
}

/// Tells and tells.
fn unread(group: &mut Group<'_>, row: &str, mut tell: impl FnMut()) {
    group.bench_function(row, |b| b.iter(&mut tell));
}

/// Tells while another thread reads.
fn read_elsewhere(group: &mut Group<'_>, row: &str, tell: impl FnMut(), reader: Subscriber) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = reader;
            while !over.load(Ordering::Relaxed) {
                if reader.try_recv().is_none() {
                    thread::yield_now();
                }
            }
        });
        unread(group, row, tell);
        over.store(true, Ordering::Relaxed);
    });
}

fn ours(group: &mut Group<'_>) {
    unread(group, "null sink", emitting(NullSink.attach(&name())));

    let sink = StreamingSink::new(CAPACITY).expect("in range");
    let still = sink.clone().with_clock(STILL).attach(&name());
    let timed = sink.clone().with_clock(MonotonicClock::new());
    let timed = timed.attach(&name());
    unread(group, "nobody subscribed", emitting(still.clone()));
    let other = sink.subscribe_to(Interest::NONE.with(Kind::CircuitOpened));
    unread(group, "a kind nobody wants", emitting(still.clone()));
    drop(other);

    let mut reader = sink.subscribe();
    let mut drain = || while reader.try_recv().is_some() {};
    drained(
        group,
        "room, constant clock",
        emitting(still.clone()),
        &mut drain,
    );
    drained(group, "room, MonotonicClock", emitting(timed), &mut drain);
    unread(group, "full, constant clock", emitting(still.clone()));
    read_elsewhere(
        group,
        "read by another thread, constant clock",
        emitting(still),
        reader,
    );

    let memory = MemorySink::new().with_clock(STILL);
    unread(
        group,
        "memory sink, full, constant clock",
        emitting(memory.attach(&name())),
    );
}

fn peers(group: &mut Group<'_>) {
    let (sender, mut events) = broadcast::channel(CAPACITY);
    let mut tell = subjects::broadcasting(sender);
    let drain = || while events.try_recv().is_ok() {};
    drained(group, "tokio broadcast, room", &mut tell, drain);
    unread(group, "tokio broadcast, full", tell);

    let (sender, events) = mpsc::sync_channel(CAPACITY);
    let mut tell = subjects::trying(sender);
    let drain = || while events.try_recv().is_ok() {};
    drained(group, "std mpsc, bounded, room", &mut tell, drain);
    unread(
        group,
        "std mpsc, bounded, full: the newest is refused",
        tell,
    );

    let (sender, events) = mpsc::channel();
    let drain = || while events.try_recv().is_ok() {};
    drained(
        group,
        "std mpsc, unbounded",
        subjects::sending(sender),
        drain,
    );
}

fn all(c: &mut Criterion) {
    let mut group = c.benchmark_group("event");
    group
        .sample_size(50)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    ours(&mut group);
    peers(&mut group);
}

criterion_group!(events, all);
