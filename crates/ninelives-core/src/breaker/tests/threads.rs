//! Many threads at once, on real hardware: what the models show for three, for eight.

#![expect(
    clippy::disallowed_types,
    reason = "these threads belong to a test, not to a runtime"
)]

use std::sync::Barrier;
use std::thread;
use std::vec::Vec;

use super::*;
use crate::time::ManualClock;

const THREADS: usize = 8;
const ROUNDS: u32 = if cfg!(miri) { 2 } else { 200 };

/// Runs `call` on all threads in the same instant.
fn at_once<T: Send>(call: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        let run = || {
            barrier.wait();
            call()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn b01_hc31_hc60_a_stampede_at_the_deadline_gets_exactly_its_probes() {
    let limits = Limits::new(1, SECOND, 3).unwrap();
    let clock = ManualClock::new();
    for _ in 0..ROUNDS {
        let breaker = Breaker::new();
        breaker.trip(&limits, &clock);
        clock.advance(SECOND);
        let answers = at_once(|| breaker.admit(&limits, &clock));
        let (mut probes, mut changes) = (0, 0);
        for answer in &answers {
            if let Admission::Probe { transition, .. } = answer {
                probes += 1;
                changes += u32::from(transition.is_some());
            }
        }
        assert_eq!((probes, changes), (3, 1));
        assert_eq!(breaker.word().epoch(), 2);
    }
}

#[test]
fn b09_failures_over_the_threshold_at_once_open_it_once() {
    let limits = Limits::new(5, SECOND, 1).unwrap();
    let clock = ManualClock::new();
    for _ in 0..ROUNDS {
        let breaker = Breaker::new();
        let reports = at_once(|| match breaker.admit(&limits, &clock) {
            Admission::Admitted(ticket) => {
                breaker.report(ticket, Outcome::Failure, &limits, &clock)
            }
            _ => Report::LATE,
        });
        let changes = reports.iter().filter(|r| r.transition.is_some()).count();
        let counted = reports.iter().filter(|r| !r.late).count();
        assert_eq!((changes, counted), (1, 5));
        assert_eq!(breaker.word().epoch(), 1);
    }
}
