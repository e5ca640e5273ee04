//! What the driver asks of a side: make one request, and say how it ended.

use std::future::Future;
use std::pin::Pin;

/// How a request ended for its caller. Exactly one per request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream answered.
    Answered,
    /// The upstream was asked in vain, then the fallback answered.
    FallbackAfterTry,
    /// The policy turned the request away before it was sent, and the fallback answered.
    FallbackAtOnce,
    /// The policy turned the request away and nothing answered.
    Rejected,
    /// It ran into a time limit and nothing answered.
    TimedOut,
    /// A 5xx or a broken connection.
    Failed,
    /// Still without an answer when the run was over.
    Hung,
}

/// One side of the storm.
pub trait Caller: Send + Sync {
    /// Makes the request with this place in the schedule. Dropping the future gives the request up.
    fn call(&self, index: u64) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;
}

// === impl Outcome ===

impl Outcome {
    /// All of them, good ones first: the order of the plots.
    pub const ALL: [Self; 7] = [
        Self::Answered,
        Self::FallbackAfterTry,
        Self::FallbackAtOnce,
        Self::Rejected,
        Self::TimedOut,
        Self::Failed,
        Self::Hung,
    ];

    /// Its name in `report.json` and in the plots.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::FallbackAfterTry => "fallback_after_try",
            Self::FallbackAtOnce => "fallback_at_once",
            Self::Rejected => "rejected",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
            Self::Hung => "hung",
        }
    }

    /// Whether the caller was left with nothing.
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::Rejected | Self::TimedOut | Self::Failed | Self::Hung
        )
    }
}
