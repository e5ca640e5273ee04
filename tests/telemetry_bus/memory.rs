use std::sync::Arc;
use std::thread;

use ninelives::emit::Sink;
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::{ManualClock, Tick};

use super::{emit, number};

fn numbers<C>(sink: &MemorySink<C>) -> Vec<u32> {
    sink.events().into_iter().map(number).collect()
}

#[test]
fn the_newest_events_are_kept_and_the_others_counted() {
    for capacity in [1, 2, 3, 63, 64, 65, 100] {
        let sink = MemorySink::with_capacity(capacity).unwrap();
        let emitter = sink.attach(&Name::from("policy"));
        assert!(sink.is_empty());
        for n in 0..300 {
            emit(&emitter, n);
            let kept = (n as usize + 1).min(capacity);
            let oldest = n + 1 - kept as u32;
            assert_eq!(numbers(&sink), (oldest..=n).collect::<Vec<_>>());
            assert_eq!((sink.len(), sink.evicted()), (kept, u64::from(oldest)));
        }
        assert_eq!((sink.capacity(), sink.is_empty()), (capacity, false));
    }
}

#[test]
fn clear_forgets_what_was_and_keeps_what_comes() {
    let sink = MemorySink::with_capacity(4).unwrap();
    let emitter = sink.attach(&Name::from("policy"));
    (0..10).for_each(|n| emit(&emitter, n));
    sink.clone().clear();
    assert_eq!((numbers(&sink), sink.len(), sink.evicted()), (vec![], 0, 0));
    (10..13).for_each(|n| emit(&emitter, n));
    assert_eq!((numbers(&sink), sink.len()), (vec![10, 11, 12], 3));
    (13..20).for_each(|n| emit(&emitter, n));
    assert_eq!((numbers(&sink), sink.evicted()), (vec![16, 17, 18, 19], 6));
}

#[test]
fn events_of_several_threads_are_in_the_order_of_their_times() {
    let clock = Arc::new(ManualClock::new());
    let sink = MemorySink::with_capacity(5)
        .unwrap()
        .with_clock(Arc::clone(&clock));
    let emitter = sink.attach(&Name::from("policy"));
    let tell = |n: u32| {
        clock.set(Tick::from_nanos(u64::from(n)));
        emit(&emitter, n);
    };
    // The times of each thread rise; those of one lie between those of the other.
    (0..10).step_by(2).for_each(tell);
    thread::scope(|scope| {
        scope.spawn(|| (1..10).step_by(2).for_each(tell));
    });
    assert_eq!(numbers(&sink), [5, 6, 7, 8, 9]);
    assert_eq!((sink.len(), sink.evicted()), (5, 5));
}

#[test]
fn the_default_keeps_ten_thousand() {
    let sink = MemorySink::new();
    let emitter = sink.attach(&Name::from("policy"));
    (0..25_000).for_each(|n| emit(&emitter, n));
    assert_eq!(numbers(&sink), (15_000..25_000).collect::<Vec<_>>());
    assert_eq!((sink.capacity(), sink.evicted()), (10_000, 15_000));
}

#[test]
fn counts_are_exact_while_threads_emit_and_somebody_looks_and_clears() {
    let sink = MemorySink::with_capacity(1).unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let emitter = sink.attach(&Name::from("policy"));
                (0..50_000).for_each(|n| emit(&emitter, n));
            });
        }
        scope.spawn(|| {
            for round in 0..1_000 {
                assert!(sink.events().len() <= 1 && sink.len() <= 1);
                assert!(sink.evicted() <= 100_000);
                if round % 100 == 0 {
                    sink.clear();
                }
            }
        });
    });
    sink.clear();
    let emitter = sink.attach(&Name::from("last"));
    (0..7).for_each(|n| emit(&emitter, n));
    assert_eq!((numbers(&sink), sink.evicted()), (vec![6], 6));
}
