//! What the end of a call says about the dependency.

use std::fmt;
use std::time::Duration;

use crate::error::ResilienceError;

/// What the end of a call says about the dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It is healthy.
    Success,
    /// It is failing.
    Failure,
    /// Nothing: a probe releases its slot, and nothing is counted.
    Ignored,
}

/// Says what the end of a call means, of a response `T` or of an error over `E`.
///
/// A function is one through [`classify`](super::CircuitBreakerLayer::classify); a type of one's own through
/// [`classified_by`](super::CircuitBreakerLayer::classified_by). It is called once for each call that ends and each readiness error,
/// before the circuit is told. If it panics, the call has no outcome.
pub trait Classify<T, E> {
    /// What it means.
    fn classify(&self, result: Result<&T, &ResilienceError<E>>) -> Class;

    /// How long the dependency asks to be left alone. Asked of failures; a circuit that opens by one is open for at least as long.
    #[inline]
    fn retry_after(&self, result: Result<&T, &ResilienceError<E>>) -> Option<Duration> {
        let _ = result;
        None
    }
}

/// A response is a success, an error a failure, a rejection by a policy inside nothing: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByError;

/// Goes by a function.
#[derive(Clone, Copy)]
pub struct Classified<F>(pub(super) F);

/// Goes by `J`, and asks a function how long to leave the dependency alone.
#[derive(Clone, Copy)]
pub struct Hinted<J, F> {
    pub(super) judge: J,
    pub(super) hint: F,
    pub(super) at_most: Duration,
}

// === impl Classify ===

impl<T, E> Classify<T, E> for ByError {
    #[inline]
    fn classify(&self, result: Result<&T, &ResilienceError<E>>) -> Class {
        match result {
            Ok(_) => Class::Success,
            Err(error) if error.is_rejection() => Class::Ignored,
            Err(_) => Class::Failure,
        }
    }
}

impl<T, E, F> Classify<T, E> for Classified<F>
where
    F: Fn(Result<&T, &ResilienceError<E>>) -> Class,
{
    #[inline]
    fn classify(&self, result: Result<&T, &ResilienceError<E>>) -> Class {
        (self.0)(result)
    }
}

impl<T, E, J, F> Classify<T, E> for Hinted<J, F>
where
    J: Classify<T, E>,
    F: Fn(Result<&T, &ResilienceError<E>>) -> Option<Duration>,
{
    #[inline]
    fn classify(&self, result: Result<&T, &ResilienceError<E>>) -> Class {
        self.judge.classify(result)
    }

    fn retry_after(&self, result: Result<&T, &ResilienceError<E>>) -> Option<Duration> {
        Some((self.hint)(result)?.min(self.at_most))
    }
}

// === impl Classified ===

impl<F> fmt::Debug for Classified<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Classified")
    }
}

// === impl Hinted ===

impl<J: fmt::Debug, F> fmt::Debug for Hinted<J, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hinted")
            .field("judge", &self.judge)
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

impl<T, E, J: Classify<T, E> + ?Sized> Classify<T, E> for std::sync::Arc<J> {
    #[inline]
    fn classify(&self, result: Result<&T, &ResilienceError<E>>) -> Class {
        (**self).classify(result)
    }

    fn retry_after(&self, result: Result<&T, &ResilienceError<E>>) -> Option<Duration> {
        (**self).retry_after(result)
    }
}
