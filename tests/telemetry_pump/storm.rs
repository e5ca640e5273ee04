//! The sums, under everything at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use ninelives::emit::Sink;
use ninelives::name::Name;
use ninelives::telemetry::{Pump, StreamingSink};
use ninelives::{ManualTimer, MemorySink};

use crate::drive::Seeded;
use crate::sinks::{Act, Mood, Script, tell};
use crate::stage::Hand;
use crate::{DRAIN, PATIENCE, Rig, assert_adds_up};

const ACTS: [Act; 8] = [
    Act::Take,
    Act::TakeLater,
    Act::Fail(1),
    Act::Hang,
    Act::PanicInCall,
    Act::PanicInPoll,
    Act::HangThenPanicInDrop,
    Act::TakeThenPanicInDrop,
];
const MOODS: [Mood; 4] = [Mood::Ready, Mood::Busy, Mood::Broken(1), Mood::Panics];

/// One pump's life, all of it chosen by the seed; which outcomes came up.
fn live(seed: u64) -> [bool; 6] {
    let mut dice = Seeded::new(seed);
    let acts: Vec<Act> = (0..64).map(|_| ACTS[dice.below(ACTS.len())]).collect();
    let script = Script::new(acts, Act::Take);
    let mut rig = Rig::new(1 << dice.below(5), script.sink());
    let mut told = 0;
    for _ in 0..dice.below(80) {
        match dice.below(6) {
            0 | 1 => {
                let more = dice.below(12) as u32;
                rig.tell(told..told + more);
                told += more;
            }
            2 => drop(rig.task.poll()),
            3 => rig.turn(),
            4 => rig.timer.advance(PATIENCE / (1 + dice.below(3) as u32)),
            _ => script.mood(MOODS[dice.below(8) % MOODS.len()]),
        }
    }
    let mut shutdown = Hand::new(rig.handle.shutdown());
    if dice.below(4) == 0 {
        drop(rig.task);
    } else {
        for _ in 0..=dice.below(8) {
            if rig.task.poll() == Poll::Ready(()) {
                break;
            }
            rig.timer.advance(PATIENCE / 2);
        }
        if shutdown.poll().is_pending() {
            rig.timer.advance(DRAIN);
            rig.task.finish();
            drop(rig.task);
        }
    }
    script.mood(Mood::Ready);
    assert_eq!((script.live(), script.owners()), (0, 1));
    let report = shutdown.done();
    assert_adds_up(&report, u64::from(told));
    [
        report.delivered,
        report.failed,
        report.timed_out,
        report.panicked,
        report.lost,
        report.undelivered,
    ]
    .map(|count| count > 0)
}

#[test]
fn conservation_holds_for_every_life_of_a_pump() {
    let mut seen = [false; 6];
    for seed in 0..600 {
        let came_up = live(seed);
        for (seen, came_up) in seen.iter_mut().zip(came_up) {
            *seen |= came_up;
        }
    }
    assert_eq!(seen, [true; 6], "every outcome comes up");
}

#[test]
fn conservation_holds_while_threads_emit_and_the_pump_is_ended() {
    const THREADS: u32 = 3;
    for round in 0..20_u64 {
        let stream = StreamingSink::new(1 << (round % 7)).unwrap();
        let kept = MemorySink::new();
        let (handle, task) = Pump::new(stream.subscribe(), kept.clone())
            .with_timer(ManualTimer::new())
            .with_drain_deadline(Duration::MAX)
            .start();
        let ending = Arc::new(AtomicBool::new(false));
        let emitted: u64 = thread::scope(|scope| {
            let tellers: Vec<_> = (0..THREADS)
                .map(|_| {
                    let emitter = stream.attach(&Name::from("told"));
                    let ending = Arc::clone(&ending);
                    scope.spawn(move || {
                        let mut told = 0;
                        while !ending.load(SeqCst) || told < 500 {
                            tell(&emitter, [told]);
                            told += 1;
                        }
                        u64::from(told)
                    })
                })
                .collect();
            let mut task = Hand::new(task);
            while handle.report().received < 200 * (round % 3) {
                task.waits();
                thread::yield_now();
            }
            // Half of the rounds end it while the threads go on.
            if round % 2 == 0 {
                ending.store(true, SeqCst);
                let told = tellers.into_iter().map(|teller| teller.join().unwrap());
                let told = told.sum();
                let mut shutdown = Hand::new(handle.shutdown());
                task.finish();
                assert_adds_up(&shutdown.done(), told);
                return told;
            }
            let mut shutdown = Hand::new(handle.shutdown());
            task.finish();
            let report = shutdown.done();
            ending.store(true, SeqCst);
            let told: u64 = tellers
                .into_iter()
                .map(|teller| teller.join().unwrap())
                .sum();
            assert!(report.emitted() <= told);
            assert_adds_up(&report, report.emitted());
            report.delivered
        });
        assert!(kept.len() as u64 + kept.evicted() <= emitted);
    }
}
