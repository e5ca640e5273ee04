//! Requests, and the books of the calls from outside.

use std::cell::Cell;
use std::rc::Rc;

use ninelives::bulkhead::Priority;
use ninelives::prelude::*;
use ninelives::{Carried, Carries};

use crate::backend::Down;

/// A request.
#[derive(Clone, Debug)]
pub struct Order {
    pub weight: usize,
    pub priority: Priority,
    pub carried: Carried,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Answered,
    Failed,
    Rejected,
    TimedOut,
    GaveUp,
    Cancelled,
    Panicked,
}

/// The calls of one stack.
#[derive(Default)]
pub struct Calls {
    pub begun: Cell<u64>,
    pub called: Cell<u64>,
    /// Those that were called and are over.
    pub returned: Cell<u64>,
    ends: [Cell<u64>; 7],
}

/// A call from outside: cancelled, unless it is said how it ended.
pub struct Call {
    calls: Rc<Calls>,
    called: bool,
    end: Option<End>,
}

// === impl Order ===

impl Carries for Order {
    fn carried(&self) -> Carried {
        self.carried
    }

    fn carry(&mut self, carried: Carried) {
        self.carried = carried;
    }
}

// === impl End ===

impl End {
    pub fn of(answer: &Result<u32, ResilienceError<Down>>) -> Self {
        match answer {
            Ok(_) => Self::Answered,
            Err(error) if error.is_rejection() => Self::Rejected,
            Err(error) if error.is_timeout() => Self::TimedOut,
            Err(error) if error.is_inner() => Self::Failed,
            Err(_) => Self::GaveUp,
        }
    }
}

// === impl Calls ===

impl Calls {
    pub fn of(&self, end: End) -> u64 {
        self.ends[end as usize].get()
    }

    pub fn ended(&self) -> u64 {
        self.ends.iter().map(Cell::get).sum()
    }
}

// === impl Call ===

impl Call {
    pub fn begin(calls: &Rc<Calls>) -> Self {
        up(&calls.begun);
        Self {
            calls: Rc::clone(calls),
            called: false,
            end: None,
        }
    }

    /// The service is called now.
    pub fn call(&mut self) {
        up(&self.calls.called);
        self.called = true;
    }

    pub fn end(mut self, end: End) -> End {
        self.end = Some(end);
        end
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let panicked = match std::thread::panicking() {
            true => End::Panicked,
            false => End::Cancelled,
        };
        up(&self.calls.ends[self.end.unwrap_or(panicked) as usize]);
        if self.called {
            up(&self.calls.returned);
        }
    }
}

fn up(count: &Cell<u64>) {
    count.set(count.get() + 1);
}
