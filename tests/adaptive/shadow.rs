//! A second value beside the current one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ninelives::adaptive::NoShadow;
use ninelives::{Adaptive, ManualClock};

use crate::{Census, checked};

#[test]
fn a_shadow_changes_nothing_that_a_reader_sees() {
    let live = Adaptive::new(8);
    let (mut cache, mut changes) = (live.cache(), live.subscribe());
    assert_eq!(live.get_shadow(), None);
    live.set_shadow(9).unwrap();
    assert_eq!(live.get_shadow().as_deref(), Some(&9));
    assert_eq!((*live.get(), *cache.load(), live.version()), (8, 8, 0));
    assert!(changes.try_changed().is_none());
}

#[test]
fn a_shadow_is_checked_before_it_is_set() {
    let live = checked(8);
    live.set_shadow(10).unwrap();
    assert!(live.set_shadow(11).is_err());
    assert_eq!(live.get_shadow().as_deref(), Some(&10));
}

#[test]
fn promoting_makes_the_shadow_the_value_in_one_version() {
    let live = Adaptive::new(8);
    let mut changes = live.subscribe();
    live.set_shadow(9).unwrap();
    assert_eq!(live.promote_shadow(), Ok(1));
    assert_eq!((*live.get(), live.version()), (9, 1));
    assert_eq!(live.get_shadow(), None);
    assert_eq!(**changes.try_changed().unwrap().value(), 9);
    assert_eq!(live.promote_shadow(), Err(NoShadow));
    assert_eq!(NoShadow.to_string(), "there is no shadow");
}

#[test]
fn a_rollback_after_a_promotion_brings_back_what_it_replaced() {
    let live = Adaptive::new(8);
    live.set_shadow(9).unwrap();
    live.promote_shadow().unwrap();
    live.rollback().unwrap();
    assert_eq!((*live.get(), live.get_shadow()), (8, None));
}

#[test]
fn a_shadow_outlives_changes_of_the_value_and_subscriptions() {
    let live = Adaptive::new(8);
    let clock = Arc::new(ManualClock::new());
    let second = Duration::from_secs(1);
    live.set_shadow(9).unwrap();
    live.set(10).unwrap();
    drop(live.subscribe());
    live.rollback().unwrap();
    live.set_for(11, second, Arc::clone(&clock)).unwrap();
    assert_eq!(live.get_shadow().as_deref(), Some(&9));
    clock.advance(second);
    assert_eq!((*live.get(), live.get_shadow().as_deref()), (8, Some(&9)));
}

#[test]
fn a_shadow_that_is_set_or_cleared_during_an_override_is_so_after_it() {
    let live = Adaptive::new(8);
    let clock = Arc::new(ManualClock::new());
    let second = Duration::from_secs(1);
    live.set_for(11, second, Arc::clone(&clock)).unwrap();
    live.set_shadow(9).unwrap();
    clock.advance(second);
    assert_eq!((*live.get(), live.get_shadow().as_deref()), (8, Some(&9)));
    live.set_for(11, second, Arc::clone(&clock)).unwrap();
    assert!(live.clear_shadow());
    clock.advance(second);
    assert_eq!((*live.get(), live.get_shadow()), (8, None));
}

#[test]
fn promoting_during_an_override_ends_it() {
    let live = Adaptive::new(8);
    let clock = Arc::new(ManualClock::new());
    live.set_for(11, Duration::from_secs(1), Arc::clone(&clock))
        .unwrap();
    live.set_shadow(9).unwrap();
    live.promote_shadow().unwrap();
    assert_eq!(*live.get(), 9);
    clock.advance(Duration::from_secs(2));
    assert_eq!(*live.get(), 9);
    live.rollback().unwrap();
    assert_eq!(*live.get(), 8);
}

#[test]
fn clearing_twice_clears_once() {
    let live = Adaptive::new(8);
    assert!(!live.clear_shadow());
    live.set_shadow(9).unwrap();
    assert!(live.clear_shadow());
    assert!(!live.clear_shadow());
}

#[test]
fn one_shadow_is_promoted_once_whoever_tries() {
    for _ in 0..200 {
        let live = Adaptive::new(0_u64);
        live.set_shadow(1).unwrap();
        let promoted = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let won = live.promote_shadow().is_ok();
                    promoted.fetch_add(u64::from(won), Ordering::Relaxed);
                });
            }
        });
        assert_eq!(promoted.into_inner(), 1);
        assert_eq!((*live.get(), live.version()), (1, 1));
    }
}

#[test]
fn shadows_that_are_gone_are_dropped() {
    let census = Census::default();
    let live = Adaptive::new(census.born(0));
    for number in 1..100 {
        live.set_shadow(census.born(number)).unwrap();
    }
    assert_eq!(census.alive(), 2);
    live.clear_shadow();
    assert_eq!(census.alive(), 1);
}

#[test]
fn a_follower_is_given_the_value_now_and_after_each_change() {
    let live = Adaptive::new(1_u64);
    let given = Arc::new(AtomicU64::new(0));
    let weak = Arc::downgrade(&given);
    live.follow(move |value| match weak.upgrade() {
        Some(given) => {
            given.store(*value, Ordering::SeqCst);
            true
        }
        None => false,
    });
    assert_eq!(given.load(Ordering::SeqCst), 1);
    live.set(2).unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
    live.rollback().unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[test]
fn a_follower_whose_target_is_gone_is_forgotten() {
    let census = Census::default();
    let live = Adaptive::new(1_u64);
    let kept = census.born(7);
    live.follow(move |value| {
        kept.whole();
        *value < 2
    });
    assert_eq!(census.alive(), 1);
    live.set(2).unwrap();
    assert_eq!(census.alive(), 0);
}

#[test]
fn followers_end_with_the_newest_value_whoever_changes_it() {
    for round in 0..200_u64 {
        let live = Adaptive::new(0_u64);
        let given = Arc::new(AtomicU64::new(0));
        let target = Arc::clone(&given);
        live.follow(move |value| {
            target.store(*value, Ordering::SeqCst);
            true
        });
        thread::scope(|scope| {
            for thread in 1..=3 {
                let live = &live;
                scope.spawn(move || live.set(round * 10 + thread).unwrap());
            }
        });
        assert_eq!(given.load(Ordering::SeqCst), *live.get());
    }
}
