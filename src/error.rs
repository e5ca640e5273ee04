//! One flat error for every policy, however many are composed.
//!
//! A caller matches once. Inside a [`Policy`](crate::Policy) no `ResilienceError` holds another one, except
//! [`AllFailed`](ResilienceError::AllFailed), which lists the error of each branch of a `|` or `&`.

mod failures;
mod flat;
mod made;

use std::fmt;
use std::time::Duration;

use crate::counted::Counted;

pub use failures::{AttemptError, Failures};
pub use flat::FlatError;
pub use ninelives_core::event::FailureCause;
pub use ninelives_core::limit::{OutOfRange as ConfigError, Quantity};

/// Why a protected call has no answer.
///
/// `E` is the error of the service at the bottom; nothing is asked of it. The type is `Display` when `E` is, and an
/// [`Error`](std::error::Error) when `E` is; [`into_boxed`](Self::into_boxed) serves services whose error is boxed already.
///
/// A test of code that handles an error needs no policy to get one: [`circuit_open`](Self::circuit_open) and the like make it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResilienceError<E> {
    /// The call was not done in time. Its future was dropped before this error was returned.
    #[non_exhaustive]
    Timeout {
        /// How long the call was waited for, as the timer measured it.
        elapsed: Duration,
        /// The limit it ran against.
        timeout: Duration,
    },
    /// The bulkhead was full, and its line too if it has one; the service was not called.
    #[non_exhaustive]
    Bulkhead {
        /// Permits out at that moment: the calls in flight, each by its weight.
        in_flight: usize,
        /// The limit at that moment.
        max: usize,
    },
    /// The call weighs more than the bulkhead's limit; the service was not called.
    #[non_exhaustive]
    BulkheadOverweight {
        /// The permits it would have taken.
        weight: usize,
        /// The limit at that moment.
        max: usize,
    },
    /// The call's turn in the bulkhead's line did not come in time; the service was not called.
    #[non_exhaustive]
    BulkheadTimeout {
        /// How long the call stood in line.
        waited: Duration,
    },
    /// The bulkhead was closed; the service was not called.
    BulkheadClosed,
    /// The circuit breaker rejected the call; the service was not called.
    #[non_exhaustive]
    CircuitOpen {
        /// When a call can be admitted at the earliest, from the moment the circuit was asked; `None` when no time is
        /// known: only a command can change it, or the outcome of a probe whose lease is of 46 hours or more.
        retry_after: Option<Duration>,
    },
    /// The request's own deadline had passed before the service was called; it was not called.
    #[non_exhaustive]
    DeadlinePassed {
        /// How long ago.
        late_by: Duration,
    },
    /// Every allowed attempt failed.
    #[non_exhaustive]
    RetryExhausted {
        /// Attempts made, the first one included.
        attempts: u32,
        /// The error of the last attempt.
        last: AttemptError<E>,
    },
    /// Every branch of a fallback or of a fork-join failed.
    AllFailed(Failures<E>),
    /// The service itself failed.
    Inner(E),
}

// === impl ResilienceError ===

impl<E> ResilienceError<E> {
    /// Whether a call ran out of time.
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. })
    }

    /// Whether a bulkhead turned the call away, for whatever reason.
    pub const fn is_bulkhead(&self) -> bool {
        matches!(
            self,
            Self::Bulkhead { .. }
                | Self::BulkheadOverweight { .. }
                | Self::BulkheadTimeout { .. }
                | Self::BulkheadClosed
        )
    }

    /// Whether a closed bulkhead turned the call away.
    pub const fn is_bulkhead_closed(&self) -> bool {
        matches!(self, Self::BulkheadClosed)
    }

    /// Whether a circuit breaker turned the call away.
    pub const fn is_circuit_open(&self) -> bool {
        matches!(self, Self::CircuitOpen { .. })
    }

    /// Whether the request came, or came through, after its own deadline.
    pub const fn is_deadline_passed(&self) -> bool {
        matches!(self, Self::DeadlinePassed { .. })
    }

    /// Whether the allowed attempts are used up.
    pub const fn is_retry_exhausted(&self) -> bool {
        matches!(self, Self::RetryExhausted { .. })
    }

    /// Whether this is the service's own error, passed through.
    pub const fn is_inner(&self) -> bool {
        matches!(self, Self::Inner(_))
    }

    /// Whether the call was turned away before the service was called: by a bulkhead or a breaker, for a deadline that had passed, or
    /// by one of them on every branch. Rejections are never retried and never counted as failures by default.
    pub fn is_rejection(&self) -> bool {
        match self {
            Self::AllFailed(failures) => failures.iter().all(Self::is_rejection),
            _ => self.is_bulkhead() || self.is_circuit_open() || self.is_deadline_passed(),
        }
    }

    /// The kind of this error, as events tell it.
    pub const fn cause(&self) -> FailureCause {
        match self {
            Self::Timeout { .. } => FailureCause::Timeout,
            Self::RetryExhausted { .. } => FailureCause::Exhausted,
            Self::AllFailed(_) => FailureCause::AllFailed,
            Self::Inner(_) => FailureCause::Inner,
            Self::Bulkhead { .. }
            | Self::BulkheadOverweight { .. }
            | Self::BulkheadTimeout { .. }
            | Self::BulkheadClosed
            | Self::CircuitOpen { .. }
            | Self::DeadlinePassed { .. } => FailureCause::Rejected,
        }
    }

    /// When another try can succeed at the earliest, where that is known.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// The service's own error: of the call, or of the last attempt.
    pub const fn as_inner(&self) -> Option<&E> {
        match self {
            Self::Inner(error)
            | Self::RetryExhausted {
                last: AttemptError::Inner(error),
                ..
            } => Some(error),
            _ => None,
        }
    }

    /// The service's own error: of the call, or of the last attempt.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Inner(error)
            | Self::RetryExhausted {
                last: AttemptError::Inner(error),
                ..
            } => Some(error),
            _ => None,
        }
    }

    /// The same error over another error type.
    pub fn map_inner<F>(self, mut f: impl FnMut(E) -> F) -> ResilienceError<F> {
        self.map_with(&mut f)
    }

    fn map_with<F>(self, f: &mut dyn FnMut(E) -> F) -> ResilienceError<F> {
        match self {
            Self::Timeout { elapsed, timeout } => ResilienceError::Timeout { elapsed, timeout },
            Self::Bulkhead { in_flight, max } => ResilienceError::Bulkhead { in_flight, max },
            Self::BulkheadOverweight { weight, max } => {
                ResilienceError::BulkheadOverweight { weight, max }
            }
            Self::BulkheadTimeout { waited } => ResilienceError::BulkheadTimeout { waited },
            Self::BulkheadClosed => ResilienceError::BulkheadClosed,
            Self::CircuitOpen { retry_after } => ResilienceError::CircuitOpen { retry_after },
            Self::DeadlinePassed { late_by } => ResilienceError::DeadlinePassed { late_by },
            Self::RetryExhausted { attempts, last } => ResilienceError::RetryExhausted {
                attempts,
                last: match last {
                    AttemptError::Inner(error) => AttemptError::Inner(f(error)),
                    AttemptError::Timeout { elapsed, timeout } => {
                        AttemptError::Timeout { elapsed, timeout }
                    }
                },
            },
            Self::AllFailed(failures) => {
                ResilienceError::AllFailed(failures.map(|error| error.map_with(f)))
            }
            Self::Inner(error) => ResilienceError::Inner(f(error)),
        }
    }

    /// The error in a box, for callers that speak `Box<dyn Error>`.
    ///
    /// A service's own boxed error comes back as it is; everything else becomes a boxed `ResilienceError` whose inner error
    /// is the box's text.
    pub fn into_boxed(self) -> Box<dyn std::error::Error + Send + Sync>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match self {
            Self::Inner(error) => error.into(),
            other => Box::new(other.map_inner(|error| failures::Boxed(error.into()))),
        }
    }
}

impl<E: fmt::Display> fmt::Display for ResilienceError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { elapsed, timeout } => {
                write!(f, "timed out after {elapsed:?} (limit {timeout:?})")
            }
            Self::Bulkhead { in_flight, max } => {
                let permits = Counted::of(*max, ["permit", "permits"]);
                write!(f, "bulkhead full: {in_flight} of {permits} out")
            }
            Self::BulkheadOverweight { weight, max } => {
                write!(
                    f,
                    "a call of weight {weight} does not fit a bulkhead of {max}"
                )
            }
            Self::BulkheadTimeout { waited } => {
                write!(f, "no permit of the bulkhead came free within {waited:?}")
            }
            Self::BulkheadClosed => f.write_str("bulkhead closed"),
            Self::CircuitOpen {
                retry_after: Some(rest),
            } => write!(f, "circuit open, retry after {rest:?}"),
            Self::CircuitOpen { retry_after: None } => f.write_str("circuit open"),
            Self::DeadlinePassed { late_by } => {
                write!(f, "the request's deadline had passed {late_by:?} before")
            }
            Self::RetryExhausted { attempts, last } => {
                let attempts = Counted(u64::from(*attempts), ["attempt", "attempts"]);
                write!(f, "gave up after {attempts}: {last}")
            }
            Self::AllFailed(failures) => failures.fmt(f),
            Self::Inner(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for ResilienceError<E> {
    /// The service's own error; of several branches, the first branch's error.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::AllFailed(failures) => failures.iter().next().map(|first| first as _),
            other => other.as_inner().map(|error| error as _),
        }
    }
}

#[cfg(test)]
mod tests;
