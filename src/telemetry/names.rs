//! The names of the policies that a sink was attached to.

use arc_swap::ArcSwap;

use crate::emit::PolicyId;
use crate::name::Name;

/// The most names that a sink remembers.
pub const MAX_NAMES: usize = 4096;

/// Names in the order of their numbers, which is that in which the policies were made.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: ArcSwap<Vec<Name>>,
}

// === impl Names ===

impl Names {
    /// Remembers the name, and forgets that of the oldest policy when there are too many.
    pub(super) fn remember(&self, name: &Name) {
        if place(&self.known.load(), name.id()).is_ok() {
            return;
        }
        self.known.rcu(|known| {
            let mut names = Vec::clone(known);
            if let Err(at) = place(&names, name.id()) {
                names.insert(at, name.clone());
            }
            if names.len() > MAX_NAMES {
                names.remove(0);
            }
            names
        });
    }

    pub(super) fn find(&self, policy: PolicyId) -> Option<Name> {
        let known = self.known.load();
        let at = place(&known, policy).ok()?;
        Some(known[at].clone())
    }
}

fn place(names: &[Name], policy: PolicyId) -> Result<usize, usize> {
    names.binary_search_by_key(&policy, Name::id)
}
