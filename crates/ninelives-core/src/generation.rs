//! How often something was replaced, and whether it is being replaced now: what a reader that keeps a copy compares before it looks
//! again.
//!
//! # Word
//! | bits   | field   | meaning                    | when it overflows                                           |
//! |--------|---------|----------------------------|-------------------------------------------------------------|
//! | 0..20  | writers | replacements under way     | cannot: a writer is a thread                                |
//! | 20..64 | turns   | replacements made          | wraps: a copy would have to sleep through 2^44 of them      |
//!
//! A writer begins, replaces and ends. A reader keeps the word it read before it looked, if nobody was replacing then: while the word
//! is the same, nothing was replaced since, and nothing is about to be. So once anybody, by whatever way, has seen a replacement, no
//! reader takes its older copy for current.
//!
//! # Orderings
//! The end is a Release and the load an Acquire: they are each other's partners, and publish what was put in place before the end. The
//! beginning needs none: who has seen the replacement has seen what its writer did before it.
//!
//! # Progress
//! Wait-free, all of it. A writer that is suspended between its beginning and its end makes readers look each time, and nobody wait.
//!
//! # Models
//! `loom-tests/tests/loom_generation.rs`: L22 who hears of a value keeps no older copy, L23 two changes are both made and known.

mod cell;

pub use cell::Generation;

#[cfg(test)]
mod tests {
    use super::Generation;

    #[test]
    fn a_word_is_settled_until_a_writer_begins() {
        let generation = Generation::new();
        let settled = generation.settled().unwrap();
        assert!(generation.is(settled));
        generation.begin();
        assert!(!generation.is(settled));
        assert_eq!(generation.settled(), None);
    }

    #[test]
    fn a_replacement_is_another_generation() {
        let generation = Generation::new();
        let settled = generation.settled().unwrap();
        generation.begin();
        generation.end(true);
        assert!(!generation.is(settled));
        assert!(generation.is(generation.settled().unwrap()));
    }

    #[test]
    fn an_attempt_that_replaced_nothing_leaves_the_generation() {
        let generation = Generation::new();
        let settled = generation.settled().unwrap();
        generation.begin();
        generation.begin();
        generation.end(false);
        assert_eq!(generation.settled(), None);
        generation.end(false);
        assert!(generation.is(settled));
    }

    #[test]
    fn the_mark_of_a_copy_to_look_at_each_time_is_no_generation() {
        let generation = Generation::new();
        for _ in 0..1000 {
            assert!(!generation.is(Generation::NEVER));
            generation.begin();
            generation.end(true);
        }
    }
}
