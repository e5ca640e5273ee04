//! Who is woken, and what a waker may do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use super::drive::{Wakes, panicking, panics};
use super::*;

#[test]
fn s07_only_the_newest_waker_is_woken_and_the_old_one_is_dropped() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    let (mut waiter, _) = rig.waiters(1).pop().unwrap();
    let (old, old_waker) = Wakes::new();
    let (new, new_waker) = Wakes::new();
    assert!(poll_with(&mut waiter, &old_waker).is_pending());
    assert!(poll_with(&mut waiter, &new_waker).is_pending());
    drop(old_waker);
    assert_eq!(Arc::strong_count(&old), 1);
    drop(first);
    assert_eq!((old.count(), new.count()), (0, 1));
}

#[test]
fn s07_the_same_waker_again_is_woken_once() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    let (mut waiter, _) = rig.waiters(1).pop().unwrap();
    let (wakes, waker) = Wakes::new();
    for _ in 0..100 {
        assert!(poll_with(&mut waiter, &waker).is_pending());
    }
    drop(first);
    assert_eq!(wakes.count(), 1);
}

#[test]
fn s26_a_call_that_is_gone_keeps_no_waker() {
    let mut rig = Line::new(1, 1);
    let (_first, _) = rig.wait_at();
    let (mut waiter, _) = rig.waiters(1).pop().unwrap();
    let (wakes, waker) = Wakes::new();
    assert!(poll_with(&mut waiter, &waker).is_pending());
    drop((waiter, waker));
    assert_eq!((Arc::strong_count(&wakes), wakes.count()), (1, 0));
}

#[test]
fn s08_waker_that_calls_the_bulkhead_again_and_ends_calls_deadlocks_nothing() {
    struct Busy {
        service: Mutex<Queueing>,
        ends: Mutex<Vec<Call<Queueing>>>,
        woken: AtomicUsize,
    }
    impl Wake for Busy {
        fn wake(self: Arc<Self>) {
            self.woken.fetch_add(1, Ordering::SeqCst);
            let ended = self.ends.lock().unwrap().pop();
            drop(ended);
            let again = start(&mut *self.service.lock().unwrap(), Ask::Answer);
            drop(again);
        }
    }
    let mut rig = Line::new(3, 3);
    let (first, _) = rig.wait_at();
    let ends = Mutex::new(vec![rig.wait_at().0, rig.wait_at().0]);
    let mut waiters = rig.waiters(2);
    let service = Mutex::new(rig.service.clone());
    let busy = Arc::new(Busy {
        service,
        ends,
        woken: AtomicUsize::new(0),
    });
    let waker = Waker::from(Arc::clone(&busy));
    for (call, _) in &mut waiters {
        assert!(poll_with(call, &waker).is_pending());
    }
    drop(first);
    assert_eq!(busy.woken.load(Ordering::SeqCst), 2);
    assert_eq!(began::<Queueing>(&mut waiters), [true, true]);
    waiters.clear();
    assert_eq!(rig.now(), (0, 3, 0));
}

#[test]
fn s08_panicking_waker_keeps_nobody_asleep_and_no_permit() {
    let mut rig = Line::new(2, 2);
    let (one, two) = (rig.wait_at(), rig.wait_at());
    let mut waiters = rig.waiters(2);
    let (wakes, waker) = Wakes::new();
    assert!(poll_with(&mut waiters[0].0, &panicking()).is_pending());
    assert!(poll_with(&mut waiters[1].0, &waker).is_pending());
    assert!(panics(|| drop(one)));
    drop(two);
    assert_eq!(wakes.count(), 1);
    assert_eq!(began::<Queueing>(&mut waiters), [true, true]);
    waiters.clear();
    assert_eq!(rig.now(), (0, 2, 0));
}
