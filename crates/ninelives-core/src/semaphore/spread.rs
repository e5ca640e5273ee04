//! The ways in and out of a semaphore whose permits lie in stripes, and how they get there and back.
//!
//! They are spread when two threads are seen to meet at the gate's word while it has much room, and gathered when it has none left, when
//! somebody waits, and when the limit changes or the end comes.

use super::Semaphore;
use super::line::Line;
use super::step::{Admit, Returned};
use super::stripes::{Look, Phase, Stripes};
use super::verdict::{Ask, Entry};
use super::word::Word;

// === impl Semaphore ===

impl Semaphore {
    /// Lets free permits lie in so many stripes, at least one, while threads meet: so that those do not write one word. About 128 bytes each,
    /// allocated here.
    ///
    /// Callers say which stripe is theirs ([`enter_from`](Self::enter_from), [`release_to`](Self::release_to)); each thread, or each core,
    /// should have one of its own. The limit stays exact, and so does being turned away: only who finds neither room nor a permit in any
    /// stripe is. Two things are less exact: [`snapshot`](Self::snapshot) looks at one stripe after the other; and permits that one thread
    /// is just carrying back from stripes, for a waiter, a new limit or somebody who asks for several, are out for the others.
    #[must_use]
    pub fn striped(mut self, stripes: u32) -> Self {
        self.stripes = Some(Stripes::new(stripes));
        self
    }

    /// The same from the start, and not only after two threads have met: for what is known to be shared by many. As long as one thread has it
    /// to itself, that costs more.
    #[must_use]
    pub fn striped_at_once(self, stripes: u32) -> Self {
        let striped = self.striped(stripes);
        striped.spread_if_roomy(striped.gate.load());
        striped
    }

    /// In, while permits may lie in stripes: out of the caller's own if it can be, and through the gate if not.
    #[inline(never)] // as `decide`
    pub(super) fn enter_spread(
        &self,
        ask: Ask,
        capacity: u32,
        stripe: impl FnOnce() -> u32,
    ) -> Entry {
        if self.spread_out().take(stripe(), ask.weight()) {
            return Entry::APART;
        }
        self.enter_at_gate(ask, capacity)
    }

    /// In through the gate, and by what lies in any stripe where the gate has no room.
    #[inline(never)]
    pub(super) fn enter_at_gate(&self, ask: Ask, capacity: u32) -> Entry {
        let (stripes, weight) = (self.spread_out(), ask.weight());
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        loop {
            let phase = stripes.phase();
            let alone = phase.is_swept();
            // While permits may lie in stripes, nobody is turned away by the gate, nor sent into the line.
            let capacity = if alone { capacity } else { 0 };
            let (word, admit) = self.gate.enter(weight, capacity, clear);
            // Nothing lay in stripes before the look at the gate, nor after it.
            if admit != Admit::Full || alone && stripes.is_still(phase) {
                return self.entry(word, admit, ask);
            }
            let phase = stripes.close();
            let found = if word.lends_stripes() {
                stripes.take_anywhere(phase, weight)
            } else {
                Look::Nowhere
            };
            match found {
                Look::Taken => return Entry::APART,
                Look::TooLate => {}
                // Of one permit nothing is left to carry back; of several it may lie in more than one stripe.
                Look::Nowhere => self.gather(stripes, phase),
            }
        }
    }

    fn spread_out(&self) -> &Stripes {
        match &self.stripes {
            Some(stripes) => stripes,
            None => unreachable!("without stripes nothing lies in them"),
        }
    }

    /// Out, into the caller's stripe, or through the gate while stripes are shut.
    #[inline(never)] // as `release_and_settle`
    pub(super) fn release_spread(&self, stripe: impl FnOnce() -> u32, weight: u32) {
        match &self.stripes {
            Some(stripes) if stripes.give(stripe(), weight) => {}
            _ => self.release_at_gate(weight),
        }
    }

    /// After a swap of the gate's word was lost, or while stripes are shut: spreads permits, if the word has much room.
    #[cold]
    #[inline(never)] // as `decide`
    pub(super) fn spread_if_roomy(&self, word: Word) {
        if let Some(stripes) = &self.stripes
            && word.is_roomy(stripes.len())
        {
            // Before the look at the word that decides: see the page of stripes.
            let phase = stripes.phase();
            if !phase.is_open() && self.gate.stripe(stripes.len()) {
                stripes.open(phase);
            }
        }
    }

    /// After a change of the word by somebody who waits for what may lie in stripes, now or later: carries it back.
    pub(super) fn end_spread(&self) {
        if self.gate.is_striped()
            && let Some(stripes) = &self.stripes
        {
            stripes.shut();
            while !stripes.phase().is_swept() {
                self.gather(stripes, stripes.close());
            }
        }
    }

    /// Carries what lies in stripes back to the gate, and to those who wait there, unless a later era has begun.
    #[cold]
    fn gather(&self, stripes: &Stripes, phase: Phase) {
        let (permits, all) = stripes.empty(phase);
        let moved = (permits > 0).then(|| self.gate.release(permits));
        if all {
            stripes.mark_swept(phase);
        }
        if let Some((word, returned)) = moved {
            debug_assert!(returned == Returned::Free, "a permit was released twice");
            // At the end: it runs wakers, which may panic.
            self.settle(word);
        }
    }
}
