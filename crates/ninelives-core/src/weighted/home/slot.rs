//! The homes that nobody has, and all that there are: rows that double, made when they are needed and never given back.
//!
//! A row has one bit for each of its homes that is vacant. Whoever takes a bit away has the home; whoever puts it back has no more to do with
//! it. There is no list, and so nothing that a late thread could put back twice.

use alloc::boxed::Box;
use core::ptr;

use once_cell::race::OnceBox;

use super::Home;
use crate::sync::{AtomicU64, AtomicUsize, Ordering};

/// Homes for each word; few keep the models small, and what is interpreted.
const BITS: usize = if cfg!(any(ninelives_loom, miri)) {
    2
} else {
    64
};
/// Rows at most. The last would not fit into memory.
const ROWS: usize = 32;
/// Words of a row that are tried before the next row is.
const TRIES: usize = 8;

/// All homes, vacant or not.
pub struct Vacancies {
    rows: [OnceBox<Row>; ROWS],
    /// How many rows there are, at least.
    made: AtomicUsize,
    /// How many searches have begun.
    next: AtomicUsize,
}

/// Each has twice as many as the one before.
struct Row {
    vacant: Box<[AtomicU64]>,
    homes: Box<[Home]>,
}

// === impl Vacancies ===

impl Vacancies {
    /// None yet.
    #[cfg(not(ninelives_loom))]
    pub const fn new() -> Self {
        Self {
            rows: [const { OnceBox::new() }; ROWS],
            made: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
        }
    }

    /// None yet.
    #[cfg(ninelives_loom)]
    pub fn new() -> Self {
        Self {
            rows: core::array::from_fn(|_| OnceBox::new()),
            made: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
        }
    }

    /// A vacant home; a new row of them if none is found.
    ///
    /// # Progress
    /// Lock-free: who finds nothing in eight words of each row makes another row.
    pub fn lease(&'static self) -> &'static Home {
        // Relaxed: it says where to look. Mixed, so that those who hold for long do not crowd wherever they come at regular turns.
        let turn = self.next.fetch_add(1, Ordering::Relaxed) as u64;
        let seed = (turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        // Relaxed: a row that is not seen yet is found by `get_or_init`.
        let mut top = self.made.load(Ordering::Relaxed);
        loop {
            let rows = self.rows[..top].iter().rev();
            let found = rows.flat_map(OnceBox::get).find_map(|row| row.take(seed));
            if let Some(home) = found {
                return home;
            }
            let row = self.rows[top].get_or_init(|| Box::new(Row::new(top)));
            top += 1;
            // Relaxed: as above.
            self.made.fetch_max(top, Ordering::Relaxed);
            if let Some(home) = row.take(seed) {
                return home;
            }
        }
    }

    /// Nobody has it any longer. It is one of these.
    pub fn give_back(&self, home: &Home) {
        let rows = self.rows.iter().map_while(OnceBox::get);
        let mut found = rows.filter_map(|row| Some((row, row.index(home)?)));
        if let Some((row, index)) = found.next() {
            // Release: pairs with the Acquire in `take_one`: the home is found as it was left.
            row.vacant[index / BITS].fetch_or(1 << (index % BITS), Ordering::Release);
        }
    }
}

impl Default for Vacancies {
    fn default() -> Self {
        Self::new()
    }
}

// === impl Row ===

impl Row {
    fn new(row: usize) -> Self {
        let words = 1 << row;
        let all = || AtomicU64::new(u64::MAX >> (64 - BITS));
        Self {
            vacant: (0..words).map(|_| all()).collect(),
            homes: (0..BITS * words).map(|_| Home::new()).collect(),
        }
    }

    /// Which of its homes this is, if it is one of them.
    fn index(&self, home: &Home) -> Option<usize> {
        let at = ptr::from_ref(home);
        let range = self.homes.as_ptr_range();
        let offset = at.addr().wrapping_sub(range.start.addr());
        range.contains(&at).then_some(offset / size_of::<Home>())
    }

    /// Takes a home that is vacant, if one of a few words from `seed` on has any.
    fn take(&self, seed: usize) -> Option<&Home> {
        let words = self.vacant.len();
        (0..words.min(TRIES)).find_map(|turn| {
            let word = (seed + turn) & (words - 1);
            let index = take_one(&self.vacant[word])?;
            Some(&self.homes[word * BITS + index])
        })
    }
}

/// Takes one of the bits that are set.
fn take_one(word: &AtomicU64) -> Option<usize> {
    // Relaxed: a guess.
    let mut seen = word.load(Ordering::Relaxed);
    while seen != 0 {
        let bit = seen.trailing_zeros();
        // Acquire: pairs with the Release in `give_back`.
        seen = word.fetch_and(!(1 << bit), Ordering::Acquire);
        if seen & (1 << bit) != 0 {
            return Some(bit as usize);
        }
    }
    None
}

#[cfg(test)]
mod tests;
