//! Why a bulkhead turned a call away at once.

use ninelives_core::semaphore::Entry;

use crate::emit::BulkheadRejection;
use crate::error::ResilienceError;

/// What was found when the call came. In words, as the futures that lie in the same place: by halves of words, those were moved in
/// pieces across which a processor must wait for its own writes.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    Full { in_flight: usize, limit: usize },
    Overweight { weight: usize, limit: usize },
    Closed,
}

// === impl Refusal ===

impl Refusal {
    /// What was decided of a call that weighs so much, and was not let in.
    #[inline]
    pub(super) fn of(entry: Entry, weight: u32) -> Self {
        match entry {
            Entry::Full { in_flight, limit } => Self::Full {
                in_flight: in_flight as usize,
                limit: limit as usize,
            },
            Entry::Overweight { limit } => Self::Overweight {
                weight: weight as usize,
                limit: limit as usize,
            },
            closed => {
                debug_assert!(matches!(closed, Entry::Closed), "it was let in");
                Self::Closed
            }
        }
    }

    /// The calls in flight, where they were what stood in the way.
    pub(super) const fn in_flight(self) -> u32 {
        match self {
            Self::Full { in_flight, .. } => in_flight as u32,
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
                in_flight,
                max: limit,
            },
            Self::Overweight { weight, limit } => {
                ResilienceError::bulkhead_overweight(weight, limit)
            }
            Self::Closed => ResilienceError::BulkheadClosed,
        }
    }
}
