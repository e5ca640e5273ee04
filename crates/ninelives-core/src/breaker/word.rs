//! The bits of a breaker's word: state and epoch, and a body that is read by state.

use core::fmt;

use super::ramp::Way;
use super::span::{DEADLINE_US, END_MS, GRANTED_MS, LAST_MS, SINCE_S};
use super::verdict::State;
use crate::bits::Field;

/// A breaker's whole state. Compare, copy and print it; only [`step`](super::step) makes the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(u64);

const STATE: Field = Field::first(3);
const EPOCH: Field = STATE.then(Word::EPOCH_BITS);
/// At the same place in every body, so that it outlives a turn.
const OPENINGS: Field = EPOCH.then(4);

// Closed.
const FAILURES: Field = OPENINGS.then(12);
pub(super) const SINCE: Field = FAILURES.then(31);
const _: () = assert!(SINCE.end() == 64);

// Open.
pub(super) const DEADLINE: Field = OPENINGS.then(43);
const _: () = assert!(DEADLINE.end() == 64);

// Half-open.
const PROBES: Field = OPENINGS.then(6);
const WON: Field = PROBES.then(6);
const LOST: Field = WON.then(6);
pub(super) const GRANTED: Field = LOST.then(25);
const _: () = assert!(GRANTED.end() == 64);

// Ramping.
const STAGE: Field = OPENINGS.then(3);
const CEILING: Field = STAGE.then(3);
const FELL: Field = CEILING.then(1);
const SETBACKS: Field = FELL.then(3);
const WELL: Field = SETBACKS.then(6);
const FAILED: Field = WELL.then(6);
pub(super) const LAST: Field = FAILED.then(5);
pub(super) const END: Field = LAST.then(16);
const _: () = assert!(END.end() == 64);

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
    #[inline]
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

    /// Probes that failed; 0 unless half-open.
    pub const fn lost(self) -> u32 {
        match self.state() {
            State::HalfOpen => LOST.get(self.0) as u32,
            _ => 0,
        }
    }

    /// Openings without a recovery in between, 15 at most; 0 in a forced state.
    pub const fn openings(self) -> u32 {
        OPENINGS.get(self.0) as u32
    }

    /// The ramp's way so far; of a ramping word.
    pub(super) const fn way(self) -> Way {
        Way {
            stage: STAGE.get(self.0) as u32,
            ceiling: CEILING.get(self.0) as u32,
            fell: FELL.get(self.0) == 1,
            setbacks: SETBACKS.get(self.0) as u32,
        }
    }

    /// Outcomes of this stage: those that were well and those that failed; of a ramping word.
    pub(super) const fn heard(self) -> (u32, u32) {
        (WELL.get(self.0) as u32, FAILED.get(self.0) as u32)
    }

    /// What a ticket remembers: state and epoch, and while closed the second in which it closed. Read from the ticket too.
    #[inline]
    pub(super) const fn identity(self) -> u64 {
        match self.state() {
            State::Closed => self.0 & !FAILURES.mask(),
            _ => self.0 & (STATE.mask() | EPOCH.mask()),
        }
    }

    /// The stretch of time in which it is closed, by a number of 45 bits: that of the [tickets](super::Ticket::term) that it gives.
    #[inline]
    pub const fn term(self) -> Option<u64> {
        match self.state() {
            State::Closed => Some(SINCE.get(self.0) << Self::EPOCH_BITS | self.epoch()),
            _ => None,
        }
    }

    /// When it closed, in its unit modulo its field; of a closed word.
    #[inline]
    pub(super) const fn since(self) -> u64 {
        SINCE.get(self.0)
    }

    /// The deadline, in its unit modulo its field; of an open word.
    pub(super) const fn deadline(self) -> u64 {
        DEADLINE.get(self.0)
    }

    /// The last grant, in its unit modulo its field; of a half-open word.
    pub(super) const fn granted(self) -> u64 {
        GRANTED.get(self.0)
    }

    /// The last admission, in its unit modulo its field; of a ramping word.
    pub(super) const fn last(self) -> u64 {
        LAST.get(self.0)
    }

    /// The end of the stage, in its unit modulo its field; of a ramping word.
    pub(super) const fn end(self) -> u64 {
        END.get(self.0)
    }

    /// The next epoch in `state`, with an empty body. The openings stay.
    pub(super) const fn turn(self, state: State) -> Self {
        let epoch = (self.epoch() + TURN) & EPOCH.max();
        let openings = self.0 & OPENINGS.mask();
        Self(EPOCH.set(STATE.set(openings, state as u64), epoch))
    }

    pub(super) const fn with_openings(self, openings: u32) -> Self {
        let most = OPENINGS.max();
        let openings = openings as u64;
        Self(OPENINGS.set(self.0, if openings < most { openings } else { most }))
    }

    pub(super) const fn with_failures(self, failures: u32) -> Self {
        Self(FAILURES.set(self.0, failures as u64))
    }

    /// As many as fit.
    pub(super) const fn with_failures_at_most(self, failures: u32) -> Self {
        let most = FAILURES.max() as u32;
        self.with_failures(if failures < most { failures } else { most })
    }

    pub(super) const fn with_since(self, units: u64) -> Self {
        Self(SINCE.set(self.0, units & SINCE.max()))
    }

    pub(super) const fn with_deadline(self, units: u64) -> Self {
        Self(DEADLINE.set(self.0, units & DEADLINE.max()))
    }

    pub(super) const fn with_probes(self, probes: u32) -> Self {
        Self(PROBES.set(self.0, probes as u64))
    }

    pub(super) const fn with_won(self, won: u32) -> Self {
        Self(WON.set(self.0, won as u64))
    }

    pub(super) const fn with_lost(self, lost: u32) -> Self {
        Self(LOST.set(self.0, lost as u64))
    }

    pub(super) const fn with_granted(self, units: u64) -> Self {
        Self(GRANTED.set(self.0, units & GRANTED.max()))
    }

    /// At a stage of the ramp, with nothing heard of it.
    pub(super) const fn with_way(self, way: Way) -> Self {
        let bits = CEILING.set(STAGE.set(self.0, way.stage as u64), way.ceiling as u64);
        let bits = SETBACKS.set(FELL.set(bits, way.fell as u64), way.setbacks as u64);
        Self(bits).with_heard(0, 0)
    }

    /// Counts that do not fit are both halved: what they say is their share.
    pub(super) const fn with_heard(self, well: u32, failed: u32) -> Self {
        let halve = well as u64 > WELL.max() || failed as u64 > FAILED.max();
        let (well, failed) = (well as u64 >> halve as u32, failed as u64 >> halve as u32);
        Self(FAILED.set(WELL.set(self.0, well), failed))
    }

    pub(super) const fn with_last(self, units: u64) -> Self {
        Self(LAST.set(self.0, units & LAST.max()))
    }

    pub(super) const fn with_end(self, units: u64) -> Self {
        Self(END.set(self.0, units & END.max()))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}#{}", self.state(), self.epoch())?;
        if self.openings() > 0 {
            write!(f, " openings {}", self.openings())?;
        }
        match self.state() {
            State::Closed => write!(
                f,
                " failures {} since {} s",
                self.failures(),
                self.since() * SINCE_S
            ),
            State::Open => write!(f, " until {} us", self.deadline() * DEADLINE_US),
            State::HalfOpen => write!(
                f,
                " probes {} won {} lost {} granted {} ms",
                self.probes(),
                self.won(),
                self.lost(),
                self.granted() * GRANTED_MS
            ),
            State::Ramping => {
                let (well, failed) = self.heard();
                let (last, end) = (self.last() * LAST_MS, self.end() * END_MS);
                write!(
                    f,
                    " {:?} well {well} failed {failed} last {last} ms end {end} ms",
                    self.way()
                )
            }
            State::Latched
            | State::ForcedOpen
            | State::ForcedClosed
            | State::Disabled
            | State::MetricsOnly => Ok(()),
        }
    }
}
