//! The way in: permits at once, or a place in the line.

use super::Semaphore;
use super::line::Line;
use super::step::Admit;
use super::verdict::{Ask, Entry};
use super::word::{MAX_PLACES, Word};

// === impl Semaphore ===

impl Semaphore {
    /// A permit at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// Lock-free; without a line, or with nobody in it, one load and one swap.
    #[inline]
    pub fn try_acquire(&self) -> Entry {
        self.admit(Ask::ONE, || 0)
    }

    /// All of the permits at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_many(&self, ask: Ask) -> Entry {
        self.admit(ask, || 0)
    }

    /// A permit at once, or a place in the line, if there is one free.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter(&self) -> Entry {
        self.admit(Ask::ONE, || MAX_PLACES)
    }

    /// As [`enter`](Self::enter), but a place is given only while fewer than `max_waiting` are taken. Each caller may name another
    /// bound: those that have a place keep it. More than there are places is as many as there are. It is asked only when the
    /// shortest way in is not open.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_within(&self, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(Ask::ONE, max_waiting)
    }

    /// As [`enter_within`](Self::enter_within), for all the permits of `ask` or none of them.
    ///
    /// What weighs more than the limit is told so at once, rather than wait for ever; while the limit is 0, which is a pause, it
    /// waits with the others. Where the limit has become too small for somebody who waits, they are told when it is their turn.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_many(&self, ask: Ask, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(ask, max_waiting)
    }

    #[inline]
    fn admit(&self, ask: Ask, max_waiting: impl FnOnce() -> u32) -> Entry {
        match self.gate.walk_in(ask.weight()) {
            Some(word) => Entry::Acquired {
                in_flight: word.used(),
            },
            None => self.admit_or_queue(ask, max_waiting()),
        }
    }

    #[cold]
    #[inline(never)]
    fn admit_or_queue(&self, ask: Ask, max_waiting: u32) -> Entry {
        let capacity = max_waiting.min(self.places());
        match self.gate.turn_away(ask.weight(), capacity) {
            Some((word, admit)) => self.entry(word, admit, ask),
            None => self.decide(ask, capacity),
        }
    }

    #[inline(never)] // apart, so that the way of who is turned away is short
    fn decide(&self, ask: Ask, capacity: u32) -> Entry {
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        let (word, admit) = self.gate.enter(ask.weight(), capacity, clear);
        self.entry(word, admit, ask)
    }

    #[inline]
    fn entry(&self, word: Word, admit: Admit, ask: Ask) -> Entry {
        match admit {
            Admit::Acquired => Entry::Acquired {
                in_flight: word.used(),
            },
            Admit::Queued => self.join(ask),
            Admit::Overweight => Entry::Overweight {
                limit: word.limit(),
            },
            Admit::Full => Entry::Full {
                in_flight: word.used(),
                limit: word.limit(),
            },
            Admit::Closed => Entry::Closed,
        }
    }
}
