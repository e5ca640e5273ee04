//! The window over the last outcomes.

use alloc::boxed::Box;
use core::fmt;

use crossbeam_utils::CachePadded;

use super::recent::Recent;
use super::step;
use super::sum::{Seat, Sum};
use crate::limit::OutOfRange;
use crate::sync::{AtomicU64, Ordering, fence, spin_hint};
use crate::window::{Mark, Rates, Term};

/// The most outcomes that go into one word. Under the model checker fewer, so that a model can go round a ring.
const FEW: u32 = if cfg!(ninelives_loom) {
    2
} else {
    Recent::MOST
};

/// The last `size` outcomes. Memory is allocated when it is made, and never again.
pub struct CountWindow {
    size: u32,
    kind: Kind,
}

enum Kind {
    Few(CachePadded<AtomicU64>),
    Many(Box<Ring>),
}

struct Ring {
    next: CachePadded<AtomicU64>,
    sum: CachePadded<AtomicU64>,
    seats: Box<[AtomicU64]>,
}

// === impl CountWindow ===

impl CountWindow {
    /// The most outcomes that a window keeps.
    pub const MOST: u32 = 1 << 14;

    /// An empty one of the last `size` outcomes: in one word up to [`Recent::MOST`], in a ring above.
    ///
    /// # Errors
    /// `size` outside `1..=16384`.
    pub fn new(size: u32) -> Result<Self, OutOfRange> {
        if size == 0 || size > Self::MOST {
            let range = 1..=u64::from(Self::MOST);
            return Err(OutOfRange::count("size", size.into(), range));
        }
        let kind = if size <= FEW {
            Kind::Few(padded(Recent::EMPTY.0))
        } else {
            Kind::Many(Box::new(Ring::new(size)))
        };
        Ok(Self { size, kind })
    }

    /// How many outcomes it keeps.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// Counts an outcome of `term`; whether it was counted.
    ///
    /// `current` says whether `term` still is the one that counts. It is asked only when the history is of another one; its answer
    /// may be out of date, as long as it is no older than what this thread knows.
    ///
    /// # Progress
    /// Lock-free. Up to 24 outcomes: one swap, and none when nothing changes, as when all of them and the new one succeeded.
    /// Above: one addition to a shared count, and two swaps when the outcome is not the same as the one that it displaces.
    #[inline]
    pub fn record(&self, term: Term, mark: Mark, current: impl Fn() -> bool) -> bool {
        match &self.kind {
            Kind::Few(word) => {
                let well = !mark.raises() && look(word) == Recent::well(self.size, term).0;
                well || push(word, self.size, term, mark, &current)
            }
            Kind::Many(ring) => {
                let seat = ring.next_seat();
                // What comes is what leaves: no sum changes, and whoever took the place has counted, or will.
                look(seat) == Seat::of(term, mark).0 || ring.turn(seat, term, mark, &current)
            }
        }
    }

    /// What there is of `term` among the last outcomes.
    ///
    /// # Progress
    /// Wait-free: one load.
    #[inline]
    pub fn rates(&self, term: Term) -> Rates {
        match &self.kind {
            Kind::Few(word) => Recent(look(word)).rates(term),
            Kind::Many(ring) => Sum(look(&ring.sum)).rates(term),
        }
    }

    /// Forgets `term`, when it is over; if another one has begun here, nothing.
    ///
    /// A history of another stretch never counts: this is for the day when the low bits of its number come again.
    pub fn forget(&self, term: Term) {
        let over = || false;
        match &self.kind {
            Kind::Few(word) => apply(
                word,
                |_| true,
                &over,
                |bits, _| {
                    let mine = Recent(bits).is_of(term);
                    (if mine { Recent::of(term).0 } else { bits }, ())
                },
            ),
            Kind::Many(ring) => apply(
                &ring.sum,
                |_| true,
                &over,
                |bits, _| {
                    let mine = Sum(bits).is_of(term);
                    (if mine { Sum::of(term).0 } else { bits }, ())
                },
            ),
        }
    }

    /// A window of another size with the last outcomes of `term`, as many as there are and fit.
    ///
    /// What is recorded here while they are read may be missing there.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn resized(&self, size: u32, term: Term) -> Result<Self, OutOfRange> {
        let new = Self::new(size)?;
        let keep = |mark: Mark| {
            new.record(term, mark, || true);
        };
        match &self.kind {
            Kind::Few(word) => {
                let recent = Recent(look(word));
                if recent.is_of(term) {
                    (0..recent.len()).rev().for_each(|by| keep(recent.back(by)));
                }
            }
            Kind::Many(ring) => ring.marks(term).for_each(keep),
        }
        Ok(new)
    }
}

impl fmt::Debug for CountWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("CountWindow");
        all.field("size", &self.size);
        match &self.kind {
            Kind::Few(word) => all.field("recent", &Recent(look(word))),
            Kind::Many(ring) => all.field("sum", &Sum(look(&ring.sum))),
        };
        all.finish()
    }
}

// === impl Ring ===

impl Ring {
    fn new(size: u32) -> Self {
        Self {
            next: padded(0),
            sum: padded(Sum::EMPTY.0),
            seats: (0..size).map(|_| AtomicU64::new(Seat::EMPTY.0)).collect(),
        }
    }

    #[inline]
    fn next_seat(&self) -> &AtomicU64 {
        // Relaxed: a number, that is given once.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        &self.seats[(number % self.seats.len() as u64) as usize]
    }

    #[inline(never)]
    fn turn(&self, seat: &AtomicU64, term: Term, mark: Mark, current: &impl Fn() -> bool) -> bool {
        let old = apply(
            seat,
            |bits| Seat(bits).is_of(term),
            current,
            |bits, current| {
                let (next, sits) = step::sit(Seat(bits), term, mark, current);
                (next.0, sits.then_some(Seat(bits)))
            },
        );
        let Some(old) = old.map(|seat| seat.mark(term)) else {
            return false;
        };
        apply(
            &self.sum,
            |bits| Sum(bits).is_of(term),
            current,
            |bits, current| {
                let (next, counted) = step::turn(Sum(bits), term, mark, old, current);
                (next.0, counted)
            },
        )
    }

    /// The outcomes of `term`, oldest first.
    fn marks(&self, term: Term) -> impl Iterator<Item = Mark> {
        let size = self.seats.len() as u64;
        let next = look(&self.next);
        (0..size)
            .map(move |after| ((next + after) % size) as usize)
            .filter_map(move |place| Seat(look(&self.seats[place])).mark(term))
    }
}

#[inline(never)]
fn push(word: &AtomicU64, size: u32, term: Term, mark: Mark, current: &impl Fn() -> bool) -> bool {
    apply(
        word,
        |bits| Recent(bits).is_of(term),
        current,
        |bits, current| {
            let (next, counted) = step::push(Recent(bits), size, term, mark, current);
            (next.0, counted)
        },
    )
}

fn padded(bits: u64) -> CachePadded<AtomicU64> {
    CachePadded::new(AtomicU64::new(bits))
}

#[inline]
fn look(word: &AtomicU64) -> u64 {
    // Relaxed: one word; guards no memory.
    word.load(Ordering::Relaxed)
}

/// Runs the step on what is seen until its word is in place; writes nothing when the step leaves the word as it is.
#[inline]
fn apply<V>(
    word: &AtomicU64,
    is_own: impl Fn(u64) -> bool,
    current: &impl Fn() -> bool,
    step: impl Fn(u64, bool) -> (u64, V),
) -> V {
    let mut seen = look(word);
    loop {
        let current = !is_own(seen) && {
            // Acquire fence: pairs with the Release below: who put this word to its stretch had seen that stretch begin, so
            // whoever reads the word and then asks, learns of it too.
            fence(Ordering::Acquire);
            current()
        };
        let (next, verdict) = step(seen, current);
        if next == seen {
            return verdict;
        }
        // Release: pairs with the fence above. Relaxed: the fence comes before anything is made of it.
        match word.compare_exchange_weak(seen, next, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return verdict,
            Err(other) => seen = other,
        }
        spin_hint();
    }
}
