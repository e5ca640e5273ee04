//! Entering and leaving a semaphore whose permits are in stripes, and moving permits between gate and stripes.
//!
//! They are distributed when two threads contend for the gate's word while at least half of the permits are free, and carried back when the gate
//! has none left, when a caller waits, when the limit changes, and on close.

use super::Semaphore;
use super::line::Line;
use super::step::{Admit, Returned};
use super::stripes::{Given, Look, Phase, Stripes};
use super::verdict::{Ask, Entry, Spot};
use super::word::Word;

// === impl Semaphore ===

impl Semaphore {
    /// Distributes free permits over this many stripes, at least one, while threads contend, so that they do not write the same word. About 128
    /// bytes each, allocated here.
    ///
    /// Callers name their stripe ([`enter_from`](Self::enter_from), [`release_to`](Self::release_to)); each thread, or each core, should have
    /// its own. The limit stays exact, and a caller is rejected only if it finds neither room at the gate nor a permit in any stripe. Two things are
    /// less exact: [`snapshot`](Self::snapshot) reads one stripe after the other; and permits that a thread is carrying back to the gate
    /// at that moment (for a waiter, a new limit, or a request for several) count as out for all others.
    #[must_use]
    pub fn striped(mut self, stripes: u32) -> Self {
        self.stripes = Some(Stripes::new(stripes));
        self
    }

    /// Lets a thread keep the permits in its stripe after `calm` of them have been released there without any caller searching the stripes.
    /// From then on the thread enters and leaves without a locked instruction. `barrier` makes every thread of the process pass a full fence, and returns
    /// whether it did; it is called when kept permits are needed elsewhere. Callers name their thread with [`Spot::on`]. Without stripes this has no effect.
    ///
    /// `calm` is capped at [`MAX_PERMITS`](super::MAX_PERMITS). If `barrier` returns `false` after it has returned `true`, permits that a thread keeps at
    /// that moment count as out until the thread releases its next permit, and no thread keeps any afterwards.
    #[must_use]
    pub fn kept_by_threads(mut self, calm: u32, barrier: fn() -> bool) -> Self {
        self.stripes = self
            .stripes
            .map(|stripes| stripes.kept_by_threads(calm, barrier));
        self
    }

    /// Distributes permits over the stripes without waiting for contention, if enough are free and the thread at `spot` may keep those in its
    /// stripe: for a thread that has entered and left many times without contention.
    ///
    /// # Progress
    /// Lock-free.
    pub fn spread_for(&self, spot: Spot) {
        if let Some(stripes) = &self.stripes
            && stripes.may_be_kept_by(spot)
        {
            self.spread_if_roomy(self.gate.load());
        }
    }

    /// As [`striped`](Self::striped), but distributes the permits at once instead of on contention: for a semaphore that is known to be shared by many
    /// threads. While a single thread uses it, this costs more.
    #[must_use]
    pub fn striped_at_once(self, stripes: u32) -> Self {
        let striped = self.striped(stripes);
        striped.spread_if_roomy(striped.gate.load());
        striped
    }

    /// Enters while permits may be in stripes: from the caller's own stripe if possible, otherwise through the gate.
    #[inline(never)] // as `decide`
    pub(super) fn enter_spread(
        &self,
        ask: Ask,
        capacity: u32,
        spot: impl FnOnce() -> Spot,
    ) -> Entry {
        let (stripes, spot, weight) = (self.spread_out(), spot(), ask.weight());
        if stripes.take_kept(spot, weight) || stripes.take(spot, weight) {
            return Entry::APART;
        }
        self.enter_at_gate(ask, capacity)
    }

    /// Enters through the gate or, if the gate has no room, with a permit from any stripe.
    #[inline(never)]
    pub(super) fn enter_at_gate(&self, ask: Ask, capacity: u32) -> Entry {
        let (stripes, weight) = (self.spread_out(), ask.weight());
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        loop {
            let phase = stripes.phase();
            let alone = phase.is_swept();
            // While permits may be in stripes, the gate alone neither rejects a caller nor sends it into the line.
            let capacity = if alone { capacity } else { 0 };
            let (word, admit) = self.gate.enter(weight, capacity, clear);
            // No permit was in a stripe before the gate was read, nor after.
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
                // A request for one permit leaves nothing to carry back; several may be in more than one stripe.
                Look::Nowhere | Look::Kept => self.gather(stripes, phase),
            }
        }
    }

    fn spread_out(&self) -> &Stripes {
        match &self.stripes {
            Some(stripes) => stripes,
            None => unreachable!("without stripes nothing lies in them"),
        }
    }

    /// Leaves: into the caller's stripe, or through the gate while stripes are shut.
    #[inline(never)] // as `release_and_settle`
    pub(super) fn release_spread(&self, spot: impl FnOnce() -> Spot, weight: u32) {
        let spot = spot();
        let kept = self.spread_out().give_kept(spot, weight);
        if kept != Some(Given::Laid) {
            self.release_to_stripe(spot, weight, kept);
        }
    }

    #[inline(never)] // apart, so that the path of a thread that keeps its permits is short
    fn release_to_stripe(&self, spot: Spot, weight: u32, kept: Option<Given>) {
        let stripes = self.spread_out();
        let permits = match kept.unwrap_or_else(|| stripes.give(spot, weight)) {
            Given::Laid => return,
            Given::ForGate(permits) => permits,
            Given::PastAnother(permits) => {
                let phase = stripes.end_keeping(spot);
                // Read after the phase: see the page of stripes.
                let word = self.gate.load();
                if word.lends_stripes() && !word.is_watched() {
                    stripes.open(phase);
                }
                return self.release_at_gate(permits);
            }
        };
        if !stripes.may_have_missed_some(spot) {
            return self.release_at_gate(permits);
        }
        let (word, returned) = self.gate.release(permits);
        debug_assert!(returned == Returned::Free, "a permit was released twice");
        self.gather(stripes, stripes.close());
        // At the end, as in `gather`.
        self.settle(word);
    }

    /// After a swap of the gate's word has failed, or while stripes are shut: distributes permits, if enough are free.
    #[cold]
    #[inline(never)] // as `decide`
    pub(super) fn spread_if_roomy(&self, word: Word) {
        if let Some(stripes) = &self.stripes
            && word.is_roomy(stripes.len())
        {
            // Read before the word that decides: see the page of stripes.
            let phase = stripes.phase();
            if !phase.is_open() && self.gate.stripe(stripes.len()) {
                stripes.open(phase);
            }
        }
    }

    /// After a caller that waits for permits in stripes, now or later, has changed the word: carries them back.
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

    /// Carries the permits in stripes back to the gate and its waiters, unless a later era has begun.
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
