//! The slots of all stripes.

use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;

use crossbeam_utils::CachePadded;

use super::shape::{PLACES, Shape, place, stamp};
use super::slot::Stripe;
use super::step::Added;
use super::word::Stamp;
use crate::time::Tick;
use crate::window::{Mark, Rates, Term};

/// Outcomes of the last moments, by slots of time. Memory is allocated when it is made, and never again.
pub struct TimeWindow {
    shape: Shape,
    // Two lines apart, as processors fetch lines in pairs.
    stripes: Box<[CachePadded<Stripe>]>,
}

/// One stripe of a window.
#[derive(Clone, Copy)]
pub struct Lane<'a> {
    stripe: &'a Stripe,
    shape: &'a Shape,
}

/// A call that is out, for [`TimeWindow::leave`]: where it was counted in, and of when.
#[derive(Debug)]
#[must_use = "a call that entered leaves, once"]
pub struct Entry {
    stamp: Stamp,
    // Where, and in the highest bit whether it was the first there.
    at: u32,
}

const TURNED: u32 = 1 << 31;

// === impl TimeWindow ===

impl TimeWindow {
    /// An empty one.
    pub fn new(shape: Shape) -> Self {
        let padded = |_| CachePadded::new(Stripe::new());
        let stripes = (0..shape.stripes()).map(padded).collect();
        Self { shape, stripes }
    }

    /// How it is cut.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Counts an outcome of `term` at `now`; whether it was counted.
    ///
    /// Any number is good as `stripe`: threads with different ones do not share a line, as long as there are as many stripes.
    /// `current` says whether `term` still is the one that counts. It is asked only when the slot is of another time or stretch,
    /// about once for each slot and stripe; its answer may be out of date, as long as it is no older than what this thread knows.
    ///
    /// # Progress
    /// Lock-free; with a stripe of its own a thread swaps one word for a success, one more for each of failed and slow.
    #[inline]
    pub fn record(
        &self,
        stripe: u32,
        term: Term,
        now: Tick,
        mark: Mark,
        current: impl Fn() -> bool,
    ) -> bool {
        let number = self.shape.number(now);
        let (slot, stamp) = (self.stripe(stripe).slot(number), stamp(term, number));
        if !mark.raises() && slot.calls.try_add(stamp) {
            return true;
        }
        slot.record(stamp, self.shape.patience(), mark, &current)
    }

    /// The stripe of this number, if there is one: for [`Lane::note`].
    #[inline]
    pub fn lane(&self, stripe: u32) -> Option<Lane<'_>> {
        let stripe = self.stripes.get(stripe as usize)?;
        let shape = &self.shape;
        Some(Lane { stripe, shape })
    }

    /// What was counted for `term` in the slots up to `now`'s own.
    ///
    /// # Progress
    /// Wait-free: up to four loads for each slot and stripe.
    pub fn rates(&self, term: Term, now: Tick) -> Rates {
        let mut sum = Rates::default();
        for number in self.shape.live(now) {
            let stamp = stamp(term, number);
            for stripe in &self.stripes {
                sum = sum.plus(stripe.slot(number).rates(stamp));
            }
        }
        sum
    }

    /// Counts a call in that begins at `now`: it is open until [`leave`](Self::leave).
    ///
    /// # Progress
    /// As [`record`](Self::record) of a success.
    #[inline]
    pub fn enter(&self, stripe: u32, term: Term, now: Tick, current: impl Fn() -> bool) -> Entry {
        let number = self.shape.number(now);
        let (at, stamp) = (self.shape.stripe(stripe), stamp(term, number));
        let open = self.stripe(at).open(number);
        let added = if open.try_add(stamp) {
            Added::Counted
        } else {
            open.add(stamp, self.shape.patience(), &current)
        };
        match added {
            Added::Counted => Entry::of(stamp, at, number, 0),
            Added::Turned => Entry::of(stamp, at, number, TURNED),
            Added::Full | Added::Outdated | Added::Late => Entry::NONE,
        }
    }

    /// The call is over, or given up. Its slot may be gone by then: nothing is counted twice.
    #[inline]
    pub fn leave(&self, entry: Entry) {
        if entry.is_counted() {
            let at = entry.at & !TURNED;
            let open = self.stripe(at / PLACES).open(u64::from(at));
            open.remove(entry.stamp);
        }
    }

    /// The entry of a call of `term` that entered here at `since`, of which but its [place](Entry::place) was kept.
    #[inline]
    pub const fn entry(&self, place: u32, term: Term, since: Tick) -> Entry {
        let stamp = stamp(term, self.shape.number(since));
        Entry { stamp, at: place }
    }

    /// Calls of `term` that began in the window, `age` ago or earlier, and are out. One that is younger is never counted; one
    /// that is older may be missing by up to the length of a slot; so `age` is at most the window less two slots, or some are never
    /// seen.
    ///
    /// # Progress
    /// Wait-free: a load for each slot and stripe.
    pub fn open_for(&self, term: Term, now: Tick, age: Duration) -> u64 {
        let Some(last) = self.shape.older_than(now, age) else {
            return 0;
        };
        let oldest = *self.shape.live(now).start();
        let on = |stripe: &CachePadded<Stripe>| {
            let open = |number| stripe.open(number).look().count_of(stamp(term, number));
            (oldest..=last).map(open).sum::<u64>()
        };
        self.stripes.iter().map(on).sum()
    }

    /// A window of another shape with the history of `term` that still applies: each slot's counts move to where it ended.
    ///
    /// Calls that are out stay with this window: they leave here, and the new one does not know that they are open. So does what
    /// is recorded here while the counts are read.
    #[must_use]
    pub fn resized(&self, shape: Shape, term: Term, now: Tick) -> Self {
        let new = Self::new(shape);
        for number in self.shape.live(now) {
            let end = self.shape.last(number).min(now);
            let to = shape.number(end);
            if !shape.live(now).contains(&to) {
                continue;
            }
            for (stripe, from) in (0..).zip(&self.stripes) {
                let rates = from.slot(number).rates(stamp(term, number));
                let slot = new.stripe(stripe).slot(to);
                let stamp = stamp(term, to);
                slot.calls.pour(stamp, rates.total);
                slot.failed.pour(stamp, rates.failed);
                slot.slow.pour(stamp, rates.slow);
            }
        }
        new
    }

    #[inline]
    fn stripe(&self, any: u32) -> &Stripe {
        &self.stripes[self.shape.stripe(any) as usize]
    }
}

impl fmt::Debug for TimeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeWindow")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

// === impl Lane ===

impl Lane<'_> {
    /// Counts a success of `term` at `now` if its slot has counted one already, and nobody else writes to it at this moment: nearly
    /// always. If not, or if the processor lets its one try fail for nothing, as some do, nothing was done, and [`TimeWindow::record`] is what to call. Nobody is asked whether `term` counts: no slot is
    /// of a stretch that has recorded nothing.
    ///
    /// # Progress
    /// Wait-free: one load and one swap.
    #[inline]
    #[must_use = "what was not counted is to be recorded"]
    pub fn note(self, term: Term, now: Tick) -> bool {
        let number = self.shape.number(now);
        let calls = self.stripe.slot(number).calls;
        calls.try_add(stamp(term, number))
    }
}

impl fmt::Debug for Lane<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").finish_non_exhaustive()
    }
}

// === impl Entry ===

impl Entry {
    /// A call that is not counted in.
    pub const NONE: Self = Self {
        stamp: Stamp::NONE,
        at: u32::MAX,
    };

    const fn of(stamp: Stamp, stripe: u32, number: u64, turned: u32) -> Self {
        let at = (stripe * PLACES + place(number) as u32) | turned;
        Self { stamp, at }
    }

    const fn is_counted(&self) -> bool {
        self.at != Self::NONE.at
    }

    /// Where it is: half a word, for a call that carries it.
    #[inline]
    pub const fn place(&self) -> u32 {
        self.at
    }

    /// It was the first in its slot on its stripe: a good time to look whether others have been out for too long.
    #[inline]
    pub const fn turned(&self) -> bool {
        self.is_counted() && self.at & TURNED != 0
    }
}
