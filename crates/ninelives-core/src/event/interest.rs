//! Which kinds of events somebody wants.

use super::Kind;

/// A set of kinds.
///
/// ```
/// use ninelives_core::event::{Interest, Kind};
/// let circuit = Interest::NONE.with(Kind::CircuitOpened).with(Kind::CircuitClosed);
/// assert!(circuit.wants(Kind::CircuitOpened) && !circuit.wants(Kind::RequestSuccess));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interest(u32);

// === impl Interest ===

impl Interest {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind, those of later versions too.
    pub const ALL: Self = Self(u32::MAX);
    /// How requests ended: success, failure, cancelled.
    pub const OUTCOMES: Self = Self::NONE
        .with(Kind::RequestSuccess)
        .with(Kind::RequestFailure)
        .with(Kind::RequestCancelled);

    /// This set and `kind`.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// This set without `kind`.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u32))
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `kind` is in it.
    #[inline]
    pub const fn wants(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    /// Whether it has a kind in common with `other`.
    #[inline]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set from its bits, as [`bits`](Self::bits) gave them.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Its bits: one for each kind, by its number.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// This kind alone.
impl From<Kind> for Interest {
    fn from(kind: Kind) -> Self {
        Self::NONE.with(kind)
    }
}

impl FromIterator<Kind> for Interest {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}
