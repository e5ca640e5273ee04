//! Who is woken, how often, and what a hostile waker can do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use std::task::{Poll, Wake, Waker};
use std::vec::Vec;

use super::{Entry, Semaphore, Task, Turn, counts, hold, is_granted, line, wait, wait_as_task};

#[test]
fn s07_newest_waker_alone_is_woken() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    let (old, old_waker) = Task::new();
    let (new, new_waker) = Task::new();
    assert_eq!(semaphore.poll_place(&place, &old_waker), Poll::Pending);
    assert_eq!(semaphore.poll_place(&place, &new_waker), Poll::Pending);
    drop(old_waker);
    assert_eq!(Arc::strong_count(&old), 1, "the old waker was dropped");
    semaphore.release();
    assert_eq!((old.wakes(), new.wakes()), (0, 1));
    semaphore.take(place);
}

#[test]
fn s07_same_waker_again_is_not_cloned() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    let (task, waker) = Task::new();
    for _ in 0..5 {
        assert_eq!(semaphore.poll_place(&place, &waker), Poll::Pending);
        assert_eq!(Arc::strong_count(&task), 3);
    }
    assert_eq!(semaphore.leave(place), super::super::Left::GaveUp);
}

#[test]
fn s26_place_left_keeps_no_waker() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let (place, task) = wait_as_task(&semaphore);
    let _ = semaphore.leave(place);
    assert_eq!(Arc::strong_count(&task), 1);
    semaphore.release();
    assert_eq!(task.wakes(), 0);
}

#[test]
fn s26_place_taken_keeps_no_waker() {
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let (place, task) = wait_as_task(&semaphore);
    semaphore.release();
    let (_, late) = Task::new();
    assert!(semaphore.poll_place(&place, &late).is_ready());
    semaphore.take(place);
    assert_eq!((Arc::strong_count(&task), task.wakes()), (1, 1));
}

#[test]
fn grant_is_there_when_the_waker_runs() {
    struct Look(Weak<Semaphore>, AtomicU32);
    impl Wake for Look {
        fn wake(self: Arc<Self>) {
            let semaphore = self.0.upgrade().expect("alive");
            self.1.store(semaphore.snapshot().in_flight, SeqCst);
        }
    }
    let semaphore = Arc::new(line(1, 2));
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    let look = Arc::new(Look(Arc::downgrade(&semaphore), AtomicU32::new(9)));
    let waker = Waker::from(look.clone());
    assert_eq!(semaphore.poll_place(&place, &waker), Poll::Pending);
    semaphore.release();
    assert_eq!(look.1.load(SeqCst), 1, "handed over before the wake");
    semaphore.take(place);
}

#[test]
fn s08_waker_that_releases_and_enters_deadlocks_nothing() {
    struct Busy(Arc<Semaphore>);
    impl Wake for Busy {
        fn wake(self: Arc<Self>) {
            self.0.release();
            let Entry::Waiting(place) = self.0.enter() else {
                panic!("the second waiter has the permit")
            };
            let _ = self.0.leave(place);
        }
    }
    let semaphore = Arc::new(line(2, 3));
    hold(&semaphore, 2);
    let busy = wait(&semaphore);
    let waker = Waker::from(Arc::new(Busy(semaphore.clone())));
    assert_eq!(semaphore.poll_place(&busy, &waker), Poll::Pending);
    let (second, second_task) = wait_as_task(&semaphore);
    semaphore.release();
    assert!(is_granted(&semaphore, &busy) && is_granted(&semaphore, &second));
    assert_eq!(second_task.wakes(), 1);
    semaphore.take(busy);
    semaphore.take(second);
    assert_eq!(counts(&semaphore), (2, 2, 0));
}

#[test]
fn s08_panicking_waker_keeps_nobody_else_asleep() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("a hostile waker");
        }
    }
    let semaphore = line(1, 4);
    hold(&semaphore, 1);
    let hostile = wait(&semaphore);
    let bomb = Waker::from(Arc::new(Bomb));
    assert_eq!(semaphore.poll_place(&hostile, &bomb), Poll::Pending);
    let others: Vec<_> = (0..3).map(|_| wait_as_task(&semaphore)).collect();

    let caught = catch_unwind(AssertUnwindSafe(|| semaphore.resize(4)));
    assert!(caught.is_err());

    assert_eq!(counts(&semaphore), (4, 4, 4));
    assert!(is_granted(&semaphore, &hostile));
    let woken: Vec<_> = others.iter().map(|(_, task)| task.wakes()).collect();
    assert_eq!(woken, [1, 1, 0]);
    semaphore.take(hostile);
    for (place, _) in others {
        let _ = semaphore.leave(place);
    }
    assert_eq!(counts(&semaphore), (2, 4, 0));
}

#[test]
fn s08_panicking_drop_of_a_waker_loses_no_permit() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a hostile drop");
        }
    }
    let semaphore = line(1, 2);
    hold(&semaphore, 1);
    let place = wait(&semaphore);
    let bomb = Waker::from(Arc::new(Bomb));
    assert_eq!(semaphore.poll_place(&place, &bomb), Poll::Pending);
    let mine = core::mem::ManuallyDrop::new(bomb.clone());
    drop(bomb);
    // The place holds the last clone but one; give that one up for good, so that leaving drops the last.
    let (next, next_task) = wait_as_task(&semaphore);
    drop(core::mem::ManuallyDrop::into_inner(mine));
    let caught = catch_unwind(AssertUnwindSafe(|| semaphore.leave(place)));
    assert!(caught.is_err());
    assert_eq!(counts(&semaphore), (1, 1, 1));
    semaphore.release();
    assert_eq!(next_task.wakes(), 1);
    assert_eq!(
        semaphore.poll_place(&next, Waker::noop()),
        Poll::Ready(Turn::Granted { in_flight: 1 })
    );
    semaphore.take(next);
}
