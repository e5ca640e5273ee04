//! How the cost grows: instructions of a call by the number of layers, of an event by the number of subscribers, of an outcome by the size of the
//! window that counts it, and of a look into a registry by the number of its names.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use ninelives::prelude::*;
use ninelives::registry::Registry;
use ninelives::{Clock, Tick};
use ninelives_core::window::{CountWindow, Mark, Shape, Term, TimeWindow};
use peers::cases::within;
use peers::echo::{Echo, FAR};
use peers::instructions;
use peers::subject::{ANSWER, Subject};
use tower::layer::util::Identity;

/// A clock that costs nothing: an event's own price.
#[derive(Clone, Copy)]
struct Still;

const LAYERS: [&str; 9] = [
    "none", "timeout", "bulkhead", "breaker", "retry", "timeout", "bulkhead", "breaker", "retry",
];
const SUBSCRIBERS: usize = 8;
/// Outcomes that a window over the last calls keeps: in one word, and in a ring.
const SIZES: [u32; 5] = [10, 24, 100, 1_000, 10_000];
const SLOTS: [u32; 5] = [2, 5, 10, 20, 31];
/// Seconds that a window in ten slots goes back.
const LENGTHS: [u64; 4] = [10, 100, 1_000, 10_000];
const NAMES: [usize; 4] = [1, 10, 100, 1_000];
/// What is asked of each window.
const ASKED: usize = 3;

fn main() -> ExitCode {
    within(grow)
}

fn grow() -> ExitCode {
    let mut subjects = layers(Echo::ready());
    subjects.extend(layers(Echo::pending(1)));
    subjects.extend((0..=SUBSCRIBERS).map(telling));
    subjects.extend(SIZES.into_iter().flat_map(counting));
    subjects.extend(SLOTS.into_iter().flat_map(|slots| timing(10, slots)));
    subjects.extend(LENGTHS.into_iter().flat_map(|length| timing(length, 10)));
    subjects.extend(NAMES.map(finding));
    if std::env::args().any(|word| word == instructions::FLAG) {
        instructions::under_callgrind(subjects.iter_mut());
        return ExitCode::SUCCESS;
    }
    match instructions::count(subjects.len()) {
        Ok(counts) => {
            print(&counts);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(counts: &[f64]) {
    let (ready, rest) = counts.split_at(LAYERS.len());
    let (pending, rest) = rest.split_at(LAYERS.len());
    let (events, rest) = rest.split_at(SUBSCRIBERS + 1);
    let (counted, rest) = rest.split_at(SIZES.len() * ASKED);
    let (slots, rest) = rest.split_at(SLOTS.len() * ASKED);
    let (lengths, names) = rest.split_at(LENGTHS.len() * ASKED);
    println!(
        "| layers | the innermost one added | Ir, ready | more | Ir, pending once | more |\n|--:|---|--:|--:|--:|--:|"
    );
    for (n, layer) in LAYERS.iter().enumerate() {
        let more = |counts: &[f64]| counts[n] - counts[n.saturating_sub(1)];
        println!(
            "| {n} | {layer} | {:.0} | {:.0} | {:.0} | {:.0} |",
            ready[n],
            more(ready),
            pending[n],
            more(pending)
        );
    }
    println!("\n| subscribers | Ir of an event |\n|--:|--:|");
    for (n, count) in events.iter().enumerate() {
        println!("| {n} | {count:.0} |");
    }
    windows("last calls", &SIZES.map(u64::from), counted);
    windows("slots in 10 s", &SLOTS.map(u64::from), slots);
    windows("seconds in 10 slots", &LENGTHS, lengths);
    println!("\n| names in a registry | Ir of a look |\n|--:|--:|");
    for (n, count) in NAMES.iter().zip(names) {
        println!("| {n} | {count:.0} |");
    }
}

fn windows(what: &str, sizes: &[u64], counts: &[f64]) {
    println!("\n| {what} | Ir of a success | of a failure | of the rates |\n|--:|--:|--:|--:|");
    for (size, asked) in sizes.iter().zip(counts.chunks(ASKED)) {
        let [success, failure, rates] = asked else {
            unreachable!("each window is asked three things")
        };
        println!("| {size} | {success:.0} | {failure:.0} | {rates:.0} |");
    }
}

/// Zero to eight layers, each around those before.
fn layers(inner: Echo) -> Vec<Subject> {
    let none = Policy::tower(Identity::new());
    let one = none.clone() + timeout();
    let two = one.clone() + bulkhead();
    let three = two.clone() + breaker();
    let four = three.clone() + retry();
    let five = four.clone() + timeout();
    let six = five.clone() + bulkhead();
    let seven = six.clone() + breaker();
    let eight = seven.clone() + retry();
    vec![
        Subject::layer("0", none, inner, ANSWER),
        Subject::layer("1", one, inner, ANSWER),
        Subject::layer("2", two, inner, ANSWER),
        Subject::layer("3", three, inner, ANSWER),
        Subject::layer("4", four, inner, ANSWER),
        Subject::layer("5", five, inner, ANSWER),
        Subject::layer("6", six, inner, ANSWER),
        Subject::layer("7", seven, inner, ANSWER),
        Subject::layer("8", eight, inner, ANSWER),
    ]
}

fn timeout() -> Policy<TimeoutLayer> {
    Policy(TimeoutLayer::new(FAR).unwrap())
}

fn bulkhead() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(64).unwrap())
}

fn breaker() -> Policy<CircuitBreakerLayer> {
    let config = CircuitBreakerConfig::new(5, FAR, 1).unwrap();
    Policy(CircuitBreakerLayer::new(config).unwrap())
}

fn retry() -> Policy<RetryLayer> {
    let policy = RetryPolicy::builder().max_attempts(3).build();
    Policy(policy.unwrap().into_layer())
}

/// One event for each call, told to a ring of 1024 with so many subscribers, who do not read.
fn telling(subscribers: usize) -> Subject {
    let sink = StreamingSink::new(1024).unwrap().with_clock(Still);
    (0..subscribers).for_each(|_| std::mem::forget(sink.subscribe()));
    let emitter = sink.attach(&"policy".into());
    Subject::work("event", move || {
        emitter.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
            at,
            in_flight: 1,
            weight: 1,
        });
    })
}

const TERM: Term = Term::new(7);

/// A window over so many calls, full.
fn counting(size: u32) -> [Subject; ASKED] {
    let full = || {
        let window = CountWindow::new(size).unwrap();
        for _ in 0..size {
            window.record(TERM, Mark::SUCCESS, || true);
        }
        window
    };
    let recorded = |mark| {
        let window = full();
        Subject::work("outcome", move || {
            black_box(window.record(black_box(TERM), black_box(mark), || true));
        })
    };
    let window = full();
    let rates = Subject::work("rates", move || {
        black_box(window.rates(black_box(TERM)));
    });
    [recorded(Mark::SUCCESS), recorded(Mark::FAILURE), rates]
}

/// A window over so many seconds, in so many slots, each with an outcome.
fn timing(seconds: u64, slots: u32) -> [Subject; ASKED] {
    let length = Duration::from_secs(seconds);
    let now = Tick::ZERO.after(2 * length);
    let full = || {
        let window = TimeWindow::new(Shape::new(length, slots, 16).unwrap());
        for slot in (0..slots).rev() {
            let then = Tick::from_nanos(now.as_nanos() - (length * slot / slots).as_nanos() as u64);
            window.record(3, TERM, then, Mark::SUCCESS, || true);
        }
        window
    };
    let recorded = |mark| {
        let window = full();
        Subject::work("outcome", move || {
            let (term, now) = black_box((TERM, now));
            black_box(window.record(3, term, now, black_box(mark), || true));
        })
    };
    let window = full();
    let rates = Subject::work("rates", move || {
        let (term, now) = black_box((TERM, now));
        black_box(window.rates(term, now));
    });
    [recorded(Mark::SUCCESS), recorded(Mark::FAILURE), rates]
}

/// A look for the policy in the middle of so many.
fn finding(names: usize) -> Subject {
    let registry = Registry::new();
    for name in 0..names {
        let layer = TimeoutLayer::new(FAR).unwrap();
        let layer = layer.named(format!("policy {name}")).live();
        registry.register(&layer).unwrap();
        std::mem::forget(layer);
    }
    let name = format!("policy {}", names / 2);
    Subject::work("look", move || {
        assert!(registry.get(black_box(&name)).is_some());
    })
}

// === impl Still ===

impl Clock for Still {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}
