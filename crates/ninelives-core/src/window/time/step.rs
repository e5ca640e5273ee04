//! What one more, and one less, make of a slot's word.

use super::word::{Stamp, Word};

/// What became of one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was counted.
    Counted,
    /// It was counted, the first of its slot: an older slot made way.
    Turned,
    /// The slot counts no more.
    Full,
    /// The slot has gone on to a later lap: what came was older than the window.
    Outdated,
    /// It belongs to a stretch that is over.
    Late,
}

// === impl Added ===

impl Added {
    /// It is in the count.
    #[inline]
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Counted | Self::Turned)
    }
}

/// One more of then. `current` says whether its stretch still is the one that counts; it matters only where [`asks`] says so.
pub const fn add(word: Word, stamp: Stamp, patience: u64, current: bool) -> (Word, Added) {
    if word.has_room(stamp) {
        (word.one_more(), Added::Counted)
    } else if word.is_of(stamp) {
        (word, Added::Full)
    } else if is_past(word, stamp, patience) {
        (word, Added::Outdated)
    } else if current {
        (Word::of(stamp, 1), Added::Turned)
    } else {
        (word, Added::Late)
    }
}

/// Puts the slot to then, with nothing: where [`add`] would put it there with one.
pub const fn turn(word: Word, stamp: Stamp, patience: u64, current: bool) -> Word {
    match add(word, stamp, patience, current) {
        (_, Added::Turned) => Word::of(stamp, 0),
        _ => word,
    }
}

/// Whether [`add`] would put the slot to another time, which only the current stretch may.
pub const fn asks(word: Word, stamp: Stamp, patience: u64) -> bool {
    !word.is_of(stamp) && !is_past(word, stamp, patience)
}

/// One less of then: nothing, when the slot is of another time.
pub const fn remove(word: Word, stamp: Stamp) -> Word {
    if word.count_of(stamp) == 0 {
        word
    } else {
        word.one_less()
    }
}

/// The slot is ahead, by no more than a thread may be behind: then it is not the clock that went back.
const fn is_past(word: Word, stamp: Stamp, patience: u64) -> bool {
    let ahead = word.laps_ahead(stamp);
    word.count() > 0 && ahead > 0 && ahead <= patience
}
