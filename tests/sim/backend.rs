//! A backend that misbehaves by draws: late, failing, hanging, panicking, never ready; out of order for a while, now and then.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use ninelives::prelude::*;
use ninelives::{ManualTimer, timer::ManualSleep};
use tower::Service;

use crate::drive::Seeded;
use crate::ms;

/// Clones are the same backend, and have no readiness.
pub struct Backend {
    shared: Rc<Shared>,
    readiness: Readiness,
}

struct Shared {
    timer: ManualTimer,
    draws: RefCell<Seeded>,
    calls: Cell<u64>,
    inside: Cell<u64>,
    over: Cell<u64>,
    unready: Cell<u64>,
}

/// The backend's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Down;

enum Readiness {
    Unasked,
    Ready,
    Waits(Pin<Box<ManualSleep>>),
    Never(#[expect(dead_code)] Count), // held, not looked at
}

/// A call that is inside until it is done or dropped.
pub struct Work {
    fate: Fate,
    inside: Option<Count>,
}

enum Fate {
    Ends(Result<u32, Down>),
    Late(Pin<Box<ManualSleep>>, Result<u32, Down>),
    /// Wakes its task so often before it answers.
    Restless(u32),
    Hangs,
    Panics,
}

/// Something that is there until it is dropped.
struct Count {
    shared: Rc<Shared>,
    of: fn(&Shared) -> &Cell<u64>,
}

/// What a planned panic says.
pub const PANIC: &str = "sim: a call panics";

// === impl Backend ===

impl Backend {
    pub fn new(seed: u64, timer: &ManualTimer) -> Self {
        let shared = Shared {
            timer: timer.clone(),
            draws: RefCell::new(Seeded::new(seed)),
            calls: Cell::new(0),
            inside: Cell::new(0),
            over: Cell::new(0),
            unready: Cell::new(0),
        };
        Self {
            shared: Rc::new(shared),
            readiness: Readiness::Unasked,
        }
    }

    /// Waits for readiness that never end.
    pub fn unready(&self) -> u64 {
        self.shared.unready.get()
    }

    /// Calls, and how many of them are inside and over.
    pub fn calls(&self) -> [u64; 3] {
        let Shared {
            calls,
            inside,
            over,
            ..
        } = &*self.shared;
        [calls, inside, over].map(Cell::get)
    }
}

impl Clone for Backend {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
            readiness: Readiness::Unasked,
        }
    }
}

impl<R> Service<R> for Backend {
    type Response = u32;
    type Error = Down;
    type Future = Work;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        loop {
            match &mut self.readiness {
                Readiness::Unasked => self.readiness = self.shared.readiness(),
                Readiness::Ready => return Poll::Ready(Ok(())),
                Readiness::Waits(sleep) => {
                    ready!(sleep.as_mut().poll(cx));
                    self.readiness = Readiness::Ready;
                }
                Readiness::Never(_) => return Poll::Pending,
            }
        }
    }

    fn call(&mut self, _: R) -> Work {
        assert!(
            matches!(self.readiness, Readiness::Ready),
            "called without readiness"
        );
        self.readiness = Readiness::Unasked;
        self.shared.work()
    }
}

// === impl Shared ===

impl Shared {
    fn readiness(self: &Rc<Self>) -> Readiness {
        let mut draws = self.draws.borrow_mut();
        match draws.below(200) {
            0 => Readiness::Never(Count::new(self, |shared| &shared.unready)),
            1..10 => Readiness::Waits(self.sleep(&mut draws, 30)),
            _ => Readiness::Ready,
        }
    }

    fn work(self: &Rc<Self>) -> Work {
        let mut draws = self.draws.borrow_mut();
        self.calls.set(self.calls.get() + 1);
        let second = self.timer.now().as_nanos() / 1_000_000_000;
        let out_of_order = second % 3 == 2;
        let end = match draws.below(10) {
            0 => Err(Down),
            _ if out_of_order => Err(Down),
            _ => Ok(7),
        };
        let fate = match draws.below(100) {
            0..2 => Fate::Panics,
            2..4 => Fate::Hangs,
            4..10 => Fate::Restless(draws.below(4) as u32),
            10..50 => Fate::Late(self.sleep(&mut draws, 40), end),
            50..54 => Fate::Late(self.sleep(&mut draws, 400), end),
            _ => Fate::Ends(end),
        };
        Work {
            fate,
            inside: Some(Count::new(self, |shared| &shared.inside)),
        }
    }

    fn sleep(&self, draws: &mut Seeded, most: usize) -> Pin<Box<ManualSleep>> {
        Box::pin(self.timer.sleep(ms(1 + draws.below(most) as u64)))
    }
}

// === impl Count ===

impl Count {
    fn new(shared: &Rc<Shared>, of: fn(&Shared) -> &Cell<u64>) -> Self {
        let count = of(shared);
        count.set(count.get() + 1);
        let shared = Rc::clone(shared);
        Self { shared, of }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        let count = (self.of)(&self.shared);
        count.set(count.get() - 1);
    }
}

// === impl Work ===

impl Future for Work {
    type Output = Result<u32, Down>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let end = match &mut self.fate {
            Fate::Ends(end) => *end,
            Fate::Late(sleep, end) => {
                ready!(sleep.as_mut().poll(cx));
                *end
            }
            Fate::Restless(0) => Ok(7),
            Fate::Restless(left) => {
                *left -= 1;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Fate::Hangs => return Poll::Pending,
            Fate::Panics => panic_any(PANIC),
        };
        self.leave();
        Poll::Ready(end)
    }
}

impl Work {
    fn leave(&mut self) {
        if let Some(inside) = self.inside.take() {
            let over = &inside.shared.over;
            over.set(over.get() + 1);
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.leave();
    }
}
