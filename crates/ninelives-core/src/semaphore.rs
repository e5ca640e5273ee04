//! Semaphore: used, limit, places and closed in one word.

mod cell;
mod line;
mod step;
mod word;

pub use self::word::{MAX_PERMITS, MAX_PLACES};

use core::fmt;
use core::mem;
use core::task::{Poll, Waker};

use self::cell::Gate;
use self::line::{Line, State};
use self::step::{Admit, Returned};
use self::word::Word;
use crate::limit::OutOfRange;

/// An exact limit on calls in flight, and a first-come line of those that wait for it.
pub struct Semaphore {
    gate: Gate,
    line: Option<Line>,
}

/// What became of an attempt to get in.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit must be released, and a place must be consumed"]
pub enum Entry {
    /// A permit is the caller's; `in_flight` counts it.
    Acquired {
        /// Permits out at that point in time, this one included.
        in_flight: u32,
    },
    /// A place in the line is the caller's.
    Waiting(Place),
    /// No permit, and no place.
    Full {
        /// Permits out at that point in time. It is below `limit` when others wait for what is free.
        in_flight: u32,
        /// The limit at that point in time.
        limit: u32,
    },
    /// The semaphore was closed.
    Closed,
}

/// A place in the line of the semaphore that gave it. It is consumed exactly once, by [`Semaphore::take`] or
/// [`Semaphore::leave`]; one that is merely dropped stays taken for good, and so does the permit it may be granted.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a place that is not consumed stays taken"]
pub struct Place {
    slot: u32,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A permit is the caller's, as soon as it calls [`Semaphore::take`].
    Granted {
        /// Permits out when this one was set aside, this one included.
        in_flight: u32,
    },
    /// The semaphore was closed. The place is given up with [`Semaphore::leave`].
    Closed,
}

/// What somebody who left their place gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// A wait; no permit was touched.
    GaveUp,
    /// A permit that was granted and not taken. It went to the next in the line, or back.
    HadGrant,
    /// Nothing: the semaphore was closed.
    Closed,
}

/// The whole gate at one point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Permits out: held, granted and not yet taken, or on their way to a waiter. Above `limit` after it shrank.
    pub in_flight: u32,
    /// The limit; 0 is a pause.
    pub limit: u32,
    /// Places taken in the line: waiters, and those that were granted or closed and did not consume their place yet.
    pub waiting: u32,
    /// Whether it is over.
    pub closed: bool,
    /// Releases without a permit out, each a bug of the caller; stays at 7.
    pub surplus: u32,
}

/// Goes on handing over when a waker panics: a permit that is free while somebody waits has nobody else to move it.
struct HandOver<'a>(&'a Semaphore);

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
        })
    }

    /// A permit at once, or none. It never passes somebody who waits.
    ///
    /// # Progress
    /// Lock-free; without a line, or with nobody in it, one load and one swap.
    #[inline]
    pub fn try_acquire(&self) -> Entry {
        self.admit(0)
    }

    /// A permit at once, or a place in the line, if there is one free.
    ///
    /// # Progress
    /// Lock-free.
    #[inline]
    pub fn enter(&self) -> Entry {
        self.admit(self.places())
    }

    /// Whether the wait is over; if not, `waker` is woken when it is. Only the newest waker is kept, and one that wakes the same
    /// task as the last is not cloned. A place has one owner: two threads must not poll it at once.
    ///
    /// After `Granted`, call [`take`](Self::take); after `Closed`, [`leave`](Self::leave).
    ///
    /// # Progress
    /// Wait-free.
    pub fn poll_place(&self, place: &Place, waker: &Waker) -> Poll<Turn> {
        let line = self.line();
        if let Some(turn) = Self::turn(line, place) {
            return Poll::Ready(turn);
        }
        line.register(place.slot, waker);
        // Again: a grant before the registration found no waker, or an older one.
        match Self::turn(line, place) {
            Some(turn) => Poll::Ready(turn),
            None => Poll::Pending,
        }
    }

    /// Consumes a place that was granted; the permit is the caller's to [`release`](Self::release).
    ///
    /// # Panics
    /// When the place was not granted: [`poll_place`](Self::poll_place) did not say so.
    ///
    /// # Progress
    /// Lock-free.
    pub fn take(&self, place: Place) {
        let line = self.line();
        assert!(
            matches!(line.state(place.slot), State::Granted { .. }),
            "the place was not granted"
        );
        let _waker = line.free(place.slot);
        self.gate.vacate();
    }

    /// Consumes a place, whatever it came to. A permit that was granted and not taken goes to the next in the line.
    ///
    /// # Progress
    /// Lock-free.
    pub fn leave(&self, place: Place) -> Left {
        let line = self.line();
        let state = line.give_up(place.slot);
        let _waker = line.free(place.slot);
        match state {
            State::Waiting => {
                self.gate.vacate();
                Left::GaveUp
            }
            State::Granted { .. } => {
                let (word, _) = self.gate.forgo();
                self.settle(word);
                Left::HadGrant
            }
            State::Closed => {
                self.gate.vacate();
                Left::Closed
            }
            State::Idle => unreachable!("a place is consumed once"),
        }
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
    fn admit(&self, capacity: u32) -> Entry {
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

    #[cold]
    fn join(&self) -> Entry {
        let slot = self.line().join();
        // A permit may have come back, or the gate closed, before the line's root showed anybody.
        self.hand_over();
        Entry::Waiting(Place { slot })
    }

    fn line(&self) -> &Line {
        match &self.line {
            Some(line) => line,
            None => unreachable!("without a line there are no places"),
        }
    }

    fn turn(line: &Line, place: &Place) -> Option<Turn> {
        match line.state(place.slot) {
            State::Waiting => None,
            State::Granted { in_flight } => Some(Turn::Granted { in_flight }),
            State::Closed => Some(Turn::Closed),
            State::Idle => unreachable!("a place is consumed once"),
        }
    }

    /// After a change of the word that may let somebody in.
    #[inline]
    fn settle(&self, word: Word) {
        if word.places() > 0 {
            self.hand_over();
        }
    }

    /// Hands free permits to the first in the line, or the news of the end to all of it, until nothing is left to hand over.
    #[cold]
    fn hand_over(&self) {
        let line = self.line();
        loop {
            let word = self.gate.look();
            let state = if word.is_closed() {
                State::Closed
            } else if !word.has_room() || line.is_clear() {
                // Full: whoever gives a permit back looks at the line after this look at the word.
                return;
            } else if let (word, true) = self.gate.reserve() {
                State::Granted {
                    in_flight: word.used(),
                }
            } else {
                continue;
            };
            match line.settle_first(state) {
                Some(slot) => {
                    let rest = HandOver(self);
                    line.wake(slot);
                    mem::forget(rest);
                }
                None if state == State::Closed => return,
                // The one who waited has left. Give the permit back as any caller would, and look again.
                None => {
                    self.gate.release();
                }
            }
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

// === impl HandOver ===

impl Drop for HandOver<'_> {
    fn drop(&mut self) {
        self.0.hand_over();
    }
}

#[cfg(test)]
mod tests;
