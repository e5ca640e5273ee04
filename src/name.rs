//! The identity of a policy.

use std::fmt;
use std::sync::Arc;

use ninelives_core::event::PolicyId;
use ninelives_core::sequence::Sequence;

/// A policy's name, given by `.named("…")` or generated once when the policy is made, and the number that its events carry.
///
/// Clones are the same name. Generated names, and the numbers, are unique in the process; two policies that are given the same
/// text are still told apart by their numbers.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    id: PolicyId,
    text: Arc<str>,
}

static NUMBERS: Sequence = Sequence::new();

// === impl Name ===

impl Name {
    /// A name of its own for a policy of `kind` that was given none.
    pub(crate) fn generated(kind: &str) -> Self {
        let id = next_id();
        Self {
            id,
            text: format!("{kind}-{}", id.get()).into(),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number that this policy's events carry.
    pub const fn id(&self) -> PolicyId {
        self.id
    }
}

/// Numbers wrap after 2^32 policies.
fn next_id() -> PolicyId {
    PolicyId::new(NUMBERS.next() as u32)
}

impl<T: Into<Arc<str>>> From<T> for Name {
    fn from(name: T) -> Self {
        Self {
            id: next_id(),
            text: name.into(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
