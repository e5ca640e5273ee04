//! Who owns, and who is last.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};
use std::panic::{self, AssertUnwindSafe};
use std::{thread, vec::Vec};

use super::{Unit, WayBack, Weighted};

mod home;
#[cfg(feature = "membarrier")]
mod threads;

/// Units for which a stock is.
const STOCK: usize = if cfg!(miri) { 2 } else { 1 << 16 };

/// Rounds of threads; an interpreter takes fewer.
const ROUNDS: u64 = if cfg!(miri) { 20 } else { 2_000 };

/// Counts its drops.
struct Kept(Arc<AtomicU64>);

/// Both kinds of owner in one list.
enum Owner {
    Weighted(Weighted<Kept>),
    Unit(Unit<Kept>),
}

/// Another owner, with a new stock if it takes one.
fn unit_of<T, W: WayBack>(weighted: &mut Weighted<T, W>) -> Unit<T, W> {
    weighted.split().unwrap_or_else(|| {
        weighted.stock();
        weighted.split().expect("a stock was taken")
    })
}

// === impl Kept ===

impl Kept {
    fn new() -> (Self, Arc<AtomicU64>) {
        let dropped = Arc::new(AtomicU64::new(0));
        (Self(Arc::clone(&dropped)), dropped)
    }

    fn owned() -> (Weighted<Self>, Arc<AtomicU64>) {
        let (kept, dropped) = Self::new();
        (Weighted::new(kept), dropped)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

// === impl Owner ===

impl Owner {
    fn look(&self) -> u64 {
        let kept: &Kept = match self {
            Self::Weighted(weighted) => weighted,
            Self::Unit(unit) => unit,
        };
        kept.0.load(Ordering::Relaxed)
    }
}

#[test]
fn every_owner_sees_the_value() {
    let mut first = Weighted::new(7);
    let unit = unit_of(&mut first);
    let again = unit.clone();
    let mut other = first.clone();
    let others = unit_of(&mut other);
    assert_eq!([*first, *unit, *again, *other, *others], [7; 5]);
    assert!(core::ptr::eq(&*first, &*others), "one value");
}

#[test]
fn the_last_owner_drops_the_value_whichever_it_is() {
    for first in 0..5 {
        for step in 1..5 {
            let (mut weighted, dropped) = Kept::owned();
            let unit = unit_of(&mut weighted);
            let again = unit.clone();
            let branch = weighted.clone();
            let mut owners = [
                Some(Owner::Weighted(weighted.clone())),
                Some(Owner::Weighted(weighted)),
                Some(Owner::Unit(unit)),
                Some(Owner::Unit(again)),
                Some(Owner::Weighted(branch)),
            ];
            // Five is a prime, so every step meets all.
            for turn in 0..5 {
                let owner = owners[(first + turn * step) % 5].take().unwrap();
                assert_eq!(owner.look(), 0);
                drop(owner);
            }
            assert_eq!(dropped.load(Ordering::Relaxed), 1);
        }
    }
}

#[test]
fn a_stock_that_is_used_up_gives_nothing_until_another_is_taken() {
    let (mut weighted, dropped) = Kept::owned();
    let mut units: Vec<_> = core::iter::from_fn(|| weighted.split()).collect();
    assert_eq!(units.len(), STOCK);
    weighted.stock();
    units.extend(core::iter::from_fn(|| weighted.split()));
    assert_eq!(units.len(), 2 * STOCK);
    drop(weighted);
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    drop(units);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_stock_is_taken_only_where_there_is_none() {
    let mut weighted = Weighted::new(7);
    weighted.stock();
    assert_eq!(core::iter::from_fn(|| weighted.split()).count(), STOCK);
}

#[test]
fn the_first_owner_is_the_one_that_came_with_the_value() {
    let weighted = Weighted::new(7);
    let clone = weighted.clone();
    let branch = weighted.clone();
    assert_eq!(
        [&weighted, &clone, &branch].map(Weighted::is_first),
        [true, false, false]
    );
}

#[test]
fn a_clone_has_a_stock_of_one() {
    let weighted = Weighted::new(7);
    let mut clone = weighted.clone();
    let unit = clone.split();
    assert!(unit.is_some() && clone.split().is_none());
}

#[test]
fn units_that_come_and_go_use_up_what_they_took() {
    let (mut weighted, dropped) = Kept::owned();
    for _ in 0..2 * STOCK {
        drop(unit_of(&mut weighted));
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    drop(weighted);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_value_that_panics_in_its_drop_panics_once() {
    struct Panics(Arc<AtomicU64>);
    impl Drop for Panics {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
            panic!("on purpose");
        }
    }
    let dropped = Arc::new(AtomicU64::new(0));
    let mut weighted = Weighted::new(Panics(Arc::clone(&dropped)));
    let unit = unit_of(&mut weighted);
    drop(weighted);
    let caught = panic::catch_unwind(AssertUnwindSafe(|| drop(unit)));
    assert!(caught.is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn threads_that_drop_owners_drop_the_value_once() {
    for _ in 0..ROUNDS {
        let (mut weighted, dropped) = Kept::owned();
        let units = [unit_of(&mut weighted), unit_of(&mut weighted)];
        thread::scope(|scope| {
            for unit in units {
                scope.spawn(move || {
                    let again = unit.clone();
                    drop(unit);
                    assert_eq!(again.0.load(Ordering::Relaxed), 0);
                });
            }
            drop(weighted);
        });
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn owners_are_printed_as_what_they_own() {
    let mut weighted = Weighted::new(7);
    let unit = unit_of(&mut weighted);
    assert_eq!(std::format!("{weighted:?} {unit:?}"), "7 7");
}

#[test]
fn an_owner_is_a_pointer_and_a_stock() {
    assert_eq!(size_of::<Option<Unit<u64>>>(), size_of::<usize>());
    assert!(size_of::<Weighted<u64>>() <= 2 * size_of::<u64>());
}
