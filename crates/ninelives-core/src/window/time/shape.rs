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
    pace: Pace,
    slots: u32,
    stripe_mask: u32,
    /// Laps that a thread may be behind.
    patience: u64,
}

/// How fast slots follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pace {
    /// The length of a slot that was asked for, in nanoseconds.
    asked: u64,
    /// Slots in 2^64 ns, rounded up: a multiplication finds the slot of a moment, and no division.
    rate: u64,
}

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Places of a ring. One more than there are slots: the slot that is being filled takes none that a look a moment ago still counts.
pub(super) const PLACES: u32 = MOST_SLOTS + 1;
const _: () = assert!(PLACES.is_power_of_two());
const MOST_SLOTS: u32 = if cfg!(ninelives_loom) { 3 } else { 31 };
const MOST_STRIPES: u32 = 64;
/// A thread that is further behind takes its clock for one that went back, and is right.
const PATIENCE: Duration = Duration::from_secs(1);

// === impl Pace ===

impl Pace {
    const fn new(asked: u64) -> Self {
        let rate = u64::MAX / asked + 1;
        Self { asked, rate }
    }

    /// The number of the slot that this nanosecond is in.
    #[inline]
    const fn number(self, nanos: u64) -> u64 {
        ((nanos as u128 * self.rate as u128) >> 64) as u64
    }

    /// The first nanosecond of a slot.
    const fn first(self, number: u64) -> u64 {
        let nanos = ((number as u128) << 64).div_ceil(self.rate as u128);
        if nanos > u64::MAX as u128 {
            u64::MAX
        } else {
            nanos as u64
        }
    }
}

// === impl Shape ===

impl Shape {
    /// `window` in so many slots: each as long as it must be, rounded up to a nanosecond. Stripes are rounded up to a power of two.
    ///
    /// # Errors
    /// `window` outside 1 ms to 30 days, `slots` outside `1..=31`, `stripes` outside `1..=64`.
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
        let pace = Pace::new(nanos.div_ceil(slots as u64));
        Ok(Self {
            pace,
            slots,
            stripe_mask: stripes.next_power_of_two() - 1,
            patience: saturating_nanos(PATIENCE).div_ceil(pace.asked * PLACES as u64),
        })
    }

    /// How long a slot was asked to be; it is shorter by the part that it is of 2^64 ns, so by nothing that could be noticed.
    pub const fn slot(&self) -> Duration {
        Duration::from_nanos(self.pace.asked)
    }

    /// How many slots are looked at, the one that is being filled included.
    pub const fn slots(&self) -> u32 {
        self.slots
    }

    /// Stripes, as rounded.
    pub const fn stripes(&self) -> u32 {
        self.stripe_mask + 1
    }

    pub(super) const fn patience(&self) -> u64 {
        self.patience
    }

    /// The number of the slot that `now` is in, counted from the clock's origin.
    #[inline]
    pub const fn number(&self, now: Tick) -> u64 {
        self.pace.number(now.as_nanos())
    }

    /// The first tick of a slot.
    pub const fn first(&self, number: u64) -> Tick {
        Tick::from_nanos(self.pace.first(number))
    }

    /// The stripe there is for any number of one.
    #[inline]
    pub(super) const fn stripe(&self, any: u32) -> u32 {
        any & self.stripe_mask
    }

    /// The last tick of a slot.
    pub(super) const fn last(&self, number: u64) -> Tick {
        Tick::from_nanos(self.pace.first(number + 1) - 1)
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
            Some(end) => self.pace.number(end).checked_sub(1),
            None => None,
        }
    }
}

/// Where a slot is among the places of its ring.
#[inline]
pub(super) const fn place(number: u64) -> usize {
    (number % PLACES as u64) as usize
}

/// What a slot's words carry when they are of then.
#[inline]
pub(super) const fn stamp(term: Term, number: u64) -> Stamp {
    Stamp::new(term, number / PLACES as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(not(miri))] // one thread, many steps
    proptest! {
        #[test]
        fn a_slot_begins_where_the_one_before_it_ends(
            asked in prop_oneof![7_813_u64..100_000, 7_813_u64..2_592_000_000_000_000, (13_u32..52).prop_map(|shift| 1_u64 << shift)],
            nanos in prop_oneof![any::<u64>(), u64::MAX - 64..=u64::MAX, 0_u64..=64],
        ) {
            let pace = Pace::new(asked);
            let number = pace.number(nanos);
            let (first, next) = (pace.first(number), pace.first(number + 1));
            prop_assert!(first <= nanos && (nanos < next || next == u64::MAX));
            prop_assert_eq!(pace.number(first), number);
            prop_assert_eq!(pace.number(first.saturating_sub(1)), number.saturating_sub(1));
            // As long as it was asked to be, less a 7000th at most, and rounded to a nanosecond.
            let least = asked - asked.div_ceil(7_000) - 1;
            prop_assert!(next == u64::MAX || (least..=asked + 1).contains(&(next - first)));
        }

        #[test]
        fn a_slot_of_a_second_keeps_to_the_second_for_a_minute(second in 0_u64..60) {
            let pace = Pace::new(1_000_000_000);
            prop_assert_eq!(pace.first(second), second * 1_000_000_000);
        }
    }
}
