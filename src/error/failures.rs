//! What each attempt or branch said.

use std::fmt;
use std::time::Duration;

use super::ResilienceError;

/// Why the last attempt of a retried call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptError<E> {
    /// The service failed.
    Inner(E),
    /// The attempt ran out of time.
    #[non_exhaustive]
    Timeout {
        /// How long the attempt was waited for.
        elapsed: Duration,
        /// The limit it ran against.
        timeout: Duration,
    },
}

/// What every branch of a `|` or `&` said, left to right. At least two, and none of them is a list itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures<E> {
    // boxed: only a call that failed on every branch pays for the list.
    list: Box<[ResilienceError<E>]>,
}

/// A boxed error that is an error itself, so that it can be the inner one of another.
#[derive(Debug)]
pub(super) struct Boxed(pub(super) Box<dyn std::error::Error + Send + Sync>);

// === impl Failures ===

impl<E> Failures<E> {
    /// Joins what two branches said into one flat list.
    pub(crate) fn join(first: ResilienceError<E>, second: ResilienceError<E>) -> Self {
        let mut list = Vec::with_capacity(2);
        for error in [first, second] {
            match error {
                ResilienceError::AllFailed(nested) => list.extend(nested.list),
                single => list.push(single),
            }
        }
        Self {
            list: list.into_boxed_slice(),
        }
    }

    /// The errors, left to right.
    pub fn iter(&self) -> std::slice::Iter<'_, ResilienceError<E>> {
        self.list.iter()
    }

    pub(super) fn map<F>(
        self,
        f: impl FnMut(ResilienceError<E>) -> ResilienceError<F>,
    ) -> Failures<F> {
        Failures {
            list: self.list.into_iter().map(f).collect(),
        }
    }
}

impl<E> IntoIterator for Failures<E> {
    type Item = ResilienceError<E>;
    type IntoIter = std::vec::IntoIter<ResilienceError<E>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_vec().into_iter()
    }
}

impl<'a, E> IntoIterator for &'a Failures<E> {
    type Item = &'a ResilienceError<E>;
    type IntoIter = std::slice::Iter<'a, ResilienceError<E>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<E: fmt::Display> fmt::Display for Failures<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "all {} branches failed: ", self.list.len())?;
        for (index, error) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

// === impl AttemptError ===

impl<E: fmt::Display> fmt::Display for AttemptError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inner(error) => error.fmt(f),
            Self::Timeout { elapsed, timeout } => {
                write!(f, "timed out after {elapsed:?} (limit {timeout:?})")
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for AttemptError<E> {
    /// The service's own error.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Inner(error) => Some(error),
            Self::Timeout { .. } => None,
        }
    }
}

// === impl Boxed ===

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Boxed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}
