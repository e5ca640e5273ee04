//! Where a reader stands: arithmetic on record numbers, apart from the slots.

/// A reader's place: the number of the record it wants next.
///
/// It belongs to one ring and starts with the first record; [`at`](Self::at) starts elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    next: u64,
}

/// What the numbers say about the next record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It has not been pushed, as far as this look can tell.
    Ahead,
    /// It is in its slot, as far as this look can tell.
    Here(u64),
    /// It was overwritten, with so many behind it.
    Behind(u64),
}

// === impl Reader ===

impl Reader {
    /// A reader that wants record `next` first.
    pub const fn at(next: u64) -> Self {
        Self { next }
    }

    /// The number of the record it wants next: everything below was read or lost.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Where the next record is, when `head` records are finished.
    ///
    /// A reader that learned by a claim that it was lapped may see a head of before that claim: numbers wrap, so the nearer way round tells.
    pub(super) const fn place(&self, head: u64, capacity: u64) -> Place {
        let waiting = head.wrapping_sub(self.next);
        if waiting as i64 <= 0 {
            Place::Ahead
        } else if waiting > capacity {
            Place::Behind(waiting - capacity)
        } else {
            Place::Here(self.next)
        }
    }

    /// How many records from the next one on are gone, when `claimed` records were begun; 0 when the copy just made is good.
    pub(super) const fn overtaken(&self, claimed: u64, capacity: u64) -> u64 {
        claimed.wrapping_sub(self.next).saturating_sub(capacity)
    }

    pub(super) const fn skip(&mut self, records: u64) {
        self.next = self.next.wrapping_add(records);
    }
}
