//! The one that looks after a wheel: it books what was armed, and fires what is due.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::task::Waker;
use core::time::Duration;

use super::slot::Found;
use super::{Phase, Wheel, Word};
use crate::time::Tick;

/// Who looks after a [`Wheel`]: one for each, and from one thread at a time. It owns the order of the deadlines, so that those who arm
/// need none.
#[derive(Debug)]
pub struct Keeper {
    pub(super) records: Vec<Record>,
    pub(super) due: BinaryHeap<Reverse<Key>>,
    found: Vec<(u32, Word)>,
    wake: fn(Waker),
}

/// What a look at the wheel came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The reading of the clock that decided.
    pub now: Tick,
    /// How many waits were armed on the slots that were on the list, since they were on it before.
    pub armed: u64,
    /// How many waits ended.
    pub fired: u64,
    /// The earliest deadline of those that still wait; [`Tick::NEVER`] when there is none.
    pub next: Tick,
}

/// The order of firing: by deadline, then in the order of arming.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    deadline: Tick,
    stamp: u64,
    number: u32,
}

/// What the keeper knows of a slot.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Record {
    /// The slot, as it was seen armed; any other word means that this wait is over.
    word: Word,
    /// When that wait is due.
    key: Key,
    /// How often the slot was taken until it was last seen.
    turn: u64,
    /// Its entry among the due ones, the earliest if there are several: a slot that is armed again and again keeps the entry it has.
    queued: Option<Key>,
}

/// Entries of the queue beyond two for each slot, before those that were replaced are taken out.
const SPARE: usize = 64;

// === impl Keeper ===

impl Default for Keeper {
    fn default() -> Self {
        Self::new()
    }
}

impl Keeper {
    /// A keeper that knows of nothing.
    pub const fn new() -> Self {
        Self::waking(Waker::wake)
    }

    /// The same, which wakes by this: a waker is foreign code, and may panic.
    pub const fn waking(wake: fn(Waker)) -> Self {
        Self {
            records: Vec::new(),
            due: BinaryHeap::new(),
            found: Vec::new(),
            wake,
        }
    }

    /// Looks at what was armed, and ends each wait that is due, earliest first.
    ///
    /// `clock` is read once, after the list was taken: a span that is found on it began before.
    ///
    /// # Panics
    /// When a waker does, and what [wakes](Self::waking) or [lets go](Wheel::letting_go) lets it. Some waits that are due are then not fired, and the keeper must [leave](Self::leave).
    pub fn pass(&mut self, wheel: &Wheel, clock: impl FnOnce() -> Tick) -> Pass {
        let mut found = core::mem::take(&mut self.found);
        wheel
            .rows
            .drain(|number, slot| found.push((number, slot.look())));
        let now = clock();
        wheel.rest.tell(now);
        let mut armed = 0;
        for (number, word) in found.drain(..) {
            armed += self.look(wheel, number, word, now);
        }
        self.found = found;
        let (fired, next) = self.fire(wheel, now);
        Pass {
            now,
            armed,
            fired,
            next,
        }
    }

    /// Leaves the wheel: whoever waits is woken, and told to wait elsewhere. Who arms from now on is refused.
    pub fn leave(&mut self, wheel: &Wheel, now: Tick) {
        wheel.rest.close();
        let records = &self.records;
        let (mut wakers, mut left) = (Vec::new(), Vec::new());
        wheel.rows.wipe(|number, slot| {
            let deadline = |word: Word| {
                let (value, _) = slot.waited_for();
                match (word.phase(), records.get(number as usize)) {
                    (Phase::Booked, Some(record)) if record.word == word => record.key.deadline,
                    (Phase::Until, _) => Tick::from_nanos(value),
                    _ => now.after(Duration::from_nanos(value)),
                }
            };
            match slot.evict(deadline) {
                Found::Waiting(waker) => wakers.extend(waker),
                Found::Left(waker) => left.extend(waker),
                Found::Nobody => {}
            }
        });
        *self = Self::waking(self.wake);
        wheel.rest.vacate();
        wakers.into_iter().for_each(self.wake);
        left.into_iter().for_each(wheel.let_go);
    }

    /// Looks at a slot that was on the list; answers how often it was taken since it was there before.
    fn look(&mut self, wheel: &Wheel, number: u32, word: Word, now: Tick) -> u64 {
        let slot = wheel.rows.slot(number);
        let (value, stamp) = slot.waited_for();
        let mut booked = |deadline| {
            let word = slot.book(word);
            word.map(|word| self.book(number, word, deadline, stamp))
                .is_some()
        };
        let done = match word.phase() {
            Phase::Span => booked(now.after(Duration::from_nanos(value))),
            Phase::Until => booked(Tick::from_nanos(value)),
            Phase::Warm => {
                let swept = slot.sweep(word);
                let done = swept.is_some();
                swept.flatten().into_iter().for_each(wheel.let_go);
                done
            }
            Phase::Renewed => slot.unlist(word),
            // Who has claimed it will list it once it is filled in. A wait that is booked or over needs nothing.
            _ => true,
        };
        if !done {
            // It has changed since: if it was taken again, the reading of the clock is too old for it.
            wheel.rows.list(number);
            return 0;
        }
        let record = self.record(number);
        let before = core::mem::replace(&mut record.turn, word.turn());
        word.turn().saturating_sub(before)
    }

    fn book(&mut self, number: u32, word: Word, deadline: Tick, stamp: u64) {
        let key = Key {
            deadline,
            stamp,
            number,
        };
        let record = self.record(number);
        record.word = word;
        record.key = key;
        if record.queued.is_none_or(|queued| key < queued) {
            record.queued = Some(key);
            self.due.push(Reverse(key));
        }
        // Entries that an earlier one of their slot has replaced are left where they are, but not without bound.
        if self.due.len() > 2 * self.records.len() + SPARE {
            let records = &self.records;
            self.due
                .retain(|Reverse(key)| records[key.number as usize].queued == Some(*key));
        }
    }

    fn record(&mut self, number: u32) -> &mut Record {
        let number = number as usize;
        if number >= self.records.len() {
            self.records.resize(number + 1, Record::default());
        }
        &mut self.records[number]
    }

    /// Ends what is due; answers how many waits, and when the next one is.
    fn fire(&mut self, wheel: &Wheel, now: Tick) -> (u64, Tick) {
        let mut fired = 0;
        while let Some(&Reverse(key)) = self.due.peek() {
            let record = &mut self.records[key.number as usize];
            let slot = wheel.rows.slot(key.number);
            let current = record.queued == Some(key);
            let waits = slot.look() == record.word;
            if current && waits && record.key == key {
                if key.deadline > now || key.deadline == Tick::NEVER {
                    return (fired, key.deadline);
                }
                self.due.pop();
                record.queued = None;
                if let Some(waker) = slot.fire(record.word) {
                    fired += 1;
                    waker.into_iter().for_each(self.wake);
                }
                continue;
            }
            self.due.pop();
            if current {
                // Over, or armed again for later: one entry for what it waits for now.
                record.queued = waits.then_some(record.key);
                self.due.extend(record.queued.map(Reverse));
            }
        }
        (fired, Tick::NEVER)
    }
}
