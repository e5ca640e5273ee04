//! Events from policies to subscribers: nothing waits, nothing is lost without being counted.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/drive.rs"]
mod drive;
#[path = "telemetry_bus/memory.rs"]
mod memory;
#[path = "telemetry_bus/model.rs"]
mod model;
#[path = "telemetry_bus/naps.rs"]
mod naps;
#[path = "telemetry_bus/parked.rs"]
mod parked;
#[path = "telemetry_bus/recv.rs"]
mod recv;
#[path = "telemetry_bus/storm.rs"]
mod storm;
#[path = "telemetry_bus/threads.rs"]
mod threads;

use ninelives::emit::{Emitter, Interest, Kind, PolicyEvent, PolicyId, Sink, Stamp};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::telemetry::{BusEmitter, Delivery, MAX_NAMES};
use ninelives::{ManualClock, Tick};
use tower::{Service, ServiceExt};

/// Emits the event number `n` of a policy.
fn emit(emitter: &impl Emitter, n: u32) {
    emitter.tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
        at,
        attempts: n,
    });
}

/// The number that `emit` gave it.
fn number(event: PolicyEvent) -> u32 {
    match event {
        PolicyEvent::RetryExhausted { attempts, .. } => attempts,
        other => panic!("another event: {other:?}"),
    }
}

fn streaming(capacity: usize) -> (StreamingSink, BusEmitter) {
    let sink = StreamingSink::new(capacity).unwrap();
    let emitter = sink.attach(&Name::from("policy"));
    (sink, emitter)
}

/// Everything that is there now: the numbers of the events, and how many were lost.
fn drain<T>(subscriber: &mut Subscriber<T>) -> (Vec<u32>, u64) {
    let (mut numbers, mut lost) = (Vec::new(), 0);
    while let Some(delivery) = subscriber.try_recv() {
        match delivery {
            Delivery::Event(event) => numbers.push(number(event)),
            Delivery::Lagged(gap) => lost += gap,
        }
    }
    (numbers, lost)
}

/// The law, for a subscriber since whose subscription `emitted` events were emitted.
#[track_caller]
fn assert_conserved<T>(subscriber: &Subscriber<T>, emitted: u64) {
    let accounted =
        subscriber.received() + subscriber.lost() + subscriber.filtered() + subscriber.backlog();
    assert_eq!(accounted, emitted, "{subscriber:?}");
}

#[test]
fn e06_without_its_consumer_a_producer_goes_on_and_a_new_one_begins_where_it_came() {
    let (sink, emitter) = streaming(4);
    let other = sink.subscribe();
    let mut first = sink.subscribe();
    (0..10).for_each(|n| emit(&emitter, n));
    assert_eq!(first.try_recv(), Some(Delivery::Lagged(6)));
    drop(first);
    (10..20).for_each(|n| emit(&emitter, n));
    let mut second = sink.subscribe();
    assert_eq!(second.try_recv(), None);
    (20..30).for_each(|n| emit(&emitter, n));
    assert_eq!(drain(&mut second), (vec![26, 27, 28, 29], 6));
    assert_conserved(&second, 10);
    assert_conserved(&other, 30);
    assert_eq!(sink.producers(), 1);
}

#[test]
fn e09_capacity_zero_and_absurd_ones_are_refused_and_three_is_four() {
    let refused = |capacity| StreamingSink::new(capacity).unwrap_err().to_string();
    assert_eq!(refused(0), "capacity: 0 is outside 1..=16777216");
    assert_eq!(
        refused(1 << 25),
        "capacity: 33554432 is outside 1..=16777216"
    );
    let absurd = format!("capacity: {} is outside 1..=16777216", usize::MAX);
    assert_eq!(refused(usize::MAX), absurd);
    assert_eq!(
        MemorySink::with_capacity(usize::MAX)
            .unwrap_err()
            .to_string(),
        absurd
    );
    assert_eq!(
        MemorySink::with_capacity(0).unwrap_err().to_string(),
        refused(0)
    );
    assert_eq!(StreamingSink::new(3).unwrap().capacity(), 4);
    assert_eq!(MemorySink::with_capacity(3).unwrap().capacity(), 3);
}

#[test]
fn e10_a_lagging_subscriber_is_told_the_gap_and_gets_the_newest() {
    let (sink, emitter) = streaming(8);
    let mut subscriber = sink.subscribe();
    (0..20).for_each(|n| emit(&emitter, n));
    assert_conserved(&subscriber, 20);
    assert_eq!(subscriber.try_recv(), Some(Delivery::Lagged(12)));
    assert_eq!(drain(&mut subscriber), ((12..20).collect(), 0));
    assert_eq!(
        (
            subscriber.received(),
            subscriber.lost(),
            subscriber.backlog()
        ),
        (8, 12, 0)
    );
    assert_conserved(&subscriber, 20);
}

#[test]
fn e11_a_slow_subscriber_costs_the_others_nothing() {
    let (sink, emitter) = streaming(4);
    let slow = sink.subscribe();
    let mut quick = sink.subscribe();
    for n in 0..1000 {
        emit(&emitter, n);
        assert_eq!(drain(&mut quick), (vec![n], 0));
    }
    assert_conserved(&slow, 1000);
    assert_eq!((quick.lost(), slow.backlog()), (0, 1000));
}

#[test]
fn e12_an_event_from_a_drop_while_panicking_is_delivered() {
    struct Tells<'a>(&'a BusEmitter);
    impl Drop for Tells<'_> {
        fn drop(&mut self) {
            emit(self.0, 7);
        }
    }
    let (sink, emitter) = streaming(4);
    let mut subscriber = sink.subscribe();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _tells = Tells(&emitter);
        std::panic::resume_unwind(Box::new("on purpose"));
    }));
    assert!(unwound.is_err());
    assert_eq!(drain(&mut subscriber), (vec![7], 0));
}

#[test]
fn e16_without_a_subscriber_no_event_is_made_and_nothing_allocated() {
    let (sink, emitter) = streaming(1024);
    let used = allocation_counter::measure(|| {
        emitter.tell(Kind::FallbackTaken, |_| panic!("nobody wants it"));
        emitter.emit(PolicyEvent::FallbackTaken {
            at: Stamp::default(),
        });
    });
    assert_eq!((used.count_total, sink.producers()), (0, 0));
    emit(&sink.attach(&Name::from("later")), 1);
    assert_eq!(sink.subscribe().try_recv(), None);
}

#[test]
fn an_event_allocates_nothing_in_a_ring_with_room_and_in_a_full_one() {
    let (sink, emitter) = streaming(64);
    let mut subscriber = sink.subscribe();
    emit(&emitter, 0);
    // The subscriber takes up the new ring.
    assert_eq!(drain(&mut subscriber), (vec![0], 0));
    let used = allocation_counter::measure(|| (1..10_000).for_each(|n| emit(&emitter, n)));
    assert_eq!(used.count_total, 0);
    let used = allocation_counter::measure(|| while subscriber.try_recv().is_some() {});
    assert_eq!((used.count_total, subscriber.received()), (0, 65));
}

#[test]
fn hc41_a_million_subscriptions_leave_nothing_behind() {
    let (sink, emitter) = streaming(16);
    let round = || {
        let mut subscriber = sink.subscribe_to(Interest::OUTCOMES);
        emit(&emitter, 1);
        assert_eq!(subscriber.try_recv(), None);
    };
    round();
    let used = allocation_counter::measure(|| (0..1_000_000).for_each(|_| round()));
    assert_eq!(used.bytes_current, 0);
    assert!(used.bytes_max < 4096, "{} bytes", used.bytes_max);
    assert!(!emitter.wants(Kind::RequestSuccess) && sink.subscribers() == 0);
}

#[test]
fn a_subscriber_gets_the_kinds_that_it_asked_for() {
    let (sink, emitter) = streaming(16);
    let mut narrow = sink.subscribe_to(Interest::NONE.with(Kind::FallbackTaken));
    emit(&emitter, 1);
    assert_conserved(&narrow, 0);
    let mut wide = sink.subscribe();
    emit(&emitter, 2);
    emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    emit(&emitter, 3);
    assert_conserved(&narrow, 3);
    let kinds = |subscriber: &mut Subscriber| {
        let events = std::iter::from_fn(|| subscriber.try_recv());
        events
            .map(|delivery| delivery.event().unwrap().kind())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&mut narrow), [Kind::FallbackTaken]);
    assert_eq!((narrow.received(), narrow.filtered()), (1, 2));
    let all = [
        Kind::RetryExhausted,
        Kind::FallbackTaken,
        Kind::RetryExhausted,
    ];
    assert_eq!(kinds(&mut wide), all);
    assert_conserved(&narrow, 3);
    assert_eq!(narrow.interest(), Interest::NONE.with(Kind::FallbackTaken));
}

#[tokio::test]
async fn an_event_that_comes_through_the_service_keeps_its_stamp() {
    let mut sink = StreamingSink::new(4)
        .unwrap()
        .with_clock(ManualClock::new());
    let at = Stamp::new(PolicyId::new(77), Tick::from_nanos(5));
    let event = PolicyEvent::FallbackTaken { at };
    sink.ready().await.unwrap().call(event).await.unwrap();
    let mut subscriber = sink.subscribe();
    sink.ready().await.unwrap().call(event).await.unwrap();
    assert_eq!(subscriber.try_recv(), Some(Delivery::Event(event)));
    assert_eq!(subscriber.try_recv(), None);
    let mut memory = MemorySink::new();
    memory.ready().await.unwrap().call(event).await.unwrap();
    assert_eq!(memory.events(), [event]);
}

#[test]
fn a_clone_is_the_same_sink_and_knows_the_names() {
    let sink = StreamingSink::new(4).unwrap();
    let name = Name::from("checkout");
    let emitter = sink.clone().attach(&name);
    let mut subscriber = sink.subscribe();
    emit(&emitter, 1);
    let event = subscriber.try_recv().and_then(Delivery::event).unwrap();
    assert_eq!(event.policy(), name.id());
    assert_eq!(sink.name_of(event.policy()), Some(name));
    assert_eq!(sink.name_of(PolicyId::new(u32::MAX)), None);
    let first = Name::from("first");
    sink.attach(&first);
    for _ in 0..MAX_NAMES {
        sink.attach(&Name::from("more"));
    }
    assert_eq!(
        sink.name_of(first.id()),
        None,
        "the names would grow without bound"
    );
}

#[test]
fn a_policy_tells_a_subscriber() {
    let sink = StreamingSink::new(16).unwrap();
    let name = Name::from("limits");
    let emitter = sink.attach(&name);
    let both = (emitter, MemorySink::new().attach(&name));
    let mut subscriber = sink.subscribe();
    both.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
        at,
        in_flight: 1,
        weight: 1,
    });
    let event = subscriber.try_recv().and_then(Delivery::event).unwrap();
    assert_eq!(
        (event.kind(), event.policy()),
        (Kind::BulkheadAcquired, name.id())
    );
}
