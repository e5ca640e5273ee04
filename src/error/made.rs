//! Errors made by hand: for who tests what a program does with them, and for services that refuse by themselves.

use std::time::Duration;

use super::{AttemptError, Failures, ResilienceError};

// === impl ResilienceError ===

/// The variants that may get more fields come from functions. Nothing is checked; a field that a later version adds says then that
/// nothing is known. `BulkheadClosed` and `Inner` are written as they are.
///
/// ```
/// use ninelives::ResilienceError;
/// use std::time::Duration;
///
/// /// What is to be tested: seconds for the header `retry-after`.
/// fn rest<E>(error: &ResilienceError<E>) -> Option<u64> {
///     error.retry_after().map(|rest| rest.as_secs())
/// }
///
/// let open = ResilienceError::<()>::circuit_open(Some(Duration::from_secs(30)));
/// assert_eq!(rest(&open), Some(30));
/// ```
impl<E> ResilienceError<E> {
    /// A call that was waited for as long as `elapsed`, against a limit of `timeout`.
    pub const fn timeout(elapsed: Duration, timeout: Duration) -> Self {
        Self::Timeout { elapsed, timeout }
    }

    /// A bulkhead that was full: `in_flight` of `max` permits were out.
    pub const fn bulkhead(in_flight: usize, max: usize) -> Self {
        Self::Bulkhead { in_flight, max }
    }

    /// A call of more permits, `weight`, than the bulkhead has at all, `max`.
    pub const fn bulkhead_overweight(weight: usize, max: usize) -> Self {
        Self::BulkheadOverweight { weight, max }
    }

    /// A call that stood in a bulkhead's line for as long as `waited`, and got no permit.
    pub const fn bulkhead_timeout(waited: Duration) -> Self {
        Self::BulkheadTimeout { waited }
    }

    /// An open circuit, which lets a call through in `retry_after` at the earliest, if that is known.
    pub const fn circuit_open(retry_after: Option<Duration>) -> Self {
        Self::CircuitOpen { retry_after }
    }

    /// A request that came after its own deadline, by `late_by`.
    pub const fn deadline_passed(late_by: Duration) -> Self {
        Self::DeadlinePassed { late_by }
    }

    /// A call that failed in each of `attempts` attempts, the first one included; `last` is what the last one said.
    pub const fn retry_exhausted(attempts: u32, last: AttemptError<E>) -> Self {
        Self::RetryExhausted { attempts, last }
    }

    /// Two branches that both failed, left and right. What is a list already is joined: of three branches, `right` is made by this
    /// function, too.
    pub fn all_failed(left: Self, right: Self) -> Self {
        Self::AllFailed(Failures::join(left, right))
    }
}

// === impl AttemptError ===

impl<E> AttemptError<E> {
    /// An attempt that was waited for as long as `elapsed`, against a limit of `timeout`.
    pub const fn timeout(elapsed: Duration, timeout: Duration) -> Self {
        Self::Timeout { elapsed, timeout }
    }
}
