//! The budget as one would write it without a packed word: time is not modular, tokens are counted in grains of 128 bits.

use super::DAY;
use crate::budget::{Limits, Withdrawal};

#[derive(Clone, Copy, Debug)]
pub struct Naive {
    grains: u128,
    last: u64,
}

#[derive(Clone, Copy, Debug)]
pub enum Input {
    Deposit,
    Refund,
    Withdraw { millis: u64 },
}

// === impl Naive ===

impl Naive {
    const TOKEN: u128 = 65_536;

    pub fn full(limits: &Limits) -> Self {
        Self {
            grains: u128::from(limits.cap()) * Self::TOKEN,
            last: 0,
        }
    }

    pub fn apply(&mut self, limits: &Limits, input: Input) -> Option<Withdrawal> {
        let cap = u128::from(limits.cap()) * Self::TOKEN;
        match input {
            Input::Deposit => {
                let ratio = (limits.ratio() * Self::TOKEN as f64) as u128;
                self.grains = cap.min(self.grains + ratio);
                None
            }
            Input::Refund => {
                self.grains = cap.min(self.grains + Self::TOKEN);
                None
            }
            Input::Withdraw { millis } => {
                assert!(self.last < millis + DAY, "the model knows steps of a day");
                let rate = (limits.min_per_second() * Self::TOKEN as f64) as u128;
                let passed = u128::from(millis.saturating_sub(self.last));
                let full = cap.min(self.grains + rate * passed / 1_000);
                if self.last > millis + 1_000 {
                    self.last = millis;
                }
                if full < Self::TOKEN {
                    return Some(Withdrawal::Empty);
                }
                self.grains = full - Self::TOKEN;
                self.last = self.last.max(millis);
                Some(Withdrawal::Granted)
            }
        }
    }

    pub fn tokens(&self) -> f64 {
        self.grains as f64 / Self::TOKEN as f64
    }

    pub fn last(&self) -> u64 {
        self.last
    }
}
