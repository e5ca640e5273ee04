//! Ten million events under contention, each of them timed; beside them as many timed nothings, which show the machine's own noise.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use ninelives::emit::Sink;
use ninelives::{MonotonicClock, StreamingSink, Subscriber};

use super::latencies::{Latencies, Summary};
use super::subjects::{CAPACITY, emitting, name};

const EVENTS: u64 = 10_000_000;
/// How many are timed before it is the turn of the nothings: both see the same machine.
const TURN: u64 = 50_000;
/// What one event may take.
const LIMIT: u64 = 10_000;

/// How the events are read.
#[derive(Clone, Copy)]
enum Reading {
    /// By a thread that looks and looks.
    Awake,
    /// By a task that sleeps when it has read all: an event that it sleeps for wakes it.
    Asleep,
}

/// Prints how long each event took.
pub fn run() {
    report(Reading::Awake, "one reader that looks and looks");
    report(
        Reading::Asleep,
        "one reader that sleeps when it has read all",
    );
}

fn report(reading: Reading, reader: &str) {
    let producers = thread::available_parallelism().map_or(2, usize::from);
    let sink = StreamingSink::new(CAPACITY).expect("in range");
    let subscriber = sink.subscribe();
    let emitter = sink.with_clock(MonotonicClock::new()).attach(&name());
    let line = Barrier::new(producers);
    let over = AtomicBool::new(false);
    let each = EVENTS / producers as u64;
    let (events, nothings, mut subscriber) = thread::scope(|scope| {
        let reader = scope.spawn(|| read(reading, subscriber, &over));
        let producers: Vec<_> = (0..producers)
            .map(|_| scope.spawn(|| in_turn(each, &line, emitting(emitter.clone()))))
            .collect();
        let parts = producers.into_iter().map(|thread| thread.join());
        let parts = parts.map(|part| part.expect("it does not panic"));
        let (events, nothings): (Vec<_>, Vec<_>) = parts.unzip();
        over.store(true, Ordering::Release);
        // One more, so that a reader that sleeps sees that it is over.
        emitting(emitter.clone())();
        (events, nothings, reader.join().expect("it does not panic"))
    });
    while subscriber.try_recv().is_some() {}
    let (received, lost) = (subscriber.received(), subscriber.lost());
    let (events, nothings) = (Latencies::summary(events), Latencies::summary(nothings));
    assert_eq!(
        received + lost,
        events.total() + 1,
        "every event is received or lost"
    );
    println!(
        "\n{} events, {producers} producers, {reader}: {received} received, {lost} lost",
        events.total()
    );
    print(&events, &nothings);
}

/// Times events and nothings in turn.
fn in_turn(each: u64, line: &Barrier, mut tell: impl FnMut()) -> (Latencies, Latencies) {
    let (mut events, mut nothings) = (Latencies::new(), Latencies::new());
    let mut left = each;
    while left > 0 {
        let some = left.min(TURN);
        line.wait();
        time(some, &mut events, &mut tell);
        line.wait();
        time(some, &mut nothings, || {
            black_box(());
        });
        left -= some;
    }
    (events, nothings)
}

#[inline(never)]
fn time(count: u64, latencies: &mut Latencies, mut what: impl FnMut()) {
    for _ in 0..count {
        let begun = Instant::now();
        what();
        latencies.add(begun.elapsed());
    }
}

/// Reads until it is over, and gives the subscriber back with what is left.
fn read(reading: Reading, mut subscriber: Subscriber, over: &AtomicBool) -> Subscriber {
    match reading {
        Reading::Awake => {
            while !over.load(Ordering::Acquire) {
                if subscriber.try_recv().is_none() {
                    thread::yield_now();
                }
            }
        }
        Reading::Asleep => {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_time().build().expect("a runtime");
            runtime.block_on(async {
                while !over.load(Ordering::Acquire) {
                    subscriber.recv().await;
                }
            });
        }
    }
    subscriber
}

fn print(events: &Summary, nothings: &Summary) {
    println!("{:>22} {:>12} {:>12}", "ns", "events", "nothing");
    let longest = events.max().max(nothings.max());
    for bits in 0..=longest.ilog2() {
        let (from, to) = (1 << bits, 2 << bits);
        let [event, nothing] = [events, nothings].map(|of| of.between(from, to));
        if event + nothing > 0 {
            println!("{from:>10}..{to:<10} {event:>12} {nothing:>12}");
        }
    }
    for (row, share) in [
        ("p50", 0.5),
        ("p99", 0.99),
        ("p99.99", 0.9999),
        ("p99.9999", 0.999_999),
        ("max", 1.0),
    ] {
        let [event, nothing] = [events, nothings].map(|of| of.quantile(share));
        println!("{row:>22} {event:>12} {nothing:>12}");
    }
    let above = [events, nothings].map(|of| of.between(LIMIT + 1, u64::MAX));
    println!("{:>22} {:>12} {:>12}", "above 10 us", above[0], above[1]);
    let share =
        |above: u64, of: &Summary| format!("{:.6} %", above as f64 * 100.0 / of.total() as f64);
    println!(
        "{:>22} {:>12} {:>12}",
        "their share",
        share(above[0], events),
        share(above[1], nothings)
    );
}
