//! Many threads at once through one circuit.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use ninelives::circuit_breaker::Windowed;

use super::drive::Seeded;
use super::*;

const THREADS: usize = 8;

/// Runs `call` on all threads in the same instant.
fn at_once<T: Send>(call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let (barrier, call) = (&barrier, &call);
                scope.spawn(move || {
                    barrier.wait();
                    call(number)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn b01_hc08_hc31_hc60_stampede_at_the_end_of_the_open_time_reaches_the_backend_as_allowed() {
    for probes in [1, 3] {
        let rig = Rig::due(1, probes);
        for _ in 0..100 {
            rig.layer.trip();
            rig.clock.advance(OPEN_FOR);
            let before = rig.backend.calls();
            let calls = at_once(|_| start(&mut rig.service.clone(), Ask::Hang));
            assert_eq!(rig.backend.calls() - before, probes);
            assert_eq!(rig.view().probes_out as usize, probes);
            drop(calls);
            assert_eq!(rig.view().probes_out, 0);
        }
    }
}

#[test]
fn b09_failures_over_the_threshold_at_once_open_it_for_one_time() {
    let rig = Rig::new(THREADS - 2, 1);
    for _ in 0..100 {
        rig.layer.reset();
        let calls = at_once(|_| done(start(&mut rig.service.clone(), Ask::Fail)));
        let rejected = calls
            .iter()
            .filter(|call| call.as_ref().is_err_and(ResilienceError::is_circuit_open))
            .count();
        assert!(rejected <= 2, "{rejected} rejected");
        assert_eq!(rig.state(), CircuitState::Open);
        assert_eq!(rig.view().retry_after, Some(OPEN_FOR));
    }
}

#[test]
fn b19_every_admission_after_force_open_returned_is_refused() {
    for _ in 0..100 {
        let rig = Rig::new(2, 1);
        let forced = AtomicBool::new(false);
        let passed_after = AtomicUsize::new(0);
        at_once(|number| {
            if number == 0 {
                rig.layer.force_open();
                forced.store(true, Ordering::SeqCst);
                return;
            }
            let mut service = rig.service.clone();
            for turn in 0..50 {
                let seen = forced.load(Ordering::SeqCst);
                let ask = if turn % 3 == 0 {
                    Ask::Fail
                } else {
                    Ask::Answer
                };
                let answer = done(start(&mut service, ask));
                let refused = answer.is_err_and(|error| error.is_circuit_open());
                if seen && !refused {
                    passed_after.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        assert_eq!(passed_after.load(Ordering::SeqCst), 0);
        assert_eq!(rig.state(), CircuitState::ForcedOpen);
    }
}

#[test]
fn b03_hc26_probes_dropped_and_failed_under_contention_leave_no_slot_taken() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 3).unwrap();
    let rig = Rig::with(config.with_probe_lease(OPEN_FOR * 4096).unwrap());
    at_once(|number| {
        let mut dice = Seeded::new(number as u64);
        let mut service = rig.service.clone();
        for _ in 0..3000 {
            match dice.below(8) {
                0 => rig.clock.advance(OPEN_FOR / 4),
                1 | 2 => drop(done(start(&mut service, Ask::Fail))),
                3 | 4 => drop(done(start(&mut service, Ask::Answer))),
                _ => drop(start(&mut service, Ask::Hang)),
            }
        }
    });
    assert_eq!((rig.backend.running(), rig.view().probes_out), (0, 0));
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let mut service = rig.service.clone();
    for _ in 0..3 {
        assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    }
    assert_eq!(rig.state(), CircuitState::Closed);
}

/// By rates that open nothing, over time or over calls.
fn watchful(calls: Option<u32>) -> CircuitBreakerConfig<Windowed> {
    let config = CircuitBreakerConfig::by_failure_rate(1.0, OPEN_FOR, 1).unwrap();
    let config = config.with_minimum_calls(10_000).unwrap();
    match calls {
        Some(calls) => config.with_count_window(calls).unwrap(),
        None => config.with_time_window(OPEN_FOR).unwrap(),
    }
}

/// On each thread 2,000 calls, every third of which fails and every seventh of which is dropped, with `beside` after each; gives
/// the outcomes there were, and the failures among them.
fn hammer<L: CircuitSettings>(rig: &Rig<L>, beside: impl Fn(usize) + Sync) -> (u64, u64)
where
    Protected<L>: Clone + Sync,
{
    let service = &rig.service;
    let counts = at_once(|number| {
        let mut service = service.clone();
        let (mut all, mut failed) = (0, 0);
        for call in 0..2_000 {
            if (call + number) % 7 == 0 {
                drop(start(&mut service, Ask::Hang));
            } else {
                let fails = call % 3 == 0;
                let ask = if fails { Ask::Fail } else { Ask::Answer };
                assert_eq!(done(start(&mut service, ask)).is_err(), fails);
                all += 1;
                failed += u64::from(fails);
            }
            beside(call);
        }
        (all, failed)
    });
    let sum = |(all, failed), (more, worse)| (all + more, failed + worse);
    counts.into_iter().fold((0, 0), sum)
}

fn seen<L: CircuitSettings<Measure = Windowed>>(rig: &Rig<L>) -> (u64, u64) {
    let rates = rig.view().rates.unwrap();
    (rates.calls, rates.failed)
}

#[test]
fn hc39_a_window_has_every_outcome_that_eight_threads_reported() {
    for calls in [None, Some(16_384)] {
        let plain = Rig::with(watchful(calls));
        let reported = hammer(&plain, |_| ());
        assert_eq!(seen(&plain), reported, "{calls:?}");
        let live = Rig::around(plain.layer.live(), plain.clock);
        let reported = hammer(&live, |_| ());
        assert_eq!(seen(&live), reported, "{calls:?}, live");
    }
}

#[test]
fn hc39_a_window_over_time_has_every_outcome_of_its_slots_while_the_clock_goes_on() {
    let rig = Rig::with(watchful(None));
    // All threads go on in time, by nine tenths of the window in all.
    let step = OPEN_FOR / (10 * 2_000 * THREADS as u32) * 9;
    let reported = hammer(&rig, |_| rig.clock.advance(step));
    assert_eq!(seen(&rig), reported);
    rig.clock.advance(OPEN_FOR * 2);
    assert_eq!(seen(&rig), (0, 0));
}

#[test]
fn hc44_a_window_that_is_changed_under_eight_threads_counts_nothing_twice_and_all_of_later() {
    let plain = Rig::with(watchful(None));
    let rig = Rig::around(plain.layer.live(), plain.clock);
    let lengths = [OPEN_FOR, OPEN_FOR * 3];
    let reported = hammer(&rig, |call| {
        if call % 50 == 0 {
            let change = |config: &CircuitBreakerConfig<Windowed>| {
                config.with_time_window(lengths[call / 50 % 2]).unwrap()
            };
            rig.layer.settings().update(change).unwrap();
        }
    });
    let (all, failed) = seen(&rig);
    assert!(all <= reported.0 && failed <= reported.1, "{all} {failed}");
    assert!(failed <= all);
    rig.layer.reset();
    assert_eq!(seen(&rig), (0, 0));
    let reported = hammer(&rig, |_| ());
    assert_eq!(seen(&rig), reported);
}
