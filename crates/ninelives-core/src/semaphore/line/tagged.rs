//! A slot's number, or none, and a turn that changes with every swap: what a node of the tree and the head of the free list hold.

use core::fmt;

use crate::bits::Field;

const SLOT: Field = Field::first(21);
const TURN: Field = SLOT.then(43);
const _: () = assert!(TURN.end() == 64);
const _: () = assert!((super::super::word::MAX_PLACES as u64) < SLOT.max());

/// The packed pair. The turn makes each value new, so that a swap prepared from old reads fails.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tagged(u64);

// === impl Tagged ===

impl Tagged {
    /// No slot, first turn.
    pub(super) const EMPTY: Self = Self(0);

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The slot, if any: the field holds its number plus one.
    pub(super) const fn slot(self) -> Option<u32> {
        (SLOT.get(self.0) as u32).checked_sub(1)
    }

    /// The next turn, with this slot.
    pub(super) const fn next(self, slot: Option<u32>) -> Self {
        let number = match slot {
            Some(slot) => slot as u64 + 1,
            None => 0,
        };
        let turn = TURN.get(self.0).wrapping_add(1) & TURN.max();
        Self(TURN.set(SLOT.set(0, number), turn))
    }
}

impl fmt::Debug for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged")
            .field("slot", &self.slot())
            .field("turn", &TURN.get(self.0))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Tagged;

    #[test]
    fn a_word_with_the_same_slot_is_another_one_each_turn() {
        let turns = core::iter::successors(Some(Tagged::EMPTY), |word| Some(word.next(Some(3))));
        let words: std::vec::Vec<_> = turns.skip(1).take(100).collect();
        assert!(words.iter().all(|word| word.slot() == Some(3)));
        for (nth, word) in words.iter().enumerate() {
            let others = words[..nth].iter();
            assert!(!others.into_iter().any(|other| other.bits() == word.bits()));
        }
    }

    #[test]
    fn a_word_of_the_tree_prints_its_slot_and_its_turn() {
        let word = Tagged::EMPTY.next(Some(3));
        assert_eq!(
            std::format!("{word:?}"),
            "Tagged { slot: Some(3), turn: 1 }"
        );
        let empty = word.next(None);
        assert_eq!(std::format!("{empty:?}"), "Tagged { slot: None, turn: 2 }");
    }
}
