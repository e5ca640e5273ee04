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
//! # Stripes
//! An exact limit is one word, which everybody who comes and everybody who goes writes: two cores that do nothing else wait for each other four
//! times as long as the call takes alone. So a semaphore that is [`striped`](Semaphore::striped) spreads its free permits while threads meet
//! there and at least half of them is free. Then a permit goes back into the stripe of the thread that brings it, and out of it when that
//! thread comes again, and no two threads write one word. To the gate's word, what lies in a stripe is out, so the limit holds by itself.
//! Who finds the gate full shuts the stripes, looks into all of them, and is turned away only when they are shut and empty; who waits, in line
//! or for the last permit, closes, or changes the limit, has everything carried back to the gate. At a gate that is closed, or that has more out than its limit, nobody gets
//! anything out of a stripe. When half is free again, it is spread again.
//!
//! A thread that has a stripe to itself can [keep](Semaphore::kept_by_threads) what lies there, and then comes and goes without a locked
//! instruction: `semaphore/stripes/purse.rs`.
//!
//! # Word
//! | bits   | field   | meaning                                             | when it overflows                        |
//! |--------|---------|-----------------------------------------------------|------------------------------------------|
//! | 0..20  | used    | permits out: held, granted, set aside for a waiter, or in a stripe | cannot: counts up to the limit alone |
//! | 20     | striped | permits may lie in stripes, or might once           | cannot: stays                            |
//! | 21     | closed  | it is over                                          | cannot                                   |
//! | 22..42 | limit   | permits there are; 0 is a pause                     | `new`, `with_line`, `resize` refuse      |
//! | 42     | surplus | something was released without a permit out         | stays                                    |
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
//! | used < weight     | release |                       | surplus          | surplus  | surplus_release_is_remembered_and_never_wraps               |
//! | places > 0        | vacate  |                       | places - 1       |          | vacate_frees_a_place_and_no_permit                          |
//! | places > 0        | forgo   |                       | places - 1, used - weight | free | forgo_gives_place_and_permit_back_at_once                   |
//! | any               | resize  |                       | limit            | old one  | resize_touches_the_limit_alone                              |
//! | any               | close   |                       | closed           |          | close_keeps_the_counts_and_writes_once                      |
//! | used = 0          | watch   |                       | same word        | idle     | watching_an_idle_gate_writes_nothing                        |
//! | used > 0          | watch   |                       | watched          | not yet  | watching_is_remembered_once                                 |
//! | used = 0, watched | rest    |                       | not watched      | tell     | rest_tells_once_and_only_when_idle                          |
//! | otherwise         | rest    |                       | same word        | nothing  | rest_tells_once_and_only_when_idle                          |
//!
//! | half is free, nobody waits | stripe |               | striped          | striped  | room_for_it_lets_permits_lie_in_stripes                     |
//! | otherwise         | stripe  |                       | same word        | not now  | without_room_for_it_striping_writes_nothing                 |
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
//! What is said between gate and stripes is on the page of `semaphore/stripes.rs`.
//! Watching needs no fence: it and the releases are swaps of one word, so either the watch finds nothing out, or the release finds
//! the watch.
//!
//! # Progress
//! Lock-free, every operation: a retry means that another one succeeded. Room and nobody in the line: one load and one swap, in
//! and out; by a stripe two loads and one swap, and by what a thread keeps there loads and one store. In line: O(log places). A thread that is stopped in the middle of handing over keeps the permits it has set
//! aside; everybody else goes on with the rest.
//!
//! # Models
//! `loom-tests/tests/loom_semaphore.rs`: L09 to L16, the order of the line under cancellation and reuse of places, weights, and
//! classes. `loom-tests/tests/loom_stripes.rs`: nobody is turned away, sleeps or is told too late because of what lies in a stripe;
//! `loom_purse.rs`: nor because of what a thread keeps.
//!
//! # Not promised
//! That a call which began before a waiter had joined stays behind it: order is promised between waiters, and towards calls that
//! begin later. That nothing is woken in vain: a late wake may reach the next owner of a place. What becomes of a place after its
//! waker panicked while it was cloned or dropped *inside* [`poll_place`](Semaphore::poll_place): it may not be woken any more, nor who has that place later. Two
//! wakers that panic in one hand-over abort, as any panic during a panic does. That a permit which is released twice is noticed while permits
//! lie in stripes: there is one more from then on. A place that is forgotten is lost for good, and a
//! permit too.

mod cell;
mod enter;
mod exit;
mod hand_over;
mod line;
mod spread;
mod step;
mod stripes;
mod verdict;
mod wait;
mod word;

pub use self::verdict::{Ask, Entry, Left, Place, Priority, Snapshot, Spot, Turn};
pub use self::word::{MAX_PERMITS, MAX_PLACES};

use alloc::boxed::Box;
use core::fmt;

use self::cell::Gate;
use self::line::Line;
use self::stripes::Stripes;
use self::word::Word;
use crate::limit::OutOfRange;

/// An exact limit on calls in flight, and a first-come line of those that wait for it.
pub struct Semaphore {
    gate: Gate,
    line: Option<Line>,
    stripes: Option<Stripes>,
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
            stripes: None,
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
            stripes: None,
            idle: None,
        })
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
        self.end_spread();
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
        self.end_spread();
        self.settle(word);
    }

    /// Everything at one point in time.
    ///
    /// # Progress
    /// Wait-free, one load, and one for each stripe where permits lie in some.
    #[inline]
    pub fn snapshot(&self) -> Snapshot {
        let word = self.gate.load();
        Snapshot {
            in_flight: word.used().saturating_sub(self.laid_aside(word)),
            limit: word.limit(),
            waiting: word.places(),
            closed: word.is_closed(),
            surplus: word.surplus(),
        }
    }

    #[inline]
    fn laid_aside(&self, word: Word) -> u32 {
        match &self.stripes {
            Some(stripes) if word.is_striped() => stripes.permits(),
            _ => 0,
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
            .field("stripes", &self.stripes)
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
