//! Wakers that panic when the last of them is dropped: foreign code, and nothing to other waits.

use core::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::vec::Vec;

use super::{Keeper, Left, OWNER, Pair, Stand, Task, Wheel, at, until};

struct Grumpy;

impl Wake for Grumpy {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Grumpy {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn panics<R>(run: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

#[test]
fn w03_the_newest_waker_is_woken_though_the_drop_of_the_one_before_panics() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    let entry = pair
        .wheel
        .arm(until(5), 0, || 0, &Waker::from(Arc::new(Grumpy)))
        .unwrap();
    assert!(panics(|| entry.poll(&waker)));
    assert_eq!(pair.keeper.pass(&pair.wheel, || at(5)).fired, 1);
    assert_eq!((entry.poll(&waker), task.wakes()), (Stand::Fired, 1));
    assert_eq!(entry.leave(), Left::Fired);
}

std::thread_local! {
    static LET_GO: Cell<usize> = const { Cell::new(0) };
}

/// A wheel that outlives such drops, and counts them.
fn lenient() -> Wheel {
    let wheel = Wheel::letting_go(|waker| {
        LET_GO.set(LET_GO.get() + usize::from(panics(|| drop(waker))));
    });
    assert!(wheel.open(OWNER));
    wheel
}

/// Somebody waited, and left a waker behind that panics.
fn leave_behind(wheel: &Wheel) {
    let entry = wheel.arm(until(5), 0, || 0, &Waker::from(Arc::new(Grumpy)));
    assert_eq!(entry.unwrap().leave(), Left::Disarmed);
}

#[test]
fn who_takes_a_slot_lets_go_of_the_waker_that_another_one_left_there() {
    let (_, waker) = Task::new();
    let mut taken = 0;
    // Which slots are tried is a matter of addresses and of seeds.
    for round in 0..16 {
        let wheel = lenient();
        leave_behind(&wheel);
        let before = LET_GO.get();
        let arm = |seed: usize| wheel.arm(until(5), (round * 64 + seed) << 6, || 0, &waker);
        let entries: Vec<_> = (0..64).map(|seed| arm(seed).unwrap()).collect();
        taken += LET_GO.get() - before;
        assert_eq!(wheel.waiting(), 64);
        for entry in entries {
            assert_eq!(entry.leave(), Left::Disarmed);
        }
        Keeper::new().leave(&wheel, at(0));
    }
    assert!(taken > 0, "nobody took the slot");
}

#[test]
fn a_keeper_lets_go_of_what_was_left_behind_and_fires_what_is_due() {
    let (wheel, mut keeper) = (lenient(), Keeper::new());
    let (task, waker) = Task::new();
    let entry = wheel.arm(until(5), 0, || 0, &waker).unwrap();
    (0..3).for_each(|_| leave_behind(&wheel));
    assert_eq!(keeper.pass(&wheel, || at(5)).fired, 1);
    assert_eq!((entry.leave(), task.wakes()), (Left::Fired, 1));
}

#[test]
fn a_keeper_that_leaves_lets_go_of_what_was_left_behind_and_evicts_who_waits() {
    let (wheel, mut keeper) = (lenient(), Keeper::new());
    let (task, waker) = Task::new();
    let entry = wheel.arm(until(5), 0, || 0, &waker).unwrap();
    (0..3).for_each(|_| leave_behind(&wheel));
    keeper.leave(&wheel, at(0));
    assert!(wheel.open(OWNER), "it is free for the next one");
    assert_eq!((entry.leave(), task.wakes()), (Left::Evicted, 1));
}
