//! All three limits in one word, so that one store changes them together.

use super::Limits;
use super::word::ONE;
use crate::bits::Field;

const RATIO: Field = Field::first(20);
const CAP: Field = RATIO.then(16);
const REFILL: Field = CAP.then(24);
const SCALE: Field = REFILL.then(4);
const _: () = assert!(SCALE.end() == 64);

// === impl Limits ===

impl Limits {
    /// What `unpack` takes apart. Limits fit: see `Limits::new`.
    pub(super) const fn pack(&self) -> u64 {
        let scale = scale(self.refill);
        let word = CAP.set(RATIO.set(0, self.ratio as u64), (self.cap / ONE) as u64);
        SCALE.set(
            REFILL.set(word, (self.refill >> scale) as u64),
            scale as u64,
        )
    }

    #[inline]
    pub(super) const fn unpack(word: u64) -> Self {
        Self {
            ratio: RATIO.get(word) as u32,
            refill: (REFILL.get(word) as u32) << SCALE.get(word),
            cap: CAP.get(word) as u32 * ONE,
        }
    }
}

/// `refill`, rounded up to what fits: 24 bits that count, which are all of it up to 256 tokens per second.
pub(super) const fn fitting(refill: u32) -> u32 {
    let scale = scale(refill);
    refill.div_ceil(1 << scale) << scale
}

/// How many of the lowest bits are left out.
const fn scale(refill: u32) -> u32 {
    8_u32.saturating_sub(refill.leading_zeros())
}
