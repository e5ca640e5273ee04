//! A reader that keeps what it saw last.

use std::fmt;

use super::live::Live;
use super::reader::Reader;
use super::snapshot::Snapshot;

/// A reader for one service or one thread: a read is a look at a generation, and nothing is counted or written.
///
/// Made by [`Adaptive::cache`](super::Adaptive::cache). Between two loads it keeps the value of the first alive. Once anybody
/// has seen a version, no cache reads one before it.
///
/// # Progress
/// As that of [`Adaptive`](super::Adaptive): wait-free.
///
/// # Examples
/// ```
/// use ninelives::Adaptive;
///
/// let limit = Adaptive::new(8);
/// let mut cache = limit.cache();
/// assert_eq!(*cache.load(), 8);
/// limit.set(9)?;
/// assert_eq!(*cache.load(), 9);
/// # Ok::<(), ninelives::ConfigError>(())
/// ```
pub struct Cache<T> {
    live: Live<T>,
    reader: Reader<T>,
}

// === impl Cache ===

impl<T> Cache<T> {
    pub(super) fn new(live: Live<T>) -> Self {
        let reader = Reader::new(&live);
        Self { live, reader }
    }

    /// The current value.
    #[inline]
    pub fn load(&mut self) -> &T {
        &self.reader.entry(&self.live).value
    }

    /// The current value with its version.
    pub fn snapshot(&mut self) -> Snapshot<T> {
        Snapshot::of(self.reader.entry(&self.live))
    }
}

impl<T> Clone for Cache<T> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            reader: self.reader.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Cache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.live.entry().describe("Cache", f)
    }
}
