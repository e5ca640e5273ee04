//! The small vocabularies of events.

use super::PolicyEvent;
pub use crate::breaker::State as CircuitState;

/// What kind of event it is; the discriminants are bits of an [`Interest`](super::Interest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[repr(u8)]
pub enum Kind {
    /// [`RetryAttempt`](super::PolicyEvent::RetryAttempt)
    RetryAttempt = 0,
    /// [`RetryExhausted`](super::PolicyEvent::RetryExhausted)
    RetryExhausted = 1,
    /// [`RetryBudgetExhausted`](super::PolicyEvent::RetryBudgetExhausted)
    RetryBudgetExhausted = 2,
    /// [`CircuitOpened`](super::PolicyEvent::CircuitOpened)
    CircuitOpened = 3,
    /// [`CircuitHalfOpen`](super::PolicyEvent::CircuitHalfOpen)
    CircuitHalfOpen = 4,
    /// [`CircuitClosed`](super::PolicyEvent::CircuitClosed)
    CircuitClosed = 5,
    /// [`CircuitRejected`](super::PolicyEvent::CircuitRejected)
    CircuitRejected = 6,
    /// [`BulkheadAcquired`](super::PolicyEvent::BulkheadAcquired)
    BulkheadAcquired = 7,
    /// [`BulkheadRejected`](super::PolicyEvent::BulkheadRejected)
    BulkheadRejected = 8,
    /// [`TimeoutOccurred`](super::PolicyEvent::TimeoutOccurred)
    TimeoutOccurred = 9,
    /// [`FallbackTaken`](super::PolicyEvent::FallbackTaken)
    FallbackTaken = 10,
    /// [`ForkStarted`](super::PolicyEvent::ForkStarted)
    ForkStarted = 11,
    /// [`ForkWon`](super::PolicyEvent::ForkWon)
    ForkWon = 12,
    /// [`RequestSuccess`](super::PolicyEvent::RequestSuccess)
    RequestSuccess = 13,
    /// [`RequestFailure`](super::PolicyEvent::RequestFailure)
    RequestFailure = 14,
    /// [`RequestCancelled`](super::PolicyEvent::RequestCancelled)
    RequestCancelled = 15,
    /// [`ShadowEvent`](super::PolicyEvent::ShadowEvent)
    ShadowEvent = 16,
    /// [`ShadowDropped`](super::PolicyEvent::ShadowDropped)
    ShadowDropped = 17,
}

/// Why a bulkhead turned a request away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[repr(u8)]
pub enum BulkheadRejection {
    /// No permit, and no place in line.
    Full = 0,
    /// Its turn did not come in time.
    TimedOut = 1,
    /// The bulkhead was closed.
    Closed = 2,
    /// It weighs more than the limit.
    Overweight = 3,
    /// Its request's deadline has passed.
    DeadlinePassed = 4,
}

/// What kind of error a request ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[repr(u8)]
pub enum FailureCause {
    /// The service failed.
    Inner = 0,
    /// Time ran out.
    Timeout = 1,
    /// A bulkhead or a breaker turned it away.
    Rejected = 2,
    /// The attempts were used up.
    Exhausted = 3,
    /// Every branch failed.
    AllFailed = 4,
    /// The service or a policy panicked.
    Panicked = 5,
}

/// An arm of a fork-join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u8)]
pub enum Arm {
    /// The left one.
    Left = 0,
    /// The right one.
    Right = 1,
}

/// What a policy decided about a request, or its shadow would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[repr(u8)]
pub enum Verdict {
    /// Let in: by a breaker or a bulkhead.
    Admitted = 0,
    /// Turned away: by a breaker or a bulkhead.
    Rejected = 1,
    /// Answered within the limit of a timeout.
    InTime = 2,
    /// Past the limit of a timeout.
    TimedOut = 3,
    /// Another attempt follows.
    Retried = 4,
    /// No further attempt is made.
    GaveUp = 5,
    /// The second arm of a fork-join was started.
    Forked = 6,
    /// It was not.
    Alone = 7,
}

// === impl Kind ===

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::RetryAttempt,
        Self::RetryExhausted,
        Self::RetryBudgetExhausted,
        Self::CircuitOpened,
        Self::CircuitHalfOpen,
        Self::CircuitClosed,
        Self::CircuitRejected,
        Self::BulkheadAcquired,
        Self::BulkheadRejected,
        Self::TimeoutOccurred,
        Self::FallbackTaken,
        Self::ForkStarted,
        Self::ForkWon,
        Self::RequestSuccess,
        Self::RequestFailure,
        Self::RequestCancelled,
        Self::ShadowEvent,
        Self::ShadowDropped,
    ];

    /// The name of the variant, as it stands in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RetryAttempt => "RetryAttempt",
            Self::RetryExhausted => "RetryExhausted",
            Self::RetryBudgetExhausted => "RetryBudgetExhausted",
            Self::CircuitOpened => "CircuitOpened",
            Self::CircuitHalfOpen => "CircuitHalfOpen",
            Self::CircuitClosed => "CircuitClosed",
            Self::CircuitRejected => "CircuitRejected",
            Self::BulkheadAcquired => "BulkheadAcquired",
            Self::BulkheadRejected => "BulkheadRejected",
            Self::TimeoutOccurred => "TimeoutOccurred",
            Self::FallbackTaken => "FallbackTaken",
            Self::ForkStarted => "ForkStarted",
            Self::ForkWon => "ForkWon",
            Self::RequestSuccess => "RequestSuccess",
            Self::RequestFailure => "RequestFailure",
            Self::RequestCancelled => "RequestCancelled",
            Self::ShadowEvent => "ShadowEvent",
            Self::ShadowDropped => "ShadowDropped",
        }
    }
}

// === impl PolicyEvent ===

impl PolicyEvent {
    /// What kind of event it is.
    #[inline(always)]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::RetryAttempt { .. } => Kind::RetryAttempt,
            Self::RetryExhausted { .. } => Kind::RetryExhausted,
            Self::RetryBudgetExhausted { .. } => Kind::RetryBudgetExhausted,
            Self::CircuitOpened { .. } => Kind::CircuitOpened,
            Self::CircuitHalfOpen { .. } => Kind::CircuitHalfOpen,
            Self::CircuitClosed { .. } => Kind::CircuitClosed,
            Self::CircuitRejected { .. } => Kind::CircuitRejected,
            Self::BulkheadAcquired { .. } => Kind::BulkheadAcquired,
            Self::BulkheadRejected { .. } => Kind::BulkheadRejected,
            Self::TimeoutOccurred { .. } => Kind::TimeoutOccurred,
            Self::FallbackTaken { .. } => Kind::FallbackTaken,
            Self::ForkStarted { .. } => Kind::ForkStarted,
            Self::ForkWon { .. } => Kind::ForkWon,
            Self::RequestSuccess { .. } => Kind::RequestSuccess,
            Self::RequestFailure { .. } => Kind::RequestFailure,
            Self::RequestCancelled { .. } => Kind::RequestCancelled,
            Self::ShadowEvent { .. } => Kind::ShadowEvent,
            Self::ShadowDropped { .. } => Kind::ShadowDropped,
        }
    }
}
