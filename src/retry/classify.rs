//! Which errors are worth another attempt.

use std::fmt;
use std::time::Duration;

use crate::error::ResilienceError;

/// Decides whether an error is worth another attempt.
pub trait RetryIf<E> {
    /// Whether to try again after `error`.
    fn retries(&self, error: &ResilienceError<E>) -> bool;

    /// The least time to wait before trying again after `error`, if it asks for one. None by default.
    fn delay_hint(&self, error: &ResilienceError<E>) -> Option<Duration> {
        let _ = error;
        None
    }
}

/// Tries again after the service's own errors and after timeouts, of one branch of several too: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transient;

/// Tries again after the service's own errors that a function says yes to, and after timeouts.
#[derive(Clone, Copy)]
pub struct OnError<F>(pub(super) F);

/// Tries again after whatever a function over the flat error says yes to, rejections included.
#[derive(Clone, Copy)]
pub struct OnFlatError<F>(pub(super) F);

// === impl RetryIf ===

impl<E> RetryIf<E> for Transient {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        match error {
            ResilienceError::AllFailed(failures) => {
                failures.iter().any(|error| self.retries(error))
            }
            other => other.is_inner() || other.is_timeout(),
        }
    }
}

impl<E, F: Fn(&E) -> bool> RetryIf<E> for OnError<F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        match error {
            ResilienceError::Inner(error) => (self.0)(error),
            ResilienceError::AllFailed(failures) => {
                failures.iter().any(|error| self.retries(error))
            }
            other => other.is_timeout(),
        }
    }
}

impl<E, F: Fn(&ResilienceError<E>) -> bool> RetryIf<E> for OnFlatError<F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        (self.0)(error)
    }
}

impl<F> fmt::Debug for OnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnError")
    }
}

impl<F> fmt::Debug for OnFlatError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnFlatError")
    }
}
