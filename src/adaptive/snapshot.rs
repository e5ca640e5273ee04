//! A value with the version it had.

use std::fmt;
use std::sync::Arc;

use super::entry::Entry;

/// One version of a live value.
pub struct Snapshot<T> {
    value: Arc<T>,
    version: u64,
}

// === impl Snapshot ===

impl<T> Snapshot<T> {
    pub(super) fn of(entry: &Entry<T>) -> Self {
        Self {
            value: Arc::clone(&entry.value),
            version: entry.version,
        }
    }

    /// The value.
    pub const fn value(&self) -> &Arc<T> {
        &self.value
    }

    /// Its version.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The value, without its version.
    pub fn into_value(self) -> Arc<T> {
        self.value
    }
}

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            version: self.version,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("value", &self.value)
            .field("version", &self.version)
            .finish()
    }
}
