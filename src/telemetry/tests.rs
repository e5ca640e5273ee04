#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

use std::collections::HashSet;
use std::sync::Arc;

use super::bus::Bus;
use super::names::{MAX_NAMES, Names};
use super::{Delivery, MemorySink, StreamingSink};
use crate::emit::{Emitter, Interest, Kind, PolicyEvent, Sink, Stamp};
use crate::name::Name;

const NEAR_THE_END: u64 = u64::MAX - 3;

fn emit(emitter: &impl Emitter, attempts: u32) {
    emitter.tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
        at,
        attempts,
    });
}

fn attempts(event: PolicyEvent) -> u32 {
    match event {
        PolicyEvent::RetryExhausted { attempts, .. } => attempts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn e08_numbers_wrap_under_a_subscriber() {
    for merged in [false, true] {
        let sink = StreamingSink::starting_at(4, NEAR_THE_END).unwrap();
        let emitter = sink.attach(&Name::from("wraps"));
        let mut early = sink.subscribe();
        emit(&emitter, 0);
        let mut late = sink.subscribe();
        if merged {
            (early, late) = (early.merged(), late.merged());
        }
        (1..10).for_each(|n| emit(&emitter, n));
        assert_eq!((early.backlog(), late.backlog()), (10, 9));
        assert_eq!(early.try_recv(), Some(Delivery::Lagged(6)));
        assert_eq!(late.try_recv(), Some(Delivery::Lagged(5)));
        for expected in 6..10 {
            for subscriber in [&mut early, &mut late] {
                let event = subscriber.try_recv().and_then(Delivery::event).unwrap();
                assert_eq!(attempts(event), expected);
                let number = NEAR_THE_END.wrapping_add(u64::from(expected));
                assert_eq!(event.stamp().sequence, number);
            }
        }
        assert_eq!(early.try_recv().or(late.try_recv()), None);
        assert_eq!((early.received(), early.lost(), early.backlog()), (4, 6, 0));
    }
}

#[test]
fn e08_numbers_wrap_under_a_memory() {
    let sink = MemorySink::of(Bus::starting_at(64, NEAR_THE_END).unwrap(), 3);
    let emitter = sink.attach(&Name::from("wraps"));
    for n in 0..10 {
        emit(&emitter, n);
        let newest: Vec<u32> = sink.events().into_iter().map(attempts).collect();
        assert_eq!(newest, (n.saturating_sub(2)..=n).collect::<Vec<_>>());
        let evicted = u64::from(n.saturating_sub(2));
        assert_eq!(
            (sink.len() as u64, sink.evicted()),
            (u64::from(n) + 1 - evicted, evicted)
        );
    }
    sink.clear();
    assert!(sink.is_empty() && sink.events().is_empty());
}

#[test]
fn e15_a_bus_goes_with_the_last_of_its_users() {
    let bus = Bus::new(4).unwrap();
    let gone = Arc::downgrade(&bus);
    let sink = StreamingSink::of(bus);
    let emitter = sink.attach(&Name::from("short"));
    let mut subscriber = sink.subscribe();
    emit(&emitter, 1);
    let ring = {
        let bus = gone.upgrade().unwrap();
        Arc::downgrade(&bus.rings()[0])
    };
    drop((sink, emitter));
    let event = subscriber.try_recv().and_then(Delivery::event);
    assert_eq!(
        event.map(attempts),
        Some(1),
        "a subscriber outlives the sink"
    );
    emit_elsewhere();
    assert!(
        ring.upgrade().is_some(),
        "the bus is there, and this thread keeps its ring"
    );
    drop(subscriber);
    assert!(gone.upgrade().is_none(), "a cycle keeps the bus");
    emit_elsewhere();
    assert!(
        ring.upgrade().is_none(),
        "this thread keeps a ring of a bus that is gone"
    );
}

#[test]
fn an_emitter_that_outlives_its_bus_tells_nobody() {
    let stale = {
        let sink = MemorySink::new();
        sink.attach(&Name::from("short"))
    };
    assert!(!stale.wants(Kind::RetryExhausted));
    // One of them is at the post that was left.
    let sinks: Vec<MemorySink> = (0..100).map(|_| MemorySink::new()).collect();
    assert!(!stale.wants(Kind::RetryExhausted) && !stale.wants_outcomes());
    emit(&stale, 1);
    stale.emit(PolicyEvent::FallbackTaken {
        at: Stamp::default(),
    });
    assert!(sinks.iter().all(MemorySink::is_empty));
}

#[test]
fn a_bus_begins_at_the_post_of_one_that_ended_as_if_it_were_new() {
    let posts: HashSet<usize> = (0..100)
        .map(|_| {
            let bus = Bus::new(4).unwrap();
            assert_eq!(bus.wire().post().interest().get(), Interest::NONE);
            bus.want(Interest::ALL);
            std::ptr::from_ref(bus.wire().post()).addr()
        })
        .collect();
    // Tests beside this one take and leave posts too.
    assert!(
        posts.len() < 50,
        "{} posts for one bus at a time",
        posts.len()
    );
}

/// The first event of this thread on a new bus.
fn emit_elsewhere() {
    let sink = MemorySink::new();
    emit(&sink.attach(&Name::from("elsewhere")), 1);
}

#[test]
fn an_interest_goes_with_its_subscriber() {
    let sink = StreamingSink::new(4).unwrap();
    let emitter = sink.attach(&Name::from("asked"));
    let wanted = || {
        Kind::ALL
            .into_iter()
            .filter(|kind| emitter.wants(*kind))
            .count()
    };
    assert_eq!(wanted(), 0);
    let outcomes = sink.subscribe_to(Interest::OUTCOMES);
    let circuit = sink.subscribe_to(Interest::NONE.with(Kind::CircuitOpened));
    assert_eq!((wanted(), sink.subscribers()), (4, 2));
    let all = sink.subscribe();
    assert_eq!(wanted(), Kind::ALL.len());
    drop(all);
    assert_eq!(wanted(), 4);
    drop(outcomes);
    assert_eq!(wanted(), 1);
    drop(circuit);
    assert_eq!((wanted(), sink.subscribers()), (0, 0));
}

#[test]
fn the_names_of_the_newest_policies_are_remembered() {
    let names = Names::default();
    let made: Vec<Name> = (0..MAX_NAMES + 2).map(|_| Name::from("policy")).collect();
    // Attached in any order: the oldest policy is the one that was made first.
    let (early, late) = made.split_at(10);
    late.iter()
        .chain(early)
        .chain(early)
        .for_each(|name| names.remember(name));
    assert_eq!(names.find(made[0].id()), None);
    assert_eq!(names.find(made[1].id()), None);
    for name in &made[2..] {
        assert_eq!(names.find(name.id()).as_ref(), Some(name));
    }
}

#[test]
fn many_sinks_on_one_thread_each_get_their_own() {
    let sinks: Vec<MemorySink> = (0..12)
        .map(|_| MemorySink::with_capacity(64).unwrap())
        .collect();
    let name = Name::from("all of them");
    let emitters: Vec<_> = sinks.iter().map(|sink| sink.attach(&name)).collect();
    for round in 0..50 {
        for (at, emitter) in emitters.iter().enumerate() {
            // Each as often as it comes late, so that places move.
            (0..at % 3 + 1).for_each(|_| emit(emitter, round));
        }
    }
    for (at, sink) in sinks.iter().enumerate() {
        assert_eq!(sink.len() as u64 + sink.evicted(), 50 * (at as u64 % 3 + 1));
    }
}
