//! Readers: what they cost, where they may read, and how long a value lives.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninelives::adaptive::Cache;
use ninelives::{Adaptive, ManualClock};

use crate::Census;

#[test]
fn a10_reading_allocates_nothing_and_neither_does_the_end_of_an_override() {
    let (live, clock) = (Adaptive::new(1_u64), Arc::new(ManualClock::new()));
    let mut changes = live.subscribe();
    let mut cache = live.cache();
    live.set(2).unwrap();
    let minute = Duration::from_secs(60);
    let read = |live: &Adaptive<u64>, cache: &mut Cache<u64>| {
        (0..10_000).all(|_| *live.get() == *cache.load() && live.version() > 0)
    };
    assert!(read(&live, &mut cache), "once to warm up");
    let seen = allocation_counter::measure(|| {
        assert!(read(&live, &mut cache));
        assert!(changes.try_changed().is_some());
    });
    assert_eq!(seen.count_total, 0, "steady");
    live.set_for(3, minute, Arc::clone(&clock)).unwrap();
    let seen = allocation_counter::measure(|| {
        assert!(read(&live, &mut cache));
        clock.advance(minute);
        assert!(read(&live, &mut cache));
        assert_eq!(live.version(), 3);
    });
    assert_eq!(seen.count_total, 0, "an override and its end");
}

#[test]
fn a_value_stays_as_it_is_while_a_cache_lends_it_and_the_next_load_is_the_newest() {
    let live = Adaptive::new(1);
    let mut cache = live.cache();
    let lent = cache.load();
    live.set(2).unwrap();
    live.set(3).unwrap();
    assert_eq!(*lent, 1);
    assert_eq!(*cache.load(), 3);
    let mut twin = cache.clone();
    live.set(4).unwrap();
    assert_eq!((*twin.load(), *cache.load()), (4, 4));
}

#[test]
fn a03_many_values_held_and_moved_between_threads_stay_alive() {
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    let mut held = vec![live.get()];
    for number in 1..100 {
        live.set(census.born(number)).unwrap();
        held.push(live.get());
    }
    let checked = std::thread::spawn(move || {
        let numbers: Vec<u64> = held.iter().map(|value| value.whole()).collect();
        assert!(numbers.into_iter().eq(0..100));
        held
    });
    drop(checked.join().unwrap());
    live.rollback().unwrap();
    assert_eq!(census.alive(), 1);
}

#[test]
fn a08_an_idle_cache_keeps_one_value_alive() {
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    let mut cache = live.cache();
    for number in 1..1_000 {
        live.set(census.born(number)).unwrap();
        assert!(census.alive() <= 3);
    }
    assert_eq!(cache.load().whole(), 999);
    assert_eq!(census.alive(), 2);
    drop((live, cache));
    assert_eq!(census.alive(), 0);
}

#[test]
fn a09_a_value_is_read_and_set_in_a_thread_local_destructor() {
    struct AtExit(Adaptive<u64>, Cache<u64>, Arc<AtomicU64>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            let AtExit(live, cache, seen) = self;
            live.update(|value| value + 1).unwrap();
            seen.store(*live.get() * 1_000 + *cache.load(), Ordering::SeqCst);
        }
    }
    thread_local! {
        static LAST: RefCell<Option<AtExit>> = const { RefCell::new(None) };
    }
    let (live, seen) = (Adaptive::new(6), Arc::new(AtomicU64::new(0)));
    let at_exit = AtExit(live.clone(), live.cache(), Arc::clone(&seen));
    let thread = std::thread::spawn(|| {
        // Registered before the thread's first read, so that it is dropped after whatever a read keeps for its thread.
        LAST.set(Some(at_exit));
        LAST.with_borrow_mut(|last| *last.as_mut().unwrap().1.load())
    });
    assert_eq!(thread.join().unwrap(), 6);
    assert_eq!(seen.load(Ordering::SeqCst), 7_007);
    assert_eq!((*live.get(), live.version()), (7, 1));
}

#[test]
fn a09_a_value_is_read_and_set_while_a_panic_unwinds() {
    struct Unwinds<'a>(&'a Adaptive<u64>);
    impl Drop for Unwinds<'_> {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            self.0.set(*self.0.get() + 1).unwrap();
        }
    }
    let live = Adaptive::new(1);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _unwinds = Unwinds(&live);
        panic!("as planned")
    }));
    assert!(outcome.is_err());
    assert_eq!((*live.get(), live.version()), (2, 1));
}

#[test]
fn a09_a_value_whose_drop_reads_and_sets_the_same_live_value() {
    struct Nested(u64, Option<Adaptive<Nested>>);
    impl Drop for Nested {
        fn drop(&mut self) {
            if let Some(live) = self.1.take() {
                assert!(live.get().0 > self.0);
                live.set(Nested(100, None)).unwrap();
            }
        }
    }
    let live = Adaptive::new(Nested(1, None));
    live.set(Nested(2, Some(live.clone()))).unwrap();
    live.set(Nested(3, None)).unwrap();
    live.set(Nested(4, None)).unwrap();
    assert_eq!((live.get().0, live.version()), (100, 4));
}
