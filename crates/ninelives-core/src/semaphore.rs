//! Semaphore: an exact limit in one word, and a line for the callers that wait.
//!
//! Permits are a count, not objects: a caller admitted with `n` permits calls [`release_many`](Semaphore::release_many) with `n`, once. A
//! place in the line is a value that is consumed once. Nothing is allocated after construction.
//!
//! A request for several permits gets all of them in one step, or none. The waiter at the head of the line keeps its turn until it is served or
//! leaves: free permits are kept for it, and no other request passes it, however small. Within a class the order is first come, first
//! served. [Classes](Semaphore::with_classes) take turns: normally the highest class that has a waiter is served, and every eighth turn goes to the
//! waiter that has waited longest, of any class. So a waiter with `n` older waiters before it sees at most `8 n + 7` turns of others; if several
//! threads grant at the same moment, each thread may add one.
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
//! One word is written by every caller that comes or goes. Two cores that do nothing else wait for that cache line for four times as long as
//! the call takes alone. So a semaphore that is [`striped`](Semaphore::striped) distributes its free permits over stripes as soon as threads contend,
//! provided that at least half of the permits are free. From then on a thread returns its permit to its own stripe and takes it from there the
//! next time, and no two threads write the same word. The word of the gate (the central count) counts permits in stripes as used, so the limit cannot
//! be exceeded. A caller that finds the gate full shuts the stripes and searches all of them, and is rejected only if they are shut and empty. A
//! caller that waits in line or for the last permit, closes, or changes the limit has all of them carried back to the gate. While the gate is closed, or has
//! more permits out than its limit, stripes give out nothing. When half of the permits are free again, they are distributed again.
//!
//! A thread that has a stripe to itself can [keep](Semaphore::kept_by_threads) the permits in it, and then enters and leaves without a locked
//! instruction: see `semaphore/stripes/purse.rs`.
//!
//! # Word
//! | bits   | field   | meaning                                             | when it overflows                        |
//! |--------|---------|-----------------------------------------------------|------------------------------------------|
//! | 0..20  | used    | permits out: held, granted, reserved for a waiter, or in a stripe | cannot: counts up to the limit only |
//! | 20     | striped | permits may be in stripes, or have been             | cannot: stays                            |
//! | 21     | closed  | admits nothing any more                             | cannot                                   |
//! | 22..42 | limit   | total permits; 0 is a pause                         | `new`, `with_line`, `resize` refuse      |
//! | 42     | surplus | a release without a permit out has happened         | stays                                    |
//! | 43..63 | places  | places taken: waiting, or verdict not collected     | `with_line` refuses; then the line is full |
//! | 63     | watched | a caller waits until no permit is out               | cannot                                   |
//!
//! # Transitions
//! | from              | input   | guard                 | to               | verdict  | test                                                        |
//! |-------------------|---------|-----------------------|------------------|----------|-------------------------------------------------------------|
//! | closed            | enter   |                       | same word        | closed   | closed_admits_nobody_and_writes_nothing                     |
//! | 0 < limit < weight | enter  |                       | same word        | overweight | what_weighs_more_than_the_limit_is_told_so                |
//! | weight fits       | enter   | no place taken        | used + weight    | acquired | room_and_nobody_waiting_admits_without_asking_the_line      |
//! | weight fits       | enter   | taken, none waits     | used + weight    | acquired | room_and_only_settled_places_admits                         |
//! | weight fits       | enter   | a caller waits        | places + 1       | queued   | room_is_not_for_those_who_come_after_a_waiter               |
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
//! | half is free, none waits | stripe  |                 | striped          | striped  | room_for_it_lets_permits_lie_in_stripes                     |
//! | otherwise         | stripe  |                       | same word        | not now  | without_room_for_it_striping_writes_nothing                 |
//!
//! `semaphore/table.txt` lists all of them, refusals included. The capacity is the number of places, or the smaller bound that the
//! caller passes, which may differ with each call.
//!
//! # Orderings
//! The word and the line are separate memory, with two dependencies between them.
//!
//! 1. A place is pushed to the free list before the word counts it as free, and popped after the word counts it as taken. The swaps of the
//!    word are `AcqRel`, so the pop finds the place.
//! 2. A thread that changes the word reads the line afterwards, and a thread that changes the line (joins, leaves, ends a turn) reads the word
//!    afterwards, each behind a `SeqCst` fence. So of a release and a new waiter at least one sees the other, and no waiter sleeps while it is its turn and
//!    its request fits.
//!
//! Permits are first reserved in the word, then marked in the waiter's leaf, and then the waiter is woken. If it has left, they go back, and the line is read
//! again. A weight is read after its leaf; if it belongs to a later owner, the leaf has changed, and the swap that would settle it fails.
//! Everything that a caller did before its `release` happens before the next acquisition of that permit. `semaphore/stripes.rs` has the orderings between
//! gate and stripes. Watching needs no fence: watch and releases swap the same word, so either the watch finds no permit out, or the
//! release finds the watch.
//!
//! # Progress
//! Every operation is lock-free: a retry means that another operation succeeded. With room and an empty line: one load and one swap, in
//! and out; through a stripe two loads and one swap; through permits kept by a thread loads and one store. In line: O(log places). A thread that
//! is descheduled during a hand-over holds the permits it has reserved, and all others go on with the rest.
//!
//! # Models
//! `loom-tests/tests/loom_semaphore.rs`: L09 to L16; the order of the line under cancellation and reuse of places, with weights, and with
//! classes. `loom_stripes.rs`: no caller is rejected, left asleep or told too late because of permits in a stripe;
//! `loom_purse.rs`: nor because of permits that a thread keeps.
//!
//! # Not promised
//! - That a call which began before a waiter joined stays behind it: order holds between waiters, and towards calls that begin later.
//! - The absence of spurious wake-ups: a late wake may reach the next owner of a place.
//! - That a place, or its next owner, is woken after its waker panicked while it was cloned or dropped *inside* [`poll_place`](Semaphore::poll_place).
//! - That two wakers that panic in one hand-over can be caught: they abort, as any panic during a panic does.
//! - That a permit released twice is detected while permits are in stripes: there is one more from then on.
//! - That a place which is forgotten (`mem::forget`) is recovered: it is lost for good, and a permit too.

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

/// An exact limit on calls in flight, and a first-come, first-served line of callers that wait.
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
    /// A semaphore without a line: a caller that finds it full is rejected.
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

    /// A semaphore with `places` places to wait in, first come, first served. Their memory, about 40 bytes each, is allocated here, and
    /// nothing later.
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

    /// Changes the limit, and returns the old one. 0 is a pause: no caller is admitted, and waiters go on waiting.
    ///
    /// Raising it admits exactly the waiters that fit, in order, before it returns. Lowering it revokes no permit: no caller is admitted until
    /// enough permits have been released.
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

    /// Closes it for good: no caller is admitted any more, and all waiters are woken with [`Turn::Closed`]. Permits that are out stay
    /// valid; releasing them does not reopen it.
    ///
    /// # Progress
    /// Lock-free.
    pub fn close(&self) {
        let word = self.gate.close();
        self.end_spread();
        self.settle(word);
    }

    /// The counts at one moment; with permits in stripes, one stripe is read after the other.
    ///
    /// # Progress
    /// Wait-free: one load, and one for each stripe while permits are in stripes.
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
