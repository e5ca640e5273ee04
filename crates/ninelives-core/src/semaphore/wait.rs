//! The life of a place: joined, polled, and consumed by taking the permit or by leaving.

use core::mem;
use core::task::{Poll, Waker};

use super::Semaphore;
use super::line::{Line, State};
use super::verdict::{Ask, Entry, Left, Place, Turn};

/// A place whose owner does not know of it yet: it is left when the waker of somebody else panics meanwhile.
struct Joining<'a> {
    semaphore: &'a Semaphore,
    slot: u32,
}

// === impl Semaphore ===

impl Semaphore {
    /// Whether the wait is over; if not, `waker` is woken when it is. Only the newest waker is kept, and one that wakes the same
    /// task as the last is not cloned. A place has one owner: two threads must not poll it at once.
    ///
    /// After `Granted`, call [`take`](Self::take); after `Overweight` or `Closed`, [`leave`](Self::leave).
    ///
    /// # Progress
    /// Wait-free.
    pub fn poll_place(&self, place: &Place, waker: &Waker) -> Poll<Turn> {
        let line = self.line();
        if let Some(turn) = Self::turn(line, place) {
            return Poll::Ready(turn);
        }
        line.register(place, waker);
        // Again: a grant before the registration found no waker, or an older one.
        match Self::turn(line, place) {
            Some(turn) => Poll::Ready(turn),
            None => Poll::Pending,
        }
    }

    /// Consumes a place that was granted; its permits are the caller's to [release](Self::release_many), as many as it
    /// [asked](Self::asked) for.
    ///
    /// # Panics
    /// When the place was not granted: [`poll_place`](Self::poll_place) did not say so.
    ///
    /// # Progress
    /// Lock-free.
    pub fn take(&self, place: Place) {
        let line = self.line();
        assert!(
            matches!(line.state(&place), State::Granted { .. }),
            "the place was not granted"
        );
        let _waker = line.free(&place);
        self.gate.vacate();
    }

    /// Consumes a place, whatever it came to. Permits that were granted and not taken go to the next in the line; and who leaves
    /// the front of the line without them makes way for those behind, if they fit.
    ///
    /// # Progress
    /// Lock-free.
    pub fn leave(&self, place: Place) -> Left {
        let line = self.line();
        let (state, weight) = (line.give_up(&place), line.ask(&place).weight());
        let _waker = line.free(&place);
        match state {
            State::Waiting => {
                // Who was behind may fit where this one did not, or be too heavy to wait.
                self.settle(self.gate.vacate());
                Left::GaveUp
            }
            State::Granted { .. } => {
                self.settle(self.gate.forgo(weight));
                Left::HadGrant
            }
            State::Overweight { .. } => {
                self.gate.vacate();
                Left::Overweight
            }
            State::Closed => {
                self.gate.vacate();
                Left::Closed
            }
            State::Idle => unreachable!("a place is consumed once"),
        }
    }

    /// What the owner of a place waits for.
    pub fn asked(&self, place: &Place) -> Ask {
        self.line().ask(place)
    }

    #[cold]
    pub(super) fn join(&self, ask: Ask) -> Entry {
        let joining = Joining {
            semaphore: self,
            slot: self.line().join(ask).slot,
        };
        self.end_spread();
        // A permit may have come back, or the gate closed, before the line's root showed anybody.
        self.hand_over();
        Entry::Waiting(joining.over())
    }

    pub(super) fn line(&self) -> &Line {
        match &self.line {
            Some(line) => line,
            None => unreachable!("without a line there are no places"),
        }
    }

    fn turn(line: &Line, place: &Place) -> Option<Turn> {
        match line.state(place) {
            State::Waiting => None,
            State::Granted { in_flight } => Some(Turn::Granted { in_flight }),
            State::Overweight { limit } => Some(Turn::Overweight { limit }),
            State::Closed => Some(Turn::Closed),
            State::Idle => unreachable!("a place is consumed once"),
        }
    }
}

// === impl Joining ===

impl Joining<'_> {
    /// It is the owner's now.
    fn over(self) -> Place {
        let slot = self.slot;
        mem::forget(self);
        Place { slot }
    }
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        let slot = self.slot;
        self.semaphore.leave(Place { slot });
    }
}
