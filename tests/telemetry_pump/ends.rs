//! E14, X01: how a pump ends.

use std::time::Duration;

use ninelives::ManualTimer;
use ninelives::emit::Sink;
use ninelives::name::Name;
use ninelives::telemetry::{Pump, PumpReport, PumpShutdown, StreamingSink};

use crate::sinks::{Act, Script, Scripted};
use crate::stage::Hand;
use crate::{DRAIN, Late, Rig, assert_adds_up};

#[test]
fn e14_a_shutdown_delivers_what_was_emitted_before_it_and_nothing_later() {
    let script = Script::always(Act::TakeLater);
    let mut rig = Rig::of(&script);
    rig.tell(1..=3);
    let mut shutdown = Hand::new(rig.handle.shutdown());
    rig.task.waits();
    // Later ones are not for this pump.
    crate::tell(&rig.emitter, 4..=5);
    rig.task.finish();
    assert_eq!(script.taken(), [1, 2, 3]);
    assert_eq!(rig.stream.subscribers(), 0);
    let report = shutdown.done();
    assert_eq!(report.delivered, 3);
    assert_adds_up(&report, 3);
}

#[test]
fn e14_the_drain_ends_at_its_deadline_and_the_rest_is_counted() {
    let script = Script::new([Act::Take, Act::Take], Act::Hang);
    let mut rig = Rig::with(64, script.sink(), |pump| {
        pump.with_event_timeout(DRAIN * 3 / 4)
    });
    rig.tell(1..=10);
    let mut shutdown = Hand::new(rig.handle.shutdown());
    rig.task.waits();
    rig.timer.advance(DRAIN * 3 / 4);
    rig.task.waits();
    shutdown.waits();
    rig.timer.advance(DRAIN / 4);
    rig.task.done();
    let report = shutdown.done();
    assert_eq!((report.delivered, report.timed_out), (2, 1));
    assert_eq!(
        report.undelivered, 7,
        "the one in its hand, and six in the ring"
    );
    assert_eq!(script.live(), 0);
    assert_adds_up(&report, 10);
}

#[test]
fn e14_with_no_time_to_drain_everything_is_left_and_counted() {
    let script = Script::always(Act::Take);
    let rig = Rig::with(4, script.sink(), |pump| {
        pump.with_drain_deadline(Duration::ZERO)
    });
    rig.tell(1..=10);
    let report = rig.end();
    assert_eq!((report.undelivered, report.lost), (4, 6));
    assert_eq!(script.asked(), 0);
    assert_adds_up(&report, 10);
}

#[test]
fn e14_with_no_time_to_drain_it_ends_at_once_however_late_its_timer_is() {
    let script = Script::always(Act::Take);
    let stream = StreamingSink::new(8).unwrap();
    let pump = Pump::new(stream.subscribe(), script.sink()).with_timer(Late);
    let (handle, task) = pump.with_drain_deadline(Duration::ZERO).start();
    crate::tell(&stream.attach(&Name::from("told")), 1..=3);
    let mut shutdown = Hand::new(handle.shutdown());
    Hand::new(task).done();
    assert_eq!((shutdown.done().undelivered, script.asked()), (3, 0));
}

#[test]
fn e14_a_ring_that_is_lapped_during_the_drain_adds_nothing_to_the_report() {
    let script = Script::new([Act::Hang], Act::Take);
    let mut rig = Rig::new(4, script.sink());
    rig.tell([1]);
    rig.turn();
    rig.tell(2..=3);
    let mut shutdown = Hand::new(rig.handle.shutdown());
    rig.task.waits();
    crate::tell(&rig.emitter, 4..=100);
    script.turn_to(Act::Take);
    rig.task.finish();
    let report = shutdown.done();
    assert_eq!((report.delivered, report.lost), (1, 2));
    assert_adds_up(&report, 3);
}

#[test]
fn a_drain_keeps_to_the_order_that_the_subscriber_has() {
    for (merged, order) in [(true, [1, 2, 3]), (false, [1, 3, 2])] {
        let clock = crate::sinks::still();
        let stream = StreamingSink::new(8).unwrap().with_clock(clock.clone());
        let subscriber = stream.subscribe();
        let subscriber = if merged {
            subscriber.merged()
        } else {
            subscriber
        };
        let script = Script::always(Act::Take);
        let pump = Pump::new(subscriber, script.sink()).with_timer(ManualTimer::new());
        let (handle, task) = pump.start();
        let emitter = stream.attach(&Name::from("told"));
        let tell_next = |number| {
            clock.advance(Duration::from_nanos(1));
            crate::tell(&emitter, [number]);
        };
        tell_next(1);
        std::thread::scope(|scope| scope.spawn(|| tell_next(2)).join().unwrap());
        tell_next(3);
        let mut shutdown = Hand::new(handle.shutdown());
        Hand::new(task).finish();
        assert_eq!(script.taken(), order);
        assert_adds_up(&shutdown.done(), 3);
    }
}

#[test]
fn e14_a_finished_pump_says_so_and_its_report_stays() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.tell(1..=3);
    rig.turn();
    drop(rig.task);
    assert!(rig.handle.is_finished());
    let report = rig.handle.report();
    crate::tell(&rig.emitter, 4..=6);
    assert_eq!(rig.handle.report(), report);
    assert_eq!(Hand::new(rig.handle.shutdown()).done(), report);
}

#[test]
fn dropping_the_handle_ends_the_pump_once_it_has_drained() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.turn();
    rig.tell(1..=3);
    let asleep = rig.task.wakes();
    drop(rig.handle);
    assert!(rig.task.wakes() > asleep);
    rig.task.finish();
    assert_eq!(script.taken(), [1, 2, 3]);
}

#[test]
fn a_shutdown_wakes_a_sleeping_pump_and_begins_before_it_is_polled() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.turn();
    rig.timer.advance(Duration::from_secs(1));
    rig.turn();
    let asleep = rig.task.wakes();
    let shutdown = rig.handle.shutdown();
    assert_eq!(rig.task.wakes(), asleep + 1);
    drop(shutdown);
    rig.task.finish();
}

#[test]
fn the_end_of_the_task_wakes_who_waits_for_it() {
    let script = Script::always(Act::Hang);
    let mut rig = Rig::of(&script);
    rig.tell(1..=2);
    rig.turn();
    let mut shutdown = Hand::new(rig.handle.shutdown());
    shutdown.waits();
    drop(rig.task);
    assert_eq!(shutdown.wakes(), 1);
    let report = shutdown.done();
    assert_eq!((report.received, report.undelivered), (2, 2));
    assert_adds_up(&report, 2);
}

#[test]
fn a_task_that_was_never_polled_counts_all_the_same() {
    let script = Script::always(Act::Take);
    let rig = Rig::new(4, script.sink());
    rig.tell(1..=6);
    let mut shutdown = Hand::new(rig.handle.shutdown());
    shutdown.waits();
    drop(rig.task);
    let report = shutdown.done();
    assert_eq!((report.lost, report.undelivered), (2, 4));
    assert_adds_up(&report, 6);
}

/// What there is to drop.
enum Part {
    Task,
    Shutdown,
    Stream,
    Emitter,
}

#[test]
fn x01_everything_may_go_in_any_order() {
    for order in 0..24 {
        // The order'th permutation of the four parts.
        let mut parts = vec![Part::Task, Part::Shutdown, Part::Stream, Part::Emitter];
        let mut left = order;
        let script = Script::always(Act::Take);
        let mut rig = Rig::of(&script);
        rig.tell(1..=3);
        rig.turn();
        rig.tell(4..=5);
        let mut task = Some(rig.task);
        let mut shutdown = Some(rig.handle.shutdown());
        let (mut stream, mut emitter) = (Some(rig.stream), Some(rig.emitter));
        let mut report = None;
        while !parts.is_empty() {
            let part = parts.remove(left % parts.len());
            left /= parts.len() + 1;
            match part {
                Part::Task => drop(task.take()),
                Part::Shutdown => report = shutdown.take().and_then(at_once),
                Part::Stream => drop(stream.take()),
                Part::Emitter => drop(emitter.take()),
            }
        }
        if let Some(report) = report {
            assert_eq!((report.delivered, report.undelivered), (3, 2));
            assert_adds_up(&report, 5);
        }
        assert_eq!(script.owners(), 1, "order {order}");
    }
}

/// Its report, if the task has ended; dropped otherwise.
fn at_once(shutdown: PumpShutdown) -> Option<PumpReport> {
    match Hand::new(shutdown).poll() {
        std::task::Poll::Ready(report) => Some(report),
        std::task::Poll::Pending => None,
    }
}

#[test]
fn a_pump_that_outlives_its_stream_delivers_what_is_left() {
    let script = Script::always(Act::Take);
    let rig: Rig<Scripted> = Rig::of(&script);
    rig.tell(1..=3);
    drop((rig.stream, rig.emitter));
    let mut task = rig.task;
    task.waits();
    assert_eq!(script.taken(), [1, 2, 3]);
    let mut shutdown = Hand::new(rig.handle.shutdown());
    task.finish();
    assert_adds_up(&shutdown.done(), 3);
}
