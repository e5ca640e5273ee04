//! The alarm's word, and one reader's bell.

use core::fmt;
use core::task::Waker;

use crate::sync::{AtomicBool, AtomicU32, AtomicWaker, Ordering, fence};

/// The kinds that somebody sleeps for, one bit each: shared by all readers and producers.
pub struct Alarm {
    wanted: AtomicU32,
}

/// What wakes one reader.
pub struct Bell {
    rung: AtomicBool,
    waker: AtomicWaker,
}

// === impl Alarm ===

impl Alarm {
    /// An alarm while nobody sleeps.
    pub fn new() -> Self {
        Self {
            wanted: AtomicU32::new(0),
        }
    }

    /// A reader is about to sleep until one of `kinds` comes. It must look once more after this.
    pub fn arm(&self, kinds: u32) {
        // Release: pairs with the Acquire in `answer`; publishes the reader's waker.
        // Acquire: pairs with the Release in `answer`; the look to come finds what was written before that answer.
        self.wanted.fetch_or(kinds, Ordering::AcqRel);
        // SeqCst fence: orders the arming before the look to come. The producers' half of the pair is the grace: see the page.
        fence(Ordering::SeqCst);
    }

    /// Whether somebody sleeps for one of `kinds`: to be asked after writing.
    #[inline]
    pub fn is_armed(&self, kinds: u32) -> bool {
        // Relaxed: a look; `answer` decides, and the grace covers a look that came too early.
        self.wanted.load(Ordering::Relaxed) & kinds != 0
    }

    /// Takes the alarm. True: the caller must ring every bell. False: somebody else has taken it, and does so.
    #[must_use = "who takes the alarm must ring every bell"]
    pub fn answer(&self) -> bool {
        // Acquire: pairs with the Release in `arm`; the wakers of the sleepers are found.
        // Release: pairs with the Acquire in `arm`; what the caller wrote is found by who arms again.
        self.wanted.swap(0, Ordering::AcqRel) != 0
    }
}

impl Default for Alarm {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for people.
        let wanted = self.wanted.load(Ordering::Relaxed);
        f.debug_struct("Alarm").field("wanted", &wanted).finish()
    }
}

// === impl Bell ===

impl Bell {
    /// A bell that was not rung, and wakes nobody.
    pub fn new() -> Self {
        Self {
            rung: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    /// From now on `waker` is woken, and no earlier one. One thread at a time.
    pub fn rest(&self, waker: &Waker) {
        // Out of the cell before the new one comes in: its drop may panic, which no waker that is being registered survives.
        let old = self.waker.take();
        self.waker.register(waker);
        drop(old); // last: foreign code
    }

    /// Whether it was rung since the last [`quiet`](Self::quiet): to be asked after [`rest`](Self::rest).
    pub fn is_rung(&self) -> bool {
        // Acquire: pairs with the Release in `ring`, so that a look that follows finds what was rung for.
        self.rung.load(Ordering::Acquire)
    }

    /// Forgets that it was rung: to be done before [`Alarm::arm`].
    pub fn quiet(&self) {
        // Relaxed: the Release in `arm` orders it before any ring that answers that arming. A ring for an earlier arming may be
        // forgotten: the reader is awake.
        self.rung.store(false, Ordering::Relaxed);
    }

    /// Wakes whoever rests, and remembers it.
    pub fn ring(&self) {
        // Release: pairs with the Acquire in `is_rung`. Before the wake: a waker that comes too late for it finds the mark.
        self.rung.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Forgets the waker.
    pub fn leave(&self) {
        drop(self.waker.take());
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rung = self.is_rung();
        f.debug_struct("Bell").field("rung", &rung).finish()
    }
}
