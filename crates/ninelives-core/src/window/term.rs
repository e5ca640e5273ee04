//! Whose history it is.

/// The stretch of time that outcomes belong to, by a number that its keeper gives: a circuit that closes begins a new one.
///
/// 46 bits are kept. Numbers are compared for equality alone, so a clock that steps back does no harm; neighbours differ in
/// their low 14 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Term(u64);

// === impl Term ===

impl Term {
    pub(super) const BITS: u32 = 46;
    pub(super) const EPOCH_BITS: u32 = 14;

    /// The stretch with this number.
    #[inline]
    pub const fn new(number: u64) -> Self {
        Self(number & (u64::MAX >> (64 - Self::BITS)))
    }

    /// Its number, as it is kept.
    #[inline]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The low bits, for words that have no room for all.
    #[inline]
    pub(super) const fn epoch(self) -> u64 {
        self.0 & (u64::MAX >> (64 - Self::EPOCH_BITS))
    }
}
