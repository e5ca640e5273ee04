//! The packed word of one slot: what its wait is at, whether the keeper has its hand on the waker, and how often it was taken.

use core::fmt;

use crate::bits::Field;

const PHASE: Field = Field::first(4);
const HELD: Field = PHASE.then(1);
const TURN: Field = HELD.then(59);
const _: () = assert!(TURN.end() == 64);

/// What a slot is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Free, and without a waker.
    Idle,
    /// Free, with the waker and the span or deadline of its last wait, until the keeper comes by. It is on the keeper's list.
    Warm,
    /// Taken by somebody who fills it in, or clears it.
    Claimed,
    /// Warm until a moment ago: taken by somebody who fills in another wait, and leaves it on the keeper's list.
    Renewed,
    /// A wait whose deadline the keeper knows.
    Booked,
    /// The wait is over. Its owner may not know yet.
    Fired,
    /// The keeper left before the wait was over. Its owner must wait elsewhere.
    Evicted,
    /// A wait of a span that begins when the keeper sees it, if not before.
    Span = UNSEEN,
    /// A wait until a tick that the keeper has not seen.
    Until,
}

/// The bit of the phases of a wait that the keeper has not seen.
const UNSEEN: isize = 8;

/// The state of a slot, as its cell holds it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Word(u64);

// === impl Phase ===

impl Phase {
    /// Whether a wait is under way.
    pub const fn is_armed(self) -> bool {
        matches!(self, Self::Span | Self::Until | Self::Booked)
    }
}

// === impl Word ===

impl Word {
    /// A slot that was never taken.
    pub const NEW: Self = Self(0);

    /// What the slot is at.
    #[inline]
    pub const fn phase(self) -> Phase {
        match PHASE.get(self.0) {
            0 => Phase::Idle,
            1 => Phase::Warm,
            2 => Phase::Claimed,
            3 => Phase::Renewed,
            4 => Phase::Booked,
            5 => Phase::Fired,
            6 | 7 => Phase::Evicted,
            8 => Phase::Span,
            _ => Phase::Until,
        }
    }

    /// Whether a wait is under way that the keeper has not seen: one bit, since nearly every wait ends so.
    #[inline]
    pub const fn is_unseen(self) -> bool {
        self.0 & UNSEEN as u64 != 0
    }

    /// Whether the keeper is about to take the waker out: nobody may claim the slot.
    #[inline]
    pub const fn is_held(self) -> bool {
        HELD.get(self.0) == 1
    }

    /// How often the slot was taken, modulo 2^59.
    #[inline]
    pub const fn turn(self) -> u64 {
        TURN.get(self.0)
    }

    #[inline]
    pub(super) const fn at(self, phase: Phase) -> Self {
        Self(PHASE.set(self.0, phase as u64))
    }

    #[inline]
    pub(super) const fn held(self, held: bool) -> Self {
        Self(HELD.set(self.0, held as u64))
    }

    #[inline]
    pub(super) const fn next_turn(self) -> Self {
        // The turn is the topmost field: it wraps out of the word.
        Self(self.0.wrapping_add(TURN.one()))
    }

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Word")
            .field("phase", &self.phase())
            .field("held", &self.is_held())
            .field("turn", &self.turn())
            .finish()
    }
}
