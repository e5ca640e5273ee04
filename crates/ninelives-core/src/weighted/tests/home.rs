//! What comes home, and who is gone by then. Threads are numbers here, and one real thread is all of them in turn.

use core::cell::Cell;
use core::sync::atomic::Ordering;

use super::super::{Unit, WayBack, Weighted};
use super::Kept;
use crate::weighted::home::{Home, Homes, Lease, Vacancies};

/// Threads by the numbers that a test gives them.
enum Threads {}

type Homed = Weighted<Kept, Lease<Threads>>;

static VACANCIES: Vacancies = Vacancies::new();

std::thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
    static LEASED: Cell<i32> = const { Cell::new(0) };
    static FENCES: Cell<u32> = const { Cell::new(0) };
    static FENCED: Cell<bool> = const { Cell::new(true) };
    static VACANT: Cell<bool> = const { Cell::new(true) };
}

/// From here on it is another thread.
fn at(number: u64) {
    HERE.set(number);
}

/// A service at home on thread 1, and units of it.
fn at_home<const UNITS: usize>(kept: Kept) -> (Homed, [Unit<Kept, Lease<Threads>>; UNITS]) {
    at(1);
    let mut weighted = Homed::with_way_back(kept);
    weighted.stock();
    let units = core::array::from_fn(|_| super::unit_of(&mut weighted));
    (weighted, units)
}

// === impl Threads ===

impl Homes for Threads {
    fn here() -> u64 {
        HERE.get()
    }

    fn arrive() -> u64 {
        HERE.get()
    }

    fn lease() -> Option<&'static Home> {
        LEASED.set(LEASED.get() + 1);
        VACANT.get().then(|| VACANCIES.lease())
    }

    fn give_back(home: &'static Home) {
        LEASED.set(LEASED.get() - 1);
        VACANCIES.give_back(home);
    }

    fn barrier() -> bool {
        FENCES.set(FENCES.get() + 1);
        FENCED.get()
    }
}

#[test]
fn an_owner_has_a_stock_of_one_until_it_is_known_where_it_is() {
    at(1);
    let (kept, _dropped) = Kept::new();
    let mut weighted = Homed::with_way_back(kept);
    let first = weighted.split();
    assert!(first.is_some() && weighted.split().is_none());
    at(2);
    weighted.stock();
    assert!(!weighted.is_abroad(), "where it took a stock first");
}

#[test]
fn a_lease_shows_whether_it_has_a_home_and_where_that_is_open() {
    at(1);
    let lease = Lease::<Threads>::new();
    lease.open();
    let text = std::format!("{lease:?}");
    assert!(text.starts_with("Lease { leased: true, home: "), "{text}");
    assert!(text.contains("thread: 1"), "{text}");
    assert_eq!(lease.close(|_| false), Some(0));
    VACANT.set(false);
    let none = std::format!("{:?}", Lease::<Threads>::new());
    assert!(none.starts_with("Lease { leased: false"), "{none}");
}

#[test]
fn a_unit_is_taken_back_at_home_and_nowhere_else() {
    at(1);
    let lease = Lease::<Threads>::new();
    assert!(!lease.take_back(), "nobody is at home yet");
    lease.open();
    let back = [1, 2, 1].map(|here| {
        at(here);
        lease.take_back()
    });
    assert_eq!(back, [true, false, true]);
    assert_eq!(lease.close(|_| false), Some(2));
    assert!(!lease.take_back(), "it is closed");
}

#[test]
fn what_came_home_is_counted_when_the_owner_goes() {
    for end in [1, 2] {
        let (kept, dropped) = Kept::new();
        let (weighted, units) = at_home::<3>(kept);
        drop(units);
        assert_eq!(dropped.load(Ordering::Relaxed), 0);
        at(end);
        drop(weighted);
        assert_eq!(dropped.load(Ordering::Relaxed), 1, "gone on thread {end}");
        assert_eq!(FENCES.get(), 0, "nobody else was left");
    }
}

#[test]
fn an_owner_that_goes_at_home_needs_no_fence() {
    let (kept, dropped) = Kept::new();
    let (weighted, [one, other]) = at_home(kept);
    drop(one);
    drop(weighted);
    assert_eq!((dropped.load(Ordering::Relaxed), FENCES.get()), (0, 0));
    drop(other);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn an_owner_that_goes_abroad_has_all_pass_a_fence_if_a_unit_is_out() {
    let (kept, dropped) = Kept::new();
    let (weighted, [one, other]) = at_home(kept);
    drop(one);
    at(2);
    drop(weighted);
    assert_eq!((dropped.load(Ordering::Relaxed), FENCES.get()), (0, 1));
    at(1);
    drop(other);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_unit_that_ends_elsewhere_is_counted_with_those_that_came_home() {
    for order in [[1, 2], [2, 1]] {
        let (kept, dropped) = Kept::new();
        let (weighted, units) = at_home::<2>(kept);
        for (unit, end) in units.into_iter().zip(order) {
            at(end);
            drop(unit);
        }
        at(3);
        drop(weighted);
        assert_eq!((dropped.load(Ordering::Relaxed), FENCES.get()), (1, 0));
    }
}

#[test]
fn the_units_of_clones_come_home_too() {
    let (kept, dropped) = Kept::new();
    let (weighted, [unit]) = at_home(kept);
    let mut clone = weighted.clone();
    let lent = super::unit_of(&mut clone);
    let again = unit.clone();
    drop((unit, lent, again));
    at(2);
    drop(weighted);
    assert_eq!(dropped.load(Ordering::Relaxed), 0, "the clone is out");
    drop(clone);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_thread_without_a_number_has_no_home() {
    at(0);
    let (kept, dropped) = Kept::new();
    let mut weighted = Homed::with_way_back(kept);
    weighted.stock();
    assert!(!weighted.is_abroad());
    drop(super::unit_of(&mut weighted));
    at(1);
    drop(weighted);
    assert_eq!((dropped.load(Ordering::Relaxed), FENCES.get()), (1, 0));
}

#[test]
fn a_service_is_abroad_on_any_thread_but_that_of_its_home() {
    let (kept, _dropped) = Kept::new();
    let (mut weighted, []) = at_home(kept);
    assert!(!weighted.is_abroad());
    at(2);
    weighted.stock();
    assert!(weighted.is_abroad(), "a home does not move");
    assert!(!weighted.clone().is_abroad(), "a clone has none");
}

#[test]
fn a_home_is_vacant_again_once_its_block_is_gone() {
    for end in [1, 2, 1, 3] {
        let (kept, dropped) = Kept::new();
        let (weighted, [one, other]) = at_home(kept);
        drop(one);
        at(end);
        drop(weighted);
        assert_eq!(LEASED.get(), 1, "a unit is out");
        drop(other);
        assert_eq!((LEASED.get(), dropped.load(Ordering::Relaxed)), (0, 1));
    }
}

#[test]
fn two_that_have_leased_no_home_do_not_count_for_each_other() {
    VACANT.set(false);
    let (kept, dropped) = Kept::new();
    let (first, [unit]) = at_home(kept);
    let (other, [others]) = at_home(Kept::new().0);
    drop(others);
    drop(first);
    assert_eq!(dropped.load(Ordering::Relaxed), 0, "its unit is out");
    drop(unit);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    drop(other);
}

/// Interpreters and sanitizers would report it as leaked, as it is.
#[cfg(not(miri))]
#[test]
fn where_no_fence_can_be_passed_the_value_stays() {
    let (kept, dropped) = Kept::new();
    let (weighted, [unit]) = at_home(kept);
    FENCED.set(false);
    at(2);
    drop(weighted);
    at(1);
    drop(unit);
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
}
