//! What threads keep: how it comes to that, and who gets it back.

#[cfg(feature = "membarrier")]
mod threads;

use std::cell::Cell;
use std::thread_local;

use super::{ask, full, is_granted, joined, line, opened, poll, stripes};
use crate::semaphore::{Entry, Priority, Semaphore, Spot};

thread_local! {
    /// How often all threads were made to pass a fence.
    static FENCES: Cell<u32> = const { Cell::new(0) };
}

/// The tests are one thread each: nobody has to pass a fence.
fn pass() -> bool {
    FENCES.set(FENCES.get() + 1);
    true
}

fn refuse() -> bool {
    FENCES.set(FENCES.get() + 1);
    false
}

fn fences() -> u32 {
    FENCES.get()
}

const ABROAD: Spot = Spot::at(0);
const HERE: Spot = Spot::at(0).on(1);
const THERE: Spot = Spot::at(1).on(2);
/// On the stripe of the first, but on another thread.
const BESIDE: Spot = Spot::at(0).on(3);

fn come(semaphore: &Semaphore, spot: Spot, weight: u32) -> Entry {
    semaphore.try_acquire_from(|| spot, ask(weight, Priority::Normal))
}

fn go(semaphore: &Semaphore, spot: Spot, weight: u32) {
    semaphore.release_to(|| spot, weight);
}

fn calls(semaphore: &Semaphore, spot: Spot, calls: u32) {
    for _ in 0..calls {
        assert_eq!(come(semaphore, spot, 1), Entry::APART);
        go(semaphore, spot, 1);
    }
}

fn keeping(limit: u32, calm: u32, barrier: fn() -> bool) -> Semaphore {
    keeping_in(2, limit, calm, barrier)
}

fn keeping_in(stripes: u32, limit: u32, calm: u32, barrier: fn() -> bool) -> Semaphore {
    opened(
        line(limit, 8)
            .striped(stripes)
            .kept_by_threads(calm, barrier),
    )
}

fn is_kept(semaphore: &Semaphore) -> [bool; 2] {
    [0, 1].map(|stripe| stripes(semaphore).is_kept(stripe))
}

/// A semaphore of which all permits are out, but as many as the threads keep.
fn kept(limit: u32, permits: [u32; 2], barrier: fn() -> bool) -> Semaphore {
    let semaphore = keeping(limit, 0, barrier);
    assert_eq!(come(&semaphore, ABROAD, limit), Entry::APART);
    for (spot, permits) in [HERE, THERE].into_iter().zip(permits) {
        // The first opens the stripe, and with the second its thread begins to keep.
        assert!(permits != 1, "one permit only opens a stripe");
        (0..permits).for_each(|_| go(&semaphore, spot, 1));
    }
    assert_eq!(is_kept(&semaphore), permits.map(|permits| permits > 0));
    assert_eq!(stripes(&semaphore).permits(), permits.iter().sum::<u32>());
    semaphore
}

// === how it comes to that ===

#[test]
fn a_thread_keeps_what_lies_in_its_stripe_after_so_many_came_back_there() {
    let semaphore = keeping(8, 3, pass);
    calls(&semaphore, HERE, 3);
    assert_eq!(is_kept(&semaphore), [false, false]);
    calls(&semaphore, HERE, 1);
    assert_eq!(is_kept(&semaphore), [true, false]);
}

#[test]
fn what_a_thread_keeps_it_takes_again_and_the_gate_is_not_touched() {
    let semaphore = kept(4, [2, 0], pass);
    let word = semaphore.gate.load();
    calls(&semaphore, HERE, 10);
    assert_eq!((semaphore.gate.load(), fences()), (word, 0));
    assert_eq!(semaphore.snapshot().in_flight, 2);
}

#[test]
fn permits_of_a_weight_are_kept_and_taken_together() {
    let semaphore = kept(8, [4, 0], pass);
    assert_eq!(come(&semaphore, HERE, 3), Entry::APART);
    assert_eq!(semaphore.snapshot().in_flight, 7);
    go(&semaphore, HERE, 3);
    assert_eq!((semaphore.snapshot().in_flight, fences()), (4, 0));
}

#[test]
fn a_stripe_that_was_shut_meanwhile_begins_to_count_anew() {
    let semaphore = keeping(8, 3, pass);
    calls(&semaphore, HERE, 2);
    assert!(semaphore.watch_idle());
    semaphore.spread_if_roomy(semaphore.gate.load());
    calls(&semaphore, HERE, 3);
    assert_eq!(is_kept(&semaphore), [false, false]);
    calls(&semaphore, HERE, 1);
    assert_eq!(is_kept(&semaphore), [true, false]);
}

#[test]
fn who_names_no_thread_keeps_nothing() {
    let semaphore = keeping(8, 0, pass);
    calls(&semaphore, ABROAD, 10);
    assert_eq!(is_kept(&semaphore), [false, false]);
}

#[test]
fn without_a_fence_to_ask_for_no_thread_keeps_anything() {
    let semaphore = opened(line(8, 8).striped(2));
    calls(&semaphore, HERE, 10);
    assert_eq!(is_kept(&semaphore), [false, false]);
}

#[test]
fn a_purse_has_one_thread_for_good() {
    let semaphore = keeping(8, 0, pass);
    calls(&semaphore, HERE, 2);
    assert!(semaphore.watch_idle());
    semaphore.spread_if_roomy(semaphore.gate.load());
    calls(&semaphore, BESIDE, 10);
    assert_eq!(is_kept(&semaphore), [false, false]);
    calls(&semaphore, HERE, 2);
    assert_eq!(is_kept(&semaphore), [true, false]);
}

#[test]
fn what_is_spread_for_a_thread_is_spread_only_where_it_may_keep_it() {
    let semaphore = line(8, 8).striped(2).kept_by_threads(0, pass);
    semaphore.spread_for(ABROAD);
    assert!(!semaphore.gate.is_striped());
    semaphore.spread_for(HERE);
    assert!(semaphore.gate.is_striped());
    let unable = line(8, 8).striped(2);
    unable.spread_for(HERE);
    assert!(!unable.gate.is_striped());
}

// === by others ===

#[test]
fn who_shares_the_stripe_goes_to_the_gate_beside_the_purse() {
    let semaphore = kept(8, [4, 0], pass);
    go(&semaphore, BESIDE, 1);
    assert_eq!(semaphore.gate.load().used(), 7);
    assert_eq!(come(&semaphore, BESIDE, 1), Entry::APART);
    assert_eq!((stripes(&semaphore).permits(), fences()), (4, 0));
}

#[test]
fn a_thread_that_is_in_the_way_of_others_for_long_keeps_no_more() {
    let semaphore = kept(8, [4, 0], pass);
    go(&semaphore, BESIDE, 2);
    calls(&semaphore, BESIDE, 4);
    assert_eq!((is_kept(&semaphore), fences()), ([true, false], 0));
    calls(&semaphore, BESIDE, 16);
    assert_eq!((is_kept(&semaphore), fences()), ([false, false], 1));
    let lie = stripes(&semaphore).permits();
    assert_eq!((lie, semaphore.snapshot().in_flight), (5, 2));
}

#[test]
fn what_a_thread_kept_in_the_way_of_others_they_use_from_then_on() {
    let semaphore = kept(8, [4, 0], pass);
    go(&semaphore, BESIDE, 2);
    calls(&semaphore, BESIDE, 20);
    let word = semaphore.gate.load();
    calls(&semaphore, BESIDE, 20);
    assert_eq!((semaphore.gate.load(), fences()), (word, 1));
}

#[test]
fn a_thread_in_the_way_of_others_is_no_reason_to_take_what_another_keeps() {
    let semaphore = kept(12, [4, 3], pass);
    go(&semaphore, BESIDE, 2);
    calls(&semaphore, BESIDE, 20);
    assert_eq!(is_kept(&semaphore), [false, true]);
    calls(&semaphore, THERE, 3);
    assert_eq!((semaphore.snapshot().in_flight, fences()), (3, 1));
}

#[test]
fn who_waits_until_no_permit_is_out_is_told_after_a_purse_was_in_the_way() {
    let semaphore = kept(8, [4, 0], pass);
    go(&semaphore, BESIDE, 2);
    calls(&semaphore, BESIDE, 20);
    assert!(!semaphore.watch_idle());
    go(&semaphore, BESIDE, 2);
    assert!(semaphore.watch_idle());
    assert_eq!(semaphore.gate.load().used(), 0);
}

#[test]
fn nobody_is_turned_away_while_a_thread_keeps_a_permit() {
    for spot in [HERE, THERE, BESIDE, Spot::at(1)] {
        let semaphore = kept(9, [2, 3], pass);
        for _ in 0..5 {
            assert_eq!(come(&semaphore, spot, 1), Entry::APART);
        }
        assert_eq!(come(&semaphore, spot, 1), full(9, 9));
    }
}

#[test]
fn what_two_threads_keep_is_asked_for_with_one_fence() {
    let semaphore = kept(9, [2, 3], pass);
    assert_eq!(come(&semaphore, ABROAD, 5), Entry::APART);
    assert_eq!(fences(), 1);
}

#[test]
fn no_thread_is_asked_for_what_lies_in_a_stripe() {
    let semaphore = kept(8, [2, 0], pass);
    go(&semaphore, Spot::at(1), 1);
    assert_eq!(come(&semaphore, ABROAD, 1), Entry::APART);
    assert_eq!((fences(), is_kept(&semaphore)), (0, [true, false]));
}

#[test]
fn who_waits_is_served_by_what_a_thread_keeps() {
    let semaphore = kept(4, [2, 0], pass);
    let place = joined(&semaphore, 2);
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
    assert_eq!(semaphore.snapshot().in_flight, 4);
}

#[test]
fn a_thread_whose_permits_were_asked_for_gives_to_the_gate() {
    let semaphore = kept(4, [2, 0], pass);
    assert_eq!(come(&semaphore, THERE, 2), Entry::APART);
    go(&semaphore, HERE, 1);
    assert_eq!(
        (semaphore.gate.load().used(), stripes(&semaphore).permits()),
        (3, 0)
    );
}

#[test]
fn the_end_and_a_new_limit_hold_for_what_threads_keep() {
    let semaphore = kept(4, [2, 0], pass);
    assert_eq!(semaphore.resize(2), Ok(4));
    assert_eq!(come(&semaphore, HERE, 1), full(2, 2));
    let semaphore = kept(4, [2, 0], pass);
    semaphore.close();
    assert_eq!(come(&semaphore, HERE, 1), Entry::Closed);
    assert_eq!(semaphore.snapshot().in_flight, 2);
}

#[test]
fn who_waits_until_no_permit_is_out_finds_what_threads_keep() {
    let semaphore = keeping(8, 0, pass);
    calls(&semaphore, HERE, 5);
    assert_eq!(is_kept(&semaphore), [true, false]);
    assert!(semaphore.watch_idle());
    assert_eq!(semaphore.gate.load().used(), 0);
}

// === where no fence is to be had ===

#[test]
fn what_a_fence_was_refused_for_is_out_until_its_thread_brings_a_permit() {
    let semaphore = kept(4, [2, 0], refuse);
    assert_eq!(come(&semaphore, THERE, 1), full(4, 4));
    assert_eq!(come(&semaphore, THERE, 1), full(4, 4));
    go(&semaphore, HERE, 1);
    assert_eq!(
        (semaphore.gate.load().used(), semaphore.snapshot().in_flight),
        (1, 1)
    );
}

#[test]
fn who_waits_for_what_a_fence_was_refused_for_is_served_when_its_thread_comes_by() {
    let semaphore = kept(4, [2, 0], refuse);
    let place = joined(&semaphore, 3);
    assert!(poll(&semaphore, &place).is_pending());
    go(&semaphore, HERE, 1);
    assert!(is_granted(&semaphore, &place));
    semaphore.take(place);
}

#[test]
fn no_thread_keeps_anything_after_a_fence_was_refused() {
    let semaphore = kept(4, [2, 0], refuse);
    assert_eq!(come(&semaphore, THERE, 1), full(4, 4));
    go(&semaphore, HERE, 2);
    semaphore.spread_if_roomy(semaphore.gate.load());
    calls(&semaphore, HERE, 10);
    assert_eq!((is_kept(&semaphore), fences()), ([false, false], 1));
}
