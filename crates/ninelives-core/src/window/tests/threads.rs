//! Threads on one window. The models in `loom-tests` go through every order; this runs the real atomics.

#![allow(
    clippy::disallowed_types,
    reason = "the threads of a test may wait for each other"
)]

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::*;

const THREADS: u32 = 8;
// A multiple of ten: in each of ten slots as many.
const EACH: u32 = if cfg!(miri) { 10 } else { 20_000 };

/// Runs `work` on all threads, which start together, each with its number.
fn race(work: impl Fn(u32) + Sync) {
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(thread);
            });
        }
    });
}

const fn mark(call: u32) -> Mark {
    Mark {
        failed: call.is_multiple_of(2),
        slow: call.is_multiple_of(5),
    }
}

/// What all calls of all threads make, in so many parts.
fn all(parts: u32) -> Rates {
    let calls = u64::from(THREADS * EACH / parts);
    rates(calls, calls / 2, calls / 5)
}

#[test]
fn hc39_eight_threads_lose_no_outcome_on_one_stripe_or_on_many() {
    for stripes in [1, 2, 8] {
        let window = TimeWindow::new(Shape::new(SECOND * 10, 10, stripes).unwrap());
        race(|thread| {
            for call in 0..EACH {
                let time = SECOND * (call / (EACH / 10));
                let counted = window.record(thread, TERM, at(time), mark(call), || true);
                assert!(counted);
            }
        });
        assert_eq!(window.rates(TERM, at(SECOND * 9)), all(1));
    }
}

#[test]
fn slots_that_turn_under_eight_threads_end_with_the_last_lap_alone() {
    let window = window(3);
    let slot = window.shape().slot();
    let clock = AtomicU64::new(0);
    race(|_| {
        for call in 0..EACH {
            // Relaxed: a clock that goes on.
            let now = slot * (clock.fetch_add(1, Ordering::Relaxed) / 64) as u32;
            window.record(0, TERM, at(now), mark(call), || true);
            let seen = window.rates(TERM, at(now));
            assert!(
                seen.failed <= seen.total && seen.slow <= seen.total,
                "{seen:?}"
            );
            assert!(seen.total <= 64 * 4, "{seen:?}");
        }
    });
    let end = slot * ((THREADS * EACH - 1) / 64);
    let seen = window.rates(TERM, at(end));
    assert!((1..=192).contains(&seen.total), "{seen:?}");
    assert_eq!(window.rates(TERM, at(end + slot * 3)), Rates::default());
}

#[test]
fn calls_that_enter_and_leave_under_eight_threads_leave_nothing_behind() {
    let window = TimeWindow::new(Shape::new(SECOND * 10, 10, 2).unwrap());
    race(|thread| {
        let mut held = None;
        for call in 0..EACH {
            let time = at(SECOND * (call / (EACH / 10)));
            let entry = window.enter(thread, TERM, time, || true);
            if let Some(before) = held.replace(entry) {
                window.leave(before);
            }
        }
        held.into_iter().for_each(|entry| window.leave(entry));
    });
    assert_eq!(window.open_for(TERM, at(SECOND * 12), Duration::ZERO), 0);
}

#[test]
fn hc39_the_sums_of_a_ring_are_exact_when_eight_threads_have_come_to_rest() {
    for size in if cfg!(miri) {
        [24, 25, 60, 200]
    } else {
        [24, 25, 1_000, 16_000]
    } {
        let window = CountWindow::new(size).unwrap();
        race(|thread| {
            for call in 0..EACH {
                assert!(window.record(TERM, mark(call + thread), || true));
                let seen = window.rates(TERM);
                assert!(seen.total <= u64::from(size + THREADS), "{seen:?}");
                assert!(seen.failed <= seen.total && seen.slow <= seen.total);
            }
        });
        let seen = window.rates(TERM);
        assert_eq!(seen.total, u64::from(size.min(THREADS * EACH)));
        // What the sums say is what the places hold.
        let same = window.resized(size.max(25), TERM).unwrap().rates(TERM);
        assert_eq!(same, seen);
    }
}

#[test]
fn hc34_a_turn_of_the_stretch_under_eight_threads_lets_nothing_of_before_through() {
    let small = CountWindow::new(20).unwrap();
    let ring = CountWindow::new(500).unwrap();
    let slots = window(10);
    let now = AtomicU64::new(0);
    race(|thread| {
        for call in 0..EACH {
            // Relaxed, as a breaker's word is read.
            let mine = now.load(Ordering::Relaxed);
            let current = || now.load(Ordering::Relaxed) == mine;
            // Failures in even stretches alone.
            let failed = mine.is_multiple_of(2);
            let mark = Mark {
                failed,
                slow: false,
            };
            slots.record(0, Term::new(mine), at(SECOND), mark, current);
            for window in [&small, &ring] {
                window.record(Term::new(mine), mark, current);
            }
            if thread == 0 && call % 100 == 0 {
                now.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    // Relaxed: all have come to rest.
    let last = Term::new(now.load(Ordering::Relaxed) | 1);
    now.store(last.number(), Ordering::Relaxed);
    for window in [&small, &ring] {
        window.record(last, Mark::SUCCESS, || true);
        assert_eq!(window.rates(last).failed, 0);
    }
    slots.record(0, last, at(SECOND), Mark::SUCCESS, || true);
    assert_eq!(slots.rates(last, at(SECOND)).failed, 0);
}
