//! Rows of the transition table, scenarios by name, and the machine against a naive model.

#[cfg(not(miri))] // one thread, many steps
mod against;
mod classes;
mod limits;
#[cfg(not(miri))] // one thread, many steps
mod long;
#[cfg(not(miri))] // one thread, many steps
mod model;
mod places;
mod rows;
mod stripes;
mod table;
mod threads;
mod wakers;
mod weights;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

use super::{Ask, Entry, Place, Priority, Semaphore, Turn};

/// A task that counts how often it was woken.
#[derive(Default)]
struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Task {
    fn new() -> (Arc<Self>, Waker) {
        let task = Arc::new(Self::default());
        let waker = Waker::from(task.clone());
        (task, waker)
    }

    fn wakes(&self) -> usize {
        self.0.load(SeqCst)
    }
}

fn line(limit: u32, places: u32) -> Semaphore {
    Semaphore::with_line(limit, places).expect("in range")
}

fn ask(weight: u32, priority: Priority) -> Ask {
    Ask::new(NonZeroU32::new(weight).expect("not zero"), priority)
}

/// Takes `count` permits that must be free.
fn hold(semaphore: &Semaphore, count: u32) {
    for _ in 0..count {
        assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
    }
}

/// Enters, expecting a place.
fn wait(semaphore: &Semaphore) -> Place {
    match semaphore.enter() {
        Entry::Waiting(place) => place,
        other => panic!("expected a place, got {other:?}"),
    }
}

/// Enters, and polls once with a task of its own.
fn wait_as_task(semaphore: &Semaphore) -> (Place, Arc<Task>) {
    let (task, waker) = Task::new();
    let place = wait(semaphore);
    assert_eq!(semaphore.poll_place(&place, &waker), Poll::Pending);
    (place, task)
}

fn poll(semaphore: &Semaphore, place: &Place) -> Poll<Turn> {
    let cx = Context::from_waker(Waker::noop());
    semaphore.poll_place(place, cx.waker())
}

fn is_granted(semaphore: &Semaphore, place: &Place) -> bool {
    matches!(poll(semaphore, place), Poll::Ready(Turn::Granted { .. }))
}

/// `(in_flight, limit, waiting)`.
fn counts(semaphore: &Semaphore) -> (u32, u32, u32) {
    let now = semaphore.snapshot();
    (now.in_flight, now.limit, now.waiting)
}
