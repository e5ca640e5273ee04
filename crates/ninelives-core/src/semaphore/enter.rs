//! The way in: permits at once, or a place in the line.

use super::Semaphore;
use super::cell::Glance;
use super::line::Line;
use super::step::Admit;
use super::verdict::{Ask, Entry, Spot};
use super::word::{MAX_PLACES, Word};

// === impl Semaphore ===

impl Semaphore {
    /// A permit at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// Lock-free; without a line, or with nobody in it, one load and one swap.
    #[inline]
    pub fn try_acquire(&self) -> Entry {
        self.admit(Ask::ONE, || 0, || Spot::at(0))
    }

    /// All of the permits at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_many(&self, ask: Ask) -> Entry {
        self.admit(ask, || 0, || Spot::at(0))
    }

    /// As [`try_acquire_many`](Self::try_acquire_many), by a caller who is where `spot` says: see
    /// [`striped`](Self::striped). It is asked only when the shortest way in is not open.
    ///
    /// # Progress
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_from(&self, spot: impl FnOnce() -> Spot, ask: Ask) -> Entry {
        self.admit(ask, || 0, spot)
    }

    /// A permit at once, or a place in the line, if there is one free.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter(&self) -> Entry {
        self.admit(Ask::ONE, || MAX_PLACES, || Spot::at(0))
    }

    /// As [`enter`](Self::enter), but a place is given only while fewer than `max_waiting` are taken. Each caller may name another
    /// bound: those that have a place keep it. More than there are places is as many as there are. It is asked only when the
    /// shortest way in is not open.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_within(&self, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(Ask::ONE, max_waiting, || Spot::at(0))
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
        self.admit(ask, max_waiting, || Spot::at(0))
    }

    /// As [`enter_many`](Self::enter_many), by a caller who is where `spot` says: see
    /// [`try_acquire_from`](Self::try_acquire_from).
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_from(
        &self,
        spot: impl FnOnce() -> Spot,
        ask: Ask,
        max_waiting: impl FnOnce() -> u32,
    ) -> Entry {
        self.admit(ask, max_waiting, spot)
    }

    #[inline]
    fn admit(
        &self,
        ask: Ask,
        max_waiting: impl FnOnce() -> u32,
        spot: impl FnOnce() -> Spot,
    ) -> Entry {
        match self.gate.walk_in(ask.weight()) {
            Some(word) => Entry::Acquired {
                in_flight: word.used(),
            },
            None => self.admit_or_queue(ask, max_waiting(), spot),
        }
    }

    #[cold]
    #[inline(never)]
    fn admit_or_queue(&self, ask: Ask, max_waiting: u32, spot: impl FnOnce() -> Spot) -> Entry {
        let capacity = max_waiting.min(self.places());
        match self.gate.glance(ask.weight(), capacity) {
            Glance::Refused(word, admit) => self.entry(word, admit, ask),
            Glance::Whole => self.decide(ask, capacity),
            Glance::Striped => self.enter_spread(ask, capacity, spot),
            Glance::Strict => self.enter_at_gate(ask, capacity),
        }
    }

    #[inline(never)] // apart, so that the way of who is turned away is short
    fn decide(&self, ask: Ask, capacity: u32) -> Entry {
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        let (word, admit) = self.gate.enter(ask.weight(), capacity, clear);
        match admit {
            Admit::Queued => return self.join(ask),
            // Permits began to lie in stripes since the first look.
            Admit::Full if word.is_striped() => {
                return self.enter_at_gate(ask, capacity);
            }
            // It fitted, and was not that short: another thread was faster by one swap.
            Admit::Acquired => self.spread_if_roomy(word),
            Admit::Full | Admit::Overweight | Admit::Closed => {}
        }
        self.entry(word, admit, ask)
    }

    #[inline]
    pub(super) fn entry(&self, word: Word, admit: Admit, ask: Ask) -> Entry {
        match admit {
            Admit::Acquired if word.is_striped() => Entry::APART,
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
