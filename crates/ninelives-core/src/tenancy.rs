//! Who has a place that is never given back: one tenant after the other, each by a number that nobody else ever has.
//!
//! To own something by a count is two writes for each owner. A place that stays needs no owners: whoever was told of it may look at it for
//! ever, by a plain reference. What may have ended is its tenant, so whoever looks knows the number of the one it was told of, and what it
//! finds there is meant for it only while that number stands.
//!
//! # Word
//! | value | meaning             |
//! |-------|---------------------|
//! | 0     | nobody has it       |
//! | above | the tenant's number |
//!
//! # Transitions
//! | call  | guard         | to         | verdict | test                                           |
//! |-------|---------------|------------|---------|------------------------------------------------|
//! | take  | nobody has it | the number | true    | `a_place_is_taken_once_it_was_left`            |
//! | take  | somebody has  | same word  | false   | `a_place_is_taken_once_it_was_left`            |
//! | leave |               | 0          |         | `who_has_left_is_not_the_tenant_any_more`      |
//!
//! # Orderings
//! To leave is a Release and to take an Acquire: they are each other's partners, and hand over the place as it was left. A look is Relaxed:
//! whoever was told of a tenant sees it as long as it stays, and may see it for a moment longer. So what is done on a look must harm
//! nobody if the tenant has just left, and what it reads there may be the next one's.
//!
//! # Progress
//! Wait-free, all of it.
//!
//! # Models
//! `loom-tests/tests/loom_tenancy.rs`: of two that take a place one has it, and finds it as it was left.

mod cell;

pub use cell::Tenancy;

#[cfg(test)]
mod tests {
    use super::Tenancy;

    #[test]
    fn a_place_is_taken_once_it_was_left() {
        let place = Tenancy::of(1);
        assert!(!place.take(2));
        place.leave();
        assert!(place.take(2));
        assert!(!place.take(3) && !place.take(2));
    }

    #[test]
    fn who_has_left_is_not_the_tenant_any_more() {
        let place = Tenancy::of(1);
        assert!(place.is(1) && !place.is(2));
        place.leave();
        assert!(!place.is(1));
        assert!(place.take(2) && place.is(2) && !place.is(1));
    }
}
