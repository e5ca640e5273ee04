//! Values that last for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninelives::adaptive::NoPrevious;
use ninelives::{Adaptive, Clock, ManualClock, Tick};

use crate::Census;

const MINUTE: Duration = Duration::from_secs(60);
const NANO: Duration = Duration::from_nanos(1);

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new())
}

#[test]
fn an_override_lasts_until_its_deadline_and_the_first_look_ends_it() {
    let (live, clock) = (Adaptive::new(1), clock());
    let base = live.get();
    assert_eq!(live.set_for(9, MINUTE, Arc::clone(&clock)), Ok(1));
    clock.advance(MINUTE - NANO);
    assert_eq!((*live.get(), live.version()), (9, 1));
    clock.advance(NANO);
    assert!(Arc::ptr_eq(&live.get(), &base));
    assert_eq!(live.version(), 2);
}

#[test]
fn whatever_looks_first_sees_no_override_that_has_lapsed() {
    type Look = fn(&Adaptive<u64>) -> (u64, u64);
    let looks: [Look; 3] = [
        |live| (live.version(), *live.get()),
        |live| {
            let snapshot = live.snapshot();
            (snapshot.version(), *snapshot.into_value())
        },
        |live| {
            let snapshot = live.cache().snapshot();
            (snapshot.version(), **snapshot.value())
        },
    ];
    for look in looks {
        let (live, clock) = (Adaptive::new(1), clock());
        live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
        clock.advance(MINUTE);
        assert_eq!(look(&live), (2, 1));
    }
}

#[test]
fn a_cache_and_a_subscriber_see_it_come_and_go() {
    let (live, clock) = (Adaptive::new(1), clock());
    let (mut cache, mut changes) = (live.cache(), live.subscribe());
    live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
    assert_eq!(
        (*cache.load(), *changes.try_changed().unwrap().into_value()),
        (9, 9)
    );
    clock.advance(MINUTE);
    assert_eq!(
        (*cache.load(), *changes.try_changed().unwrap().into_value()),
        (1, 1)
    );
    assert!(changes.try_changed().is_none());
    assert_eq!(live.version(), 2);
}

#[test]
fn a_subscriber_that_comes_while_it_lasts_is_woken_by_its_end() {
    let (live, clock) = (Adaptive::new(1), clock());
    live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
    let mut changes = live.subscribe();
    let wakes = crate::changes::Wakes::default();
    assert!(wakes.poll(&mut changes).is_pending());
    clock.advance(MINUTE);
    assert_eq!(wakes.count(), 0, "nobody has looked");
    assert_eq!(*live.get(), 1);
    assert_eq!(wakes.count(), 1);
    assert!(wakes.poll(&mut changes).is_ready());
}

#[test]
fn an_override_of_no_time_lapses_at_the_first_look() {
    let live = Adaptive::new(1);
    assert_eq!(live.set_for(9, Duration::ZERO, clock()), Ok(1));
    assert_eq!((*live.get(), live.version()), (1, 2));
}

#[test]
fn an_override_of_the_longest_time_stays() {
    let (live, clock) = (Adaptive::new(1), clock());
    clock.advance(MINUTE);
    live.set_for(9, Duration::MAX, Arc::clone(&clock)).unwrap();
    clock.advance(Duration::from_secs(500 * 365 * 86_400));
    assert_eq!((*live.get(), live.version()), (9, 1));
}

#[test]
fn a_second_override_takes_the_first_ones_place_and_its_way_back() {
    let (live, clock) = (Adaptive::new(1), clock());
    live.set_for(8, MINUTE, Arc::clone(&clock)).unwrap();
    assert_eq!(live.set_for(9, 2 * MINUTE, Arc::clone(&clock)), Ok(2));
    clock.advance(MINUTE);
    assert_eq!(*live.get(), 9, "the first deadline is gone");
    clock.advance(MINUTE);
    assert_eq!((*live.get(), live.version()), (1, 3));
}

#[test]
fn a_value_that_is_set_ends_it_and_a_rollback_goes_behind_it() {
    let (live, clock) = (Adaptive::new(1), clock());
    live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
    assert_eq!(live.set(2), Ok(2));
    clock.advance(MINUTE);
    assert_eq!((*live.get(), live.version()), (2, 2));
    assert_eq!(live.rollback(), Ok(3));
    assert_eq!(*live.get(), 1, "an override is not in the history");
}

#[test]
fn a_rollback_ends_it_and_the_history_is_as_before() {
    let (live, clock) = (Adaptive::new(1), clock());
    live.set(2).unwrap();
    live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
    assert_eq!(live.rollback(), Ok(3));
    assert_eq!(*live.get(), 2);
    clock.advance(MINUTE);
    assert_eq!((*live.get(), live.version()), (2, 3));
    assert_eq!(live.rollback(), Ok(4));
    assert_eq!(*live.get(), 1);
    assert_eq!(live.rollback(), Err(NoPrevious));
}

#[test]
fn a_change_after_the_deadline_builds_on_what_came_back() {
    let (live, clock) = (Adaptive::new(1), clock());
    live.set_for(9, MINUTE, Arc::clone(&clock)).unwrap();
    clock.advance(MINUTE);
    assert!(live.compare_and_set(1, 5).is_err(), "version 1 has lapsed");
    assert_eq!(live.update(|value| value + 1), Ok(3));
    assert_eq!(*live.get(), 2);
}

#[test]
fn a_clock_that_steps_back_brings_nothing_back() {
    #[derive(Clone, Default)]
    struct Steps(Arc<AtomicU64>);
    impl Clock for Steps {
        fn now(&self) -> Tick {
            Tick::from_nanos(self.0.load(Ordering::SeqCst))
        }
    }
    let (live, clock) = (Adaptive::new(1), Steps::default());
    live.set_for(9, MINUTE, clock.clone()).unwrap();
    clock.0.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(*live.get(), 1);
    clock.0.store(0, Ordering::SeqCst);
    assert_eq!((*live.get(), live.version()), (1, 2));
}

#[test]
fn a_lapsed_override_leaves_nothing_alive() {
    let (census, clock) = (Census::default(), clock());
    let live = Adaptive::new(census.born(1));
    live.set_for(census.born(9), MINUTE, Arc::clone(&clock))
        .unwrap();
    assert_eq!(census.alive(), 2);
    clock.advance(MINUTE);
    assert_eq!(live.get().whole(), 1);
    assert_eq!((census.alive(), Arc::strong_count(&clock)), (1, 1));
}
