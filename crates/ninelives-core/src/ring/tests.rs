use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::thread;

use proptest::prelude::*;

use super::{Producer, Read, Reader, Ring};

fn drain(ring: &Ring<2>, reader: &mut Reader) -> (Vec<u64>, u64) {
    let (mut records, mut lost) = (Vec::new(), 0);
    loop {
        match ring.read(reader) {
            Read::Record { sequence, words } => {
                assert_eq!(words, [sequence, !sequence], "a record is whole");
                records.push(sequence);
            }
            Read::Lost(gap) => lost += gap,
            Read::Empty => return (records, lost),
        }
    }
}

fn push(producer: &mut Producer<&Ring<2>, 2>, count: u64) {
    for _ in 0..count {
        let next = producer.ring().head();
        assert_eq!(producer.push(&[next, !next]), next);
    }
}

#[test]
fn e09_capacity_zero_and_absurd_ones_are_refused_and_three_is_four() {
    let error = |capacity| Ring::<2>::new(capacity).unwrap_err().to_string();
    assert_eq!(error(0), "capacity: 0 is outside 1..=16777216");
    assert_eq!(
        error(16_777_217),
        "capacity: 16777217 is outside 1..=16777216"
    );
    assert_eq!(Ring::<2>::new(3).unwrap().capacity(), 4);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn e09_the_largest_ring_there_may_be_is_made() {
    let ring = Ring::<1>::new(16_777_216).unwrap();
    assert_eq!(ring.capacity(), 16_777_216);
}

#[test]
fn an_empty_ring_has_nothing_to_read() {
    let ring = Ring::<2>::new(4).unwrap();
    assert_eq!(ring.read(&mut Reader::default()), Read::Empty);
}

#[test]
fn records_come_out_in_order() {
    let ring = Ring::new(4).unwrap();
    let mut producer = Producer::attach(&ring).unwrap();
    let mut reader = Reader::default();
    push(&mut producer, 4);
    assert_eq!(drain(&ring, &mut reader), ([0, 1, 2, 3].to_vec(), 0));
    push(&mut producer, 1);
    assert_eq!(drain(&ring, &mut reader), ([4].to_vec(), 0));
}

#[test]
fn e10_a_reader_past_the_head_that_it_sees_has_nothing_to_read_and_stays() {
    let (ring, mut reader) = (Ring::<2>::new(1).unwrap(), Reader::at(2));
    let mut producer = Producer::attach(&ring).unwrap();
    for _ in 0..2 {
        push(&mut producer, 1);
        assert_eq!((ring.read(&mut reader), reader.next()), (Read::Empty, 2));
    }
    push(&mut producer, 1);
    assert_eq!(drain(&ring, &mut reader), ([2].to_vec(), 0));
}

#[test]
fn a_lapped_reader_learns_the_exact_gap() {
    let ring = Ring::new(4).unwrap();
    let mut producer = Producer::attach(&ring).unwrap();
    let mut reader = Reader::default();
    push(&mut producer, 11);
    assert_eq!(ring.read(&mut reader), Read::Lost(7));
    assert_eq!(drain(&ring, &mut reader), ([7, 8, 9, 10].to_vec(), 0));
}

#[test]
fn e11_a_slow_reader_costs_another_one_nothing() {
    let ring = Ring::new(2).unwrap();
    let mut producer = Producer::attach(&ring).unwrap();
    let (mut slow, mut quick, mut got) = (Reader::default(), Reader::default(), 0);
    for _ in 0..100 {
        push(&mut producer, 1);
        got += drain(&ring, &mut quick).0.len();
    }
    assert_eq!(got, 100);
    assert_eq!(drain(&ring, &mut slow), ([98, 99].to_vec(), 98));
}

#[test]
fn one_producer_at_a_time() {
    let ring = Ring::<2>::new(2).unwrap();
    let first = Producer::attach(&ring).unwrap();
    assert!(Producer::attach(&ring).is_none());
    drop(first);
    assert!(Producer::attach(&ring).is_some());
}

#[test]
fn the_next_producer_goes_on_with_the_numbers() {
    let ring = Ring::new(8).unwrap();
    push(&mut Producer::attach(&ring).unwrap(), 3);
    push(&mut Producer::attach(&ring).unwrap(), 2);
    assert_eq!(
        drain(&ring, &mut Reader::default()),
        ([0, 1, 2, 3, 4].to_vec(), 0)
    );
}

#[test]
fn e08_numbers_wrap_without_a_gap() {
    let first = u64::MAX - 3;
    let ring = Ring::starting_at(4, first).unwrap();
    let mut reader = Reader::at(first);
    let mut producer = Producer::attach(&ring).unwrap();
    push(&mut producer, 3);
    assert_eq!(drain(&ring, &mut reader).1, 0);
    push(&mut producer, 9);
    assert_eq!(drain(&ring, &mut reader), ([4, 5, 6, 7].to_vec(), 5));
    assert_eq!(reader.next(), 8);
}

#[test]
fn e01_read_and_lost_sum_to_pushed_while_a_thread_pushes() {
    for capacity in [1, 2, 64, 1024] {
        let ring = Arc::new(Ring::<2>::new(capacity).unwrap());
        let pushed = if cfg!(miri) { 100 } else { 200_000 };
        let producer = thread::spawn({
            let ring = Arc::clone(&ring);
            move || push(&mut Producer::attach(&*ring).unwrap(), pushed)
        });
        let mut reader = Reader::default();
        let (mut read, mut lost, mut last) = (0, 0, None);
        while read + lost < pushed {
            match ring.read(&mut reader) {
                Read::Record { sequence, words } => {
                    assert_eq!(words, [sequence, !sequence], "capacity {capacity}");
                    assert!(last < Some(sequence), "capacity {capacity}");
                    last = Some(sequence);
                    read += 1;
                }
                Read::Lost(gap) => lost += gap,
                Read::Empty => std::hint::spin_loop(),
            }
        }
        producer.join().unwrap();
        assert_eq!(read + lost, pushed, "capacity {capacity}");
        assert_eq!(ring.read(&mut reader), Read::Empty, "capacity {capacity}");
    }
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    /// Against a naive model: a list of everything pushed, of which the last `capacity` can still be had.
    #[test]
    fn any_interleaving_agrees_with_a_list(
        capacity in 1u32..9,
        steps in prop::collection::vec((0u64..12, 0usize..3, 0usize..6), 1..60),
    ) {
        let ring = Ring::new(capacity).unwrap();
        let mut producer = Producer::attach(&ring).unwrap();
        let mut readers = [(Reader::default(), 0u64); 3];
        let mut pushed = 0u64;
        for (pushes, who, reads) in steps {
            push(&mut producer, pushes);
            pushed += pushes;
            for _ in 0..reads {
                let (reader, wants) = &mut readers[who];
                let oldest = pushed.saturating_sub(ring.capacity());
                let expected = if *wants == pushed {
                    Read::Empty
                } else if *wants < oldest {
                    let gap = oldest - *wants;
                    *wants = oldest;
                    Read::Lost(gap)
                } else {
                    *wants += 1;
                    Read::Record { sequence: *wants - 1, words: [*wants - 1, !(*wants - 1)] }
                };
                prop_assert_eq!(ring.read(reader), expected);
            }
        }
    }
}
