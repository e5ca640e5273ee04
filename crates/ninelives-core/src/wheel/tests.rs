mod again;
mod foreign;
mod keeper;
mod leaving;
mod rows;
mod spreading;
mod threads;

use core::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Wake, Waker};
use std::vec::Vec;

use super::{Entry, Keeper, Left, Pass, Refused, Stand, Wait, Wheel};
use crate::time::Tick;

/// Notes in `log`, as `name`, each time it is woken.
struct Task {
    name: usize,
    wakes: AtomicUsize,
    log: Arc<Log>,
}

/// The names of those that were woken, in order.
#[derive(Default)]
struct Log {
    next: AtomicUsize,
    names: [AtomicUsize; 32],
}

impl Log {
    fn task(self: &Arc<Self>, name: usize) -> (Arc<Task>, Waker) {
        let task = Arc::new(Task {
            name,
            wakes: AtomicUsize::new(0),
            log: Arc::clone(self),
        });
        (Arc::clone(&task), Waker::from(task))
    }

    fn names(&self) -> Vec<usize> {
        let count = self.next.load(SeqCst);
        self.names[..count]
            .iter()
            .map(|name| name.load(SeqCst))
            .collect()
    }
}

impl Task {
    fn new() -> (Arc<Self>, Waker) {
        Arc::<Log>::default().task(0)
    }

    fn wakes(&self) -> usize {
        self.wakes.load(SeqCst)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, SeqCst);
        let place = self.log.next.fetch_add(1, SeqCst);
        if let Some(name) = self.log.names.get(place) {
            name.store(self.name, SeqCst);
        }
    }
}

const OWNER: NonZeroU64 = NonZeroU64::MIN;
const MS: u64 = 1_000_000;

/// A wheel and its keeper.
struct Pair {
    wheel: Wheel,
    keeper: Keeper,
}

impl Pair {
    fn new() -> Self {
        let wheel = Wheel::new();
        assert!(wheel.open(OWNER));
        Self {
            wheel,
            keeper: Keeper::new(),
        }
    }

    /// A look at so many milliseconds.
    fn pass(&mut self, ms: u64) -> Pass {
        self.keeper.pass(&self.wheel, || at(ms))
    }

    fn arm(&self, wait: Wait, waker: &Waker) -> Entry<'_> {
        self.arm_as(wait, 0, waker)
    }

    fn arm_as(&self, wait: Wait, stamp: u64, waker: &Waker) -> Entry<'_> {
        self.wheel
            .arm(wait, 0, || stamp, waker)
            .expect("there is a keeper, and room")
    }
}

const fn at(ms: u64) -> Tick {
    Tick::from_nanos(ms * MS)
}

const fn until(ms: u64) -> Wait {
    Wait::Until(at(ms))
}

const fn span(ms: u64) -> Wait {
    Wait::Span(ms * MS)
}
