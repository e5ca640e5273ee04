//! Why a bulkhead turned a call away at once.

use ninelives_core::semaphore::Entry;

use crate::emit::BulkheadRejection;
use crate::error::ResilienceError;

/// What was found when the call came.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    Full { in_flight: u32, limit: u32 },
    Overweight { weight: u32, limit: u32 },
    Closed,
}

// === impl Refusal ===

impl Refusal {
    /// What was decided of a call that weighs so much, and was not let in.
    #[inline]
    pub(super) fn of(entry: Entry, weight: u32) -> Self {
        match entry {
            Entry::Full { in_flight, limit } => Self::Full { in_flight, limit },
            Entry::Overweight { limit } => Self::Overweight { weight, limit },
            Entry::Closed => Self::Closed,
            Entry::Acquired { .. } | Entry::Waiting(_) => unreachable!("it was let in"),
        }
    }

    /// The calls in flight, where they were what stood in the way.
    pub(super) const fn in_flight(self) -> u32 {
        match self {
            Self::Full { in_flight, .. } => in_flight,
            Self::Overweight { .. } | Self::Closed => 0,
        }
    }

    /// For those who listen.
    pub(super) const fn reason(self) -> BulkheadRejection {
        match self {
            Self::Full { .. } => BulkheadRejection::Full,
            Self::Overweight { .. } => BulkheadRejection::Overweight,
            Self::Closed => BulkheadRejection::Closed,
        }
    }

    /// For the caller.
    #[inline]
    pub(super) fn error<E>(self) -> ResilienceError<E> {
        match self {
            Self::Full { in_flight, limit } => ResilienceError::Bulkhead {
                in_flight: in_flight as usize,
                max: limit as usize,
            },
            Self::Overweight { weight, limit } => ResilienceError::overweight(weight, limit),
            Self::Closed => ResilienceError::BulkheadClosed,
        }
    }
}
