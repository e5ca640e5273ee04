//! Whether something usually costs more than it may.
//!
//! A meter is told of samples, each within its allowance or above it, and trips when those above outnumber those within by
//! [`TRIPS_AT`]. It never goes below zero, so it forgets: what was cheap for a year and is dear from now on trips as soon as what was dear
//! from the start. A sample now and then that was interrupted by the system does not trip it.
//!
//! # Orderings
//! The count guards no other memory, so every access is Relaxed: one location, one order.
//!
//! # Progress
//! Lock-free.

mod cell;

pub use cell::Meter;

/// Samples above the allowance, less those within it, that trip a meter.
pub const TRIPS_AT: u32 = 8;

/// The count after one more sample.
const fn step(count: u32, above: bool) -> u32 {
    if above {
        count.saturating_add(1)
    } else {
        count.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Meter, TRIPS_AT};

    #[test]
    fn samples_above_trip_it_once() {
        let meter = Meter::new();
        let tripped = (0..TRIPS_AT * 3).filter(|_| meter.sample(true)).count();
        assert_eq!(tripped, 1);
    }

    #[test]
    fn it_trips_with_the_eighth_sample_and_not_before() {
        let meter = Meter::new();
        let first = (1..).find(|_| meter.sample(true));
        assert_eq!(first, Some(TRIPS_AT));
    }

    #[test]
    fn as_many_samples_within_hold_it() {
        let meter = Meter::new();
        assert!((0..10_000).all(|turn| !meter.sample(turn % 2 == 0)));
    }

    #[test]
    fn what_was_cheap_for_long_is_forgotten() {
        let meter = Meter::new();
        assert!((0..10_000).all(|_| !meter.sample(false)));
        assert_eq!((1..).find(|_| meter.sample(true)), Some(TRIPS_AT));
    }
}
