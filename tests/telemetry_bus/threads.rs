//! Threads that come and go, and what each of them leaves.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ninelives::emit::{Emitter, Sink};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::telemetry::{BusEmitter, Delivery};
use ninelives::{ManualClock, Tick};

use super::{assert_conserved, drain, emit, number, streaming};

#[test]
fn a_thousand_short_threads_share_the_rings_of_eight() {
    let (sink, emitter) = streaming(4);
    let mut subscriber = sink.subscribe();
    let (mut got, mut lost) = (0, 0);
    for _ in 0..125 {
        let short = || {
            let emitter = emitter.clone();
            thread::spawn(move || (0..3).for_each(|n| emit(&emitter, n)))
        };
        let threads: Vec<_> = (0..8).map(|_| short()).collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let (numbers, gap) = drain(&mut subscriber);
        got += numbers.len() as u64;
        lost += gap;
        assert_conserved(&subscriber, got + lost);
    }
    assert_eq!(got + lost, 3_000);
    assert!(sink.producers() <= 8, "{} rings", sink.producers());
}

#[test]
fn a_first_event_takes_a_ring_that_was_made_ahead() {
    const RING: u64 = 1024 * 32;
    let (sink, emitter) = streaming(1024);
    sink.reserve(3);
    assert_eq!(sink.producers(), 3);
    let mut subscriber = sink.subscribe();
    let used = allocation_counter::measure(|| emit(&emitter, 0));
    assert!(used.bytes_max < RING, "{} bytes", used.bytes_max);
    sink.reserve(2);
    assert_eq!(sink.producers(), 3, "two are free");
    thread::scope(|scope| {
        for n in 1..3 {
            let emitter = &emitter;
            let other = move || emit(emitter, n);
            scope.spawn(other).join().unwrap();
        }
    });
    assert_eq!(
        (drain(&mut subscriber), sink.producers()),
        ((vec![0, 1, 2], 0), 3)
    );
    sink.reserve(5);
    assert_eq!((sink.producers(), subscriber.backlog()), (6, 0));
    assert_conserved(&subscriber, 3);
}

#[test]
fn a_new_thread_goes_on_where_a_dead_one_stopped() {
    let (sink, emitter) = streaming(8);
    let mut subscriber = sink.subscribe();
    for n in 0..5 {
        let emitter = emitter.clone();
        thread::spawn(move || emit(&emitter, n)).join().unwrap();
    }
    assert_eq!(sink.producers(), 1);
    let mut sequence = 0;
    while let Some(Delivery::Event(event)) = subscriber.try_recv() {
        assert_eq!(event.stamp().sequence, sequence);
        assert_eq!(u64::from(number(event)), sequence);
        sequence += 1;
    }
    assert_eq!(sequence, 5);
}

#[test]
fn a_thread_that_panics_leaves_its_events_and_its_ring() {
    let (sink, emitter) = streaming(8);
    let mut subscriber = sink.subscribe();
    let dying = emitter.clone();
    let died = thread::spawn(move || {
        emit(&dying, 1);
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(died.join().is_err());
    thread::spawn(move || emit(&emitter, 2)).join().unwrap();
    assert_eq!(
        (drain(&mut subscriber), sink.producers()),
        ((vec![1, 2], 0), 1)
    );
}

/// Emits when its thread has ended so far that thread-locals are dropped.
struct LastWord(BusEmitter);

impl Drop for LastWord {
    fn drop(&mut self) {
        emit(&self.0, 2);
        emit(&self.0, 3);
    }
}

thread_local! {
    static LAST: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

#[test]
fn an_event_from_a_thread_that_has_lost_its_locals_is_delivered() {
    // The last words are dropped before the thread's rings, or after them, as the order of their first use has it.
    for rings_first in [true, false] {
        let (sink, emitter) = streaming(8);
        let mut subscriber = sink.subscribe();
        thread::spawn(move || {
            let tell = |emitter: &BusEmitter| emit(emitter, 1);
            if rings_first {
                tell(&emitter);
            }
            LAST.with(|last| *last.borrow_mut() = Some(LastWord(emitter.clone())));
            if !rings_first {
                tell(&emitter);
            }
        })
        .join()
        .unwrap();
        assert_eq!(drain(&mut subscriber), (vec![1, 2, 3], 0), "{rings_first}");
        assert_conserved(&subscriber, 3);
        assert_eq!(sink.producers(), 1, "{rings_first}");
    }
}

#[test]
fn merged_gives_the_events_of_all_threads_in_the_order_of_their_times() {
    let clock = Arc::new(ManualClock::new());
    let sink = StreamingSink::new(16)
        .unwrap()
        .with_clock(Arc::clone(&clock));
    let mut merged = sink.subscribe().merged();
    let mut plain = sink.subscribe();
    let emitter = sink.attach(&Name::from("policy"));
    let tell = |n: u32| {
        clock.set(Tick::from_nanos(u64::from(n)));
        emit(&emitter, n);
    };
    thread::scope(|scope| {
        // Both live at the same time, so that each has a ring.
        (0..10).step_by(2).for_each(tell);
        scope
            .spawn(|| (1..10).step_by(2).for_each(tell))
            .join()
            .unwrap();
    });
    assert_eq!(sink.producers(), 2);
    assert_eq!(
        plain.try_recv().and_then(Delivery::event).map(number),
        Some(0)
    );
    let (numbers, _) = drain(&mut plain);
    assert_eq!(numbers, [2, 4, 6, 8, 1, 3, 5, 7, 9]);
    assert_conserved(&merged, 10);
    let first = merged.try_recv().and_then(Delivery::event).map(number);
    assert_eq!(first, Some(0));
    assert_conserved(&merged, 10);
    // What comes now is later than what was taken out to be compared.
    tell(20);
    let (numbers, _) = drain(&mut merged);
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
    assert_conserved(&merged, 11);
}

#[test]
fn a_busy_ring_does_not_starve_another() {
    let (sink, emitter) = streaming(1024);
    let mut subscriber = sink.subscribe();
    (0..1000).for_each(|n| emit(&emitter, n));
    let elsewhere = sink.attach(&Name::from("other"));
    thread::spawn(move || emit(&elsewhere, 5_000))
        .join()
        .unwrap();
    let mut before = 0;
    while subscriber.try_recv().and_then(Delivery::event).map(number) != Some(5_000) {
        before += 1;
        assert!(before < 100, "the other ring waits for the busy one");
    }
}

#[test]
fn a_subscription_takes_effect_on_other_threads_at_once() {
    let (sink, emitter) = streaming(8);
    let stop = Arc::new(AtomicBool::new(false));
    let noise = {
        let (emitter, stop) = (emitter.clone(), Arc::clone(&stop));
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                emit(&emitter, 0);
            }
        })
    };
    for _ in 0..500 {
        let subscriber = sink.subscribe();
        // Told by a join only: no fence in between but that of the threads themselves.
        let emitter = emitter.clone();
        let wanted = thread::spawn(move || emitter.wants(ninelives::emit::Kind::ForkWon));
        assert!(wanted.join().unwrap());
        drop(subscriber);
    }
    stop.store(true, Ordering::Relaxed);
    noise.join().unwrap();
    assert_eq!(sink.subscribers(), 0);
}
