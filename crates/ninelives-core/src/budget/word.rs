//! The packed word: tokens in fixed point, and the millisecond of the last refill.

use core::fmt;

use super::Limits;
use crate::bits::Field;
use crate::time::Tick;

const TOKENS: Field = Field::first(32);
const STAMP: Field = TOKENS.then(32);
const _: () = assert!(STAMP.end() == 64);

/// One token in fixed point.
pub(super) const ONE: u32 = 1 << 16;

/// The state of a budget, as the cell holds it. Its steps are pure: what a test, a replay or a shadow runs is what the cell runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(pub(super) u64);

/// `value`, 0 to 65535, rounded up to a multiple of 2^-16: five times a fifth must make a whole, and nothing positive be zero.
pub(super) const fn fixed(value: f64) -> u32 {
    let scaled = value * ONE as f64;
    let whole = scaled as u32;
    if (whole as f64) < scaled {
        whole + 1
    } else {
        whole
    }
}

/// The number that `fixed` stands for; exact.
pub(super) const fn float(fixed: u32) -> f64 {
    fixed as f64 / ONE as f64
}

// === impl Word ===

impl Word {
    /// A full budget.
    pub const fn full(limits: &Limits) -> Self {
        Self(TOKENS.set(0, limits.cap as u64))
    }

    /// The tokens that are stored, before the refill that is due.
    pub const fn tokens(self) -> f64 {
        float(self.fixed_tokens())
    }

    /// The millisecond of the last refill, modulo 2^32.
    pub const fn stamp(self) -> u32 {
        STAMP.get(self.0) as u32
    }

    pub(super) const fn fixed_tokens(self) -> u32 {
        TOKENS.get(self.0) as u32
    }

    pub(super) const fn with_tokens(self, fixed: u32) -> Self {
        Self(TOKENS.set(self.0, fixed as u64))
    }

    pub(super) const fn with_stamp(self, stamp: u32) -> Self {
        Self(STAMP.set(self.0, stamp as u64))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Word")
            .field("tokens", &self.tokens())
            .field("stamp", &self.stamp())
            .finish()
    }
}

/// The millisecond of `now`, modulo 2^32.
pub(super) const fn millisecond(now: Tick) -> u32 {
    (now.as_nanos() / 1_000_000) as u32
}
