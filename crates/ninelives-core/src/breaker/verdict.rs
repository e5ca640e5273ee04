//! What goes in and out of a breaker: states, tickets, admissions, reports.

use core::fmt;
use core::time::Duration;

use super::word::Word;
use crate::time::Tick;

/// A state, as it is stored. Time alone changes nothing: an open breaker whose time is over stays `Open` until a call comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u8)]
pub enum State {
    /// Calls pass, and failures in a row are counted.
    Closed = 0,
    /// Calls are rejected until a deadline.
    Open = 1,
    /// A limited number of calls is tried.
    HalfOpen = 2,
    /// Open, and never tries by itself: `open_for` was 2^45 us or more.
    Latched = 3,
    /// Rejects until a command.
    ForcedOpen = 4,
    /// Admits and counts nothing until a command.
    ForcedClosed = 5,
    /// Admits and counts nothing until a command: the breaker is out of use.
    Disabled = 6,
    /// A growing share of the calls is tried.
    Ramping = 7,
    /// Never stored, and never the end of a [`Transition`]: what a breaker is said to be while its limits say that it only counts.
    MetricsOnly = 8,
}

/// A change of state. The caller who receives one is the only one who does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transition {
    /// Before.
    pub from: State,
    /// After.
    pub to: State,
}

/// How an admitted call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The dependency is well.
    Success,
    /// The dependency is not.
    Failure,
    /// Nor is it here, and what its caller keeps besides, as the rates of a window, says that this is enough: it opens whatever the
    /// count. Of a probe: a failure.
    Breach,
    /// Says nothing about the dependency. A probe gives its slot back.
    Ignored,
}

/// The right to one call, and the duty to [`report`](super::Breaker::report) it or to [`abandon`](super::Breaker::abandon) it: once,
/// and to the breaker that gave it.
///
/// A probe's ticket that is lost keeps its slot until its lease is over.
#[derive(Debug)]
#[must_use = "a ticket is reported or abandoned, once"]
pub struct Ticket {
    pub(super) id: u64,
    pub(super) granted: Tick,
}

/// The answer to a call that asks to pass.
#[derive(Debug)]
#[must_use = "an admission carries a ticket"]
pub enum Admission {
    /// The call may go.
    Admitted(Ticket),
    /// The call may go; on its outcome depends whether the breaker closes.
    Probe {
        /// The call's ticket.
        ticket: Ticket,
        /// The change to half-open or ramping, when this call made it.
        transition: Option<Transition>,
    },
    /// The call may not go.
    Rejected(Rejected),
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The state that refused.
    pub state: State,
    /// When it makes sense to ask again: the rest of the open time, or of the lease of the probe that was granted last, or of the second
    /// after the last call of a ramp. `None` when only a command can help.
    pub retry_after: Option<Duration>,
}

/// What chance has for one call that may meet a ramp: a random number, of which a stage admits the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Luck(u32);

/// The answer to a call that asks whether it would pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The luck that the call has now.
    pub luck: Luck,
    /// Why it would not pass.
    pub refusal: Option<Rejected>,
}

/// What a report did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ticket was of an earlier epoch, or its lease was over. The outcome was not applied.
    pub late: bool,
    /// The change of state that this report made.
    pub transition: Option<Transition>,
}

/// A breaker at one moment, for people and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct View {
    /// The state, as it is stored.
    pub state: State,
    /// The next call would be a probe. While ramping others may be, by chance.
    pub probe_due: bool,
    /// As in [`Rejected::retry_after`]; `None` while calls are admitted.
    pub retry_after: Option<Duration>,
    /// Failures in a row; 0 unless closed.
    pub failures: u32,
    /// Probes that are out; 0 unless half-open.
    pub probes_out: u32,
    /// Probes that succeeded; 0 unless half-open.
    pub won: u32,
    /// Probes that failed; 0 unless half-open.
    pub lost: u32,
    /// Openings without a recovery in between, 15 at most; 0 in a forced state. What was closed for long enough forgets them when it
    /// opens next.
    pub openings: u32,
    /// The stage of the ramp, from 1 to [`Ramp::STAGES`](super::Ramp::STAGES); 0 unless ramping.
    pub stage: u32,
    /// Outcomes of this stage that were well; 0 unless ramping. Both counts are halved when one would pass 63.
    pub stage_well: u32,
    /// Outcomes of this stage that failed; 0 unless ramping.
    pub stage_failed: u32,
    /// Stages that failed, until the first of them is passed, 7 at most; 0 unless ramping.
    pub setbacks: u32,
}

// === impl State ===

impl State {
    /// The state in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::Latched => "latched",
            Self::ForcedOpen => "forced-open",
            Self::ForcedClosed => "forced-closed",
            Self::Disabled => "disabled",
            Self::Ramping => "ramping",
            Self::MetricsOnly => "metrics-only",
        }
    }

    pub(super) const fn of(code: u64) -> Self {
        match code {
            0 => Self::Closed,
            1 => Self::Open,
            2 => Self::HalfOpen,
            3 => Self::Latched,
            4 => Self::ForcedOpen,
            5 => Self::ForcedClosed,
            6 => Self::Disabled,
            7 => Self::Ramping,
            _ => unreachable!(),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

// === impl Transition ===

impl Transition {
    /// The change from one word to the next, if there is one.
    pub(super) const fn between(before: Word, after: Word) -> Option<Self> {
        let (from, to) = (before.state(), after.state());
        if from as u8 == to as u8 {
            None
        } else {
            Some(Self { from, to })
        }
    }
}

// === impl Ticket ===

impl Ticket {
    /// A ticket under `word`, that shows its state and epoch.
    #[inline]
    pub(super) const fn under(word: Word, granted: Tick) -> Self {
        Self {
            id: word.identity(),
            granted,
        }
    }

    /// The state that gave it.
    pub(super) const fn state(&self) -> State {
        Word::from_bits(self.id).state()
    }

    /// The stretch of time in which the breaker was closed and gave it, by a number of 45 bits: what outcomes are kept under. The low
    /// 14 are the epoch. `None` for a probe, and where nothing counts.
    #[inline]
    pub const fn term(&self) -> Option<u64> {
        Word::from_bits(self.id).term()
    }

    /// The epoch: the low 14 bits of the [stretch](Self::term). Of a ticket that has none, those of no stretch that was or will be
    /// before the epoch has gone round.
    #[inline]
    pub const fn epoch(&self) -> u64 {
        Word::from_bits(self.id).epoch()
    }
}

// === impl Luck ===

impl Luck {
    /// Drawn when it is needed; where it is not, none.
    pub const UNDRAWN: Self = Self(u32::MAX);
    /// That of a call which every stage of a ramp admits.
    pub const BEST: Self = Self(0);

    /// Of a random number, the upper half.
    #[inline]
    pub(super) const fn of(random: u64) -> Self {
        Self((random >> 32) as u32)
    }

    /// As a random number of a [step](super::step).
    #[inline]
    pub(super) const fn random(self) -> u64 {
        (self.0 as u64) << 32
    }

    #[inline]
    pub(super) const fn is_undrawn(self) -> bool {
        self.0 == Self::UNDRAWN.0
    }
}

impl Default for Luck {
    fn default() -> Self {
        Self::UNDRAWN
    }
}

// === impl Report ===

impl Report {
    pub(super) const COUNTED: Self = Self {
        late: false,
        transition: None,
    };
    pub(super) const LATE: Self = Self {
        late: true,
        transition: None,
    };
}
