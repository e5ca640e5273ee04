//! Events for people.

use core::fmt;

use super::{Arm, BulkheadRejection, FailureCause, PolicyEvent, PolicyId, Verdict};

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {}", self.get())
    }
}

impl fmt::Display for PolicyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.policy())?;
        if self.attempt() > 1 {
            write!(f, "in attempt {}, ", self.attempt())?;
        }
        match self {
            Self::RetryAttempt { attempt, delay, .. } => {
                write!(f, "attempt {attempt} follows in {delay:?}")
            }
            Self::RetryExhausted { attempts: 1, .. } => f.write_str("gave up after 1 attempt"),
            Self::RetryExhausted { attempts, .. } => write!(f, "gave up after {attempts} attempts"),
            Self::RetryBudgetExhausted { attempts, .. } => {
                write!(f, "no token for another attempt after {attempts}")
            }
            Self::CircuitOpened { from, to, .. } | Self::CircuitClosed { from, to, .. } => {
                write!(f, "circuit {}, was {}", to.as_str(), from.as_str())
            }
            Self::CircuitHalfOpen { from, .. } => {
                write!(f, "circuit half-open, was {}", from.as_str())
            }
            Self::CircuitRejected {
                retry_after: Some(rest),
                ..
            } => write!(f, "circuit rejected, retry after {rest:?}"),
            Self::CircuitRejected { .. } => f.write_str("circuit rejected"),
            Self::BulkheadAcquired {
                in_flight,
                weight: 1,
                ..
            } => write!(f, "permit taken, {in_flight} out"),
            Self::BulkheadAcquired {
                in_flight, weight, ..
            } => write!(f, "{weight} permits taken, {in_flight} out"),
            Self::BulkheadRejected {
                in_flight,
                weight,
                reason,
                ..
            } => match reason {
                BulkheadRejection::Full => write!(f, "bulkhead full, {in_flight} in flight"),
                BulkheadRejection::TimedOut => f.write_str("no permit in time"),
                BulkheadRejection::Closed => f.write_str("bulkhead closed"),
                BulkheadRejection::Overweight => write!(f, "weight {weight} is above the limit"),
                BulkheadRejection::DeadlinePassed => f.write_str("the deadline has passed"),
            },
            Self::TimeoutOccurred { elapsed, limit, .. } => {
                write!(f, "timed out after {elapsed:?} (limit {limit:?})")
            }
            Self::FallbackTaken { .. } => f.write_str("fell back"),
            Self::ForkStarted { arm, .. } => write!(f, "{} arm started", side(*arm)),
            Self::ForkWon { arm, .. } => write!(f, "{} arm won", side(*arm)),
            Self::RequestSuccess { elapsed, .. } => write!(f, "answered in {elapsed:?}"),
            Self::RequestFailure { elapsed, cause, .. } => {
                write!(f, "failed after {elapsed:?}: {}", why(*cause))
            }
            Self::RequestCancelled { elapsed, .. } => write!(f, "dropped after {elapsed:?}"),
            Self::ShadowEvent {
                primary, shadow, ..
            } => write!(f, "{}, shadow {}", said(*primary), said(*shadow)),
            Self::ShadowDropped { allowance, .. } => {
                write!(f, "shadow dropped: it cost more than {allowance:?}")
            }
        }
    }
}

const fn side(arm: Arm) -> &'static str {
    match arm {
        Arm::Left => "left",
        Arm::Right => "right",
    }
}

const fn why(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::Inner => "the service failed",
        FailureCause::Timeout => "out of time",
        FailureCause::Rejected => "rejected",
        FailureCause::Exhausted => "attempts used up",
        FailureCause::AllFailed => "every branch failed",
        FailureCause::Panicked => "panicked",
    }
}

const fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Admitted => "admitted",
        Verdict::Rejected => "rejected",
        Verdict::InTime => "in time",
        Verdict::TimedOut => "timed out",
        Verdict::Retried => "tried again",
        Verdict::GaveUp => "gave up",
        Verdict::Forked => "forked",
        Verdict::Alone => "did not fork",
    }
}
