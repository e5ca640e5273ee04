//! The life of a place: joined, polled, and consumed by taking the permit or by leaving.

use core::task::{Poll, Waker};

use super::Semaphore;
use super::line::{Line, State};
use super::verdict::{Entry, Left, Place, Turn};

// === impl Semaphore ===

impl Semaphore {
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

    #[cold]
    pub(super) fn join(&self) -> Entry {
        let slot = self.line().join();
        // A permit may have come back, or the gate closed, before the line's root showed anybody.
        self.hand_over();
        Entry::Waiting(Place { slot })
    }

    pub(super) fn line(&self) -> &Line {
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
}
