//! Numbers with what they count.

use std::fmt;

/// So many of something, as people say it; it comes with the word for one and the word for any other number.
#[derive(Clone, Copy)]
pub(crate) struct Counted(pub(crate) u64, pub(crate) [&'static str; 2]);

// === impl Counted ===

impl Counted {
    /// Of things that are in memory.
    pub(crate) const fn of(count: usize, words: [&'static str; 2]) -> Self {
        Self(count as u64, words)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, [one, many]) = *self;
        write!(f, "{count} {}", if count == 1 { one } else { many })
    }
}
