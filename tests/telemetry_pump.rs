//! The pump: whatever its sink does, every event is accounted for, and no request notices.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/drive.rs"]
mod drive;
#[path = "telemetry_pump/ends.rs"]
mod ends;
#[path = "telemetry_pump/lets_go.rs"]
mod lets_go;
#[path = "telemetry_pump/loops.rs"]
mod loops;
#[path = "telemetry_pump/policies.rs"]
mod policies;
#[path = "support/sinks.rs"]
mod sinks;
#[path = "support/stage.rs"]
mod stage;
#[path = "telemetry_pump/storm.rs"]
mod storm;
#[path = "telemetry_pump/trouble.rs"]
mod trouble;

use std::num::NonZeroU32;
use std::time::Duration;

use ninelives::emit::{Interest, Sink};
use ninelives::name::Name;
use ninelives::telemetry::{
    BusEmitter, Pump, PumpHandle, PumpReport, PumpTask, StreamingSink, TelemetrySink,
};
use ninelives::{Clock, ManualTimer, Tick, Timer};
use sinks::{Act, Script, Scripted, tell};
use stage::Hand;

const PATIENCE: Duration = Duration::from_millis(100);
const DRAIN: Duration = Duration::from_secs(2);
/// How long an idle pump naps first, and at most.
const NAP: Duration = Duration::from_millis(1);
const LONGEST_NAP: Duration = Duration::from_millis(16);

/// A stream, a pump on it, and the hand that polls its task.
struct Rig<S: TelemetrySink> {
    timer: ManualTimer,
    stream: StreamingSink,
    emitter: BusEmitter,
    handle: PumpHandle,
    task: Hand<PumpTask<S, ManualTimer>>,
}

/// A timer whose waits come so late that they never end.
#[derive(Clone, Copy)]
struct Late;

impl Clock for Late {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}

impl Timer for Late {
    type Sleep = std::future::Pending<()>;

    fn sleep_until(&self, _deadline: Tick) -> Self::Sleep {
        std::future::pending()
    }
}

// === impl Rig ===

impl Rig<Scripted> {
    fn of(script: &Script) -> Self {
        Self::new(64, script.sink())
    }
}

impl<S: TelemetrySink> Rig<S> {
    fn new(capacity: usize, sink: S) -> Self {
        Self::with(capacity, sink, |pump| pump)
    }

    fn with(
        capacity: usize,
        sink: S,
        set: impl FnOnce(Pump<S, ManualTimer>) -> Pump<S, ManualTimer>,
    ) -> Self {
        let timer = ManualTimer::new();
        let stream = StreamingSink::new(capacity).unwrap();
        let emitter = stream.attach(&Name::from("told"));
        let pump = Pump::new(stream.subscribe(), sink).with_timer(timer.clone());
        let pump = pump.with_event_timeout(PATIENCE).with_drain_deadline(DRAIN);
        let (handle, task) = set(pump).start();
        let task = Hand::new(task);
        Self {
            timer,
            stream,
            emitter,
            handle,
            task,
        }
    }

    /// Tells these events.
    fn tell(&self, numbers: impl IntoIterator<Item = u32>) {
        tell(&self.emitter, numbers);
    }

    /// Polls the task for as long as it wakes itself; it must not end.
    #[track_caller]
    fn turn(&mut self) {
        loop {
            let before = self.task.wakes();
            self.task.waits();
            if self.task.wakes() == before {
                return;
            }
        }
    }

    /// Ends the pump, and polls the task to its end.
    #[track_caller]
    fn end(self) -> PumpReport {
        let mut shutdown = Hand::new(self.handle.shutdown());
        let mut task = self.task;
        task.finish();
        shutdown.done()
    }
}

/// Both laws, and nothing besides.
#[track_caller]
fn assert_adds_up(report: &PumpReport, emitted: u64) {
    let parts = report.delivered + report.failed + report.timed_out + report.panicked;
    assert_eq!(report.received, parts + report.undelivered, "{report:?}");
    assert_eq!(report.emitted(), emitted, "{report:?}");
    assert_eq!(report.missed() + report.delivered, emitted, "{report:?}");
}

#[test]
fn events_arrive_in_order_and_the_report_adds_up() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.tell(1..=5);
    rig.turn();
    assert_eq!(script.taken(), [1, 2, 3, 4, 5]);
    rig.tell(6..=7);
    let running = rig.handle.report();
    assert_eq!((running.received, running.delivered), (5, 5));
    assert!(!rig.handle.is_finished());
    let report = rig.end();
    assert_eq!(script.taken(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(report.delivered, 7);
    assert_adds_up(&report, 7);
}

#[test]
fn an_idle_pump_finds_an_event_after_its_nap_and_is_not_woken() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    for number in 1..=3 {
        rig.turn();
        let asleep = rig.task.wakes();
        rig.tell([number]);
        assert_eq!(rig.task.wakes(), asleep, "event {number}");
        rig.timer.advance(NAP);
        assert_eq!(rig.task.wakes(), asleep + 1, "event {number}");
    }
    // Also when its naps have grown.
    rig.turn();
    for _ in 0..30 {
        rig.timer.advance(LONGEST_NAP);
        rig.turn();
    }
    let asleep = rig.task.wakes();
    rig.tell([4]);
    rig.timer.advance(LONGEST_NAP);
    assert_eq!(rig.task.wakes(), asleep + 1);
    rig.turn();
    assert_eq!(script.taken(), [1, 2, 3, 4]);
}

#[test]
fn an_event_wakes_an_idle_pump_of_a_prompt_subscriber() {
    let script = Script::always(Act::Take);
    let stream = StreamingSink::new(64).unwrap();
    let timer = ManualTimer::new();
    let (_handle, task) = Pump::new(stream.subscribe().prompt(), script.sink())
        .with_timer(timer.clone())
        .start();
    let mut task = Hand::new(task);
    let emitter = stream.attach(&Name::from("told"));
    for number in 1..=3 {
        // Its nap, and its grace.
        for _ in 0..2 {
            task.waits();
            timer.advance(NAP);
        }
        task.waits();
        let asleep = task.wakes();
        tell(&emitter, [number]);
        assert_eq!(task.wakes(), asleep + 1, "event {number}");
    }
    task.waits();
    assert_eq!(script.taken(), [1, 2, 3]);
}

#[test]
fn an_idle_pump_does_not_ask_for_readiness() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::of(&script);
    rig.turn();
    assert_eq!(script.asked(), 0);
    rig.tell([1]);
    rig.turn();
    assert_eq!(script.asked(), 1);
}

#[test]
fn a_batch_is_followed_by_a_rest_for_the_other_tasks() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::with(64, script.sink(), |pump| {
        pump.with_batch(NonZeroU32::new(2).unwrap())
    });
    rig.tell(1..=5);
    for taken in [2, 4] {
        let before = rig.task.wakes();
        rig.task.waits();
        assert_eq!(script.taken().len(), taken);
        assert_eq!(rig.task.wakes(), before + 1, "it goes on by itself");
    }
    rig.turn();
    assert_eq!(script.taken(), [1, 2, 3, 4, 5]);
}

#[test]
fn a_sink_that_takes_events_at_once_arms_no_timer() {
    let script = Script::always(Act::Take);
    let mut rig = Rig::with(256, script.sink(), |pump| pump.with_batch(NonZeroU32::MIN));
    rig.tell(1..=100);
    for _ in 0..100 {
        rig.task.waits();
        assert_eq!(rig.timer.armed(), 0);
    }
    assert_eq!(script.taken().len(), 100);
}

#[test]
fn the_timer_of_a_sleep_is_let_go_when_an_event_ends_it() {
    let mut rig = Rig::of(&Script::always(Act::Hang));
    rig.turn();
    assert_eq!(rig.timer.armed(), 1, "the nap");
    rig.tell([1]);
    rig.turn();
    assert_eq!(rig.timer.armed(), 1, "the event's time");
}

#[test]
fn a_subscriber_of_some_kinds_gives_the_pump_those() {
    use ninelives::emit::{Emitter, Kind, PolicyEvent};
    let memory = ninelives::MemorySink::new();
    let stream = StreamingSink::new(16).unwrap();
    let _all = stream.subscribe();
    let subscriber = stream.subscribe_to(Interest::NONE.with(Kind::FallbackTaken));
    let (handle, task) = Pump::new(subscriber, memory.clone())
        .with_timer(ManualTimer::new())
        .start();
    let emitter = stream.attach(&Name::from("told"));
    tell(&emitter, 1..=3);
    emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    tell(&emitter, 4..=6);
    let mut shutdown = Hand::new(handle.shutdown());
    Hand::new(task).finish();
    let report = shutdown.done();
    assert_eq!((report.received, report.delivered, report.lost), (1, 1, 0));
    let kinds: Vec<_> = memory.events().iter().map(PolicyEvent::kind).collect();
    assert_eq!(kinds, [Kind::FallbackTaken]);
}

#[tokio::test(start_paused = true)]
async fn a_spawned_pump_works_on_tokios_timer() {
    let script = Script::new([Act::Take, Act::Hang], Act::Take);
    let stream = StreamingSink::new(16).unwrap();
    let (handle, task) = Pump::new(stream.subscribe(), script.sink()).start();
    let task = tokio::spawn(task);
    let emitter = stream.attach(&Name::from("told"));
    script.mood(sinks::Mood::Busy);
    tell(&emitter, 1..=2);
    ninelives::TokioTimer::new()
        .sleep(Duration::from_millis(1500))
        .await;
    // The first was not ready within its second; the second waits for half of its own.
    assert_eq!(handle.report().timed_out, 1);
    script.mood(sinks::Mood::Ready);
    tell(&emitter, 3..=4);
    let report = handle.shutdown().await;
    assert_eq!((report.delivered, report.timed_out), (2, 2));
    assert_eq!(script.taken(), [2, 4]);
    assert_adds_up(&report, 4);
    task.await.unwrap();
}
