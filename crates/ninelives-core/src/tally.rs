//! Counts that one task makes and anybody may read.
//!
//! # Orderings
//! A count guards no other memory, so every access is Relaxed: one location, one order. Several tallies that are read together are
//! exact once their writer has said, by other means, that it is done.
//!
//! # Progress
//! Wait-free.

mod cell;

pub use cell::Tally;

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_tally_is_the_sum_of_what_was_added() {
        let tally = Tally::new();
        assert_eq!(tally.get(), 0);
        tally.add(1);
        tally.add(40);
        assert_eq!(tally.get(), 41);
    }
}
