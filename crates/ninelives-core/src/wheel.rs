//! The deadline wheel: timers that are armed and cancelled for the price of two swaps, and a keeper that fires those that are due.
//!
//! # Shape
//! A wait has a slot: a word, a deadline or a duration (a span), and a waker. Slots are found by hashing the waker's address, so a task that
//! waits again finds its last slot, with its waker still in it. Armed slots are noted in a bitmap, the list. The keeper, a task of the caller's,
//! takes the list and sorts the deadlines in a heap of its own, so arming and cancelling sort nothing. A wait that is cancelled before the
//! keeper has looked never gets into that heap: its slot stays warm (free, but with its waker, and still on the list) until the keeper looks.
//!
//! A wait that is armed with a span gets its deadline when the keeper first sees it: the keeper reads the clock after it has taken the list. So
//! arming reads no clock, and nothing fires early, however late the keeper is. In exchange the wait starts when it is seen.
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
//! After each pass the keeper either naps (sleeps for a tick, whatever is armed) or [rests](Wheel::rest) (sleeps until the earliest deadline). A
//! wait with an earlier deadline wakes a keeper that rests, once. A keeper that naps is never woken, and [`pace`](Wheel::pace) then allows spans.
//! It should nap while many waits are armed.
//!
//! # Orderings
//! The word of a slot publishes its other fields, so its swaps are Release and Acquire. A thread that has claimed a slot has it to itself. The
//! keeper reads the deadline without owning the slot, and a swap from the word that it saw before tells whether what it read was valid.
//!
//! A keeper that goes to rest must miss no wait. Arming is "put the slot on the list, then read until when the keeper rests"; resting is "publish
//! until when, then read the list". Both use read-modify-writes of the list's word, so one of the two comes later in that word's order and sees
//! what the other one did before. Arming a warm slot again skips the list, because the slot is still on it: before the keeper can rest it takes
//! the slot off the list and sweeps it, and then it is not warm any more. A thread that renews a warm slot with another deadline has it to itself
//! for a moment and publishes it by a swap, which fails if the keeper took the slot off the list meanwhile; then it is listed again. That the
//! thread sees until when the keeper rests follows from the slot's earlier owners: the first of them put it on the list.
//!
//! # Progress
//! Arm, poll and leave are lock-free: they never wait for the keeper, nor the keeper for them. While the keeper does not run, nothing fires.
//! When more slots are needed each thread that needs them allocates a row; one of these rows is kept, the others are freed.
//!
//! # Models
//! `loom-tests/tests/loom_wheel.rs`.
//!
//! # Not promised
//! Fairness among waits that look for a slot. The absence of spurious wake-ups. That memory is freed: there are about twice as many slots as
//! there ever were waits at the same time.

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
