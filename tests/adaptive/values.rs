//! Changes from one thread: versions, validation, rollback, panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ninelives::Adaptive;
use ninelives::adaptive::{CompareAndSetError, NoPrevious};

use crate::hand::Hand;
use crate::{Census, checked};

#[test]
fn a_value_begins_with_version_0_and_each_change_adds_one() {
    let live = Adaptive::new(1);
    assert_eq!((*live.get(), live.version()), (1, 0));
    assert_eq!(live.set(2), Ok(1));
    assert_eq!(live.update(|value| value * 10), Ok(2));
    assert_eq!(live.compare_and_set(2, 7), Ok(3));
    assert_eq!(live.rollback(), Ok(4));
    let snapshot = live.snapshot();
    assert_eq!((**snapshot.value(), snapshot.version()), (20, 4));
}

#[test]
fn clones_share_the_value_and_its_validation() {
    let live = checked(2);
    let clone = live.clone();
    assert_eq!(live.set(4), Ok(1));
    assert_eq!((*clone.get(), clone.version()), (4, 1));
    assert!(clone.set(5).is_err());
    assert_eq!(clone.set(6), Ok(2));
    assert_eq!(*live.get(), 6);
}

#[test]
fn a05_a_value_that_is_refused_changes_nothing_and_wakes_nobody() {
    let live = checked(2);
    let mut changes = live.subscribe();
    let field = |error: ninelives::ConfigError| error.field();
    assert_eq!(live.set(3).map_err(field), Err("even"));
    assert_eq!(live.update(|value| value + 1).map_err(field), Err("even"));
    let clock = Arc::new(ninelives::ManualClock::new());
    let minute = std::time::Duration::from_secs(60);
    assert_eq!(live.set_for(5, minute, clock).map_err(field), Err("even"));
    for version in [0, 9] {
        let refused = live.compare_and_set(version, 3);
        assert!(
            matches!(refused, Err(CompareAndSetError::Invalid(error)) if error.field() == "even")
        );
    }
    assert_eq!((*live.get(), live.version()), (2, 0));
    assert!(changes.try_changed().is_none());
    assert_eq!(live.rollback(), Err(NoPrevious));
}

#[test]
fn a05_each_refusal_is_told_once_to_who_watches_for_them() {
    let live = checked(2);
    let mut refusals = live.clone().subscribe_refused();
    assert_eq!(
        (live.refused(), refusals.try_changed().is_none()),
        (0, true)
    );
    let _ = live.set(3).unwrap_err();
    let told = refusals.try_changed().expect("the refusal");
    assert_eq!((**told.value(), live.refused()), (1, 1));
    let _ = live.update(|value| value + 1).unwrap_err();
    let _ = live.compare_and_set(9, 3).unwrap_err();
    let _ = live.set_shadow(5).unwrap_err();
    let clock = ninelives::ManualClock::new();
    let _ = live
        .set_for(5, std::time::Duration::from_secs(1), clock)
        .unwrap_err();
    let told = refusals.try_changed().expect("four more, as one");
    assert_eq!(**told.value(), 5);
    live.set(4).unwrap();
    let _ = live.compare_and_set(9, 4).unwrap_err();
    assert_eq!(live.rollback(), Ok(2));
    assert_eq!(live.rollback(), Err(NoPrevious));
    assert!(refusals.try_changed().is_none(), "nobody refused those");
}

#[test]
fn a05_who_waits_for_a_refusal_is_woken_by_it_and_by_nothing_else() {
    let live = checked(2);
    let mut refusals = live.subscribe_refused();
    let mut told = Hand::new(refusals.changed());
    told.waits();
    live.set(4).unwrap();
    assert_eq!(told.wakes(), 0);
    let _ = live.set(5).unwrap_err();
    assert_eq!(told.wakes(), 1);
    assert_eq!(**told.done().value(), 1);
}

#[test]
fn a05_the_first_value_is_checked_too() {
    let refused = Adaptive::with_validation(3, crate::even).unwrap_err();
    assert_eq!(refused.field(), "even");
}

#[test]
fn a_stale_version_changes_nothing_and_tells_the_current_one() {
    let live = checked(2);
    live.set(4).unwrap();
    let stale = live.compare_and_set(0, 6);
    assert_eq!(stale, Err(CompareAndSetError::Stale { current: 1 }));
    assert_eq!((*live.get(), live.version()), (4, 1));
    let text = stale.unwrap_err().to_string();
    assert_eq!(text, "the value changed: its version is 1 now");
}

#[test]
fn a_rollback_brings_back_the_very_value_and_a_second_one_is_refused() {
    let live = Adaptive::new(String::from("good"));
    assert_eq!(live.rollback(), Err(NoPrevious));
    let good = live.get();
    live.set(String::from("bad")).unwrap();
    assert_eq!(live.rollback(), Ok(2));
    assert!(Arc::ptr_eq(&good, &live.get()));
    assert_eq!(live.rollback(), Err(NoPrevious));
    assert_eq!((live.get().as_str(), live.version()), ("good", 2));
    live.set(String::from("better")).unwrap();
    assert_eq!(live.rollback(), Ok(4));
    assert!(Arc::ptr_eq(&good, &live.get()));
}

#[test]
fn a04_a_panic_in_update_changes_nothing() {
    let census = Census::default();
    let live = Adaptive::new(census.born(1));
    let mut changes = live.subscribe();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        live.update(|_| {
            let _half_made = census.born(2);
            panic!("as planned")
        })
    }));
    assert!(outcome.is_err());
    assert_eq!((live.get().whole(), live.version()), (1, 0));
    assert!(changes.try_changed().is_none());
    assert_eq!(live.update(|old| census.born(old.whole() + 1)), Ok(1));
    assert_eq!(live.get().whole(), 2);
    live.rollback().unwrap();
    assert_eq!(census.alive(), 1);
}

#[test]
fn a_panic_in_the_validation_changes_nothing() {
    let live = Adaptive::with_validation(1, |value| {
        assert!(*value < 10, "as planned");
        Ok(())
    })
    .unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| live.set(10))).is_err());
    assert_eq!((*live.get(), live.version()), (1, 0));
    assert_eq!(live.set(9), Ok(1));
}

#[test]
fn a09_a_set_inside_update_goes_through_and_the_update_runs_again() {
    let live = Adaptive::new(1);
    let mut runs = 0;
    let version = live.update(|value| {
        runs += 1;
        if runs == 1 {
            live.set(10).unwrap();
        }
        value + 1
    });
    assert_eq!((version, runs, *live.get()), (Ok(2), 2, 11));
}

#[test]
fn a08_as_many_values_live_as_are_held_and_one_before() {
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    let held = live.get();
    for number in 1..=100_000 {
        live.set(census.born(number)).unwrap();
        assert!(census.alive() <= 3, "{number}");
    }
    assert_eq!(held.whole(), 0);
    drop(held);
    assert_eq!(census.alive(), 2, "this one and the one before");
    live.rollback().unwrap();
    assert_eq!((census.alive(), live.get().whole()), (1, 99_999));
    drop(live);
    assert_eq!(census.alive(), 0);
}

#[test]
fn the_value_may_be_neither_debug_nor_clone_and_be_local() {
    struct Local(std::rc::Rc<u8>);
    let live = Adaptive::new(Local(std::rc::Rc::new(1)));
    let mut cache = live.clone().cache();
    live.set(Local(std::rc::Rc::new(2))).unwrap();
    assert_eq!((*cache.load().0, *live.get().0), (2, 2));
}

#[test]
fn handles_are_send_and_sync_when_the_value_is() {
    fn shared<T: Send + Sync + Unpin + 'static>(_: &T) {}
    let live = checked(2);
    shared(&live);
    shared(&live.cache());
    shared(&live.subscribe());
    shared(&live.snapshot());
}

#[test]
fn debug_shows_value_and_version() {
    let live = Adaptive::new(7);
    let shown = "{ value: 7, version: 0, override: false, .. }";
    assert_eq!(format!("{live:?}"), format!("Adaptive {shown}"));
    assert_eq!(format!("{:?}", live.cache()), format!("Cache {shown}"));
}
