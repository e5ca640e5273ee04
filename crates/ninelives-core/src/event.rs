//! What policies tell: one small value for each thing that happened.
//!
//! A [`PolicyEvent`] is `Copy`, at most 64 bytes, and packs into [`WORDS`] plain words for the [`ring`](crate::ring). Every event carries a
//! [`Stamp`]: which policy, when, and, once it has been through a ring, its number there. [`PolicyEvent::stamp`] reaches it without a
//! match.
//!
//! # Words
//! | word | bits 0..8 | 8..12 | 12..16 | 16..32 | 32..64 |
//! |------|-----------|-------|--------|---------|--------|
//! | 0    | kind      | small | small  | attempt | policy |
//! | 1    | time in nanoseconds of the sink's clock |||||
//! | 2    | a count, or a duration in nanoseconds |||||
//! | 3    | a count, or a duration in nanoseconds |||||
//!
//! Durations saturate at 2^64 - 1 ns, 584 years. `None` of a duration is that value.
//!
//! # JSON
//! With the feature `serde` an event, its [`Stamp`], its id and its small words can be written and read. An event is one flat object:
//! `kind` says which variant, and the other fields stand beside it. Names and meanings are kept within a major version; a reader
//! ignores fields it does not know, and refuses a kind it does not know. Small words are the names of their variants.
//!
//! | field | unit | of |
//! |---|---|---|
//! | `kind`, `policy` | name, number | every event |
//! | `time_ns` | nanoseconds of the sink's clock | every event |
//! | `sequence` | number in its ring | every event; 0 when it is not there |
//! | `in_attempt` | number | every event that an attempt of a retry around its policy led to |
//! | `attempt`, `delay_ns` | number, nanoseconds | `RetryAttempt` |
//! | `attempts` | count | `RetryExhausted`, `RetryBudgetExhausted` |
//! | `from` | state | `CircuitOpened`, `CircuitHalfOpen`, `CircuitClosed` |
//! | `to` | state | `CircuitOpened`, `CircuitClosed` |
//! | `retry_after_ns` | nanoseconds | `CircuitRejected`; not there when unknown |
//! | `in_flight` | count | `BulkheadAcquired`, `BulkheadRejected` |
//! | `weight` | permits | `BulkheadAcquired`, `BulkheadRejected`; 1 when it is not there |
//! | `reason` | name | `BulkheadRejected` |
//! | `elapsed_ns` | nanoseconds | `TimeoutOccurred`, `RequestSuccess`, `RequestFailure`, `RequestCancelled` |
//! | `limit_ns` | nanoseconds | `TimeoutOccurred` |
//! | `arm` | name | `ForkStarted`, `ForkWon` |
//! | `cause` | name | `RequestFailure` |
//! | `primary`, `shadow` | name | `ShadowEvent` |
//! | `allowance_ns` | nanoseconds | `ShadowDropped` |
//!
//! Fields that an event does not have are left out, so the format must be one that names its fields: JSON, MessagePack with
//! names, CBOR. Nanoseconds are integers up to 2^64 - 1: a reader that keeps numbers as `f64` is exact up to 104 days.
//!
//! # Not promised
//! The words' layout: it may change in any release. What is kept or sent is the value, not its words.

mod cell;
mod interest;
mod kind;
mod packed;
#[cfg(feature = "serde")]
mod record;
mod stamp;
mod text;

use core::time::Duration;

pub use cell::{SeenInterest, SharedInterest};
pub use interest::Interest;
pub use kind::{Arm, BulkheadRejection, CircuitState, FailureCause, Kind, Verdict};
pub use packed::WORDS;
pub use stamp::{PolicyId, Stamp};

use crate::time::Tick;

/// Something that happened in a policy.
///
/// Each request that a policy has finished with gave exactly one of `RequestSuccess`, `RequestFailure` and `RequestCancelled` there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyEvent {
    /// An attempt failed and another one will be made.
    RetryAttempt {
        /// Who and when.
        at: Stamp,
        /// The number of the attempt to come; 2 is the first retry.
        attempt: u32,
        /// The wait before it.
        delay: Duration,
    },
    /// The last allowed attempt failed.
    RetryExhausted {
        /// Who and when.
        at: Stamp,
        /// Attempts made.
        attempts: u32,
    },
    /// An attempt failed, and the budget had no token for another.
    RetryBudgetExhausted {
        /// Who and when.
        at: Stamp,
        /// Attempts made.
        attempts: u32,
    },
    /// A circuit rejects from now on.
    CircuitOpened {
        /// Who and when.
        at: Stamp,
        /// Before.
        from: CircuitState,
        /// Now: open, latched or forced open.
        to: CircuitState,
    },
    /// A circuit tries probes from now on.
    CircuitHalfOpen {
        /// Who and when.
        at: Stamp,
        /// Before.
        from: CircuitState,
    },
    /// A circuit admits from now on.
    CircuitClosed {
        /// Who and when.
        at: Stamp,
        /// Before.
        from: CircuitState,
        /// Now: closed, forced closed or disabled.
        to: CircuitState,
    },
    /// A circuit turned a request away.
    CircuitRejected {
        /// Who and when.
        at: Stamp,
        /// When a call can be let through at the earliest.
        retry_after: Option<Duration>,
    },
    /// A bulkhead gave a permit.
    BulkheadAcquired {
        /// Who and when.
        at: Stamp,
        /// Permits out at the moment they were taken, these included.
        in_flight: u32,
        /// Permits that the call took: 1, unless calls are weighed.
        weight: u32,
    },
    /// A bulkhead turned a request away.
    BulkheadRejected {
        /// Who and when.
        at: Stamp,
        /// Permits out at that moment; 0 when it is not known.
        in_flight: u32,
        /// Permits that the call asked for: 1, unless calls are weighed.
        weight: u32,
        /// Why.
        reason: BulkheadRejection,
    },
    /// A call ran out of time.
    TimeoutOccurred {
        /// Who and when.
        at: Stamp,
        /// How long it was waited for.
        elapsed: Duration,
        /// The limit.
        limit: Duration,
    },
    /// A fallback's primary failed, and its backup takes over.
    FallbackTaken {
        /// Who and when.
        at: Stamp,
    },
    /// An arm of a fork-join was started.
    ForkStarted {
        /// Who and when.
        at: Stamp,
        /// Which.
        arm: Arm,
    },
    /// An arm of a fork-join gave the answer.
    ForkWon {
        /// Who and when.
        at: Stamp,
        /// Which.
        arm: Arm,
    },
    /// A request was answered.
    RequestSuccess {
        /// Who and when.
        at: Stamp,
        /// From `call` to the answer.
        elapsed: Duration,
    },
    /// A request failed.
    RequestFailure {
        /// Who and when.
        at: Stamp,
        /// From `call` to the error.
        elapsed: Duration,
        /// What kind of error.
        cause: FailureCause,
    },
    /// A request was dropped before it was answered.
    RequestCancelled {
        /// Who and when.
        at: Stamp,
        /// From `call` to the drop.
        elapsed: Duration,
    },
    /// A policy's shadow would have decided otherwise.
    ShadowEvent {
        /// Who and when.
        at: Stamp,
        /// What the policy decided.
        primary: Verdict,
        /// What its shadow would have decided.
        shadow: Verdict,
    },
    /// A policy's shadow usually cost more than it may, and is gone.
    ShadowDropped {
        /// Who and when.
        at: Stamp,
        /// What one evaluation may cost.
        allowance: Duration,
    },
}

// === impl PolicyEvent ===

impl PolicyEvent {
    /// Who, when, and the how-manieth.
    #[inline(always)]
    pub const fn stamp(&self) -> &Stamp {
        match self {
            Self::RetryAttempt { at, .. }
            | Self::RetryExhausted { at, .. }
            | Self::RetryBudgetExhausted { at, .. }
            | Self::CircuitOpened { at, .. }
            | Self::CircuitHalfOpen { at, .. }
            | Self::CircuitClosed { at, .. }
            | Self::CircuitRejected { at, .. }
            | Self::BulkheadAcquired { at, .. }
            | Self::BulkheadRejected { at, .. }
            | Self::TimeoutOccurred { at, .. }
            | Self::FallbackTaken { at }
            | Self::ForkStarted { at, .. }
            | Self::ForkWon { at, .. }
            | Self::RequestSuccess { at, .. }
            | Self::RequestFailure { at, .. }
            | Self::RequestCancelled { at, .. }
            | Self::ShadowEvent { at, .. }
            | Self::ShadowDropped { at, .. } => at,
        }
    }

    /// The policy that tells.
    #[inline]
    pub const fn policy(&self) -> PolicyId {
        self.stamp().policy
    }

    /// The attempt, of the nearest retry around the policy, that led to it: 1 is the first, 0 none.
    #[inline]
    pub const fn attempt(&self) -> u16 {
        self.stamp().attempt
    }

    /// When, by the sink's clock.
    #[inline]
    pub const fn time(&self) -> Tick {
        self.stamp().time
    }
}

#[cfg(test)]
mod tests;
