//! A few places, and how many are at each: who comes goes where the fewest are.
//!
//! Threads that write to parts of their own should not meet there. By a number for each thread that ever was, taken modulo the parts, two
//! threads that live long meet by chance, although other parts are free. By who is there now, they meet only when all parts are taken.
//!
//! # Orderings
//! Relaxed, all of them: counts, which guard no memory.
//!
//! # Progress
//! Lock-free: to come is tried again when another one came or left in the same moment. To leave is wait-free.
//!
//! # Models
//! `loom-tests/tests/loom_occupancy.rs`: two that come at the same time go to two places.

mod cell;

pub use cell::Occupancy;

#[cfg(test)]
mod tests {
    use super::Occupancy;

    #[test]
    fn who_comes_goes_where_the_fewest_are() {
        let places = Occupancy::<3>::new();
        assert_eq!([0; 4].map(|_| places.come(3)), [0, 1, 2, 0]);
        places.leave(2);
        assert_eq!(places.come(3), 2);
    }

    #[test]
    fn nobody_goes_beyond_those_that_there_are_for_them() {
        let places = Occupancy::<3>::new();
        assert_eq!([0; 3].map(|_| places.come(2)), [0, 1, 0]);
        assert_eq!(places.come(9), 2, "there are three");
        assert_eq!(places.come(0), 0, "to one place at least");
    }
}
