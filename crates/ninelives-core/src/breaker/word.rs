//! The bits of a breaker's word: state and epoch, and a body that is read by state.

use core::fmt;

use super::verdict::State;
use crate::bits::Field;

/// A breaker's whole state. Compare, copy and print it; only [`step`](super::step) makes the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(u64);

const STATE: Field = Field::first(3);
const EPOCH: Field = STATE.then(Word::EPOCH_BITS);

// Closed.
const FAILURES: Field = EPOCH.then(15);
const SINCE: Field = FAILURES.then(32);
const _: () = assert!(SINCE.end() == 64);

// Open.
pub(super) const DEADLINE: Field = EPOCH.then(47);
const _: () = assert!(DEADLINE.end() == 64);

// Half-open.
const PROBES: Field = EPOCH.then(6);
const WON: Field = PROBES.then(6);
pub(super) const GRANTED: Field = WON.then(35);
const _: () = assert!(GRANTED.end() == 64);

/// One turn of the epoch. Under the model checker only the two top bits turn, so that a model can reach the wrap.
const TURN: u64 = if cfg!(ninelives_loom) { 1 << 12 } else { 1 };

// === impl Word ===

impl Word {
    pub(super) const EPOCH_BITS: u32 = 14;

    /// Closed since the clock's origin, no failures.
    pub const CLOSED: Self = Self(0);
    /// Disabled.
    pub const DISABLED: Self = Self(STATE.set(0, State::Disabled as u64));

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The state.
    #[inline]
    pub const fn state(self) -> State {
        State::of(STATE.get(self.0))
    }

    /// Turns of the epoch so far, modulo 2^14.
    pub const fn epoch(self) -> u64 {
        EPOCH.get(self.0)
    }

    /// Failures in a row; 0 unless closed.
    pub const fn failures(self) -> u32 {
        match self.state() {
            State::Closed => FAILURES.get(self.0) as u32,
            _ => 0,
        }
    }

    /// Probe tickets out; 0 unless half-open.
    pub const fn probes(self) -> u32 {
        match self.state() {
            State::HalfOpen => PROBES.get(self.0) as u32,
            _ => 0,
        }
    }

    /// Probes that succeeded; 0 unless half-open.
    pub const fn won(self) -> u32 {
        match self.state() {
            State::HalfOpen => WON.get(self.0) as u32,
            _ => 0,
        }
    }

    /// What a ticket remembers: state and epoch, and while closed the second in which it closed. Read from the ticket too.
    #[inline]
    pub(super) const fn identity(self) -> u64 {
        match self.state() {
            State::Closed => self.0 & !FAILURES.mask(),
            _ => self.0 & (STATE.mask() | EPOCH.mask()),
        }
    }

    /// The second in which it closed, modulo its field; of a closed word.
    #[inline]
    pub(super) const fn since(self) -> u64 {
        SINCE.get(self.0)
    }

    /// The deadline, in microseconds modulo its field; of an open word.
    pub(super) const fn deadline(self) -> u64 {
        DEADLINE.get(self.0)
    }

    /// The last grant, in milliseconds modulo its field; of a half-open word.
    pub(super) const fn granted(self) -> u64 {
        GRANTED.get(self.0)
    }

    /// The next epoch in `state`, with an empty body.
    pub(super) const fn turn(self, state: State) -> Self {
        let epoch = (self.epoch() + TURN) & EPOCH.max();
        Self(EPOCH.set(STATE.set(0, state as u64), epoch))
    }

    pub(super) const fn with_failures(self, failures: u32) -> Self {
        Self(FAILURES.set(self.0, failures as u64))
    }

    pub(super) const fn with_since(self, seconds: u64) -> Self {
        Self(SINCE.set(self.0, seconds & SINCE.max()))
    }

    pub(super) const fn with_deadline(self, micros: u64) -> Self {
        Self(DEADLINE.set(self.0, micros & DEADLINE.max()))
    }

    pub(super) const fn with_probes(self, probes: u32) -> Self {
        Self(PROBES.set(self.0, probes as u64))
    }

    pub(super) const fn with_won(self, won: u32) -> Self {
        Self(WON.set(self.0, won as u64))
    }

    pub(super) const fn with_granted(self, millis: u64) -> Self {
        Self(GRANTED.set(self.0, millis & GRANTED.max()))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}#{}", self.state(), self.epoch())?;
        match self.state() {
            State::Closed => write!(
                f,
                " failures {} since {} s",
                FAILURES.get(self.0),
                SINCE.get(self.0)
            ),
            State::Open => write!(f, " until {} us", self.deadline()),
            State::HalfOpen => write!(
                f,
                " probes {} won {} granted {} ms",
                PROBES.get(self.0),
                WON.get(self.0),
                self.granted()
            ),
            State::Latched | State::ForcedOpen | State::ForcedClosed | State::Disabled => Ok(()),
        }
    }
}
