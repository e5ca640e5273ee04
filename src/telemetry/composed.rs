//! What went wrong in a sink that is made of two.

use std::error::Error;
use std::fmt;

/// The errors of a [`MulticastSink`](super::MulticastSink)'s branches, or of a [`FallbackSink`](super::FallbackSink)'s primary and backup.
///
/// At least one is there. A sink that did what it should has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComposedSinkError<A, B> {
    first: Option<A>,
    second: Option<B>,
}

// === impl ComposedSinkError ===

impl<A, B> ComposedSinkError<A, B> {
    pub(super) const fn new(first: Option<A>, second: Option<B>) -> Self {
        Self { first, second }
    }

    /// The first branch failed alone. For tests of code that handles such an error, as the two beside it.
    pub const fn of_first(error: A) -> Self {
        Self::new(Some(error), None)
    }

    /// The second branch failed alone.
    pub const fn of_second(error: B) -> Self {
        Self::new(None, Some(error))
    }

    /// Both failed.
    pub const fn of_both(first: A, second: B) -> Self {
        Self::new(Some(first), Some(second))
    }

    /// The error of the first branch, or of the primary.
    pub const fn first(&self) -> Option<&A> {
        self.first.as_ref()
    }

    /// The error of the second branch, or of the backup.
    pub const fn second(&self) -> Option<&B> {
        self.second.as_ref()
    }

    /// Both.
    pub fn into_parts(self) -> (Option<A>, Option<B>) {
        (self.first, self.second)
    }
}

/// With both errors the text names the second: the first is the [`source`](Error::source).
impl<A, B: fmt::Display> fmt::Display for ComposedSinkError<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.first, &self.second) {
            (Some(_), Some(second)) => write!(f, "both sinks failed, the second with: {second}"),
            (None, _) => f.write_str("the second sink failed"),
            (Some(_), None) => f.write_str("the first sink failed"),
        }
    }
}

impl<A: Error + 'static, B: Error + 'static> Error for ComposedSinkError<A, B> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match (&self.first, &self.second) {
            (Some(first), _) => Some(first),
            (None, Some(second)) => Some(second),
            (None, None) => None,
        }
    }
}
