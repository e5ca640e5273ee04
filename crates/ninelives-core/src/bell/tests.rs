use alloc::sync::Arc;
use alloc::task::Wake;
use core::task::Waker;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Alarm, Bell};
use crate::sync::{AtomicUsize, Ordering};

/// Counts how often it was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn sleeper() -> (Arc<Wakes>, Waker) {
    let wakes = Arc::new(Wakes::default());
    (Arc::clone(&wakes), Waker::from(wakes))
}

#[test]
fn an_alarm_is_armed_for_what_sleepers_want() {
    let alarm = Alarm::new();
    assert!(!alarm.is_armed(u32::MAX));
    alarm.arm(0b0101);
    alarm.arm(0b0110);
    for bit in 0..32 {
        assert_eq!(alarm.is_armed(1 << bit), bit < 3, "{bit}");
    }
    assert!(alarm.is_armed(0b1001) && !alarm.is_armed(0b1000));
}

#[test]
fn one_producer_answers_an_alarm() {
    let alarm = Alarm::new();
    assert!(!alarm.answer());
    alarm.arm(0b11);
    assert!(alarm.answer());
    assert!(!alarm.is_armed(u32::MAX));
    assert!(!alarm.answer());
}

#[test]
fn a_ring_is_remembered_until_it_is_quieted() {
    let bell = Bell::new();
    assert!(!bell.is_rung());
    bell.ring();
    assert!(bell.is_rung() && bell.is_rung());
    bell.quiet();
    assert!(!bell.is_rung());
}

#[test]
fn the_newest_waker_is_woken() {
    let bell = Bell::new();
    let ((old, old_waker), (new, new_waker)) = (sleeper(), sleeper());
    bell.rest(&old_waker);
    bell.rest(&new_waker);
    assert!(!bell.is_rung());
    bell.ring();
    assert_eq!((old.count(), new.count()), (0, 1));
    bell.ring();
    assert_eq!(new.count(), 1, "a waker is used once");
}

#[test]
fn who_has_left_is_not_woken() {
    let bell = Bell::new();
    let (wakes, waker) = sleeper();
    bell.rest(&waker);
    bell.leave();
    bell.ring();
    assert_eq!(wakes.count(), 0);
    drop(waker);
    assert_eq!(Arc::strong_count(&wakes), 1, "the bell keeps no waker");
}

#[test]
fn a_waker_that_panics_when_it_is_replaced_makes_way_for_the_new_one() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a hostile drop");
        }
    }
    let bell = Bell::new();
    let (wakes, waker) = sleeper();
    bell.rest(&Waker::from(Arc::new(Bomb)));
    let caught = catch_unwind(AssertUnwindSafe(|| bell.rest(&waker)));
    assert!(caught.is_err());
    bell.ring();
    assert_eq!(wakes.count(), 1);
}
