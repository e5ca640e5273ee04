//! Threads that keep permits, on a processor, where the fence that they lack is made up for by the system.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::{hint, thread};

use super::{ABROAD, come, go, keeping_in};
use crate::semaphore::{Entry, Semaphore, Spot};
use crate::weighted::Threads;

/// An interpreter takes fewer.
const ROUNDS: u64 = if cfg!(miri) { 30 } else { 20_000 };

/// One permit, which goes round between a thread that keeps it and one that asks for it.
struct Round {
    semaphore: Semaphore,
    inside: AtomicU32,
    /// Written by who has the permit.
    written: AtomicU64,
    over: AtomicBool,
}

impl Round {
    /// Has the permit for a moment, if it is to be had.
    fn call(&self, spot: Spot) -> bool {
        if !matches!(come(&self.semaphore, spot, 1), Entry::Acquired { .. }) {
            return false;
        }
        assert_eq!(
            self.inside.fetch_add(1, Ordering::Relaxed),
            0,
            "two have it"
        );
        self.written
            .store(self.written.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.inside.fetch_sub(1, Ordering::Relaxed);
        go(&self.semaphore, spot, 1);
        true
    }
}

#[test]
fn a_permit_that_a_thread_keeps_and_another_asks_for_is_one_permit() {
    if !Threads::can_fence() {
        return;
    }
    let semaphore = keeping_in(1, 2, 0, Threads::pass_a_fence);
    // The other one is out until the end, so that the gate is full.
    assert_eq!(come(&semaphore, ABROAD, 1), Entry::APART);
    let round = Round {
        semaphore,
        inside: AtomicU32::new(0),
        written: AtomicU64::new(0),
        over: AtomicBool::new(false),
    };
    let calls: u64 = thread::scope(|scope| {
        let keeper = scope.spawn(|| {
            let mut calls = 0;
            while !round.over.load(Ordering::Relaxed) {
                calls += u64::from(round.call(Spot::at(0).on(1)));
            }
            calls
        });
        let mut calls = 0;
        for wait in 0..ROUNDS {
            (0..wait % 500).for_each(|_| hint::spin_loop());
            calls += u64::from(round.call(ABROAD));
        }
        round.over.store(true, Ordering::Relaxed);
        calls + keeper.join().unwrap()
    });
    assert_eq!(round.written.load(Ordering::Relaxed), calls);
    go(&round.semaphore, ABROAD, 1);
    assert!(round.semaphore.watch_idle(), "all of it is back");
    assert_eq!(round.semaphore.gate.load().used(), 0);
}
