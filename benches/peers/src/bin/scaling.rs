//! How the cost grows: instructions of a call by the number of layers, and of an event by the number of subscribers.

use std::process::ExitCode;

use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use ninelives::prelude::*;
use ninelives::{Clock, Tick};
use peers::echo::{Echo, FAR, enter_runtime};
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

fn main() -> ExitCode {
    enter_runtime();
    let mut subjects = layers(Echo::ready());
    subjects.extend(layers(Echo::pending(1)));
    subjects.extend((0..=SUBSCRIBERS).map(telling));
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
    let (pending, events) = rest.split_at(LAYERS.len());
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

// === impl Still ===

impl Clock for Still {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}
