//! What a reader saw last, and whether it has to look again.

use std::sync::Arc;

use super::backend;
use super::entry::Entry;
use super::live::Live;
use super::{Adaptive, Shadow};

/// What one reader of a live value saw last. The value is not in it: each read names the one that the reader was made for.
pub(crate) struct Reader<T>(backend::Reader<Entry<T>>);

// === impl Reader ===

impl<T> Reader<T> {
    pub(super) fn new(live: &Live<T>) -> Self {
        let mut reader = Self(live.slot().reader());
        reader.look(live);
        reader
    }

    /// The current version: one load and a comparison while it is the one that was seen last, and no override.
    #[inline]
    pub(super) fn entry(&mut self, live: &Live<T>) -> &Entry<T> {
        if !self.0.is_current(live.slot()) {
            self.look(live);
        }
        self.0.seen()
    }

    #[cold]
    fn look(&mut self, live: &Live<T>) {
        // An override may lapse at any time without a swap, and a mark be decided, so both are looked at each time.
        self.0
            .look(live.slot(), || live.entry(), |entry| entry.is_settled());
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

// === impl Adaptive ===

impl<T> Adaptive<T> {
    /// What a service keeps of this value between two requests.
    pub(crate) fn reader(&self) -> Reader<T> {
        Reader::new(&self.live)
    }

    /// The current value, through what was kept of it.
    #[inline]
    pub(crate) fn read<'a>(&self, reader: &'a mut Reader<T>) -> &'a T {
        &reader.entry(&self.live).value
    }

    /// The current value and its shadow, through what was kept of them.
    #[inline]
    pub(crate) fn read_both<'a>(
        &self,
        reader: &'a mut Reader<T>,
    ) -> (&'a T, Option<&'a Arc<Shadow<T>>>) {
        let entry = reader.entry(&self.live);
        (&entry.value, entry.shadow())
    }
}
