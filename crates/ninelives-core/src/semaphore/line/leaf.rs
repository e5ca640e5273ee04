//! The word of one place: what its owner waits for, and since when.

use core::fmt;

use crate::bits::Field;

const STATE: Field = Field::first(2);
const TICKET: Field = STATE.then(62);
const _: () = assert!(TICKET.end() == 64);

/// Where an owner stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum State {
    /// Not in the line: free, or on its way in or out.
    Idle,
    /// In the line.
    Waiting,
    /// A permit is theirs; so many were out when it was set aside.
    Granted { in_flight: u32 },
    /// The semaphore was closed.
    Closed,
}

/// State and ticket, packed. A ticket is drawn once, so no waiting leaf ever equals an earlier one. Once granted, the ticket is
/// over, and its field keeps the permits in flight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf(u64);

// === impl Leaf ===

impl Leaf {
    /// `ticket` has 62 bits: at 1e9 tickets a second it lasts 146 years.
    pub(super) const fn waiting(ticket: u64) -> Self {
        Self(TICKET.set(STATE.set(0, 1), ticket))
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The end of a wait, or of a stay.
    pub(super) const fn settled(state: State) -> Self {
        match state {
            State::Idle => Self(0),
            State::Waiting => unreachable!(),
            State::Granted { in_flight } => Self(TICKET.set(STATE.set(0, 2), in_flight as u64)),
            State::Closed => Self(STATE.set(0, 3)),
        }
    }

    pub(super) const fn state(self) -> State {
        match STATE.get(self.0) {
            0 => State::Idle,
            1 => State::Waiting,
            2 => State::Granted {
                in_flight: TICKET.get(self.0) as u32,
            },
            _ => State::Closed,
        }
    }

    /// The key of the order: the ticket of somebody who waits.
    pub(super) const fn key(self) -> Option<u64> {
        match self.state() {
            State::Waiting => Some(TICKET.get(self.0)),
            State::Idle | State::Granted { .. } | State::Closed => None,
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("state", &self.state())
            .field("ticket", &TICKET.get(self.0))
            .finish()
    }
}
