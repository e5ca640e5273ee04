//! Events as plain words.

use core::time::Duration;

use super::{
    Arm, BulkheadRejection, CircuitState, FailureCause, Interest, Kind, PolicyEvent, PolicyId,
    Stamp, Verdict,
};
use crate::bits::Field;
use crate::time::{Tick, saturating_nanos};

/// Words of a packed event.
pub const WORDS: usize = 4;

const KIND: Field = Field::first(8);
const FIRST: Field = KIND.then(4);
const SECOND: Field = FIRST.then(4);
const ATTEMPT: Field = SECOND.then(16);
const POLICY: Field = ATTEMPT.then(32);
const _: () = assert!(POLICY.end() == 64);

const NONE: u64 = u64::MAX;
const _: () = assert!(STATES.len() <= 16 && CAUSES.len() <= 16 && VERDICTS.len() <= 16);

// === impl PolicyEvent ===

impl PolicyEvent {
    /// The event's words. Its sequence is not among them: a ring numbers its records itself.
    // Always inline: where an event is made its variant is known, and what is left of the table is one row.
    #[inline(always)]
    pub const fn pack(&self) -> [u64; WORDS] {
        let (first, second, a, b) = match *self {
            Self::RetryAttempt { attempt, delay, .. } => (0, 0, attempt as u64, nanos(delay)),
            Self::RetryExhausted { attempts, .. } | Self::RetryBudgetExhausted { attempts, .. } => {
                (0, 0, attempts as u64, 0)
            }
            Self::CircuitOpened { from, to, .. } | Self::CircuitClosed { from, to, .. } => {
                (from as u64, to as u64, 0, 0)
            }
            Self::CircuitHalfOpen { from, .. } => (from as u64, 0, 0, 0),
            Self::CircuitRejected { retry_after, .. } => match retry_after {
                Some(rest) => (0, 0, rest_nanos(rest), 0),
                None => (0, 0, NONE, 0),
            },
            Self::BulkheadAcquired {
                in_flight, weight, ..
            } => (0, 0, in_flight as u64, weight as u64),
            Self::BulkheadRejected {
                in_flight,
                weight,
                reason,
                ..
            } => (reason as u64, 0, in_flight as u64, weight as u64),
            Self::TimeoutOccurred { elapsed, limit, .. } => (0, 0, nanos(elapsed), nanos(limit)),
            Self::FallbackTaken { .. } => (0, 0, 0, 0),
            Self::ForkStarted { arm, .. } | Self::ForkWon { arm, .. } => (arm as u64, 0, 0, 0),
            Self::RequestSuccess { elapsed, .. } | Self::RequestCancelled { elapsed, .. } => {
                (0, 0, nanos(elapsed), 0)
            }
            Self::RequestFailure { elapsed, cause, .. } => (cause as u64, 0, nanos(elapsed), 0),
            Self::ShadowEvent {
                primary, shadow, ..
            } => (primary as u64, shadow as u64, 0, 0),
            Self::ShadowDropped { allowance, .. } => (0, 0, nanos(allowance), 0),
        };
        let at = self.stamp();
        let head = KIND.set(0, self.kind() as u64);
        let head = SECOND.set(FIRST.set(head, first), second);
        let head = ATTEMPT.set(head, at.attempt as u64);
        let head = POLICY.set(head, at.policy.0 as u64);
        [head, at.time.as_nanos(), a, b]
    }

    /// The event of these words, with its number in the ring it came from; `None` when no event packs to them.
    pub fn unpack(words: &[u64; WORDS], sequence: u64) -> Option<Self> {
        let [head, time, a, b] = *words;
        let at = Stamp {
            policy: PolicyId(POLICY.get(head) as u32),
            time: Tick::from_nanos(time),
            sequence,
            attempt: ATTEMPT.get(head) as u16,
        };
        let (first, second) = (FIRST.get(head) as usize, SECOND.get(head) as usize);
        let count = a as u32;
        let elapsed = Duration::from_nanos(a);
        Some(match *Kind::ALL.get(KIND.get(head) as usize)? {
            Kind::RetryAttempt => Self::RetryAttempt {
                at,
                attempt: count,
                delay: Duration::from_nanos(b),
            },
            Kind::RetryExhausted => Self::RetryExhausted {
                at,
                attempts: count,
            },
            Kind::RetryBudgetExhausted => Self::RetryBudgetExhausted {
                at,
                attempts: count,
            },
            Kind::CircuitOpened => Self::CircuitOpened {
                at,
                from: *STATES.get(first)?,
                to: *STATES.get(second)?,
            },
            Kind::CircuitHalfOpen => Self::CircuitHalfOpen {
                at,
                from: *STATES.get(first)?,
            },
            Kind::CircuitClosed => Self::CircuitClosed {
                at,
                from: *STATES.get(first)?,
                to: *STATES.get(second)?,
            },
            Kind::CircuitRejected => Self::CircuitRejected {
                at,
                retry_after: (a != NONE).then_some(elapsed),
            },
            Kind::BulkheadAcquired => Self::BulkheadAcquired {
                at,
                in_flight: count,
                weight: b as u32,
            },
            Kind::BulkheadRejected => Self::BulkheadRejected {
                at,
                in_flight: count,
                weight: b as u32,
                reason: *REASONS.get(first)?,
            },
            Kind::TimeoutOccurred => Self::TimeoutOccurred {
                at,
                elapsed,
                limit: Duration::from_nanos(b),
            },
            Kind::FallbackTaken => Self::FallbackTaken { at },
            Kind::ForkStarted => Self::ForkStarted {
                at,
                arm: *ARMS.get(first)?,
            },
            Kind::ForkWon => Self::ForkWon {
                at,
                arm: *ARMS.get(first)?,
            },
            Kind::RequestSuccess => Self::RequestSuccess { at, elapsed },
            Kind::RequestFailure => Self::RequestFailure {
                at,
                elapsed,
                cause: *CAUSES.get(first)?,
            },
            Kind::RequestCancelled => Self::RequestCancelled { at, elapsed },
            Kind::ShadowEvent => Self::ShadowEvent {
                at,
                primary: *VERDICTS.get(first)?,
                shadow: *VERDICTS.get(second)?,
            },
            Kind::ShadowDropped => Self::ShadowDropped {
                at,
                allowance: elapsed,
            },
        })
    }
}

// === impl Interest ===

impl Interest {
    /// The kind of the event that packed to these words.
    #[inline]
    pub const fn of(words: &[u64; WORDS]) -> Self {
        // Kinds are fewer than 32: the shift wraps nothing, and is one instruction.
        Self::from_bits(1_u32.wrapping_shl(KIND.get(words[0]) as u32))
    }
}

const fn nanos(duration: Duration) -> u64 {
    saturating_nanos(duration)
}

/// A nanosecond less at most: the longest one is not taken for none.
const fn rest_nanos(rest: Duration) -> u64 {
    let nanos = nanos(rest);
    if nanos == NONE { NONE - 1 } else { nanos }
}

// Each list in the order of the discriminants; the tests hold them against each other.
pub(super) const STATES: [CircuitState; 9] = [
    CircuitState::Closed,
    CircuitState::Open,
    CircuitState::HalfOpen,
    CircuitState::Latched,
    CircuitState::ForcedOpen,
    CircuitState::ForcedClosed,
    CircuitState::Disabled,
    CircuitState::Ramping,
    CircuitState::MetricsOnly,
];
pub(super) const REASONS: [BulkheadRejection; 5] = [
    BulkheadRejection::Full,
    BulkheadRejection::TimedOut,
    BulkheadRejection::Closed,
    BulkheadRejection::Overweight,
    BulkheadRejection::DeadlinePassed,
];
pub(super) const CAUSES: [FailureCause; 6] = [
    FailureCause::Inner,
    FailureCause::Timeout,
    FailureCause::Rejected,
    FailureCause::Exhausted,
    FailureCause::AllFailed,
    FailureCause::Panicked,
];
pub(super) const ARMS: [Arm; 2] = [Arm::Left, Arm::Right];
pub(super) const VERDICTS: [Verdict; 8] = [
    Verdict::Admitted,
    Verdict::Rejected,
    Verdict::InTime,
    Verdict::TimedOut,
    Verdict::Retried,
    Verdict::GaveUp,
    Verdict::Forked,
    Verdict::Alone,
];
