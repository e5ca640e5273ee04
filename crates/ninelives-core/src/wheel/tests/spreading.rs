//! Where waits find their slots, and how a wheel grows.

use core::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Waker;
use std::vec::Vec;

use super::{Left, Pair, Refused, Task, at, span, until};

#[test]
fn a_task_that_waits_again_finds_its_slot() {
    let pair = Pair::new();
    let (_, waker) = Task::new();
    for seed in 0..100 {
        let entry = pair.wheel.arm(until(5), seed, || 0, &waker).unwrap();
        assert_eq!(entry.leave(), Left::Disarmed);
    }
    let taken: Vec<u64> = pair.wheel.rows.words().map(|word| word.turn()).collect();
    assert_eq!(taken.iter().filter(|turn| **turn == 100).count(), 1);
}

#[test]
fn tasks_that_wait_in_turn_each_keep_a_slot_of_their_own() {
    let pair = Pair::new();
    let tasks: Vec<_> = (0..16).map(|_| Task::new()).collect();
    for (_, waker) in &tasks {
        assert_eq!(pair.arm(span(5), waker).leave(), Left::Disarmed);
    }
    // The test, the waker and the slot; two of them may share a place.
    let kept = tasks
        .iter()
        .filter(|(task, _)| Arc::strong_count(task) == 3);
    assert!(kept.count() > tasks.len() / 2);
}

#[test]
fn the_same_wait_again_asks_for_no_stamp() {
    let pair = Pair::new();
    let (_, waker) = Task::new();
    let stamps = Cell::new(0);
    for _ in 0..8 {
        let stamp = || {
            stamps.set(stamps.get() + 1);
            0
        };
        let entry = pair.wheel.arm(span(5), 0, stamp, &waker).unwrap();
        assert_eq!(entry.leave(), Left::Disarmed);
    }
    assert_eq!(stamps.get(), 1);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn a_warm_slot_of_another_task_is_not_taken_for_ones_own() {
    let mut pair = Pair::new();
    // More tasks than slots: some of them share a place.
    let tasks: Vec<_> = (0..200).map(|_| Task::new()).collect();
    for (_, waker) in &tasks {
        assert_eq!(pair.arm(span(5), waker).leave(), Left::Disarmed);
    }
    for (task, waker) in &tasks {
        let entry = pair.wheel.arm(span(5), 0, || 0, waker).unwrap();
        for ms in [0, 5] {
            pair.keeper.pass(&pair.wheel, || at(ms));
        }
        assert_eq!((entry.leave(), task.wakes()), (Left::Fired, 1));
        for (_, waker) in &tasks {
            assert_eq!(
                pair.wheel.arm(span(5), 0, || 0, waker).unwrap().leave(),
                Left::Disarmed
            );
        }
    }
    assert!(tasks.iter().all(|(task, _)| task.wakes() == 1));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn every_number_is_of_one_slot() {
    let pair = Pair::new();
    let (_, waker) = Task::new();
    let mut entries = Vec::new();
    while pair.wheel.slots() < 2048 {
        let seed = entries.len() * 64;
        entries.push(pair.wheel.arm(until(5), seed, || 0, &waker).unwrap());
    }
    let mut numbers = BTreeSet::new();
    pair.wheel.rows.wipe(|number, slot| {
        assert!(
            core::ptr::eq(pair.wheel.rows.slot(number), slot),
            "{number}"
        );
        numbers.insert(number);
    });
    let all: BTreeSet<u32> = (0..pair.wheel.slots() as u32).collect();
    assert_eq!(numbers, all);
    entries
        .into_iter()
        .for_each(|entry| assert_eq!(entry.leave(), Left::Disarmed));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn w01_many_waits_at_once_of_one_waker_take_about_twice_as_many_slots() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    let count = 100_000;
    let entries: Vec<_> = (0..count)
        .map(|index| {
            pair.wheel
                .arm(until(1 + index % 50), index as usize * 96, || 0, &waker)
                .unwrap()
        })
        .collect();
    assert!(pair.wheel.slots() <= 262_144, "{}", pair.wheel.slots());
    let pass = pair.keeper.pass(&pair.wheel, || at(25));
    assert_eq!((pass.fired, pass.next), (50_000, at(26)));
    assert_eq!(task.wakes(), 50_000);
    let fired = entries
        .into_iter()
        .filter(|_| true)
        .map(|entry| entry.leave());
    assert_eq!(fired.filter(|left| *left == Left::Fired).count(), 50_000);
    assert_eq!((pair.wheel.waiting(), pair.wheel.armed()), (0, count));
    assert_eq!(pair.pass(100).fired, 0);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn w01_a_million_waits_one_after_the_other_take_no_more_room_than_one() {
    let mut pair = Pair::new();
    let (_, waker) = Task::new();
    for round in 0..1_000_000_u64 {
        let entry = pair.arm(until(round + 30_000), &waker);
        assert_eq!(entry.leave(), Left::Disarmed);
        if round % 1000 == 0 {
            pair.pass(round / 1000);
        }
    }
    assert_eq!((pair.wheel.slots(), pair.wheel.waiting()), (64, 0));
    assert_eq!(pair.wheel.armed(), 1_000_000);
    assert!(pair.keeper.due.is_empty() && pair.keeper.records.len() <= 64);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn w01_a_wheel_that_is_full_refuses_and_goes_on_when_somebody_leaves() {
    let pair = Pair::new();
    let waker = Waker::noop();
    let arm = |seed: usize| pair.wheel.arm(until(5), seed * 96, || 0, waker);
    let mut entries = Vec::new();
    let refused = loop {
        match arm(entries.len()) {
            Ok(entry) => entries.push(entry),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, Refused::Full);
    assert_eq!(pair.wheel.slots(), 2_097_152);
    assert!(entries.len() > 1_000_000, "{}", entries.len());
    assert_eq!(arm(entries.len()).err(), Some(Refused::Full));
    for entry in entries {
        assert_eq!(entry.leave(), Left::Disarmed);
    }
    assert_eq!(arm(0).map(|entry| entry.leave()), Ok(Left::Disarmed));
}
