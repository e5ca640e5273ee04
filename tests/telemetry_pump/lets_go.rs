//! E15: what an ended pump lets go of.

use std::sync::Arc;
use std::task::{Wake, Waker};

use ninelives::MemorySink;

use crate::drive::{Wakes, panicking, poll_with};
use crate::sinks::{Act, Mood, Script};
use crate::stage::{Down, Hand};
use crate::{PATIENCE, Rig, assert_adds_up};

#[test]
fn e15_the_sink_is_dropped_when_the_pump_ends_though_the_task_is_kept() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.tell([1]);
    rig.turn();
    assert_eq!(script.owners(), 2);
    let shutdown = rig.handle.shutdown();
    rig.task.finish();
    assert_eq!(script.owners(), 1);
    assert_eq!(rig.stream.subscribers(), 0);
    assert_eq!(rig.timer.armed(), 0);
    drop((shutdown, rig.task));
}

#[test]
fn e15_nothing_keeps_a_dropped_pump_alive() {
    for mood in [Mood::Ready, Mood::Busy] {
        let script = Script::always(Act::Hang).in_mood(mood);
        let mut rig = Rig::of(&script);
        rig.turn();
        rig.timer.advance(PATIENCE);
        rig.tell(1..=3);
        rig.turn();
        let mut shutdown = Hand::new(rig.handle.shutdown());
        shutdown.waits();
        drop(rig.task);
        script.mood(Mood::Ready);
        assert_eq!((script.owners(), script.live()), (1, 0));
        assert_eq!((rig.stream.subscribers(), rig.timer.armed()), (0, 0));
        assert_adds_up(&shutdown.done(), 3);
    }
}

#[test]
fn e15_a_sink_that_panics_in_its_drop_does_not_take_the_report_with_it() {
    struct Bomb(MemorySink);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("told to panic in drop");
        }
    }
    let bomb = Bomb(MemorySink::new());
    let rig = Rig::new(
        8,
        tower::service_fn(move |event| tower::Service::call(&mut bomb.0.clone(), event)),
    );
    rig.tell(1..=3);
    let report = rig.end();
    assert_eq!(report.delivered, 3);
}

#[test]
fn e15_the_waker_of_an_ended_task_is_kept_by_nobody() {
    let rig = Rig::of(&Script::always(Act::Take));
    let (wakes, waker) = Wakes::new();
    let mut task = rig.task.await_it();
    assert!(poll_with(&mut task, &waker).is_pending());
    assert!(Arc::strong_count(&wakes) > 2, "it sleeps");
    drop((task, waker));
    assert_eq!(Arc::strong_count(&wakes), 1);
    assert!(rig.handle.is_finished());
}

#[test]
fn e15_a_waker_of_who_waits_for_the_report_that_panics_is_nothing_to_the_task() {
    let rig = Rig::of(&Script::always(Act::Take));
    rig.tell(1..=3);
    let mut shutdown = Box::pin(rig.handle.shutdown());
    assert!(poll_with(&mut shutdown, &panicking()).is_pending());
    drop(rig.task);
    assert_adds_up(&Hand::new(shutdown).done(), 3);
}

#[test]
fn e15_a_waker_of_the_task_that_panics_when_it_is_dropped_keeps_no_report_back() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("told to panic in drop");
        }
    }
    let hang = |_event| std::future::pending::<Result<(), Down>>();
    let rig = Rig::new(8, tower::service_fn(hang));
    rig.tell(1..=3);
    let mut task = rig.task.await_it();
    assert!(poll_with(&mut task, &Waker::from(Arc::new(Bomb))).is_pending());
    drop(task);
    assert!(rig.handle.is_finished());
    assert_adds_up(&Hand::new(rig.handle.shutdown()).done(), 3);
}
