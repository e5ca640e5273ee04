//! One place for one wait: its word, what is waited for, and who is woken.

use core::task::Waker;

use super::{Left, Phase, Wait, Word};
use crate::sync::{AtomicU64, AtomicUsize, AtomicWaker, Ordering, spin_hint};
use crate::time::Tick;

/// One cache line, so that two waits never share one.
#[cfg_attr(not(ninelives_loom), repr(align(64)))]
pub(super) struct Slot {
    word: AtomicU64,
    /// The span or the deadline, in nanoseconds. Written by who has claimed the slot.
    value: AtomicU64,
    /// The place of this arming among those of its thread; of an evicted wait its deadline, from the keeper.
    note: AtomicU64,
    /// What the waker points to, so that a waker that is there already is not cloned again. Written by the owner.
    who: [AtomicUsize; 2],
    waker: AtomicWaker,
}

/// Whose waker a keeper that leaves found in a slot.
pub(super) enum Found {
    /// Somebody waits, and is to be woken.
    Waiting(Option<Waker>),
    /// It was left behind.
    Left(Option<Waker>),
    Nobody,
}

#[cfg(not(ninelives_loom))]
const _: () = assert!(size_of::<Slot>() == 64 || size_of::<usize>() != 8);

// === impl Slot ===

impl Slot {
    pub(super) fn new() -> Self {
        Self {
            word: AtomicU64::new(Word::NEW.bits()),
            value: AtomicU64::new(0),
            note: AtomicU64::new(0),
            who: [AtomicUsize::new(0), AtomicUsize::new(0)],
            waker: AtomicWaker::new(),
        }
    }

    #[inline]
    pub(super) fn look(&self) -> Word {
        // Acquire: pairs with the Release of every store and swap of the word: what was written before it is read after it.
        Word::from_bits(self.word.load(Ordering::Acquire))
    }

    /// Takes a warm slot for a wait that is the same as its last one: one swap, and nothing to fill in.
    #[inline]
    pub(super) fn rearm(&self, span: u64, waker: &Waker) -> Option<Word> {
        let seen = self.look();
        let next = seen.rearm()?;
        // Relaxed, here and in `is_of`: who writes these has claimed the slot before, and then the swap below fails.
        let same = self.value.load(Ordering::Relaxed) == span && self.is_of(waker);
        (same && self.swap(seen, next)).then_some(next)
    }

    #[inline]
    pub(super) fn claim(&self) -> Option<Word> {
        let seen = self.look();
        let next = seen.claim()?;
        self.swap(seen, next).then_some(next)
    }

    /// Takes a warm slot of this waker for another wait. True: it is on the list; false: the keeper took it off meanwhile.
    #[inline]
    pub(super) fn renew(&self, wait: Wait, stamp: u64, waker: &Waker) -> Option<(Word, bool)> {
        let seen = self.look();
        let renewed = seen.renew()?;
        if !self.is_of(waker) || !self.swap(seen, renewed) {
            return None;
        }
        let next = self.fill_in(renewed, wait, stamp);
        let listed = self.swap(renewed, next);
        if !listed {
            self.begin(next);
        }
        Some((next, listed))
    }

    /// Fills in a claimed slot, and begins to wait. The waker that was there is the caller's to drop, last: its drop is foreign
    /// code and may panic.
    pub(super) fn publish(
        &self,
        claimed: Word,
        wait: Wait,
        stamp: u64,
        waker: &Waker,
    ) -> (Word, Option<Waker>) {
        let old = if self.is_of(waker) { None } else { self.take() };
        self.hand_over(waker);
        let next = self.fill_in(claimed, wait, stamp);
        self.begin(next);
        (next, old)
    }

    /// Writes down what is waited for; gives the word that says so.
    #[inline]
    fn fill_in(&self, claimed: Word, wait: Wait, stamp: u64) -> Word {
        // Relaxed: the claimer is alone with the slot, and the word that comes next publishes.
        self.value.store(wait.nanos(), Ordering::Relaxed);
        self.note.store(stamp, Ordering::Relaxed);
        let Some(next) = claimed.publish(wait) else {
            unreachable!("only a claimed slot is published")
        };
        next
    }

    /// For who is alone with the slot.
    fn begin(&self, next: Word) {
        // Release: pairs with the Acquire in `look`.
        self.word.store(next.bits(), Ordering::Release);
    }

    /// The owner goes. `known`: the word as it last saw it.
    #[inline]
    pub(super) fn leave(&self, known: Word) -> Left {
        self.end(known, Word::leave)
    }

    /// The owner goes, because there is no keeper.
    #[cold]
    pub(super) fn withdraw(&self, known: Word) -> Left {
        self.end(known, Word::withdraw)
    }

    #[inline(always)] // a step that is not known when it is compiled would be called
    fn end(&self, known: Word, step: impl Fn(Word) -> Option<(Word, Left)>) -> Left {
        let mut seen = known;
        loop {
            let Some((next, left)) = step(seen) else {
                unreachable!("who leaves owns the slot")
            };
            if self.swap(seen, next) {
                if matches!(next.phase(), Phase::Claimed) {
                    self.clear(next);
                }
                return left;
            }
            seen = self.look();
        }
    }

    #[cold]
    fn clear(&self, claimed: Word) {
        let old = self.take();
        let Some(next) = claimed.clear() else {
            unreachable!("it was claimed to be cleared")
        };
        // Release: pairs with the Acquire in `look`; whoever claims next finds no waker.
        self.word.store(next.bits(), Ordering::Release);
        drop(old); // last: foreign code
    }

    /// Whether this waker is the one that is kept here. For the owner, or followed by a swap of the word.
    #[inline]
    pub(super) fn is_of(&self, waker: &Waker) -> bool {
        // The waker that is kept keeps what it points to alive, so two pointers that are equal mean the same.
        let [data, table] = &self.who;
        // Relaxed: see `rearm`; an owner that moved between threads brought them along.
        data.load(Ordering::Relaxed) == waker.data().addr()
            && table.load(Ordering::Relaxed) == core::ptr::from_ref(waker.vtable()).addr()
    }

    /// From now on this waker is woken. For the owner alone, who looks at the word afterwards.
    pub(super) fn hand_over(&self, waker: &Waker) {
        let [data, table] = &self.who;
        // Relaxed: see `is_of`.
        data.store(waker.data().addr(), Ordering::Relaxed);
        table.store(
            core::ptr::from_ref(waker.vtable()).addr(),
            Ordering::Relaxed,
        );
        self.waker.register(waker);
    }

    /// Takes the waker out.
    pub(super) fn take(&self) -> Option<Waker> {
        self.waker.take()
    }

    /// What is waited for, and the stamp. True of the word that was looked at before as long as the word stays the same.
    pub(super) fn waited_for(&self) -> (u64, u64) {
        // Relaxed: pairs through the Acquire in `look`. A value of a later arming is possible, and then each swap from the word
        // that was looked at fails: the swap that claimed the slot for it comes before it.
        (
            self.value.load(Ordering::Relaxed),
            self.note.load(Ordering::Relaxed),
        )
    }

    /// The keeper keeps the deadline of a wait that it saw as `seen`.
    pub(super) fn book(&self, seen: Word) -> Option<Word> {
        let next = seen.book()?;
        self.swap(seen, next).then_some(next)
    }

    /// The keeper took the slot off its list, and saw it as `seen`. False: it is filled in meanwhile.
    pub(super) fn unlist(&self, seen: Word) -> bool {
        seen.unlist().is_some_and(|next| self.swap(seen, next))
    }

    /// Clears a warm slot that the keeper saw as `seen`. The waker is the caller's to drop; `None`: the slot was taken meanwhile.
    pub(super) fn sweep(&self, seen: Word) -> Option<Option<Waker>> {
        let next = seen.sweep()?;
        self.swap(seen, next).then(|| self.take_and_release())
    }

    /// Ends the wait that was seen as `seen`. The waker is the caller's to wake; `None`: the wait was over before.
    pub(super) fn fire(&self, seen: Word) -> Option<Option<Waker>> {
        let next = seen.fire()?;
        self.swap(seen, next).then(|| self.take_and_release())
    }

    /// The keeper leaves: whoever waits must wait elsewhere, until what `deadline` says. Gives the waker to wake, or one to drop.
    pub(super) fn evict(&self, deadline: impl Fn(Word) -> Tick) -> Found {
        loop {
            let seen = self.look();
            if let Some(left) = self.sweep(seen) {
                return Found::Left(left);
            }
            if self.unlist(seen) {
                return Found::Nobody;
            }
            if let Some(next) = seen.evict() {
                // Relaxed: the swap publishes it. If that fails, a later arming may have lost its stamp, which nobody reads any more.
                self.note
                    .store(deadline(seen).as_nanos(), Ordering::Relaxed);
                if self.swap(seen, next) {
                    return Found::Waiting(self.take_and_release());
                }
            } else if !matches!(seen.phase(), Phase::Warm | Phase::Renewed) {
                return Found::Nobody;
            }
            spin_hint();
        }
    }

    /// The deadline of an evicted wait.
    pub(super) fn deadline(&self) -> Tick {
        // Relaxed: pairs through the Acquire of the look that saw it evicted.
        Tick::from_nanos(self.note.load(Ordering::Relaxed))
    }

    fn take_and_release(&self) -> Option<Waker> {
        let waker = self.take();
        let mut seen = self.look();
        while !self.swap(seen, seen.release()) {
            seen = self.look();
        }
        waker
    }

    #[inline]
    fn swap(&self, seen: Word, next: Word) -> bool {
        // Release: pairs with the Acquire in `look` and here; what was written before is read by who swaps next.
        // Acquire: pairs with the Release here and in `publish` and `clear`: the owner before is done with the slot.
        self.word
            .compare_exchange(
                seen.bits(),
                next.bits(),
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok()
    }
}
