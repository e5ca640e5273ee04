//! Readers and writers at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use ninelives::adaptive::CompareAndSetError;
use ninelives::{Adaptive, ManualClock};

use crate::{Census, Counted};

/// Sets `stop` when it is dropped, so that a test that fails ends its readers.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Each look at the value: whole, and never with an older version than the look before.
fn reads(live: &Adaptive<Counted>, stop: &AtomicBool) -> u64 {
    let (mut cache, mut last, mut looks) = (live.cache(), 0, 0);
    loop {
        let ends = stop.load(Ordering::SeqCst);
        let snapshot = live.snapshot();
        assert!(snapshot.version() >= last, "a version fell");
        snapshot.value().whole();
        let cached = cache.snapshot();
        assert!(
            cached.version() >= snapshot.version(),
            "the cache is behind"
        );
        last = cached.version();
        cached.value().whole();
        live.get().whole();
        looks += 1;
        if ends {
            return looks;
        }
    }
}

#[test]
fn a01_a02_readers_see_whole_values_and_versions_that_only_rise() {
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stops = Stops(&stop);
        for _ in 0..3 {
            scope.spawn(|| assert!(reads(&live, &stop) > 0));
        }
        for number in 1..=100_000 {
            assert_eq!(live.set(census.born(number)), Ok(number));
        }
    });
    assert_eq!(live.get().whole(), 100_000);
    live.rollback().unwrap();
    assert_eq!(census.alive(), 1);
}

#[test]
fn a04_every_update_has_exactly_one_effect() {
    let live = Adaptive::new(0_u64);
    let versions = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25_000 {
                    let version = live.update(|value| value + 1).unwrap();
                    versions.fetch_add(version, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!((*live.get(), live.version()), (100_000, 100_000));
    // Each version was given to one update: their sum is that of 1..=100,000.
    assert_eq!(versions.into_inner(), 100_000 * 100_001 / 2);
}

#[test]
fn one_of_those_who_compare_with_a_version_wins() {
    let live = Adaptive::new(usize::MAX);
    let (winners, gate) = (AtomicU64::new(0), Barrier::new(4));
    thread::scope(|scope| {
        for thread in 0..4 {
            let (live, winners, gate) = (&live, &winners, &gate);
            scope.spawn(move || {
                for round in 0..500 {
                    gate.wait();
                    match live.compare_and_set(round, thread) {
                        Ok(version) => {
                            assert_eq!(version, round + 1);
                            winners.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(CompareAndSetError::Stale { current }) => {
                            assert_eq!(current, round + 1);
                        }
                        Err(other) => panic!("{other}"),
                    }
                    gate.wait();
                }
            });
        }
    });
    assert_eq!((winners.into_inner(), live.version()), (500, 500));
}

#[test]
fn a06_who_learns_of_a_set_reads_its_value() {
    let live = Adaptive::new(0_u64);
    let told = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut cache = live.cache();
                loop {
                    let learned = told.load(Ordering::Acquire);
                    assert!(*cache.load() >= learned, "the cache is behind");
                    assert!(*live.get() >= learned);
                    if learned == 50_000 {
                        break;
                    }
                }
            });
        }
        for value in 1..=50_000 {
            live.set(value).unwrap();
            told.store(value, Ordering::Release);
        }
    });
}

#[test]
fn a07_subscribers_that_sleep_see_the_final_value() {
    let live = Adaptive::new(0_u64);
    thread::scope(|scope| {
        for _ in 0..2 {
            let mut changes = live.subscribe();
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build()
                    .unwrap();
                let mut last = 0;
                while last < 20_000 {
                    let next = async {
                        let wait = Duration::from_secs(20);
                        tokio::time::timeout(wait, changes.changed()).await
                    };
                    let change = runtime.block_on(next).expect("a wake was missed");
                    assert!(change.version() > last);
                    assert_eq!(**change.value(), change.version());
                    last = change.version();
                }
            });
        }
        for value in 1..=20_000 {
            live.set(value).unwrap();
            if value % 64 == 0 {
                thread::yield_now();
            }
        }
    });
}

#[test]
fn everything_at_once_leaves_one_value() {
    const SEED: u64 = 0x0ADA_971E;
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    let clock = Arc::new(ManualClock::new());
    let (stop, changed) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let (live, census, clock, changed) = (&live, &census, &clock, &changed);
        let stop = &stop;
        let _stops = Stops(stop);
        scope.spawn(|| reads(live, stop));
        scope.spawn(|| {
            // Comes and goes.
            while !stop.load(Ordering::SeqCst) {
                let mut changes = live.subscribe();
                changes
                    .try_changed()
                    .inspect(|change| _ = change.value().whole());
            }
        });
        let writers: Vec<_> = (0..2)
            .map(|thread| {
                scope.spawn(move || {
                    let mut random = SEED + thread;
                    for _ in 0..15_000 {
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        let number = random >> 32;
                        let for_a_while = Duration::from_nanos(random % 64);
                        let done = match random % 5 {
                            0 => live.set(census.born(number)).is_ok(),
                            1 => live.update(|old| census.born(old.whole() / 2)).is_ok(),
                            2 => live.rollback().is_ok(),
                            3 => live
                                .set_for(census.born(number), for_a_while, Arc::clone(clock))
                                .is_ok(),
                            _ => live
                                .compare_and_set(live.version(), census.born(number))
                                .is_ok(),
                        };
                        clock.advance(Duration::from_nanos(random % 16));
                        changed.fetch_add(u64::from(done), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for writer in writers {
            assert!(writer.join().is_ok(), "seed {SEED:#x}");
        }
    });
    // Overrides that lapsed are versions of their own.
    assert!(live.version() >= changed.into_inner(), "seed {SEED:#x}");
    clock.advance(Duration::from_secs(1));
    live.set(census.born(1)).unwrap();
    live.rollback().unwrap();
    assert_eq!(census.alive(), 1, "seed {SEED:#x}");
    assert_eq!(Arc::strong_count(&clock), 1, "seed {SEED:#x}");
}
