//! The slots of a wheel: rows that double, made when they are needed and never given back.

use alloc::boxed::Box;
use core::task::Waker;

use once_cell::race::OnceBox;

use super::cell::{Fill, List};
use super::slot::Slot;
use super::{Boxed, Wait, Word};

/// Slots of the first row; one for each bit of a word. Few keep the models small.
const FIRST: usize = if cfg!(ninelives_loom) { 2 } else { 64 };
/// Rows at most: 2,097,152 slots.
const ROWS: usize = if cfg!(ninelives_loom) { 1 } else { 16 };
/// Slots that are tried in a row before the next one is.
const TRIES: usize = 8;

/// Some slots, and the list of those that the keeper is to look at.
struct Row {
    slots: Boxed<Slot>,
    list: List,
}

/// The rows there are.
pub(super) struct Rows {
    rows: [OnceBox<Row>; ROWS],
    fill: Fill,
}

/// A slot that was taken.
pub(super) struct Taken<'w> {
    pub(super) slot: &'w Slot,
    pub(super) word: Word,
    pub(super) old: Option<Waker>,
    /// Whether it is on the keeper's list already.
    pub(super) listed: bool,
    list: &'w List,
    at: usize,
}

// === impl Row ===

impl Row {
    fn new(slots: usize) -> Self {
        Self {
            slots: (0..slots).map(|_| Slot::new()).collect(),
            list: List::new(slots),
        }
    }

    /// Takes the slot there, if it is free, and begins to wait.
    #[inline]
    fn take(&self, at: usize, wait: Wait, stamp: u64, waker: &Waker) -> Option<Taken<'_>> {
        let slot = &self.slots[at];
        let (word, old) = slot.publish(slot.claim()?, wait, stamp, waker);
        Some(Taken {
            slot,
            word,
            old,
            listed: false,
            list: &self.list,
            at,
        })
    }

    /// Takes the slot there, if this waker has left it warm, and begins to wait.
    #[inline]
    fn renew(&self, at: usize, wait: Wait, stamp: u64, waker: &Waker) -> Option<Taken<'_>> {
        let slot = &self.slots[at];
        let (word, listed) = slot.renew(wait, stamp, waker)?;
        Some(Taken {
            slot,
            word,
            old: None,
            listed,
            list: &self.list,
            at,
        })
    }
}

// === impl Taken ===

impl Taken<'_> {
    /// Puts the slot on the keeper's list, if it is not there.
    #[inline]
    pub(super) fn list(&self) {
        if !self.listed {
            self.list.add(self.at);
        }
    }
}

/// Row `row` has so many slots. From the second on that is also the number of its first one.
const fn len(row: usize) -> usize {
    FIRST << row.saturating_sub(1)
}

/// The row of a number, and its place there.
fn place(number: u32) -> (usize, usize) {
    let number = number as usize;
    if number < FIRST {
        return (0, number);
    }
    let row = (number / FIRST).ilog2() as usize + 1;
    (row, number - len(row))
}

fn number(row: usize, index: usize) -> u32 {
    let first = if row == 0 { 0 } else { len(row) };
    (first + index) as u32
}

/// What a waker is known by. In a model an address would differ from run to run.
#[inline]
fn home(waker: &Waker) -> usize {
    if cfg!(ninelives_loom) {
        0
    } else {
        waker.data().addr()
    }
}

/// Mixes what differs in its middle bits, as addresses do, into the upper ones.
#[inline]
fn mix(seed: usize) -> u64 {
    (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The place of something mixed, in a row of so many slots: a power of two.
#[inline]
fn spread(mixed: u64, slots: usize) -> usize {
    (((mixed >> 32) * slots as u64) >> 32) as usize
}

/// Places to try: they lie apart, so that neighbours do not get in each other's way.
fn tries(seed: usize, slots: usize) -> impl Iterator<Item = usize> {
    let mixed = mix(seed);
    let step = (mixed >> 8) as usize | 1;
    let start = spread(mixed, slots);
    (0..TRIES).map(move |turn| start.wrapping_add(step.wrapping_mul(turn)) & (slots - 1))
}

// === impl Rows ===

impl Rows {
    pub(super) fn new() -> Self {
        let rows: [OnceBox<Row>; ROWS] = core::array::from_fn(|_| OnceBox::new());
        if rows[0].set(Box::new(Row::new(FIRST))).is_err() {
            unreachable!("the row is new");
        }
        Self {
            rows,
            fill: Fill::new(),
        }
    }

    /// Takes the slot where this waker was last, if it waited for the same span.
    #[inline]
    pub(super) fn rearm(&self, span: u64, waker: &Waker) -> Option<(&Slot, Word)> {
        let row = self.rows[self.fill.top()].get()?;
        let slot = &row.slots[spread(mix(home(waker)), row.slots.len())];
        slot.rearm(span, waker).map(|word| (slot, word))
    }

    /// Takes the slot where this waker was last for another wait, if it is still there.
    #[inline]
    pub(super) fn renew(&self, wait: Wait, stamp: u64, waker: &Waker) -> Option<Taken<'_>> {
        let row = self.rows[self.fill.top()].get()?;
        row.renew(
            spread(mix(home(waker)), row.slots.len()),
            wait,
            stamp,
            waker,
        )
    }

    /// Takes a free slot, where this waker's last one is if it can be had, and begins to wait; `None`: there are no more.
    #[inline]
    pub(super) fn take(
        &self,
        wait: Wait,
        seed: usize,
        stamp: u64,
        waker: &Waker,
    ) -> Option<Taken<'_>> {
        let home = mix(home(waker));
        let row = self.rows[self.fill.top()].get()?;
        row.take(spread(home, row.slots.len()), wait, stamp, waker)
            .or_else(|| self.take_any(home, wait, seed, stamp, waker))
    }

    /// The same, where the nearest place is not free.
    #[inline(never)]
    fn take_any(
        &self,
        home: u64,
        wait: Wait,
        seed: usize,
        stamp: u64,
        waker: &Waker,
    ) -> Option<Taken<'_>> {
        loop {
            let top = self.fill.top();
            for (_, row) in self.made() {
                let slots = row.slots.len();
                // Home last: of the topmost row it was tried before.
                let mut places = tries(seed, slots).chain(core::iter::once(spread(home, slots)));
                let taken = places.find_map(|at| {
                    row.renew(at, wait, stamp, waker)
                        .or_else(|| row.take(at, wait, stamp, waker))
                });
                if taken.is_some() {
                    return taken;
                }
            }
            if top + 1 == ROWS {
                return None;
            }
            self.rows[top + 1].get_or_init(|| Box::new(Row::new(len(top + 1))));
            self.fill.raise(top + 1);
        }
    }

    /// Puts a slot on the keeper's list.
    pub(super) fn list(&self, number: u32) {
        let (row, index) = place(number);
        if let Some(row) = self.rows[row].get() {
            row.list.add(index);
        }
    }

    /// Takes every slot off the list.
    pub(super) fn drain(&self, mut each: impl FnMut(u32, &Slot)) {
        for (row, made) in self.made() {
            made.list
                .drain(|index| each(number(row, index), &made.slots[index]));
        }
    }

    /// Every slot, after the list was wiped.
    pub(super) fn wipe(&self, mut each: impl FnMut(u32, &Slot)) {
        for (row, made) in self.made() {
            made.list.wipe();
            for (index, slot) in made.slots.iter().enumerate() {
                each(number(row, index), slot);
            }
        }
    }

    /// Whether the keeper has nothing to look at; see [`List::is_clear`].
    pub(super) fn is_clear(&self) -> bool {
        self.fill.settle();
        self.made().all(|(_, row)| row.list.is_clear())
    }

    pub(super) fn slot(&self, number: u32) -> &Slot {
        let (row, index) = place(number);
        match self.rows[row].get() {
            Some(row) => &row.slots[index],
            None => unreachable!("the keeper knows only slots that were listed"),
        }
    }

    /// Every slot there is, as it looks now.
    pub(super) fn words(&self) -> impl Iterator<Item = Word> + '_ {
        self.made()
            .flat_map(|(_, row)| row.slots.iter().map(Slot::look))
    }

    /// The rows up to the topmost, from there down.
    fn made(&self) -> impl Iterator<Item = (usize, &Row)> {
        let top = self.fill.top();
        let upwards = self.rows.iter().take(top + 1).enumerate();
        upwards
            .rev()
            .filter_map(|(index, row)| Some((index, row.get()?)))
    }
}

#[cfg(test)]
mod tests;
