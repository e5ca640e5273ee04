//! Reading and changing what is current; an override that has lapsed never is.

use std::sync::Arc;

use super::backend::{Reader, Slot};
use super::entry::Entry;

/// The current version; clones are the same one.
pub(super) struct Live<T>(Slot<Entry<T>>);

// === impl Live ===

impl<T> Live<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Slot::new(Entry::first(value)))
    }

    /// The current value.
    pub(super) fn value(&self) -> Arc<T> {
        // The clock of an override is foreign code: asked only after the look.
        let look = |entry: &Entry<T>| (!entry.is_override()).then(|| Arc::clone(&entry.value));
        match self.0.read(look) {
            Some(value) => value,
            None => Arc::clone(&self.entry().value),
        }
    }

    /// The current version, after putting it in the place of an override that has lapsed.
    pub(super) fn entry(&self) -> Arc<Entry<T>> {
        loop {
            let seen = self.0.load();
            match seen.lapsed() {
                None => return seen,
                Some(next) => {
                    if self.0.replace(&seen, Arc::clone(next)) {
                        next.ring();
                    }
                }
            }
        }
    }

    /// Puts what `step` makes of the current version in its place, tells who subscribed, and gives the new version.
    pub(super) fn change<E>(
        &self,
        mut step: impl FnMut(&Entry<T>) -> Result<Arc<Entry<T>>, E>,
    ) -> Result<u64, E> {
        loop {
            let seen = self.entry();
            let next = step(&seen)?;
            if self.0.replace(&seen, Arc::clone(&next)) {
                next.ring();
                return Ok(next.version);
            }
        }
    }

    /// As [`change`](Self::change), but of nothing that a reader sees, so nobody is told.
    pub(super) fn amend(&self, mut step: impl FnMut(&Entry<T>) -> Arc<Entry<T>>) -> u64 {
        loop {
            let seen = self.entry();
            if self.0.replace(&seen, step(&seen)) {
                return seen.version;
            }
        }
    }

    pub(super) fn reader(&self) -> Reader<Entry<T>> {
        self.0.reader()
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
