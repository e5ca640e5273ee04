//! The identity of a policy.

use std::fmt;
use std::sync::Arc;

use ninelives_core::sequence::Sequence;

/// A policy's name: given by `.named("…")`, or generated once when the policy is made.
///
/// Clones are the same name. Generated names are unique in the process.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

// === impl Name ===

impl Name {
    /// A name of its own for a policy of `kind` that was given none.
    pub(crate) fn generated(kind: &str) -> Self {
        static NUMBERS: Sequence = Sequence::new();
        Self(format!("{kind}-{}", NUMBERS.next()).into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Arc<str>>> From<T> for Name {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
