//! Which answers are worth another attempt.

use std::fmt;
use std::time::Duration;

use crate::error::ResilienceError;

/// Decides whether an answer is worth another attempt.
pub trait RetryIf<R, E> {
    /// Whether to try again after `error`.
    fn retries(&self, error: &ResilienceError<E>) -> bool;

    /// Whether to try again although there is a response. Never by default.
    #[inline]
    fn retries_response(&self, response: &R) -> bool {
        let _ = response;
        false
    }

    /// The least time to wait before trying again after `answer`, if it asks for one. None by default.
    fn delay_hint(&self, answer: Result<&R, &ResilienceError<E>>) -> Option<Duration> {
        let _ = answer;
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

/// Tries again after the service's own errors and responses that a function says yes to, and after timeouts.
#[derive(Clone, Copy)]
pub struct OnResult<F>(pub(super) F);

// === impl RetryIf ===

impl<R, E> RetryIf<R, E> for Transient {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        transient(error, &|_| true)
    }
}

impl<R, E, F: Fn(&E) -> bool> RetryIf<R, E> for OnError<F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        transient(error, &self.0)
    }
}

impl<R, E, F: Fn(&ResilienceError<E>) -> bool> RetryIf<R, E> for OnFlatError<F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        (self.0)(error)
    }
}

impl<R, E, F: Fn(Result<&R, &E>) -> bool> RetryIf<R, E> for OnResult<F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        transient(error, &|error| (self.0)(Err(error)))
    }

    #[inline]
    fn retries_response(&self, response: &R) -> bool {
        (self.0)(Ok(response))
    }
}

/// A timeout, or an error of the service that `own` says yes to; of several branches, one at least.
#[inline]
fn transient<E>(error: &ResilienceError<E>, own: &impl Fn(&E) -> bool) -> bool {
    match error {
        ResilienceError::Inner(error) => own(error),
        ResilienceError::AllFailed(failures) => failures.iter().any(|error| transient(error, own)),
        other => other.is_timeout(),
    }
}

macro_rules! debug {
    ($($name:ident)*) => {$(
        impl<F> fmt::Debug for $name<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

debug!(OnError OnFlatError OnResult);
