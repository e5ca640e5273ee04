//! The ring: no torn record, exact loss, and numbers that go on from one producer to the next.
//!
//! Every actor is a thread of its own, each model runs under every spawn order, and each asserts that the outcomes it is about were
//! all seen. The mutant named at a model is one that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::Arc;
use loom::thread;
use ninelives_core::ring::{Producer, Read, Reader, Ring};

type Shared = Arc<Ring<2>>;

/// Pushes `count` records, each of which shows whether it is whole.
fn push(ring: &Shared, count: u64) -> u64 {
    match Producer::attach(&**ring) {
        Some(mut producer) => {
            for _ in 0..count {
                let next = producer.ring().head();
                assert_eq!(producer.push(&[next, !next]), next);
            }
            count
        }
        None => 0,
    }
}

/// Reads `times`; gives (read, lost).
fn read(ring: &Shared, reader: &mut Reader, times: usize) -> (u64, u64) {
    let (mut got, mut lost) = (0, 0);
    for _ in 0..times {
        match ring.read(reader) {
            Read::Record { sequence, words } => {
                assert_eq!(words, [sequence, !sequence], "a torn record");
                assert_eq!(sequence + 1, reader.next(), "out of order");
                got += 1;
            }
            Read::Lost(gap) => lost += gap,
            Read::Empty => {}
        }
    }
    (got, lost)
}

/// Runs `model` for both spawn orders and checks that exactly the `expected` outcomes were seen.
fn outcomes(expected: &[(u64, u64)], model: fn(bool) -> (u64, u64)) {
    let seen: &'static Mutex<BTreeSet<(u64, u64)>> = Box::leak(Box::default());
    for reader_first in [true, false] {
        loom_tests::model(move || {
            let outcome = model(reader_first);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

fn race(capacity: u32, pushes: u64, reads: usize, reader_first: bool) -> (u64, u64) {
    let ring = Arc::new(Ring::new(capacity).expect("in range"));
    let spawn_producer = |ring: &Shared| {
        let ring = Arc::clone(ring);
        thread::spawn(move || push(&ring, pushes))
    };
    let spawn_reader = |ring: &Shared| {
        let ring = Arc::clone(ring);
        thread::spawn(move || {
            let mut reader = Reader::default();
            let sums = read(&ring, &mut reader, reads);
            (reader, sums)
        })
    };
    let (producer, reader) = if reader_first {
        let reader = spawn_reader(&ring);
        (spawn_producer(&ring), reader)
    } else {
        (spawn_producer(&ring), spawn_reader(&ring))
    };
    producer.join().unwrap();
    let (mut reader, (got, lost)) = reader.join().unwrap();
    // The law: once the producer rests, everything it pushed was read or is counted as lost.
    let (rest, more) = read(&ring, &mut reader, pushes as usize + 1);
    assert_eq!(got + lost + rest + more, pushes);
    assert_eq!(ring.read(&mut reader), Read::Empty);
    (got, lost)
}

/// L17, L18: a record that is overwritten while it is copied is lost, never torn. Mutants: no fence in `read`; no fence in `push`;
/// the head published before the words; the claim not looked at.
#[test]
fn a_torn_record_is_never_delivered() {
    outcomes(&[(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)], |reader_first| {
        race(1, 2, 2, reader_first)
    });
}

/// L17 with room for two: nothing is lost before it is lapped.
#[test]
fn a_reader_that_keeps_up_loses_nothing() {
    outcomes(&[(0, 0), (1, 0), (2, 0)], |reader_first| {
        race(2, 2, 2, reader_first)
    });
}

/// A ring goes from one producer to the next: the numbers go on, and nobody pushes at the same time. Mutant: attach without a swap.
#[test]
fn producers_hand_the_ring_over_whole() {
    outcomes(&[(1, 1), (1, 0), (0, 1)], |second_first| {
        let ring: Shared = Arc::new(Ring::new(4).expect("in range"));
        let spawn = |ring: &Shared| {
            let ring = Arc::clone(ring);
            thread::spawn(move || push(&ring, 1))
        };
        let (first, second) = if second_first {
            let second = spawn(&ring);
            (spawn(&ring), second)
        } else {
            let first = spawn(&ring);
            (first, spawn(&ring))
        };
        let pushed = (first.join().unwrap(), second.join().unwrap());
        let total = pushed.0 + pushed.1;
        assert_eq!(ring.head(), total);
        assert_eq!(read(&ring, &mut Reader::default(), 3), (total, 0));
        pushed
    });
}
