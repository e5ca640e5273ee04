//! Semaphore: an exact limit in one word, and a first-come line for those that wait.
//!
//! A permit is a count, not an object: who was admitted calls [`release`](Semaphore::release) once. A place in the line is a value
//! that is consumed once. Nothing is allocated after construction.
//!
//! ```
//! use core::task::{Poll, Waker};
//! use ninelives_core::semaphore::{Entry, Semaphore, Turn};
//!
//! let semaphore = Semaphore::with_line(1, 8)?;
//! assert_eq!(semaphore.enter(), Entry::Acquired { in_flight: 1 });
//! let Entry::Waiting(place) = semaphore.enter() else { panic!("full") };
//! assert_eq!(semaphore.poll_place(&place, Waker::noop()), Poll::Pending);
//! semaphore.release();
//! assert_eq!(semaphore.poll_place(&place, Waker::noop()), Poll::Ready(Turn::Granted { in_flight: 1 }));
//! semaphore.take(place);
//! semaphore.release();
//! assert_eq!(semaphore.snapshot().in_flight, 0);
//! # Ok::<(), ninelives_core::limit::OutOfRange>(())
//! ```
//!
//! # Word
//! | bits   | field   | meaning                                             | when it overflows                        |
//! |--------|---------|-----------------------------------------------------|------------------------------------------|
//! | 0..20  | used    | permits out: held, granted, or set aside for a waiter | cannot: counts up below the limit alone |
//! | 20..40 | limit   | permits there are; 0 is a pause                     | `new`, `with_line`, `resize` refuse      |
//! | 40..42 | surplus | releases without a permit out                       | stays at 3                               |
//! | 42     | closed  | it is over                                          | cannot                                   |
//! | 43..63 | places  | places taken: waiting, or verdict not picked up     | `with_line` refuses; then the line is full |
//! | 63     | watched | somebody waits until no permit is out               | cannot                                   |
//!
//! # Transitions
//! | from              | input   | guard                 | to               | verdict  | test                                                        |
//! |-------------------|---------|-----------------------|------------------|----------|-------------------------------------------------------------|
//! | closed            | enter   |                       | same word        | closed   | closed_admits_nobody_and_writes_nothing                     |
//! | used < limit      | enter   | no places taken       | used + 1         | acquired | room_and_nobody_waiting_admits_without_asking_the_line      |
//! | used < limit      | enter   | taken, nobody waits   | used + 1         | acquired | room_and_only_settled_places_admits                         |
//! | used < limit      | enter   | somebody waits        | places + 1       | queued   | room_is_not_for_those_who_come_after_a_waiter               |
//! | used >= limit     | enter   | places < capacity     | places + 1       | queued   | full_takes_a_place                                          |
//! | used >= limit     | enter   | places >= capacity    | same word        | full     | full_line_rejects_and_writes_nothing, a_line_over_its_bound_takes_nobody |
//! | any               | try     | as enter, capacity 0  |                  |          | trying_never_queues                                         |
//! | open, used < limit | reserve |                      | used + 1         | yes      | reserve_needs_room                                          |
//! | closed            | reserve |                       | same word        | no       | reserve_needs_an_open_gate                                  |
//! | used > 0          | release |                       | used - 1         | free     | release_gives_one_back, release_after_close_does_not_reopen |
//! | used = 0          | release |                       | surplus + 1      | surplus  | surplus_release_is_counted_and_never_wraps                  |
//! | places > 0        | vacate  |                       | places - 1       |          | vacate_frees_a_place_and_no_permit                          |
//! | places > 0        | forgo   |                       | places, used - 1 | free     | forgo_gives_place_and_permit_back_at_once                   |
//! | any               | resize  |                       | limit            | old one  | resize_touches_the_limit_alone                              |
//! | any               | close   |                       | closed           |          | close_keeps_the_counts_and_writes_once                      |
//! | used = 0          | watch   |                       | same word        | idle     | watching_an_idle_gate_writes_nothing                        |
//! | used > 0          | watch   |                       | watched          | not yet  | watching_is_remembered_once                                 |
//! | used = 0, watched | rest    |                       | not watched      | tell     | rest_tells_once_and_only_when_idle                          |
//! | otherwise         | rest    |                       | same word        | nothing  | rest_tells_once_and_only_when_idle                          |
//!
//! The whole of it, refusals included, is in `semaphore/table.txt`. The capacity is the number of places there are, or the smaller
//! bound that the caller names, which may be another one each time.
//!
//! # Orderings
//! The word and the line are two things, tied twice. (1) A place is pushed to the free list before the word counts it out, and
//! popped after the word counted it in; the swaps of the word are `AcqRel`, so the pop finds it. (2) Who changes the word looks at
//! the line's root afterwards, and who changes the root looks at the word, each behind a `SeqCst` fence: of a release and a new
//! waiter at least one sees the other, so no permit is free while somebody sleeps. The permit is set aside in the word first and
//! marked in the leaf before the wake; if nobody waits any more it goes back, and the line is looked at again.
//! What a caller did before its `release` is seen by whoever gets the permit.
//! Watching needs no fence: it and the releases are swaps of one word, so either the watch finds nothing out, or the release finds
//! the watch.
//!
//! # Progress
//! Lock-free, every operation: a retry means that another one succeeded. Room and nobody in the line: one load and one swap, in
//! and out. In line: O(log places). A thread that is stopped in the middle of handing over keeps the one permit it has set
//! aside; everybody else goes on with the rest.
//!
//! # Models
//! `loom-tests/tests/loom_semaphore.rs`: L09 to L16, and the order of the line under cancellation and reuse of places.
//!
//! # Not promised
//! That a call which began before a waiter had joined stays behind it: order is promised between waiters, and towards calls that
//! begin later. That nothing is woken in vain: a late wake may reach the next owner of a place. What becomes of a place after its
//! waker panicked while it was cloned or dropped *inside* [`poll_place`](Semaphore::poll_place): it may not be woken any more. Two
//! wakers that panic in one hand-over abort, as any panic during a panic does. A place that is forgotten is lost for good, and a
//! permit too.

mod cell;
mod hand_over;
mod line;
mod step;
mod verdict;
mod wait;
mod word;

pub use self::verdict::{Entry, Left, Place, Snapshot, Turn};
pub use self::word::{MAX_PERMITS, MAX_PLACES};

use alloc::boxed::Box;
use core::fmt;

use self::cell::Gate;
use self::line::Line;
use self::step::{Admit, Returned};
use crate::limit::OutOfRange;

/// An exact limit on calls in flight, and a first-come line of those that wait for it.
pub struct Semaphore {
    gate: Gate,
    line: Option<Line>,
    idle: Option<Box<Idle>>,
}

/// Told that no permit is out.
type Idle = dyn Fn() + Send + Sync;

// === impl Semaphore ===

impl Semaphore {
    /// A semaphore without a line: who finds it full is turned away.
    ///
    /// # Errors
    /// `limit` outside `1..=MAX_PERMITS`.
    pub fn new(limit: u32) -> Result<Self, OutOfRange> {
        Ok(Self {
            gate: Gate::new(checked("limit", limit, 1, MAX_PERMITS)?),
            line: None,
            idle: None,
        })
    }

    /// A semaphore with `places` places to wait in. Their memory, about 40 bytes each, is allocated here and never again.
    ///
    /// # Errors
    /// `limit` outside `1..=MAX_PERMITS`; `max_waiting`, which is `places`, outside `1..=MAX_PLACES`.
    pub fn with_line(limit: u32, places: u32) -> Result<Self, OutOfRange> {
        let limit = checked("limit", limit, 1, MAX_PERMITS)?;
        let places = checked("max_waiting", places, 1, MAX_PLACES)?;
        Ok(Self {
            gate: Gate::new(limit),
            line: Some(Line::new(places)),
            idle: None,
        })
    }

    /// A permit at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// Lock-free; without a line, or with nobody in it, one load and one swap.
    #[inline]
    pub fn try_acquire(&self) -> Entry {
        self.admit(|| 0)
    }

    /// A permit at once, or a place in the line, if there is one free.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter(&self) -> Entry {
        self.admit(|| MAX_PLACES)
    }

    /// As [`enter`](Self::enter), but a place is given only while fewer than `max_waiting` are taken. Each caller may name another
    /// bound: those that have a place keep it. More than there are places is as many as there are. It is asked only when the
    /// shortest way in is not open.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter_within(&self, max_waiting: impl FnOnce() -> u32) -> Entry {
        self.admit(max_waiting)
    }

    /// Gives one permit back. The first in the line gets it before it is woken.
    ///
    /// # Panics
    /// In debug builds when no permit is out. In release builds that changes nothing but [`Snapshot::surplus`]. A permit
    /// released twice while others are out cannot be told from theirs.
    ///
    /// # Progress
    /// Lock-free; with nobody in the line, one load and one swap.
    #[inline]
    pub fn release(&self) {
        let (word, returned) = self.gate.release();
        debug_assert!(returned == Returned::Free, "a permit was released twice");
        self.settle(word);
    }

    /// Changes the limit and says what it was. 0 is a pause: nobody gets in, and those that wait go on waiting.
    ///
    /// Growing admits exactly the waiters that fit, in order, before it returns. Shrinking takes no permit back: until enough
    /// come back, nobody gets in.
    ///
    /// # Errors
    /// `limit` above [`MAX_PERMITS`]; nothing changed.
    ///
    /// # Progress
    /// Lock-free.
    pub fn resize(&self, limit: u32) -> Result<u32, OutOfRange> {
        let limit = checked("limit", limit, 0, MAX_PERMITS)?;
        let (word, old) = self.gate.resize(limit);
        self.settle(word);
        Ok(old)
    }

    /// Ends it: nobody gets in any more, and everybody who waits is woken and told so. Permits that are out stay valid, and
    /// releasing them does not reopen anything.
    ///
    /// # Progress
    /// Lock-free.
    pub fn close(&self) {
        let word = self.gate.close();
        self.settle(word);
    }

    /// Everything at one point in time.
    ///
    /// # Progress
    /// Wait-free, one load.
    #[inline]
    pub fn snapshot(&self) -> Snapshot {
        let word = self.gate.load();
        Snapshot {
            in_flight: word.used(),
            limit: word.limit(),
            waiting: word.places(),
            closed: word.is_closed(),
            surplus: word.surplus(),
        }
    }

    /// The number of places in the line; 0 without one.
    #[inline]
    pub fn places(&self) -> u32 {
        self.line.as_ref().map_or(0, Line::places)
    }

    #[inline]
    fn admit(&self, max_waiting: impl FnOnce() -> u32) -> Entry {
        match self.gate.walk_in() {
            Some(word) => Entry::Acquired {
                in_flight: word.used(),
            },
            None => self.admit_or_queue(max_waiting()),
        }
    }

    #[cold]
    #[inline(never)]
    fn admit_or_queue(&self, max_waiting: u32) -> Entry {
        let capacity = max_waiting.min(self.places());
        let clear = || self.line.as_ref().is_none_or(Line::is_clear);
        let (word, admit) = self.gate.enter(capacity, clear);
        match admit {
            Admit::Acquired => Entry::Acquired {
                in_flight: word.used(),
            },
            Admit::Queued => self.join(),
            Admit::Full => Entry::Full {
                in_flight: word.used(),
                limit: word.limit(),
            },
            Admit::Closed => Entry::Closed,
        }
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.gate.load();
        f.debug_struct("Semaphore")
            .field("gate", &word)
            .field("places", &self.places())
            .finish()
    }
}

fn checked(field: &'static str, value: u32, min: u32, max: u32) -> Result<u32, OutOfRange> {
    if value < min || value > max {
        return Err(OutOfRange::count(
            field,
            u64::from(value),
            u64::from(min)..=u64::from(max),
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
