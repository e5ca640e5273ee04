//! The deadline wheel: waits that are armed and left again for the price of two swaps, and a keeper that ends those that are due.
//!
//! # Shape
//! A wait sits in a slot: a word, what is waited for, and a waker. Slots are found by the waker's address, so that a task that waits
//! again finds its own, with its waker still in it. What was armed is noted in a list of bits. The keeper takes the list, and keeps the order
//! of the deadlines for itself: nobody else pays for it. A wait that is left before the keeper comes by was never in that order: its slot
//! stays warm, with the waker and on the list, until the keeper does.
//!
//! A wait that is told as a span has no deadline until the keeper sees it; the keeper reads the clock after that. So arming reads no
//! clock, and nothing fires early, however late the keeper is: what the wait loses is the time until it was seen.
//!
//! # Word
//! | bits  | field | meaning                                             | when it overflows |
//! |-------|-------|-----------------------------------------------------|-------------------|
//! | 0..4  | phase | see [`Phase`]                                       | cannot            |
//! | 4     | held  | the keeper has its hand on the waker                | cannot            |
//! | 5..64 | turn  | how often the slot was taken                        | harmless, unless the keeper sleeps through exactly 2^59 armings |
//!
//! # Transitions
//! | from                 | by     | call    | to                    | verdict    | test                                  |
//! |----------------------|--------|---------|-----------------------|------------|---------------------------------------|
//! | idle, warm; not held | anyone | claim   | claimed, next turn    | its own    | `a_free_slot_is_claimed`              |
//! | warm                 | anyone | rearm   | span, next turn       | its own    | `a_warm_slot_is_armed_again`          |
//! | warm                 | anyone | renew   | renewed, next turn    | its own    | `a_warm_slot_is_renewed`              |
//! | claimed, renewed     | owner  | publish | span or until         |            | `what_is_published_waits`             |
//! | span, until          | owner  | leave   | warm                  | disarmed   | `who_leaves_before_the_keeper_leaves_a_warm_slot` |
//! | booked               | owner  | leave   | claimed, then idle    | disarmed   | `who_leaves_after_the_keeper_clears_the_slot` |
//! | span, until          | owner  | withdraw | claimed, then idle   | disarmed   | `who_was_refused_clears_the_slot`     |
//! | fired                | owner  | leave   | idle                  | fired      | `who_was_fired_leaves`                |
//! | evicted              | owner  | leave   | idle                  | evicted    | `who_was_evicted_leaves`              |
//! | span, until          | keeper | book    | booked                |            | `a_wait_is_booked_once`               |
//! | renewed              | keeper | unlist  | claimed               |            | `a_slot_that_is_renewed_is_taken_off_the_list` |
//! | booked               | keeper | fire    | fired, held           | wake it    | `only_what_is_booked_is_fired`        |
//! | span, until, booked  | keeper | evict   | evicted, held         | wake it    | `whoever_waits_is_evicted`            |
//! | warm                 | keeper | sweep   | idle, held            |            | `only_a_warm_slot_is_swept`           |
//! | held                 | keeper | release | not held              |            | `a_held_slot_is_not_claimed`          |
//!
//! All else is refused: `whatever_else_is_refused`.
//!
//! # The keeper
//! After a look it either naps, a tick, or [rests](Wheel::rest) until the next deadline. Who arms for an earlier one rouses it, once. While it
//! naps nobody does, and [`pace`](Wheel::pace) says that spans will do; a keeper should nap while much is armed and the time runs.
//!
//! # Orderings
//! The word of a slot publishes the rest of it, so its swaps are Release and Acquire. Who has claimed a slot is alone with it; the keeper reads what
//! is waited for without owning the slot, and a swap from the word that it saw tells whether that was true.
//!
//! Nobody may be overlooked by a keeper that goes to rest. Arming is "list, then look until when the keeper rests"; resting is "say until when,
//! then look at the list". Both touch the list by read-modify-writes of one word, so one of the two comes later in that word's order, and sees what
//! the other one did before. A warm slot is armed again without the list, because it is still on it: the keeper takes a slot off the list and sweeps it
//! before it can rest, and then it is warm no more. Who renews one is alone with it for a moment, and publishes by a swap: a keeper that
//! took it off the list in that moment has said so in the word. Who takes a warm slot sees since when the keeper rests, through those who had it
//! before: the first of them listed it.
//!
//! # Progress
//! Arm, poll and leave: lock-free; nobody waits for the keeper, nor the keeper for anybody. A keeper that stands still fires nothing.
//! A row of slots that is added is allocated, by everybody who needs it at that moment; one allocation stays.
//!
//! # Models
//! `loom-tests/tests/loom_wheel.rs`.
//!
//! # Not promised
//! Fairness of slots. That nobody is woken in vain. That slots are given back: there are as many as there once were waits at the same time,
//! about twice over.

mod cell;
mod entry;
mod keeper;
mod row;
mod slot;
mod step;
mod tend;
mod word;

use alloc::boxed::Box;
use core::task::Waker;

pub use entry::Entry;
pub use keeper::{Keeper, Pass};
pub use word::{Phase, Word};

use crate::time::Tick;

type Boxed<T> = Box<[T]>;

/// Slots for waits, and what their keeper needs to rest.
pub struct Wheel {
    rows: row::Rows,
    rest: cell::Rest,
    let_go: fn(Waker),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// So many nanoseconds, from the keeper's next look.
    Span(u64),
    /// Until this tick.
    Until(Tick),
}

/// How a wait is to be armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As a [`Wait::Span`]: the keeper will see it in a tick.
    Coarse {
        /// A tick that has passed: the keeper's last reading of the clock.
        recent: Tick,
    },
    /// As a [`Wait::Until`]: the keeper rests.
    Precise,
    /// Elsewhere: there is no keeper.
    Closed,
}

/// Where a wait stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It goes on.
    Waiting,
    /// It is over.
    Fired,
    /// It must go on elsewhere, until this tick.
    Evicted(Tick),
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Its owner left before it was over.
    Disarmed,
    /// It was over, whether or not its owner knew.
    Fired,
    /// The keeper left before it was over.
    Evicted,
}

/// Why nothing was armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no keeper.
    Closed,
    /// Every slot is taken, and there may be no more.
    Full,
}

// === impl Wait ===

impl Wait {
    const fn nanos(self) -> u64 {
        match self {
            Self::Span(nanos) => nanos,
            Self::Until(deadline) => deadline.as_nanos(),
        }
    }
}

#[cfg(test)]
mod tests;
