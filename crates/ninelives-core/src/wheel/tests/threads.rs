//! Real threads: every wait ends exactly once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;

use super::super::Pace;
use super::{Left, Pair, Refused, Stand, Task, Tick, Wait};

/// Waits of each thread.
const ROUNDS: u64 = if cfg!(miri) { 40 } else { 30_000 };

/// What became of the waits of one thread.
#[derive(Clone, Copy, Default)]
struct Tally {
    armed: u64,
    disarmed: u64,
    fired: u64,
    evicted: u64,
}

impl Tally {
    fn count(&mut self, left: Left) {
        match left {
            Left::Disarmed => self.disarmed += 1,
            Left::Fired => self.fired += 1,
            Left::Evicted => self.evicted += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            armed: self.armed + other.armed,
            disarmed: self.disarmed + other.disarmed,
            fired: self.fired + other.fired,
            evicted: self.evicted + other.evicted,
        }
    }
}

/// Arms and leaves, some at once, some after a while, some on another slot's heels; every wait that it keeps is due at some time.
fn arm_and_leave(pair: &super::Wheel, clock: &AtomicU64, seed: u64, rounds: u64) -> Tally {
    let (_, waker) = Task::new();
    let mut tally = Tally::default();
    let mut kept = std::collections::VecDeque::new();
    let mut random = seed;
    for round in 0..rounds {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let length = (random >> 33) % 50;
        let wait = match pair.pace() {
            Pace::Coarse { .. } => Wait::Span(length),
            _ => Wait::Until(Tick::from_nanos(clock.load(SeqCst) + length)),
        };
        match pair.arm(wait, random as usize, || random, &waker) {
            Ok(entry) => {
                tally.armed += 1;
                // Now and then one that is waited for: the keeper comes by.
                while round % 300 == 0 && entry.poll(&waker) == Stand::Waiting {
                    thread::yield_now();
                }
                kept.push_back(entry);
            }
            Err(Refused::Closed) => {}
            Err(Refused::Full) => panic!("there is room"),
        }
        let keep = (random >> 50) as usize % 6;
        while kept.len() > keep {
            tally.count(kept.pop_front().unwrap().leave());
        }
    }
    kept.into_iter()
        .for_each(|entry| tally.count(entry.leave()));
    tally
}

#[test]
fn w03_armed_is_fired_and_disarmed_under_threads() {
    let Pair { wheel, mut keeper } = Pair::new();
    let (clock, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (tally, fired) = thread::scope(|scope| {
        let keeping = scope.spawn(|| {
            let mut fired = 0;
            let mut turn = 0;
            while !over.load(SeqCst) {
                turn += 1;
                let now = clock.fetch_add(1, SeqCst);
                let pass = keeper.pass(&wheel, || Tick::from_nanos(now));
                fired += pass.fired;
                match turn % 3 {
                    0 => wheel.nap(),
                    // It would sleep now; this one comes back at once.
                    _ => _ = wheel.rest(pass.next),
                }
                thread::yield_now();
            }
            fired
        });
        let armed = [1, 2, 3].map(|seed| {
            let (wheel, clock) = (&wheel, &clock);
            scope.spawn(move || arm_and_leave(wheel, clock, seed, ROUNDS))
        });
        let tally = armed
            .map(|thread| thread.join().unwrap())
            .into_iter()
            .fold(Tally::default(), Tally::plus);
        over.store(true, SeqCst);
        (tally, keeping.join().unwrap())
    });
    assert_eq!(tally.armed, 3 * ROUNDS);
    assert_eq!(tally.armed, tally.fired + tally.disarmed);
    assert_eq!(tally.fired, fired);
    assert_eq!((wheel.armed(), wheel.waiting()), (3 * ROUNDS, 0));
    assert!(tally.fired > 0 && tally.disarmed > 0);
}

#[test]
fn w04_nothing_is_lost_while_keepers_come_and_go() {
    let Pair { wheel, mut keeper } = Pair::new();
    let (clock, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let tally = thread::scope(|scope| {
        let keeping = scope.spawn(|| {
            while !over.load(SeqCst) {
                for _ in 0..5 {
                    let now = clock.fetch_add(1, SeqCst);
                    let pass = keeper.pass(&wheel, || Tick::from_nanos(now));
                    if pass.fired % 2 == 0 {
                        wheel.nap();
                    } else {
                        _ = wheel.rest(pass.next);
                    }
                    thread::yield_now();
                }
                keeper.leave(&wheel, Tick::ZERO);
                thread::yield_now();
                assert!(wheel.open(super::OWNER));
            }
        });
        let armed = [4, 5, 6].map(|seed| {
            let (wheel, clock) = (&wheel, &clock);
            scope.spawn(move || arm_and_leave(wheel, clock, seed, ROUNDS))
        });
        let tally = armed
            .map(|thread| thread.join().unwrap())
            .into_iter()
            .fold(Tally::default(), Tally::plus);
        over.store(true, SeqCst);
        keeping.join().unwrap();
        tally
    });
    assert_eq!(tally.armed, tally.fired + tally.disarmed + tally.evicted);
    assert_eq!(wheel.waiting(), 0);
}
