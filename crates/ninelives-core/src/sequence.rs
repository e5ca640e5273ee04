//! Numbers that are given out once each: for generated names and identities.
//!
//! # Orderings
//! The counter guards no other memory, so every access is Relaxed: one location, one order.
//!
//! # Progress
//! `next`: wait-free, one addition.

mod cell;

pub use cell::Sequence;

#[cfg(test)]
mod tests {
    use super::Sequence;

    #[test]
    fn no_number_is_given_twice() {
        let numbers = Sequence::new();
        assert_eq!([numbers.next(), numbers.next(), numbers.next()], [1, 2, 3]);
    }
}
