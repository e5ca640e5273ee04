//! Arming, and one's own wait.

use core::fmt;
use core::task::Waker;

use super::cell::Rest;
use super::row::{Rows, Taken};
use super::slot::Slot;
use super::{Left, Pace, Phase, Refused, Stand, Wait, Wheel, Word};
use crate::time::Tick;

/// One wait that is under way. It is to be left exactly once, however it ends.
#[must_use = "a wait that is not left keeps its slot for good"]
pub struct Entry<'w> {
    slot: &'w Slot,
    word: Word,
}

// === impl Wheel ===

impl Wheel {
    /// A wheel without a keeper: it refuses everything.
    pub fn new() -> Self {
        Self::letting_go(drop)
    }

    /// The same, which lets go by this of wakers that others have left behind: their drop is foreign code, and may panic. Who arms where `let_go`
    /// panics keeps its slot for good.
    pub fn letting_go(let_go: fn(Waker)) -> Self {
        Self {
            rows: Rows::new(),
            rest: Rest::new(),
            let_go,
        }
    }

    /// How a wait is to be armed now.
    #[inline]
    pub fn pace(&self) -> Pace {
        self.rest.pace()
    }

    /// Begins to wait for a span where this waker was last, if it waited for the same: as [`arm`](Self::arm) does first.
    ///
    /// # Progress
    /// Wait-free.
    #[inline]
    pub fn rearm(&self, span: u64, waker: &Waker) -> Option<Entry<'_>> {
        let (slot, word) = self.rows.rearm(span, waker)?;
        Some(Entry { slot, word })
    }

    /// Begins to wait; `waker` is woken when it is over.
    ///
    /// `stamp` orders waits of equal deadlines. `seed` spreads waits that share one waker: the address of what waits will do.
    ///
    /// # Errors
    /// [`Refused::Closed`] without a keeper, [`Refused::Full`] beyond 2,097,152 waits at once.
    ///
    /// # Progress
    /// Lock-free; wait-free for the same span and waker as the last time, unless another one takes the slot.
    #[inline]
    pub fn arm(
        &self,
        wait: Wait,
        seed: usize,
        stamp: impl FnOnce() -> u64,
        waker: &Waker,
    ) -> Result<Entry<'_>, Refused> {
        if let Wait::Span(span) = wait
            && let Some(entry) = self.rearm(span, waker)
        {
            return Ok(entry);
        }
        self.arm_otherwise(wait, seed, stamp, waker)
    }

    /// The same, for what [`rearm`](Self::rearm) has refused, or would.
    ///
    /// # Errors
    /// As [`arm`](Self::arm).
    #[inline]
    pub fn arm_otherwise(
        &self,
        wait: Wait,
        seed: usize,
        stamp: impl FnOnce() -> u64,
        waker: &Waker,
    ) -> Result<Entry<'_>, Refused> {
        let stamp = stamp();
        match self.rows.renew(wait, stamp, waker) {
            Some(taken) => self.begin(taken, wait),
            None => self.arm_anew(wait, seed, stamp, waker),
        }
    }

    #[inline(never)] // apart, so that the way of those who arm the same again is short
    fn arm_anew(
        &self,
        wait: Wait,
        seed: usize,
        stamp: u64,
        waker: &Waker,
    ) -> Result<Entry<'_>, Refused> {
        match self.rows.take(wait, seed, stamp, waker) {
            Some(taken) => self.begin(taken, wait),
            None => Err(Refused::Full),
        }
    }

    /// Tells the keeper of a wait, unless it will come by in time.
    #[inline]
    fn begin<'w>(&self, taken: Taken<'w>, wait: Wait) -> Result<Entry<'w>, Refused> {
        taken.list();
        let deadline = match wait {
            Wait::Span(_) => Tick::ZERO,
            Wait::Until(deadline) => deadline,
        };
        let open = self.rest.rouse(deadline);
        let (slot, word) = (taken.slot, taken.word);
        taken.old.into_iter().for_each(self.let_go); // after the rest: foreign code
        if !open {
            // Also when the next keeper has ended it meanwhile: the slot is given up, and another wait may be in it.
            slot.withdraw(word);
            return Err(Refused::Closed);
        }
        Ok(Entry { slot, word })
    }

    /// How many waits are under way. Exact while nobody arms or leaves.
    pub fn waiting(&self) -> usize {
        let armed = |word: &Word| word.phase().is_armed();
        self.rows.words().filter(armed).count()
    }

    /// How many waits were ever armed. Exact while nobody arms or leaves.
    pub fn armed(&self) -> u64 {
        self.rows.words().map(Word::turn).sum()
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.rows.words().count()
    }
}

impl Default for Wheel {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Wheel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wheel")
            .field("pace", &self.pace())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

// === impl Entry ===

impl Entry<'_> {
    /// Where the wait stands. While it goes on, `waker` is the one to be woken from now on.
    #[inline]
    pub fn poll(&self, waker: &Waker) -> Stand {
        let stand = self.stand();
        if stand == Stand::Waiting && !self.slot.is_of(waker) {
            return self.hand_over(waker);
        }
        stand
    }

    fn hand_over(&self, waker: &Waker) -> Stand {
        // Out of the slot before the other one comes in: its drop may panic, which no waker that is being registered survives.
        let old = self.slot.take();
        self.slot.hand_over(waker);
        // It may be over since, and the keeper may have taken the waker that was there before.
        let stand = self.stand();
        if stand != Stand::Waiting {
            drop(self.slot.take());
        }
        drop(old); // last: foreign code
        stand
    }

    fn stand(&self) -> Stand {
        match self.slot.look().phase() {
            Phase::Fired => Stand::Fired,
            Phase::Evicted => Stand::Evicted(self.slot.deadline()),
            _ => Stand::Waiting,
        }
    }

    /// Ends the wait, and says how it ended.
    #[inline]
    pub fn leave(self) -> Left {
        self.slot.leave(self.word)
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Entry").field(&self.slot.look()).finish()
    }
}
