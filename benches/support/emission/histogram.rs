//! Ten million events under contention, each of them timed; after each a reading of the same clock and no event, timed as well.
//!
//! An event with its time is a reading of the clock and little more, so both are as long, lie side by side, and meet the same
//! scheduler. What only the events show is theirs.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ninelives::emit::Sink;
use ninelives::{Clock, MonotonicClock, StreamingSink, Subscriber};

use super::columns::print;
use super::latencies::{Latencies, Summary};
use super::schedule::Schedule;
use super::subjects::{CAPACITY, emitting, name};

const EVENTS: u64 = 10_000_000;
/// How many are timed between two looks at whether the thread was taken off its core.
const RUN: usize = 16;

/// How the events are read.
#[derive(Clone, Copy)]
pub enum Reading {
    /// By a thread that looks and looks.
    Awake,
    /// By a task that naps when it has read all, and is woken after a second in which nothing came: as subscribers do.
    Naps,
    /// By a task that is woken after a nap in which nothing came.
    Prompt,
    /// By a task that naps, and is never woken.
    NeverWoken,
}

/// What one producer measured.
struct Timed {
    /// Its first event, which takes a ring that was made ahead.
    first: u64,
    /// Events, and readings without one.
    all: [Latencies; 2],
    /// Those of runs in which it stayed on its core.
    unswitched: [Latencies; 2],
}

/// Prints how long each event took.
pub fn run() {
    report(Reading::Awake, "one reader that looks and looks");
    report(Reading::Naps, "one reader that naps when it has read all");
    report(Reading::Prompt, "one prompt reader");
}

fn report(reading: Reading, reader: &str) {
    let producers = thread::available_parallelism().map_or(2, usize::from);
    let sink = StreamingSink::new(CAPACITY).expect("in range");
    sink.reserve(producers);
    let subscriber = sink.subscribe();
    let emitter = sink.with_clock(MonotonicClock::new()).attach(&name());
    let line = Barrier::new(producers);
    let over = AtomicBool::new(false);
    let each = EVENTS / producers as u64;
    let (timed, mut subscriber) = thread::scope(|scope| {
        let reader = scope.spawn(|| read(reading, subscriber, &over));
        let producers: Vec<_> = (0..producers)
            .map(|_| scope.spawn(|| produce(each, &line, emitting(emitter.clone()))))
            .collect();
        let timed = producers.into_iter().map(|thread| thread.join());
        let timed: Vec<Timed> = timed.map(|part| part.expect("it does not panic")).collect();
        over.store(true, Ordering::Release);
        // One more, so that a reader that sleeps sees that it is over.
        emitting(emitter.clone())();
        (timed, reader.join().expect("it does not panic"))
    });
    while subscriber.try_recv().is_some() {}
    let (received, lost) = (subscriber.received(), subscriber.lost());
    let first: Vec<u64> = timed.iter().map(|part| part.first).collect();
    let (all, unswitched) = timed
        .into_iter()
        .map(|part| (part.all, part.unswitched))
        .unzip();
    let ([events, readings], [calm_events, calm_readings]) =
        (summaries(all), summaries(unswitched));
    let emitted = events.total() + first.len() as u64 + 1;
    assert_eq!(received + lost, emitted, "every event is received or lost");
    println!(
        "\n{} events, {producers} producers, {reader}",
        events.total()
    );
    println!("{received} received, {lost} lost; first events of the threads: {first:?} ns");
    let columns = [&events, &readings, &calm_events, &calm_readings];
    print(
        &columns,
        &["events", "no event", "events, on core", "no event, on core"],
    );
}

fn summaries(parts: Vec<[Latencies; 2]>) -> [Summary; 2] {
    let (events, readings) = parts
        .into_iter()
        .map(|[event, reading]| (event, reading))
        .unzip();
    [Latencies::summary(events), Latencies::summary(readings)]
}

/// Times events and readings in turn.
fn produce(each: u64, line: &Barrier, mut tell: impl FnMut()) -> Timed {
    let fresh = || [Latencies::new(), Latencies::new()];
    let (mut all, mut unswitched) = (fresh(), fresh());
    let clock = MonotonicClock::new();
    let schedule = Schedule::of_this_thread();
    line.wait();
    let first = time(&mut tell).as_nanos() as u64;
    for _ in 0..each / RUN as u64 {
        let switches = || schedule.look().map(|seen| seen.switches);
        let before = switches();
        let mut run = [[Duration::ZERO; 2]; RUN];
        for [event, reading] in &mut run {
            *event = time(&mut tell);
            *reading = time(|| {
                black_box(clock.now());
            });
        }
        let stayed = before.is_some() && before == switches();
        for pair in run {
            for (latencies, took) in all.iter_mut().zip(pair) {
                latencies.add(took);
            }
            if stayed {
                for (latencies, took) in unswitched.iter_mut().zip(pair) {
                    latencies.add(took);
                }
            }
        }
    }
    Timed {
        first,
        all,
        unswitched,
    }
}

#[inline(always)]
pub fn time(mut what: impl FnMut()) -> Duration {
    let begun = Instant::now();
    what();
    begun.elapsed()
}

/// Reads until it is over, and gives the subscriber back with what is left.
pub fn read(reading: Reading, subscriber: Subscriber, over: &AtomicBool) -> Subscriber {
    let mut subscriber = match reading {
        Reading::Prompt => subscriber.prompt(),
        Reading::NeverWoken => subscriber.never_woken(Duration::from_millis(16)),
        Reading::Awake | Reading::Naps => subscriber,
    };
    if let Reading::Awake = reading {
        while !over.load(Ordering::Acquire) {
            if subscriber.try_recv().is_none() {
                thread::yield_now();
            }
        }
        return subscriber;
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().expect("a runtime");
    runtime.block_on(async {
        while !over.load(Ordering::Acquire) {
            subscriber.recv().await;
        }
    });
    subscriber
}
