//! What is seldom: an event after a silence, a thread's first event, and a reader for which nothing comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ninelives::emit::Sink;
use ninelives::{MonotonicClock, StreamingSink};

use super::columns::print;
use super::histogram::{Reading, read, time};
use super::latencies::Latencies;
use super::schedule::Schedule;
use super::subjects::{CAPACITY, emitting, name};

/// Events after silences.
const WAKES: u64 = 500;
/// Seconds in which nothing comes.
const SILENCE: u64 = 5;

/// Prints all three.
pub fn run() {
    waking();
    first();
    idle();
}

/// Events after silences: with a reader that naps, and with one that each of them wakes.
fn waking() {
    let timed = [Reading::Naps, Reading::Prompt].map(|reading| {
        let sink = StreamingSink::new(CAPACITY).expect("in range");
        let subscriber = sink.subscribe();
        let emitter = sink.with_clock(MonotonicClock::new()).attach(&name());
        let over = AtomicBool::new(false);
        let mut tell = emitting(emitter);
        let mut latencies = Latencies::new();
        tell();
        thread::scope(|scope| {
            scope.spawn(|| read(reading, subscriber, &over));
            for _ in 0..WAKES {
                thread::sleep(Duration::from_millis(5));
                latencies.add(time(&mut tell));
            }
            over.store(true, Ordering::Release);
            tell();
        });
        Latencies::summary(vec![latencies])
    });
    println!("\n{WAKES} events, each after a silence of 5 ms");
    print(&[&timed[0], &timed[1]], &["reader naps", "reader is woken"]);
}

/// A thread's first event on a sink: with a ring made ahead, and without one.
fn first() {
    for ahead in [true, false] {
        let mut first: Vec<u64> = (0..99).map(|_| first_event(ahead)).collect();
        first.sort_unstable();
        let made = if ahead { "ahead" } else { "then" };
        println!(
            "a thread's first event, its ring made {made}: p50 {} ns, max {} ns",
            first[49], first[98]
        );
    }
}

fn first_event(ahead: bool) -> u64 {
    let sink = StreamingSink::new(CAPACITY).expect("in range");
    if ahead {
        sink.reserve(1);
    }
    let _subscriber = sink.subscribe();
    let mut tell = emitting(sink.with_clock(MonotonicClock::new()).attach(&name()));
    thread::scope(|scope| {
        let thread = scope.spawn(|| time(&mut tell).as_nanos() as u64);
        thread.join().expect("it does not panic")
    })
}

/// What a reader costs for which nothing comes.
fn idle() {
    let readings = [
        (Reading::Naps, "naps for a second"),
        (Reading::NeverWoken, "naps for ever"),
        (Reading::Prompt, "is prompt"),
    ];
    for (reading, reader) in readings {
        let sink = StreamingSink::new(CAPACITY).expect("in range");
        let subscriber = sink.subscribe();
        let over = AtomicBool::new(false);
        let spent = thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let schedule = Schedule::of_this_thread();
                let before = schedule.look();
                read(reading, subscriber, &over);
                Some((before?, schedule.look()?))
            });
            thread::sleep(Duration::from_secs(SILENCE));
            over.store(true, Ordering::Release);
            emitting(sink.attach(&name()))();
            reader.join().expect("it does not panic")
        });
        if let Some((before, after)) = spent {
            let (ran, switches) = (after.ran - before.ran, after.switches - before.switches);
            println!(
                "idle for {SILENCE} s, a reader that {reader}: {} us of a core, {switches} times on it",
                ran / 1000
            );
        }
    }
}
