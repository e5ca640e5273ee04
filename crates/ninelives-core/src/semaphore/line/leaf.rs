//! The word of one place: what its owner waits for, in which class, and since when.

use core::fmt;

use crate::bits::Field;

const STATE: Field = Field::first(2);
const CLASS: Field = STATE.then(2);
const TICKET: Field = CLASS.then(60);
const _: () = assert!(TICKET.end() == 64);
const _: () = assert!(super::CLASSES as u64 == CLASS.max() + 1);

/// Where an owner stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum State {
    /// Not in the line: free, or on its way in or out.
    Idle,
    /// In the line.
    Waiting,
    /// All permits are theirs; so many were out when they were set aside.
    Granted { in_flight: u32 },
    /// The limit, which is not zero, was below what they wait for.
    Overweight { limit: u32 },
    /// The semaphore was closed.
    Closed,
}

/// State, class and ticket, packed. A ticket is drawn once, so no waiting leaf ever equals an earlier one. Once the wait is over, the
/// ticket is, too, and its field keeps the permits in flight, or the limit that was too small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf(u64);

// === impl Leaf ===

impl Leaf {
    /// `ticket` has 60 bits: at 1e9 tickets a second it lasts 36 years.
    pub(super) const fn waiting(class: usize, ticket: u64) -> Self {
        Self(TICKET.set(CLASS.set(STATE.set(0, 1), class as u64), ticket))
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The end of a wait, or of a stay.
    pub(super) const fn settled(state: State) -> Self {
        let (code, count) = match state {
            State::Idle => (0, 0),
            State::Waiting => unreachable!(),
            State::Granted { in_flight } => (2, in_flight),
            State::Overweight { limit } => (3, limit),
            State::Closed => (3, 0),
        };
        Self(TICKET.set(STATE.set(0, code), count as u64))
    }

    pub(super) const fn state(self) -> State {
        let count = TICKET.get(self.0) as u32;
        match STATE.get(self.0) {
            0 => State::Idle,
            1 => State::Waiting,
            2 => State::Granted { in_flight: count },
            _ if count > 0 => State::Overweight { limit: count },
            _ => State::Closed,
        }
    }

    /// The key of the order within a class: the ticket of somebody of that class who waits.
    pub(super) const fn key(self, class: usize) -> Option<u64> {
        match self.state() {
            State::Waiting if CLASS.get(self.0) == class as u64 => Some(TICKET.get(self.0)),
            _ => None,
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("state", &self.state())
            .field("class", &CLASS.get(self.0))
            .field("ticket", &TICKET.get(self.0))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Leaf, State};

    #[test]
    fn a_leaf_prints_where_its_wait_stands() {
        let waiting = Leaf::waiting(2, 9);
        assert_eq!(
            std::format!("{waiting:?}"),
            "Leaf { state: Waiting, class: 2, ticket: 9 }"
        );
        let granted = Leaf::settled(State::Granted { in_flight: 7 });
        let text = "Leaf { state: Granted { in_flight: 7 }, class: 0, ticket: 7 }";
        assert_eq!(std::format!("{granted:?}"), text);
    }
}
