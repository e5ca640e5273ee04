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
use loom_tests::{Actor, Bound};
use ninelives_core::bell::Bell;
use ninelives_core::ring::{Producer, Read, Reader, Ring};

type Shared = Arc<Ring<2>>;

/// The most that any model pushes.
const PUSHES: u64 = 3;

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
    let (mut got, mut lost) = (0_u64, 0_u64);
    for _ in 0..times {
        match ring.read(reader) {
            Read::Record { sequence, words } => {
                assert_eq!(words, [sequence, !sequence], "a torn record");
                assert_eq!(sequence.wrapping_add(1), reader.next(), "out of order");
                got += 1;
            }
            Read::Lost(gap) => {
                // Sums wrap, and so would hide it.
                assert!(gap <= PUSHES, "{gap} are lost of {PUSHES} at most");
                lost += gap;
            }
            Read::Empty => {}
        }
    }
    (got, lost)
}

/// Runs `model` for both spawn orders and checks that exactly the `expected` outcomes were seen.
fn outcomes(expected: &[(u64, u64)], model: fn(bool) -> (u64, u64)) {
    outcomes_within(Bound::of(2), expected, model);
}

fn outcomes_within(bound: Bound, expected: &[(u64, u64)], model: fn(bool) -> (u64, u64)) {
    let seen: &'static Mutex<BTreeSet<(u64, u64)>> = Box::leak(Box::default());
    for reader_first in [true, false] {
        loom_tests::model_within(bound, move || {
            let outcome = model(reader_first);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

fn race(
    first: u64,
    capacity: u32,
    (pushes, reads): (u64, usize),
    reader_first: bool,
) -> (u64, u64) {
    let ring = Arc::new(Ring::starting_at(capacity, first).expect("in range"));
    let spawn_producer = |ring: &Shared| {
        let ring = Arc::clone(ring);
        thread::spawn(move || push(&ring, pushes))
    };
    let spawn_reader = |ring: &Shared| {
        let ring = Arc::clone(ring);
        thread::spawn(move || {
            let mut reader = Reader::at(first);
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
        race(0, 1, (2, 2), reader_first)
    });
}

/// L17 with room for two: nothing is lost before it is lapped.
#[test]
fn a_reader_that_keeps_up_loses_nothing() {
    outcomes(&[(0, 0), (1, 0), (2, 0)], |reader_first| {
        race(0, 2, (2, 2), reader_first)
    });
}

/// L18: a reader that learns by a claim that it was lapped goes on behind what it lost. The head that it sees next may be older than
/// that, and then there is nothing for it yet. Mutant: a head that is behind is taken for one that is far ahead.
#[test]
fn a_reader_that_was_lapped_may_be_ahead_of_the_head_that_it_sees() {
    let seen = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)];
    let bound = Bound::of(2).touched(3);
    outcomes_within(bound, &seen, |reader_first| {
        race(0, 1, (3, 2), reader_first)
    });
}

/// L19: the numbers go on past the largest. Mutant: numbers compared by size.
#[test]
fn l19_numbers_that_wrap_are_read_in_order() {
    outcomes(&[(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)], |reader_first| {
        race(u64::MAX, 1, (2, 2), reader_first)
    });
}

/// L17: two producers, each of which pushes if the ring is free, and a reader. Mutant: attach without a swap.
#[test]
fn l17_a_reader_beside_two_producers_in_turn_conserves_every_record() {
    let seen: &'static Mutex<BTreeSet<(u64, u64)>> = Box::leak(Box::default());
    for order in loom_tests::orders(3) {
        loom_tests::model(move || {
            let ring: Shared = Arc::new(Ring::new(2).expect("in range"));
            let actors: Vec<Actor<_>> = (0..3)
                .map(|actor: u64| {
                    let ring = Arc::clone(&ring);
                    Box::new(move || {
                        let mut reader = Reader::default();
                        let sums = match actor {
                            0 => read(&ring, &mut reader, 1),
                            _ => (push(&ring, 1), 0),
                        };
                        (reader, sums)
                    }) as Actor<_>
                })
                .collect();
            let answers = loom_tests::race(&order, actors);
            let (mut reader, (got, lost)): (_, (u64, u64)) = answers[0];
            let pushed: u64 = answers[1].1.0 + answers[2].1.0;
            assert_eq!(ring.head(), pushed);
            let (rest, more) = read(&ring, &mut reader, 3);
            assert_eq!((got + rest, lost + more), (pushed, 0));
            seen.lock().unwrap().insert((pushed, got));
        });
    }
    let expected = BTreeSet::from([(1, 0), (1, 1), (2, 0), (2, 1)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// L21: who has pushed its last says so by a bell, and who hears it finds the last record. Mutants: the bell's mark Relaxed, at either
/// end.
#[test]
fn l21_who_hears_of_the_end_finds_the_last_record() {
    outcomes(&[(0, 0), (0, 1), (1, 0), (1, 1)], |reader_first| {
        let ring: Shared = Arc::new(Ring::new(2).expect("in range"));
        let done = Arc::new(Bell::new());
        let (pushing, ends) = (Arc::clone(&ring), Arc::clone(&done));
        let (reading, ended) = (ring, done);
        let producer = move || {
            let pushed = push(&pushing, 1);
            ends.ring();
            (pushed, 0)
        };
        let consumer = move || {
            let mut reader = Reader::default();
            let early = read(&reading, &mut reader, 1).0;
            if !ended.is_rung() {
                return (early, 0);
            }
            let rest = read(&reading, &mut reader, 1).0;
            assert_eq!(early + rest, 1, "the last record is missing");
            (early, 1)
        };
        let order = if reader_first { [1, 0] } else { [0, 1] };
        loom_tests::race(&order, vec![Box::new(producer), Box::new(consumer)])[1]
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
