//! How a window is cut into slots, and where a moment belongs.

use core::time::Duration;

use super::word::Stamp;
use crate::limit::OutOfRange;
use crate::time::{Tick, saturating_nanos};
use crate::window::Term;

/// A span of time in slots, on stripes.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::window::Shape;
/// let shape = Shape::new(Duration::from_secs(1), 3, 6)?;
/// assert_eq!(shape.slot(), Duration::from_nanos(333_333_334));
/// assert_eq!(shape.stripes(), 8);
/// let error = Shape::new(Duration::ZERO, 3, 6).unwrap_err();
/// assert_eq!(error.to_string(), "window: 0ns is outside 1ms..=2592000s");
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    slot: Divisor,
    slots: u32,
    place_bits: u32,
    place_mask: u32,
    stripe_mask: u32,
    /// Laps that a thread may be behind.
    patience: u64,
}

/// Division by a number that is known before: two multiplications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Divisor {
    by: u64,
    reciprocal: u64,
}

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const MOST_SLOTS: u32 = 128;
const MOST_STRIPES: u32 = 64;
const FEWEST_PLACES: u32 = 4;
/// Slots that nobody uses: two lines of 64 bytes, as processors fetch lines in pairs. A slot has 32.
const MARGIN: u32 = if cfg!(ninelives_loom) { 0 } else { 4 };
/// A thread that is further behind takes its clock for one that went back, and is right.
const PATIENCE: Duration = Duration::from_secs(1);

// === impl Divisor ===

impl Divisor {
    const fn new(by: u64) -> Self {
        let reciprocal = u64::MAX / by;
        Self { by, reciprocal }
    }

    /// `number / by`, rounded down.
    #[inline]
    const fn divide(self, number: u64) -> u64 {
        // The reciprocal is below 2^64 / by, by less than one, so this is the quotient or one less.
        let guess = ((number as u128 * self.reciprocal as u128) >> 64) as u64;
        let rest = number - guess * self.by;
        guess + (rest >= self.by) as u64
    }
}

// === impl Shape ===

impl Shape {
    /// `window` in so many slots: each as long as it must be, rounded up to a nanosecond. Stripes are rounded up to a power of two.
    ///
    /// # Errors
    /// `window` outside 1 ms to 30 days, `slots` outside `1..=128`, `stripes` outside `1..=64`.
    pub const fn new(window: Duration, slots: u32, stripes: u32) -> Result<Self, OutOfRange> {
        let nanos = saturating_nanos(window);
        if nanos < saturating_nanos(SHORTEST) || nanos > saturating_nanos(LONGEST) {
            let range = SHORTEST..=LONGEST;
            return Err(OutOfRange::duration("window", window, range));
        }
        if slots == 0 || slots > MOST_SLOTS {
            let range = 1..=MOST_SLOTS as u64;
            return Err(OutOfRange::count("slots", slots as u64, range));
        }
        if stripes == 0 || stripes > MOST_STRIPES {
            let range = 1..=MOST_STRIPES as u64;
            return Err(OutOfRange::count("stripes", stripes as u64, range));
        }
        let slot = Divisor::new(nanos.div_ceil(slots as u64));
        // One place more than slots: the slot that is being filled takes none that a look a moment ago still counts.
        let places = (slots + 1).next_power_of_two();
        let places = if places < FEWEST_PLACES {
            FEWEST_PLACES
        } else {
            places
        };
        Ok(Self {
            slot,
            slots,
            place_bits: places.trailing_zeros(),
            place_mask: places - 1,
            stripe_mask: stripes.next_power_of_two() - 1,
            patience: saturating_nanos(PATIENCE).div_ceil(slot.by * places as u64),
        })
    }

    /// How long a slot is.
    pub const fn slot(&self) -> Duration {
        Duration::from_nanos(self.slot.by)
    }

    /// How many slots are looked at, the one that is being filled included.
    pub const fn slots(&self) -> u32 {
        self.slots
    }

    /// Stripes, as rounded.
    pub const fn stripes(&self) -> u32 {
        self.stripe_mask + 1
    }

    /// Places of a stripe, and as much that nobody uses as keeps two stripes from sharing a line.
    #[inline]
    pub(super) const fn stride(&self) -> u32 {
        self.place_mask + 1 + MARGIN
    }

    pub(super) const fn patience(&self) -> u64 {
        self.patience
    }

    /// The number of the slot that `now` is in.
    #[inline]
    pub(super) const fn number(&self, now: Tick) -> u64 {
        self.slot.divide(now.as_nanos())
    }

    /// The last tick of a slot.
    pub(super) const fn last(&self, number: u64) -> Tick {
        Tick::from_nanos((number + 1).saturating_mul(self.slot.by) - 1)
    }

    /// Where a slot is on a stripe. Any number of a stripe is good.
    #[inline]
    pub(super) const fn index(&self, stripe: u32, number: u64) -> u32 {
        (stripe & self.stripe_mask) * self.stride() + MARGIN + (number as u32 & self.place_mask)
    }

    /// All that has an index, and a margin behind it.
    pub(super) const fn room(&self) -> u32 {
        self.stripes() * self.stride() + MARGIN
    }

    /// What a slot's words carry when they are of then.
    #[inline]
    pub(super) const fn stamp(&self, term: Term, number: u64) -> Stamp {
        Stamp::new(term, number >> self.place_bits)
    }

    /// The slots that a look at `now` counts, oldest first; at the clock's origin there are fewer.
    pub(super) const fn live(&self, now: Tick) -> core::ops::RangeInclusive<u64> {
        let newest = self.number(now);
        newest.saturating_sub(self.slots as u64 - 1)..=newest
    }

    /// The last slot whose calls all began `age` ago or earlier.
    pub(super) const fn older_than(&self, now: Tick, age: Duration) -> Option<u64> {
        match now.as_nanos().checked_sub(saturating_nanos(age)) {
            // A slot ends where the next begins.
            Some(end) => self.slot.divide(end).checked_sub(1),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(not(miri))] // one thread, many steps
    proptest! {
        #[test]
        fn a_known_divisor_divides_as_any(
            by in prop_oneof![1_u64..=64, any::<u64>().prop_map(|by| by.max(1)), (0_u32..64).prop_map(|shift| 1 << shift)],
            number in prop_oneof![any::<u64>(), u64::MAX - 64..=u64::MAX, 0_u64..=64],
        ) {
            prop_assert_eq!(Divisor::new(by).divide(number), number / by);
        }

        #[test]
        fn a_known_divisor_divides_right_at_every_edge(by in 1_u64..=u64::MAX, times in any::<u64>()) {
            let edge = by * (times % (u64::MAX / by + 1));
            for number in [edge.saturating_sub(1), edge, edge.saturating_add(1)] {
                prop_assert_eq!(Divisor::new(by).divide(number), number / by);
            }
        }
    }
}
