//! The policies of this crate around a sink.

use std::time::Duration;

use ninelives::prelude::*;
use ninelives::telemetry::{FallbackSink, MulticastSink};
use tower::Layer;

use crate::sinks::{Act, Mood, Script};
use crate::{PATIENCE, Rig, assert_adds_up};

const LIMIT: Duration = Duration::from_millis(10);
const OPEN_FOR: Duration = Duration::from_secs(1);

/// A rig whose sink has a timeout and a breaker around it.
macro_rules! guarded {
    ($sink:expr) => {{
        let timer = ManualTimer::new();
        let timeout = TimeoutLayer::new(LIMIT).unwrap().with_timer(timer.clone());
        let config = CircuitBreakerConfig::new(2, OPEN_FOR, 1).unwrap();
        let breaker = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
        let policy = Policy(breaker) + Policy(timeout);
        let mut rig = Rig::with(64, policy.layer($sink), |pump| {
            pump.with_event_timeout(PATIENCE)
        });
        rig.timer = timer;
        rig
    }};
}

#[test]
fn a_timeout_and_a_breaker_around_a_sink_spare_it_while_it_is_down() {
    let script = Script::new([Act::Hang, Act::Hang], Act::Take);
    let mut rig = guarded!(script.sink());
    rig.tell(1..=5);
    rig.turn();
    rig.timer.advance(LIMIT);
    rig.turn();
    rig.timer.advance(LIMIT);
    rig.turn();
    // Two timeouts opened the circuit; the rest was turned away at once, and the sink not asked.
    assert_eq!((script.seen(), rig.handle.report().failed), (vec![1, 2], 5));
    rig.timer.advance(OPEN_FOR);
    rig.tell([6, 7]);
    rig.turn();
    assert_eq!(script.taken(), [6, 7]);
    let report = rig.end();
    assert_eq!((report.delivered, report.failed), (2, 5));
    assert_adds_up(&report, 7);
}

#[test]
fn a_guarded_sink_falls_back_at_once_and_a_multicast_keeps_its_other_branch_complete() {
    let (down, backup, other) = (
        Script::always(Act::Fail(1)),
        Script::always(Act::Take),
        Script::always(Act::Take),
    );
    let config = CircuitBreakerConfig::new(2, OPEN_FOR, 1).unwrap();
    let breaker = Policy(CircuitBreakerLayer::new(config).unwrap());
    let guarded = FallbackSink::new(breaker.layer(down.sink()), backup.sink());
    let mut rig = Rig::new(64, MulticastSink::new(guarded, other.sink()));
    rig.tell(1..=6);
    rig.turn();
    assert_eq!(down.seen(), [1, 2], "then its circuit was open");
    let all: Vec<u32> = (1..=6).collect();
    assert_eq!((backup.taken(), other.taken()), (all.clone(), all));
    assert_adds_up(&rig.end(), 6);
}

#[test]
fn e13_each_branch_of_a_multicast_adds_up_by_itself() {
    let bad = Script::new([Act::Take, Act::Fail(1), Act::PanicInPoll], Act::Take);
    let good = Script::always(Act::Take);
    let mut rig = Rig::new(64, MulticastSink::new(bad.sink(), good.sink()));
    rig.tell(1..=5);
    rig.turn();
    bad.mood(Mood::Broken(2));
    rig.tell([6]);
    rig.turn();
    assert_eq!(good.taken(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(bad.taken(), [1, 4, 5]);
    let report = rig.end();
    assert_eq!(
        (report.delivered, report.failed, report.panicked),
        (3, 2, 1)
    );
    assert_adds_up(&report, 6);
}
