//! The ring, its producer's side and its readers' side.

use alloc::boxed::Box;
use core::fmt;
use core::ops::Deref;

use crossbeam_utils::CachePadded;

use super::cursor::{Place, Reader};
use super::slot::Slot;
use super::{MAX_CAPACITY, Read};
use crate::limit::OutOfRange;
use crate::sync::{AtomicBool, AtomicU64, Ordering, fence};

/// The last `capacity` records of one producer.
pub struct Ring<const WORDS: usize> {
    // The producer's two counters share a line: they are written together, and readers come seldom.
    counters: CachePadded<Counters>,
    // With a margin at both ends, so that the records of two rings never share a line.
    slots: Box<[Slot<WORDS>]>,
    mask: usize,
    owned: AtomicBool,
    // Never used: see `slot`.
    nowhere: Slot<WORDS>,
}

struct Counters {
    claimed: AtomicU64,
    head: AtomicU64,
}

/// The right to push. There is one for a ring at a time; dropping it lets another thread attach, which goes on with the numbers.
pub struct Producer<R, const WORDS: usize>
where
    R: Deref<Target = Ring<WORDS>>,
{
    ring: R,
}

// === impl Ring ===

impl<const WORDS: usize> Ring<WORDS> {
    /// Slots at each end that nobody uses: two lines of 64 bytes, as processors fetch lines in pairs.
    const MARGIN: usize = if cfg!(ninelives_loom) {
        0
    } else {
        128_usize.div_ceil(8 * WORDS)
    };

    /// A ring that keeps the last `capacity` records, rounded up to a power of two. Their memory is allocated here and never again.
    ///
    /// # Errors
    /// `capacity` outside `1..=MAX_CAPACITY`.
    pub fn new(capacity: u32) -> Result<Self, OutOfRange> {
        Self::starting_at(capacity, 0)
    }

    /// A ring whose first record has the number `first`: readers start with [`Reader::at`].
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn starting_at(capacity: u32, first: u64) -> Result<Self, OutOfRange> {
        if capacity == 0 || capacity > MAX_CAPACITY {
            let range = 1..=u64::from(MAX_CAPACITY);
            return Err(OutOfRange::count("capacity", u64::from(capacity), range));
        }
        let places = capacity.next_power_of_two() as usize;
        Ok(Self {
            counters: CachePadded::new(Counters {
                claimed: AtomicU64::new(first),
                head: AtomicU64::new(first),
            }),
            slots: (0..places + 2 * Self::MARGIN)
                .map(|_| Slot::new())
                .collect(),
            mask: places - 1,
            owned: AtomicBool::new(false),
            nowhere: Slot::new(),
        })
    }

    /// How many records it keeps.
    pub fn capacity(&self) -> u64 {
        self.mask as u64 + 1
    }

    /// Records pushed so far, or the number of the first plus that.
    pub fn head(&self) -> u64 {
        // Acquire: pairs with the Release in `push`; whoever goes on to read finds the records below.
        self.counters.head.load(Ordering::Acquire)
    }

    /// Whether a producer is attached.
    pub fn is_owned(&self) -> bool {
        // Relaxed: a look for whoever wants to attach; `attach` decides.
        self.owned.load(Ordering::Relaxed)
    }

    /// The next record for `reader`, or how many it missed.
    pub fn read(&self, reader: &mut Reader) -> Read<WORDS> {
        let capacity = self.capacity();
        match reader.place(self.head(), capacity) {
            Place::Ahead => Read::Empty,
            Place::Behind(lost) => {
                reader.skip(lost);
                Read::Lost(lost)
            }
            Place::Here(sequence) => {
                let words = self.slot(sequence).copy();
                // Acquire fence: pairs with the Release fence in `push`: if a word of a later record was copied, its claim is seen.
                fence(Ordering::Acquire);
                // Relaxed: ordered by the fence.
                let claimed = self.counters.claimed.load(Ordering::Relaxed);
                match reader.overtaken(claimed, capacity) {
                    0 => {
                        reader.skip(1);
                        Read::Record { sequence, words }
                    }
                    lost => {
                        reader.skip(lost);
                        Read::Lost(lost)
                    }
                }
            }
        }
    }

    #[inline]
    fn slot(&self, sequence: u64) -> &Slot<WORDS> {
        let place = (sequence as usize & self.mask) + Self::MARGIN;
        debug_assert!(place < self.slots.len(), "the mask keeps it within");
        // Not by index: the way to a panic that cannot be would cost each push two instructions.
        match self.slots.get(place) {
            Some(slot) => slot,
            None => self.nowhere(),
        }
    }

    // Apart and cold, so that it lies in nobody's way.
    #[cold]
    fn nowhere(&self) -> &Slot<WORDS> {
        &self.nowhere
    }
}

impl<const WORDS: usize> fmt::Debug for Ring<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("capacity", &self.capacity())
            .field("head", &self.head())
            .field("owned", &self.is_owned())
            .finish()
    }
}

// === impl Producer ===

impl<R, const WORDS: usize> Producer<R, WORDS>
where
    R: Deref<Target = Ring<WORDS>>,
{
    /// Becomes the ring's producer; `None` while it has another one.
    pub fn attach(ring: R) -> Option<Self> {
        // Acquire: pairs with the Release in `drop`: `push` goes on with the earlier producer's last head.
        ring.owned
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .ok()?;
        Some(Self { ring })
    }

    /// Writes a record over the oldest, and gives its number.
    #[inline]
    pub fn push(&mut self, words: &[u64; WORDS]) -> u64 {
        let Counters { claimed, head } = &*self.ring.counters;
        // Relaxed: nobody else writes it while this is the producer; `attach` saw what an earlier one wrote.
        let sequence = head.load(Ordering::Relaxed);
        let next = sequence.wrapping_add(1);
        // Relaxed: the fence below orders it before the words.
        claimed.store(next, Ordering::Relaxed);
        // Release fence: pairs with the Acquire fence in `read`.
        fence(Ordering::Release);
        self.ring.slot(sequence).write(words);
        // Release: pairs with the Acquire in `head`; publishes the words.
        head.store(next, Ordering::Release);
        sequence
    }

    /// The ring.
    pub fn ring(&self) -> &R {
        &self.ring
    }
}

impl<R, const WORDS: usize> Drop for Producer<R, WORDS>
where
    R: Deref<Target = Ring<WORDS>>,
{
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `attach`.
        self.ring.owned.store(false, Ordering::Release);
    }
}

impl<R, const WORDS: usize> fmt::Debug for Producer<R, WORDS>
where
    R: Deref<Target = Ring<WORDS>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer")
            .field("next", &self.ring.head())
            .finish()
    }
}
