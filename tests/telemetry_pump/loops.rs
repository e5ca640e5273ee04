//! E12: events that are told while an event is being delivered.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ninelives::emit::{PolicyEvent, Sink};
use ninelives::name::Name;
use ninelives::telemetry::{BusEmitter, Pump, StreamingSink};
use ninelives::{ManualTimer, MemorySink};

use crate::sinks::{number, tell};
use crate::stage::{Hand, panics};
use crate::{Rig, assert_adds_up};

/// Tells an event when it is dropped.
struct TellsInDrop(BusEmitter, u32);

impl Drop for TellsInDrop {
    fn drop(&mut self) {
        tell(&self.0, [self.1]);
    }
}

#[test]
fn e12_a_sink_that_tells_of_each_event_to_its_own_stream_does_not_recurse_and_can_be_ended() {
    let stream = StreamingSink::new(64).unwrap();
    let emitter = stream.attach(&Name::from("looped"));
    let kept = MemorySink::new();
    let sink = {
        let (emitter, kept) = (emitter.clone(), kept.clone());
        tower::service_fn(move |event: PolicyEvent| {
            tell(&emitter, [number(&event) + 1]);
            tower::Service::call(&mut kept.clone(), event)
        })
    };
    let pump = Pump::new(stream.subscribe(), sink).with_timer(ManualTimer::new());
    let (handle, task) = pump.start();
    let mut task = Hand::new(task);
    tell(&emitter, [1]);
    // One batch, not one event without an end.
    task.waits();
    assert_eq!(handle.report().delivered, 64);
    task.waits();
    assert_eq!(handle.report().delivered, 128);
    let mut shutdown = Hand::new(handle.shutdown());
    task.finish();
    let report = shutdown.done();
    assert_adds_up(&report, 129);
    let numbers: Vec<_> = kept.events().iter().map(number).collect();
    assert!(numbers.iter().copied().eq(1..=129), "{numbers:?}");
}

#[test]
fn e12_events_told_while_the_sink_panics_are_counted_too() {
    let stream = StreamingSink::new(64).unwrap();
    let emitter = stream.attach(&Name::from("looped"));
    let sink = {
        let emitter = emitter.clone();
        tower::service_fn(move |event: PolicyEvent| {
            let told = TellsInDrop(emitter.clone(), 100);
            async move {
                let _told = told;
                assert!(number(&event) >= 100, "told to panic in poll");
                std::mem::forget(_told);
                Ok::<(), std::convert::Infallible>(())
            }
        })
    };
    let pump = Pump::new(stream.subscribe(), sink).with_timer(ManualTimer::new());
    let (handle, task) = pump.start();
    let mut task = Hand::new(task);
    tell(&emitter, [1, 2]);
    task.waits();
    let mut shutdown = Hand::new(handle.shutdown());
    task.finish();
    let report = shutdown.done();
    assert_eq!((report.panicked, report.delivered), (2, 2));
    assert_adds_up(&report, 4);
}

#[test]
fn e12_an_event_told_by_a_drop_during_a_panic_reaches_the_pump() {
    let kept = MemorySink::new();
    let mut rig = Rig::new(8, kept.clone());
    let told = TellsInDrop(rig.emitter.clone(), 7);
    let said = panics(move || {
        let _told = told;
        panic!("elsewhere");
    });
    assert_eq!(said, "elsewhere");
    rig.turn();
    assert_eq!(kept.events().iter().map(number).collect::<Vec<_>>(), [7]);
    assert_adds_up(&rig.end(), 1);
}

#[test]
fn a_task_that_is_dropped_during_a_panic_counts_what_is_left() {
    let script = crate::Script::always(crate::Act::HangThenPanicInDrop);
    let mut rig = Rig::of(&script);
    rig.tell(1..=3);
    rig.turn();
    let task = rig.task;
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _task = task;
        panic!("elsewhere");
    }));
    assert!(unwound.is_err());
    let report = rig.handle.report();
    assert_eq!((report.undelivered, script.live()), (3, 0));
    assert_adds_up(&report, 3);
}
