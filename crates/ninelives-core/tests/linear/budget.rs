//! Retry budgets, one operation after the other, and threads that use a real one. A deposit is half a token, and time brings none.

use ninelives_core::budget::{Budget, Limits, Withdrawal};
use ninelives_core::time::Tick;

use crate::record::Worker;
use crate::search::Machine;

/// What a budget is: half tokens, up to so many.
pub struct Sequential {
    pub cap: u32,
}

#[derive(Clone, Copy, Debug)]
pub enum Op {
    Deposit,
    Withdraw { granted: bool },
    Refund,
    Look { halves: u32 },
}

const OPERATIONS: usize = if cfg!(miri) { 4 } else { 9 };

// === impl Sequential ===

impl Sequential {
    /// The settings of the real one.
    pub fn limits(&self) -> Limits {
        Limits::new(0.5, 0.0, self.cap).expect("in range")
    }

    fn with(&self, halves: u32) -> Vec<u32> {
        vec![halves.min(2 * self.cap)]
    }
}

impl Machine for Sequential {
    type State = u32;
    type Op = Op;

    fn first(&self) -> u32 {
        2 * self.cap
    }

    fn after(&self, halves: &u32, op: &Op) -> Vec<u32> {
        match *op {
            Op::Deposit => self.with(halves + 1),
            Op::Refund => self.with(halves + 2),
            Op::Withdraw { granted: true } if *halves >= 2 => self.with(halves - 2),
            Op::Withdraw { granted: false } if *halves < 2 => self.with(*halves),
            Op::Look { halves: seen } if seen == *halves => self.with(*halves),
            Op::Withdraw { .. } | Op::Look { .. } => Vec::new(),
        }
    }
}

// === threads ===

/// Uses a budget.
pub fn uses(budget: &Budget, limits: &Limits, worker: &mut Worker<'_, Op>) {
    let mut held = 0;
    for _ in 0..OPERATIONS {
        match worker.draw(16) {
            0..4 => worker.does(|| {
                budget.deposit(limits);
                Op::Deposit
            }),
            4..11 => worker.does(|| {
                let granted = matches!(budget.withdraw(limits, Tick::ZERO), Withdrawal::Granted);
                held += u32::from(granted);
                Op::Withdraw { granted }
            }),
            11..14 if held > 0 => {
                held -= 1;
                worker.does(|| {
                    budget.refund(limits);
                    Op::Refund
                });
            }
            _ => worker.does(|| look(budget, limits)),
        }
    }
}

/// What it has.
pub fn look(budget: &Budget, limits: &Limits) -> Op {
    let halves = (2.0 * budget.balance(limits, Tick::ZERO)) as u32;
    Op::Look { halves }
}
