//! E07: sinks that never answer, fail, panic or are slow.

use std::time::Duration;

use ninelives::emit::Sink;
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::telemetry::{Pump, StreamingSink};

use crate::sinks::{Act, Mood, PanicsAgain, Script};
use crate::stage::{Down, Hand};
use crate::{Late, PATIENCE, Rig, assert_adds_up};

/// The ways to be no good.
const BAD: [(Mood, Act); 8] = [
    (Mood::Busy, Act::Take),
    (Mood::Broken(1), Act::Take),
    (Mood::Panics, Act::Take),
    (Mood::Ready, Act::Hang),
    (Mood::Ready, Act::Fail(2)),
    (Mood::Ready, Act::PanicInCall),
    (Mood::Ready, Act::PanicInPoll),
    (Mood::Ready, Act::HangThenPanicInDrop),
];

#[test]
fn e07_a_bad_sink_is_not_noticed_by_the_requests() {
    for (mood, act) in BAD {
        let script = Script::always(act).in_mood(mood);
        let mut rig = Rig::new(4, script.sink());
        let layer = CircuitBreakerLayer::new(CircuitBreakerConfig::disabled()).unwrap();
        let layer = layer.with_sink(rig.stream.clone());
        let inner =
            tower::service_fn(|ok: bool| async move { if ok { Ok(()) } else { Err(Down(3)) } });
        let mut service = tower::Layer::layer(&Policy(layer), inner);
        for round in 0..100 {
            let ok = round % 3 > 0;
            let mut call = crate::stage::call(&mut service, ok);
            // It answers at its first poll, whatever the pump is up to.
            let answer = call.done();
            assert_eq!(answer.is_ok(), ok, "{mood:?} {act:?}: {answer:?}");
            if round % 10 == 0 {
                rig.turn();
            }
        }
        rig.timer.advance(PATIENCE);
        rig.turn();
        let so_far = rig.handle.report();
        assert_eq!(so_far.delivered, 0, "{mood:?} {act:?}");
        script.mood(Mood::Ready);
        script.turn_to(Act::Take);
        drop(rig.task);
        let report = rig.handle.report();
        assert!(report.lost > 0, "the ring was lapped: {report:?}");
        assert_adds_up(&report, 100);
    }
}

#[test]
fn e07_a_sink_that_is_never_ready_loses_each_event_after_its_timeout() {
    let script = Script::always(Act::Take).in_mood(Mood::Busy);
    let mut rig = Rig::of(&script);
    rig.tell(1..=3);
    rig.turn();
    rig.timer.advance(PATIENCE - Duration::from_nanos(1));
    rig.turn();
    assert_eq!(rig.handle.report().timed_out, 0);
    rig.timer.advance(Duration::from_nanos(1));
    rig.turn();
    assert_eq!(rig.handle.report().timed_out, 1);
    rig.timer.advance(PATIENCE);
    rig.turn();
    assert_eq!(rig.handle.report().timed_out, 2);
    // It comes back, and the event whose turn it is gets there.
    script.mood(Mood::Ready);
    rig.turn();
    assert_eq!(script.seen(), [3]);
    let report = rig.end();
    assert_eq!((report.timed_out, report.delivered), (2, 1));
    assert_adds_up(&report, 3);
}

#[test]
fn e07_readiness_and_delivery_share_one_timeout() {
    let script = Script::always(Act::Hang).in_mood(Mood::Busy);
    let mut rig = Rig::of(&script);
    rig.tell([1]);
    rig.turn();
    rig.timer.advance(PATIENCE / 2);
    script.mood(Mood::Ready);
    rig.turn();
    assert_eq!((script.live(), rig.handle.report().timed_out), (1, 0));
    rig.timer.advance(PATIENCE / 2);
    rig.turn();
    assert_eq!((script.live(), rig.handle.report().timed_out), (0, 1));
}

#[test]
fn e07_a_sink_that_hangs_is_dropped_and_used_again() {
    let script = Script::new([Act::Take, Act::Hang, Act::Take], Act::Take);
    let mut rig = Rig::of(&script);
    rig.tell(1..=3);
    rig.turn();
    assert_eq!((script.taken(), script.live()), (vec![1], 1));
    rig.timer.advance(PATIENCE);
    rig.turn();
    assert_eq!((script.taken(), script.live()), (vec![1, 3], 0));
    let report = rig.end();
    assert_eq!((report.delivered, report.timed_out), (2, 1));
    assert_adds_up(&report, 3);
}

#[test]
fn e07_errors_are_counted_and_the_next_event_is_tried() {
    let script = Script::new([Act::Fail(1), Act::Take, Act::Fail(2)], Act::Take);
    let mut rig = Rig::of(&script);
    rig.tell(1..=4);
    rig.turn();
    assert_eq!(script.taken(), [2, 4]);
    script.mood(Mood::Broken(3));
    rig.tell([5]);
    rig.turn();
    script.mood(Mood::Ready);
    rig.tell([6]);
    rig.turn();
    assert_eq!(script.taken(), [2, 4, 6]);
    let report = rig.end();
    assert_eq!((report.delivered, report.failed), (3, 3));
    assert_adds_up(&report, 6);
}

#[test]
fn e07_a_panic_anywhere_in_the_sink_costs_one_event() {
    let acts = [
        Act::PanicInCall,
        Act::Take,
        Act::PanicInPoll,
        Act::TakeThenPanicInDrop,
        Act::HangThenPanicInDrop,
    ];
    let script = Script::new(acts, Act::Take).in_mood(Mood::Panics);
    let mut rig = Rig::of(&script);
    rig.tell([0]);
    rig.turn();
    script.mood(Mood::Ready);
    rig.tell(1..=6);
    rig.turn();
    rig.timer.advance(PATIENCE);
    rig.turn();
    assert_eq!((script.taken(), script.live()), (vec![2, 4, 6], 0));
    let report = rig.end();
    assert_eq!((report.delivered, report.panicked), (2, 5));
    assert_adds_up(&report, 7);
}

#[test]
fn e07_what_a_sink_panicked_with_costs_one_event_too() {
    let sink = tower::service_fn(|_event| {
        std::panic::panic_any(PanicsAgain);
        #[expect(unreachable_code, reason = "it says what the sink would have answered")]
        std::future::ready(Ok::<_, Down>(()))
    });
    let mut rig = Rig::new(8, sink);
    rig.tell(1..=3);
    rig.turn();
    let report = rig.end();
    assert_eq!(report.panicked, 3);
    assert_adds_up(&report, 3);
}

#[test]
fn e07_what_a_slow_sink_misses_is_counted_exactly() {
    let script = Script::new([Act::Hang], Act::Take);
    let mut rig = Rig::new(4, script.sink());
    rig.tell([1]);
    rig.turn();
    rig.tell(2..=101);
    script.turn_to(Act::Take);
    rig.turn();
    assert_eq!(script.taken(), [1, 98, 99, 100, 101]);
    let report = rig.end();
    assert_eq!((report.delivered, report.lost), (5, 96));
    assert_adds_up(&report, 101);
}

#[test]
fn with_no_patience_only_what_is_taken_at_once_arrives() {
    let script = Script::new([Act::Take, Act::TakeLater], Act::Take);
    let mut rig = Rig::with(8, script.sink(), |pump| {
        pump.with_event_timeout(Duration::ZERO)
    });
    rig.tell(1..=3);
    rig.turn();
    assert_eq!(script.taken(), [1, 3]);
    assert_eq!(rig.end().timed_out, 1);
}

#[test]
fn with_no_patience_nothing_is_waited_for_however_late_the_timer_is() {
    let script = Script::new([Act::Hang, Act::TakeLater], Act::Take);
    let stream = StreamingSink::new(8).unwrap();
    let pump = Pump::new(stream.subscribe(), script.sink()).with_timer(Late);
    let (handle, task) = pump.with_event_timeout(Duration::ZERO).start();
    crate::tell(&stream.attach(&Name::from("told")), 1..=3);
    let mut shutdown = Hand::new(handle.shutdown());
    Hand::new(task).done();
    assert_eq!((shutdown.done().timed_out, script.taken()), (2, vec![3]));
}

#[test]
fn with_endless_patience_the_pump_waits_until_the_shutdown_ends_it() {
    let script = Script::always(Act::Hang);
    let mut rig = Rig::with(8, script.sink(), |pump| {
        pump.with_event_timeout(Duration::MAX)
    });
    rig.tell(1..=2);
    rig.turn();
    rig.timer.advance(Duration::from_secs(1 << 30));
    rig.turn();
    assert_eq!((script.live(), rig.handle.report().timed_out), (1, 0));
    let mut shutdown = Hand::new(rig.handle.shutdown());
    rig.task.waits();
    shutdown.waits();
    rig.timer.advance(crate::DRAIN);
    rig.task.done();
    let report = shutdown.done();
    assert_eq!((script.live(), report.undelivered), (0, 2));
    assert_adds_up(&report, 2);
}

#[test]
fn e07_a_sink_that_is_never_ready_keeps_no_timeout_waiting_and_no_permit() {
    let script = Script::always(Act::Take).in_mood(Mood::Busy);
    let mut rig = Rig::new(64, script.sink());
    let limit = Duration::from_millis(10);
    let bulkhead = BulkheadLayer::new(2).unwrap();
    let timeout = TimeoutLayer::new(limit).unwrap();
    let policy = Policy(timeout.with_timer(rig.timer.clone())) + Policy(bulkhead.clone());
    let inner = tower::service_fn(|_: bool| std::future::pending::<Result<(), Down>>());
    let mut service = tower::Layer::layer(&policy.with_sink(rig.stream.clone()), inner);
    for round in 0..50 {
        let mut calls = [0, 1].map(|_| crate::stage::call(&mut service, true));
        assert!(
            calls.iter_mut().all(|call| call.poll().is_pending()),
            "two permits, round {round}"
        );
        assert!(
            crate::stage::call(&mut service, true)
                .done()
                .unwrap_err()
                .is_bulkhead()
        );
        rig.turn();
        rig.timer.advance(limit - Duration::from_nanos(1));
        assert!(
            calls.iter_mut().all(|call| call.poll().is_pending()),
            "not early, round {round}"
        );
        rig.timer.advance(Duration::from_nanos(1));
        for call in &mut calls {
            assert!(
                call.done().unwrap_err().is_timeout(),
                "to the nanosecond, round {round}"
            );
        }
        assert_eq!(bulkhead.in_flight(), 0, "round {round}");
    }
}
