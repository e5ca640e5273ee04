//! Semaphore: an exact limit in one word, and a line for those that wait.
//!
//! Permits are a count, not objects: who was admitted for `n` of them calls [`release_many`](Semaphore::release_many) with `n`, once. A
//! place in the line is a value that is consumed once. Nothing is allocated after construction.
//!
//! Who asks for several permits gets all of them in one step or none. Whoever is next in the line stays next until they are served or
//! leave: what is free is kept for them, and nobody passes, however little they ask for. Within a class that is first come first
//! served; [classes](Semaphore::with_classes) take turns: the highest that waits is served, and in every eighth turn whoever has
//! waited longest, of whatever class. So with `n` who came before them and wait, nobody sees more than `8 n + 7` turns of others; of
//! grants made by several threads in the same moment, a turn may have one for each thread.
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
//! | 0..20  | used    | permits out: held, granted, or set aside for a waiter | cannot: counts up to the limit alone   |
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
//! | 0 < limit < weight | enter  |                       | same word        | overweight | what_weighs_more_than_the_limit_is_told_so                |
//! | weight fits       | enter   | no places taken       | used + weight    | acquired | room_and_nobody_waiting_admits_without_asking_the_line      |
//! | weight fits       | enter   | taken, nobody waits   | used + weight    | acquired | room_and_only_settled_places_admits                         |
//! | weight fits       | enter   | somebody waits        | places + 1       | queued   | room_is_not_for_those_who_come_after_a_waiter               |
//! | it does not       | enter   | places < capacity     | places + 1       | queued   | full_takes_a_place, too_little_room_takes_a_place           |
//! | it does not       | enter   | places >= capacity    | same word        | full     | full_line_rejects_and_writes_nothing, a_line_over_its_bound_takes_nobody |
//! | any               | try     | as enter, capacity 0  |                  |          | trying_never_queues                                         |
//! | closed            | serve   |                       | same word        | closed   | serve_needs_an_open_gate                                    |
//! | 0 < limit < weight | serve  |                       | same word        | overweight | a_turn_that_can_never_be_served_ends                      |
//! | weight fits       | serve   |                       | used + weight    | reserved | serve_needs_room_for_all                                    |
//! | it does not       | serve   |                       | same word        | not yet  | serve_needs_room_for_all                                    |
//! | used >= weight    | release |                       | used - weight    | free     | release_gives_back_what_it_says, release_after_close_does_not_reopen |
//! | used < weight     | release |                       | surplus + 1      | surplus  | surplus_release_is_counted_and_never_wraps                  |
//! | places > 0        | vacate  |                       | places - 1       |          | vacate_frees_a_place_and_no_permit                          |
//! | places > 0        | forgo   |                       | places - 1, used - weight | free | forgo_gives_place_and_permit_back_at_once                   |
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
//! the line afterwards, and who changes the line (joins, leaves, ends a turn) looks at the word, each behind a `SeqCst` fence: of a
//! release and a new waiter at least one sees the other, so nobody sleeps whose turn it is and who fits. The permits are set aside in
//! the word first and marked in the leaf before the wake; if that one waits no longer they go back, and the line is looked at again.
//! A weight is read after its leaf; if it is a later owner's, the leaf has changed, and so nothing is settled by it.
//! What a caller did before its `release` is seen by whoever gets the permit.
//! Watching needs no fence: it and the releases are swaps of one word, so either the watch finds nothing out, or the release finds
//! the watch.
//!
//! # Progress
//! Lock-free, every operation: a retry means that another one succeeded. Room and nobody in the line: one load and one swap, in
//! and out. In line: O(log places). A thread that is stopped in the middle of handing over keeps the permits it has set
//! aside; everybody else goes on with the rest.
//!
//! # Models
//! `loom-tests/tests/loom_semaphore.rs`: L09 to L16, the order of the line under cancellation and reuse of places, weights, and
//! classes.
//!
//! # Not promised
//! That a call which began before a waiter had joined stays behind it: order is promised between waiters, and towards calls that
//! begin later. That nothing is woken in vain: a late wake may reach the next owner of a place. What becomes of a place after its
//! waker panicked while it was cloned or dropped *inside* [`poll_place`](Semaphore::poll_place): it may not be woken any more. Two
//! wakers that panic in one hand-over abort, as any panic during a panic does. A place that is forgotten is lost for good, and a
//! permit too.

mod cell;
mod enter;
mod hand_over;
mod line;
mod step;
mod verdict;
mod wait;
mod word;

pub use self::verdict::{Ask, Entry, Left, Place, Priority, Snapshot, Turn};
pub use self::word::{MAX_PERMITS, MAX_PLACES};

use alloc::boxed::Box;
use core::fmt;

use self::cell::Gate;
use self::line::Line;
use self::step::Returned;
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

    /// A semaphore with `places` places to wait in, first come first served. Their memory, about 40 bytes each, is allocated here and
    /// never again.
    ///
    /// # Errors
    /// `limit` outside `1..=MAX_PERMITS`; `max_waiting`, which is `places`, outside `1..=MAX_PLACES`.
    pub fn with_line(limit: u32, places: u32) -> Result<Self, OutOfRange> {
        Self::lined(limit, places, Line::new)
    }

    /// The same with the classes of [`Priority`], which share the places. About 45 bytes for each place.
    ///
    /// # Errors
    /// As [`with_line`](Self::with_line).
    pub fn with_classes(limit: u32, places: u32) -> Result<Self, OutOfRange> {
        Self::lined(limit, places, Line::with_classes)
    }

    fn lined(limit: u32, places: u32, line: fn(u32) -> Line) -> Result<Self, OutOfRange> {
        let limit = checked("limit", limit, 1, MAX_PERMITS)?;
        let places = checked("max_waiting", places, 1, MAX_PLACES)?;
        Ok(Self {
            gate: Gate::new(limit),
            line: Some(line(places)),
            idle: None,
        })
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
        self.release_many(1);
    }

    /// Gives `weight` permits back. Exactly those in the line who fit then get theirs, in order, before they are woken.
    ///
    /// # Panics
    /// In debug builds when fewer are out; in release builds nothing but [`Snapshot::surplus`] changes then.
    ///
    /// # Progress
    /// As [`release`](Self::release).
    #[inline]
    pub fn release_many(&self, weight: u32) {
        if self.gate.walk_out(weight).is_none() {
            self.release_and_settle(weight);
        }
    }

    #[cold]
    #[inline(never)] // apart, so that the way out of a bulkhead without a line is short
    fn release_and_settle(&self, weight: u32) {
        let (word, returned) = self.gate.release(weight);
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
