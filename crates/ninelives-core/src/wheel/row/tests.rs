use std::collections::BTreeSet;

use super::{TRIES, tries};

/// Seeds of waits; an interpreter takes fewer.
const SEEDS: usize = if cfg!(miri) { 50 } else { 10_000 };

#[test]
fn the_places_that_a_wait_tries_are_different_ones_of_its_row() {
    for slots in [64, 128, 4096] {
        for seed in (0..SEEDS).map(|turn| turn * 96) {
            let places: BTreeSet<usize> = tries(seed, slots).collect();
            assert_eq!(places.len(), TRIES, "seed {seed}, {slots} slots");
            assert!(places.into_iter().all(|place| place < slots));
        }
    }
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn waits_that_begin_at_one_place_go_on_to_different_ones() {
    let slots = 64;
    let second = |seed| {
        let mut places = tries(seed, slots);
        (places.next() == Some(0)).then(|| places.next())
    };
    let places: BTreeSet<_> = (0..SEEDS)
        .map(|turn| turn * 96)
        .filter_map(second)
        .collect();
    assert!(places.len() > slots / 4, "only {}", places.len());
}
