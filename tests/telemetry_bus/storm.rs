//! Producers and subscribers all at once: the law holds for each, exactly.

use std::collections::HashMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ninelives::emit::{Interest, Kind, PolicyId, Sink};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::telemetry::Delivery;

use super::{assert_conserved, emit, number};

/// What one subscriber saw of one producer.
#[derive(Clone, Copy, Default)]
struct Seen {
    received: u64,
    gaps: u64,
    /// The number of the next event, had none been lost.
    next: u64,
}

#[derive(Default)]
struct Ledger {
    producers: HashMap<PolicyId, Seen>,
    lost: u64,
}

impl Ledger {
    fn book(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Lagged(gap) => self.lost += gap,
            Delivery::Event(event) => {
                let n = u64::from(number(event));
                let seen = self.producers.entry(event.policy()).or_default();
                let gap = n.checked_sub(seen.next);
                seen.gaps += gap.expect("e02: the numbers of a producer rise");
                seen.received += 1;
                seen.next = n + 1;
            }
        }
    }

    /// e01, e02: exact, for each producer and in total.
    fn assert_complete(&self, producers: usize, each: u32) {
        assert_eq!(self.producers.len(), producers);
        for seen in self.producers.values() {
            assert_eq!(seen.next, u64::from(each), "the newest event is never lost");
            assert_eq!(seen.received + seen.gaps, u64::from(each));
        }
        let gaps: u64 = self.producers.values().map(|seen| seen.gaps).sum();
        assert_eq!(gaps, self.lost);
    }
}

/// Every producer emits `each`; one subscriber reads all the time, one merged, one only at the end, and others come and go.
fn storm(producers: usize, capacity: usize, each: u32) {
    let sink = StreamingSink::new(capacity).unwrap();
    let emitted = producers as u64 * u64::from(each);
    let done = AtomicBool::new(false);
    // Nobody ends before all have emitted, so that each has a ring of its own.
    let together = Barrier::new(producers);
    let mut lazy = sink.subscribe();
    let deaf = sink.subscribe_to(Interest::NONE.with(Kind::ForkWon));
    let read = |mut subscriber: Subscriber| {
        let (sink, done) = (&sink, &done);
        move || {
            let mut ledger = Ledger::default();
            loop {
                // Read before the look: what was emitted before `done` is found by a look after it.
                let last = done.load(Ordering::Acquire);
                while let Some(delivery) = subscriber.try_recv() {
                    ledger.book(delivery);
                }
                if last {
                    break;
                }
                thread::yield_now();
            }
            assert_conserved(&subscriber, emitted);
            assert_eq!(subscriber.lost(), ledger.lost);
            assert!(sink.subscribers() >= 1);
            ledger
        }
    };
    thread::scope(|scope| {
        let eager = scope.spawn(read(sink.subscribe()));
        let merged = scope.spawn(read(sink.subscribe().merged()));
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let mut dying = sink.subscribe();
                let mut before = 0;
                for _ in 0..20 {
                    dying.try_recv();
                    let passed = dying.received() + dying.lost();
                    let total = passed + dying.backlog();
                    assert!(total >= before, "e11: an event was taken back");
                    before = total;
                }
            }
        });
        let emitting: Vec<_> = (0..producers)
            .map(|_| {
                let emitter = sink.attach(&Name::from("producer"));
                let together = &together;
                scope.spawn(move || {
                    (0..each).for_each(|n| emit(&emitter, n));
                    together.wait();
                })
            })
            .collect();
        for thread in emitting {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Release);
        for reader in [eager, merged] {
            reader.join().unwrap().assert_complete(producers, each);
        }
    });
    let mut ledger = Ledger::default();
    while let Some(delivery) = lazy.try_recv() {
        ledger.book(delivery);
    }
    ledger.assert_complete(producers, each);
    assert_conserved(&lazy, emitted);
    assert_conserved(&deaf, emitted);
    assert_eq!(sink.producers(), producers);
    assert_eq!(sink.subscribers(), 2);
}

#[test]
fn e01_two_producers_conserve_every_event() {
    for capacity in [1, 2, 64, 1024] {
        storm(2, capacity, 50_000);
    }
}

#[test]
fn e01_eight_producers_conserve_every_event() {
    for capacity in [1, 2, 64, 1024] {
        storm(8, capacity, 50_000);
    }
}
