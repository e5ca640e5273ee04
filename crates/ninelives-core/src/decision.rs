//! Whether several things happen together or not at all.
//!
//! Each of them is put where it shall happen, marked with one decision. Whoever finds the mark asks the decision. Nothing has happened
//! until it is made; it is made once, by whoever comes first: the one who wants it all, or one who is in the way.
//!
//! # Word
//! | bits  | field | meaning                          | when it overflows |
//! |-------|-------|----------------------------------|-------------------|
//! | 0..64 | state | 0 open, 1 committed, 2 withdrawn | cannot            |
//!
//! # Transitions
//! | from      | input    | to        | answer | test                                      |
//! |-----------|----------|-----------|--------|-------------------------------------------|
//! | open      | commit   | committed | true   | `the_first_to_decide_decides`             |
//! | open      | withdraw | withdrawn | true   | `the_first_to_decide_decides`             |
//! | committed | commit   | the same  | true   | `deciding_again_says_what_was_decided`    |
//! | committed | withdraw | the same  | false  | `deciding_again_says_what_was_decided`    |
//! | withdrawn | commit   | the same  | false  | `deciding_again_says_what_was_decided`    |
//! | withdrawn | withdraw | the same  | true   | `deciding_again_says_what_was_decided`    |
//!
//! # Orderings
//! A decision is a Release and a look at it an Acquire: who finds it committed sees what was done before.
//!
//! # Progress
//! Wait-free: one compare-and-swap that is not repeated.
//!
//! # Models
//! `loom-tests/tests/loom_decision.rs`: two places, a reader, somebody who comes between, and what a commit publishes.

mod cell;

pub use cell::Decision;

#[cfg(test)]
mod tests {
    use super::Decision;

    #[test]
    fn the_first_to_decide_decides() {
        let (yes, no) = (Decision::new(), Decision::new());
        assert!(!yes.is_committed());
        assert!(yes.commit() && yes.is_committed());
        assert!(no.withdraw() && !no.is_committed());
    }

    #[test]
    fn deciding_again_says_what_was_decided() {
        let (yes, no) = (Decision::new(), Decision::new());
        assert!(yes.commit() && no.withdraw());
        assert!(yes.commit() && !yes.withdraw() && yes.is_committed());
        assert!(no.withdraw() && !no.commit() && !no.is_committed());
    }
}
