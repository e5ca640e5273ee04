//! Acquiring: permits at once, or a place in the line.

use super::Semaphore;
use super::cell::Glance;
use super::line::Line;
use super::step::Admit;
use super::verdict::{Ask, Entry, Spot};
use super::word::{MAX_PLACES, Word};

// === impl Semaphore ===

impl Semaphore {
    /// Acquires one permit at once, or none. It does not overtake a caller that waits in the line.
    ///
    /// # Progress
    /// Lock-free; without a line, or with nobody in it, one load and one swap.
    #[inline]
    pub fn try_acquire(&self) -> Entry {
        self.admit(Ask::ONE, || 0, || Spot::at(0))
    }

    /// Acquires all permits of `ask` at once, or none. It does not overtake a caller that waits in the line.
    ///
    /// # Progress
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_many(&self, ask: Ask) -> Entry {
        self.admit(ask, || 0, || Spot::at(0))
    }

    /// As [`try_acquire_many`](Self::try_acquire_many), for a caller at the stripe and thread that `spot` names: see [`striped`](Self::striped).
    /// `spot` is called only if the permits cannot be acquired from the gate's word by one swap.
    ///
    /// # Progress
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_from(&self, spot: impl FnOnce() -> Spot, ask: Ask) -> Entry {
        self.admit(ask, || 0, spot)
    }

    /// Acquires a permit at once, or takes a place in the line if one is free.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter(&self) -> Entry {
        self.admit(Ask::ONE, || MAX_PLACES, || Spot::at(0))
    }

    /// As [`enter`](Self::enter), but takes a place only while fewer than `max_waiting` are taken. The bound may differ from call to call; a lower
    /// one takes no place from a caller that has one. A bound above the number of places counts as that number. `max_waiting` is called
    /// only if the permit cannot be acquired from the gate's word by one swap.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_within(&self, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(Ask::ONE, max_waiting, || Spot::at(0))
    }

    /// As [`enter_within`](Self::enter_within), for all permits of `ask` or none of them.
    ///
    /// A request that weighs more than the limit is rejected at once with [`Entry::Overweight`], as it would wait for ever. While the limit is 0, which
    /// is a pause, it waits with the others. If the limit shrinks below the weight of a caller that waits, that caller is rejected when its
    /// turn comes.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_many(&self, ask: Ask, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(ask, max_waiting, || Spot::at(0))
    }

    /// As [`enter_many`](Self::enter_many), for a caller at `spot`: see [`try_acquire_from`](Self::try_acquire_from).
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

    #[inline(never)] // apart, so that the path of a rejected caller is short
    fn decide(&self, ask: Ask, capacity: u32) -> Entry {
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        let (word, admit) = self.gate.enter(ask.weight(), capacity, clear);
        match admit {
            Admit::Queued => return self.join(ask),
            // Permits were distributed over stripes since the first look.
            Admit::Full if word.is_striped() => {
                return self.enter_at_gate(ask, capacity);
            }
            // There was room, but the first swap failed: another thread came between.
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
