//! The ways in and out of a semaphore whose permits lie in stripes, and how they get there and back.
//!
//! They are spread when two threads are seen to meet at the gate's word while it has much room, and gathered when it has none left, when
//! somebody waits, and when the limit changes or the end comes.

use super::Semaphore;
use super::line::Line;
use super::step::{Admit, Returned};
use super::stripes::{Given, Look, Phase, Stripes};
use super::verdict::{Ask, Entry, Spot};
use super::word::Word;

// === impl Semaphore ===

impl Semaphore {
    /// Lets free permits lie in so many stripes, at least one, while threads meet: so that those do not write one word. About 128 bytes each,
    /// allocated here.
    ///
    /// Callers say which stripe is theirs ([`enter_from`](Self::enter_from), [`release_to`](Self::release_to)); each thread, or each core,
    /// should have one of its own. The limit stays exact, and so does being turned away: only who finds neither room nor a permit in any
    /// stripe is. Two things are less exact: [`snapshot`](Self::snapshot) looks at one stripe after the other; and permits that one thread
    /// is just carrying back from stripes, for a waiter, a new limit, somebody who asks for several, or because others
    /// release to a stripe that a thread [keeps](Self::kept_by_threads), are out for the others.
    #[must_use]
    pub fn striped(mut self, stripes: u32) -> Self {
        self.stripes = Some(Stripes::new(stripes));
        self
    }

    /// Lets a thread keep the permits that lie in its stripe, once `calm` came back there and nobody had to look for them: then it comes and goes
    /// without a locked instruction. `barrier` has every thread of the process pass a full fence, and says whether it did. It is asked when what
    /// a thread keeps is wanted elsewhere. Callers say which thread they are on ([`Spot::on`]). Of a semaphore without stripes it changes nothing.
    ///
    /// `calm` above [`MAX_PERMITS`](super::MAX_PERMITS) is as much as that. If `barrier` says no after it has said yes, what a thread keeps then is out until that
    /// thread brings its next permit, and no thread keeps any after that.
    #[must_use]
    pub fn kept_by_threads(mut self, calm: u32, barrier: fn() -> bool) -> Self {
        self.stripes = self
            .stripes
            .map(|stripes| stripes.kept_by_threads(calm, barrier));
        self
    }

    /// Lets permits lie in stripes from now on, if there is room for that and who is at `spot` may keep what lies there: for a thread that has come
    /// and gone for long without being in anybody's way.
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

    /// As [`striped`](Self::striped), but from the start, and not only after two threads have met: for what is known to be shared by many. As long as one thread has it
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
        spot: impl FnOnce() -> Spot,
    ) -> Entry {
        let (stripes, spot, weight) = (self.spread_out(), spot(), ask.weight());
        if stripes.take_kept(spot, weight) || stripes.take(spot, weight) {
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

    /// Out, into the caller's stripe, or through the gate while stripes are shut.
    #[inline(never)] // as `release_and_settle`
    pub(super) fn release_spread(&self, spot: impl FnOnce() -> Spot, weight: u32) {
        let spot = spot();
        let kept = self.spread_out().give_kept(spot, weight);
        if kept != Some(Given::Laid) {
            self.release_to_stripe(spot, weight, kept);
        }
    }

    #[inline(never)] // apart, so that the way of who keeps it is short
    fn release_to_stripe(&self, spot: Spot, weight: u32, kept: Option<Given>) {
        let stripes = self.spread_out();
        let permits = match kept.unwrap_or_else(|| stripes.give(spot, weight)) {
            Given::Laid => return,
            Given::ForGate(permits) => permits,
            Given::PastAnother(permits) => {
                self.release_at_gate(permits);
                return self.gather(stripes, stripes.close());
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
