//! Fields of a packed word: declared low to high, shifts derived, widths summed at compile time.

/// A run of bits inside a `u64`.
///
/// ```
/// use ninelives_core::bits::Field;
/// const STATE: Field = Field::first(3);
/// const COUNT: Field = STATE.then(13);
/// const _: () = assert!(COUNT.end() == 16);
/// let word = COUNT.set(STATE.set(0, 5), 1000);
/// assert_eq!((STATE.get(word), COUNT.get(word)), (5, 1000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    shift: u32,
    width: u32,
}

// === impl Field ===

impl Field {
    /// The field that starts at bit 0.
    ///
    /// # Panics
    /// When `width` is 0 or above 64; in a `const` this is a compile error.
    pub const fn first(width: u32) -> Self {
        assert!(width > 0 && width <= 64, "a field has 1 to 64 bits");
        Self { shift: 0, width }
    }

    /// The field of `width` bits right above this one.
    ///
    /// # Panics
    /// When it would pass bit 64; in a `const` this is a compile error.
    pub const fn then(self, width: u32) -> Self {
        assert!(
            width > 0 && self.end() + width <= 64,
            "the word has 64 bits"
        );
        Self {
            shift: self.end(),
            width,
        }
    }

    /// The first bit above this field.
    pub const fn end(self) -> u32 {
        self.shift + self.width
    }

    /// The largest value the field holds.
    pub const fn max(self) -> u64 {
        u64::MAX >> (64 - self.width)
    }

    /// The field's bits, in place.
    pub const fn mask(self) -> u64 {
        self.max() << self.shift
    }

    /// The value in `word`.
    #[inline]
    pub const fn get(self, word: u64) -> u64 {
        (word >> self.shift) & self.max()
    }

    /// `word` with the field replaced by `value`.
    ///
    /// A value that does not fit is a bug of the caller: debug builds panic, release builds keep the low bits, so that a
    /// neighbour field is never touched.
    #[inline]
    pub const fn set(self, word: u64, value: u64) -> u64 {
        debug_assert!(value <= self.max(), "the value does not fit its field");
        (word & !self.mask()) | ((value & self.max()) << self.shift)
    }

    /// The smallest step of the field: add it to a word to count one up, when the field is below [`max`](Self::max).
    #[inline]
    pub const fn one(self) -> u64 {
        1 << self.shift
    }
}

#[cfg(test)]
mod tests;
