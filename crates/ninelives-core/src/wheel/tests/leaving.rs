//! The keeper rests, is roused, and leaves.

use std::sync::Arc;
use std::vec::Vec;

use super::super::slot::Slot;
use super::super::{Keeper, Pace, Phase, Wheel, Word};
use super::{Left, OWNER, Pair, Refused, Stand, Task, Tick, Wait, at, span, until};

#[test]
fn a_keeper_that_rests_is_roused_once_for_what_is_earlier() {
    let mut pair = Pair::new();
    let (keeper, bell) = Task::new();
    let (_, waker) = Task::new();
    assert_eq!(pair.pass(0).next, Tick::NEVER);
    pair.wheel.register(&bell);
    assert!(pair.wheel.rest(at(100)));
    assert_eq!(pair.wheel.pace(), Pace::Precise);
    let later = pair.arm(until(100), &waker);
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (false, 0));
    let earlier = pair.arm(until(99), &waker);
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (true, 1));
    let earliest = pair.arm(until(1), &waker);
    let at_once = pair.arm(span(0), &waker);
    assert_eq!(keeper.wakes(), 1, "it is awake");
    for entry in [later, earlier, earliest, at_once] {
        assert_eq!(entry.leave(), Left::Disarmed);
    }
}

#[test]
fn a_span_rouses_a_keeper_that_rests() {
    let mut pair = Pair::new();
    let (keeper, bell) = Task::new();
    let (_, waker) = Task::new();
    pair.pass(0);
    pair.wheel.register(&bell);
    assert!(pair.wheel.rest(at(1)));
    let entry = pair.arm(span(1_000_000), &waker);
    assert_eq!(keeper.wakes(), 1);
    assert_eq!(entry.leave(), Left::Disarmed);
}

#[test]
fn a_keeper_that_is_at_work_is_not_woken() {
    let pair = Pair::new();
    let (keeper, bell) = Task::new();
    let (_, waker) = Task::new();
    pair.wheel.register(&bell);
    let waits = [until(0), span(1)].map(|wait| pair.arm(wait, &waker));
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (true, 0));
    for entry in waits {
        assert_eq!(entry.leave(), Left::Disarmed);
    }
}

#[test]
fn a_keeper_that_naps_is_not_woken() {
    let mut pair = Pair::new();
    let (keeper, bell) = Task::new();
    let (_, waker) = Task::new();
    let now = pair.pass(7).now;
    pair.wheel.register(&bell);
    pair.wheel.nap();
    assert_eq!(pair.wheel.pace(), Pace::Coarse { recent: now });
    let waits = [until(1), span(1)].map(|wait| pair.arm(wait, &waker));
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (false, 0));
    for entry in waits {
        assert_eq!(entry.leave(), Left::Disarmed);
    }
}

#[test]
fn a_keeper_does_not_rest_over_what_was_armed_since_its_look() {
    for wait in [until(500), span(500)] {
        let mut pair = Pair::new();
        let (_, waker) = Task::new();
        pair.pass(0);
        let entry = pair.wheel.arm(wait, 0, || 0, &waker).unwrap();
        assert!(!pair.wheel.rest(Tick::NEVER));
        assert!(pair.wheel.is_roused());
        assert_eq!(pair.keeper.pass(&pair.wheel, || at(0)).next, at(500));
        assert!(pair.wheel.rest(at(500)));
        assert_eq!(entry.leave(), Left::Disarmed);
    }
}

#[test]
fn a_slot_that_was_left_warm_keeps_the_keeper_from_resting() {
    for wait in [span(5), until(5)] {
        let mut pair = Pair::new();
        let (task, waker) = Task::new();
        assert_eq!(pair.arm(wait, &waker).leave(), Left::Disarmed);
        assert!(!pair.wheel.rest(Tick::NEVER), "it is on the list");
        pair.pass(0);
        assert!(pair.wheel.rest(Tick::NEVER));
        assert_eq!(
            Arc::strong_count(&task),
            2,
            "no waker sleeps with the keeper"
        );
    }
}

#[test]
fn a_warm_slot_that_is_renewed_for_an_earlier_deadline_rouses_the_keeper() {
    let mut pair = Pair::new();
    let (keeper, bell) = Task::new();
    let (_, waker) = Task::new();
    pair.pass(0);
    pair.wheel.register(&bell);
    assert!(pair.wheel.rest(at(50)));
    assert_eq!(pair.arm(until(100), &waker).leave(), Left::Disarmed);
    assert_eq!(pair.arm(until(50), &waker).leave(), Left::Disarmed);
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (false, 0));
    assert_eq!(pair.arm(until(49), &waker).leave(), Left::Disarmed);
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (true, 1));
}

#[test]
fn naps_are_asked_for_once() {
    let mut pair = Pair::new();
    let (keeper, bell) = Task::new();
    pair.pass(0);
    pair.wheel.register(&bell);
    assert!(pair.wheel.rest(Tick::NEVER));
    assert!(!pair.wheel.is_asked_for_naps());
    pair.wheel.ask_for_naps();
    assert_eq!((pair.wheel.is_roused(), keeper.wakes()), (true, 1));
    assert!(pair.wheel.is_asked_for_naps());
    assert!(!pair.wheel.is_asked_for_naps());
}

#[test]
fn w04_who_waits_when_the_keeper_leaves_is_told_until_when_to_wait_elsewhere() {
    let mut pair = Pair::new();
    let [(a, unseen), (b, booked), (c, until_then)] = [Task::new(), Task::new(), Task::new()];
    let seen = pair.wheel.arm(span(10), 1, || 0, &booked).unwrap();
    pair.keeper.pass(&pair.wheel, || at(100));
    let fixed = pair.wheel.arm(until(7), 2, || 0, &until_then).unwrap();
    let fresh = pair.wheel.arm(span(20), 3, || 0, &unseen).unwrap();
    pair.keeper.leave(&pair.wheel, at(103));
    assert_eq!(fresh.poll(&unseen), Stand::Evicted(at(123)));
    assert_eq!(seen.poll(&booked), Stand::Evicted(at(110)));
    assert_eq!(fixed.poll(&until_then), Stand::Evicted(at(7)));
    for (task, entry) in [(a, fresh), (b, seen), (c, fixed)] {
        assert_eq!(task.wakes(), 1);
        assert_eq!(entry.leave(), Left::Evicted);
    }
}

#[test]
fn a_wheel_is_handed_on_with_waits_of_its_last_owner() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    let old = pair.wheel.arm(until(5), 0, || 0, &waker).unwrap();
    assert!(!pair.wheel.open(OWNER), "there is a keeper");
    pair.keeper.leave(&pair.wheel, at(0));
    assert_eq!(pair.wheel.pace(), Pace::Closed);
    assert!(!pair.wheel.is_of(OWNER));
    let refused = pair.wheel.arm(until(5), 1, || 0, &waker).unwrap_err();
    assert_eq!(refused, Refused::Closed);
    assert!(pair.wheel.open(OWNER) && pair.wheel.is_of(OWNER));
    let new = pair.wheel.arm(until(5), 0, || 0, &waker).unwrap();
    assert_eq!(pair.keeper.pass(&pair.wheel, || at(5)).fired, 1);
    assert_eq!(
        (old.poll(&waker), new.poll(&waker)),
        (Stand::Evicted(at(5)), Stand::Fired)
    );
    assert_eq!((old.leave(), new.leave()), (Left::Evicted, Left::Fired));
    assert_eq!(task.wakes(), 2);
}

#[test]
fn the_next_keeper_may_rest_over_what_the_last_one_had_to_look_at() {
    let mut pair = Pair::new();
    let (_, waker) = Task::new();
    let old = pair.wheel.arm(until(5), 0, || 0, &waker).unwrap();
    pair.keeper.leave(&pair.wheel, at(0));
    assert!(pair.wheel.open(OWNER));
    assert!(pair.wheel.rest(Tick::NEVER), "it has nothing to look at");
    assert_eq!(old.leave(), Left::Evicted);
}

#[test]
fn who_leaves_for_another_keeper_takes_what_it_does_not_know_to_begin_now() {
    let Pair { wheel, mut keeper } = Pair::new();
    let [(_, waker), (_, other)] = [Task::new(), Task::new()];
    let arm = |seed: usize, waker| wheel.arm(span(10), seed << 6, || 0, waker).unwrap();
    let known: Vec<_> = (0..16).map(|seed| arm(seed, &other)).collect();
    let mut stranger = Keeper::new();
    stranger.pass(&wheel, || at(0));
    let unknown: Vec<_> = (16..64).map(|seed| arm(seed, &waker)).collect();
    keeper.pass(&wheel, || at(1));
    stranger.leave(&wheel, at(100));
    for (entries, waker, deadline) in [(known, other, at(10)), (unknown, waker, at(110))] {
        for entry in entries {
            assert_eq!(entry.poll(&waker), Stand::Evicted(deadline));
            assert_eq!(entry.leave(), Left::Evicted);
        }
    }
}

#[test]
fn a_keeper_that_leaves_sweeps_what_is_warm() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    assert_eq!(pair.arm(Wait::Span(1), &waker).leave(), Left::Disarmed);
    pair.keeper.leave(&pair.wheel, at(0));
    assert_eq!(Arc::strong_count(&task), 2);
    assert_eq!(task.wakes(), 0);
}

#[test]
fn who_was_refused_leaves_no_waker_behind() {
    let wheel = Wheel::new();
    for wait in [span(1), until(1)] {
        let (task, waker) = Task::new();
        let refused = wheel.arm(wait, 0, || 0, &waker).unwrap_err();
        assert_eq!((refused, Arc::strong_count(&task)), (Refused::Closed, 2));
    }
}

#[test]
fn w04_a_wait_that_the_next_keeper_has_ended_is_withdrawn_all_the_same() {
    let (_, waker) = Task::new();
    let ended = |end: fn(&Slot, Word)| {
        let slot = Slot::new();
        let claimed = slot.claim().unwrap();
        let (word, _) = slot.publish(claimed, until(1), 0, &waker);
        end(&slot, word);
        (slot.withdraw(word), slot.look().phase())
    };
    assert_eq!(ended(|_, _| ()), (Left::Disarmed, Phase::Idle));
    assert_eq!(
        ended(|slot, word| _ = slot.book(word).unwrap()),
        (Left::Disarmed, Phase::Idle)
    );
    assert_eq!(
        ended(|slot, word| _ = slot.fire(slot.book(word).unwrap()).unwrap()),
        (Left::Fired, Phase::Idle)
    );
    assert_eq!(
        ended(|slot, _| _ = slot.evict(|_| at(1))),
        (Left::Evicted, Phase::Idle)
    );
}

#[test]
fn only_a_slot_that_is_renewed_is_taken_off_the_list() {
    let (_, waker) = Task::new();
    let slot = Slot::new();
    let claimed = slot.claim().unwrap();
    let (word, _) = slot.publish(claimed, until(1), 0, &waker);
    for seen in [claimed, word] {
        assert!(!slot.unlist(seen));
        assert_eq!(slot.look(), word);
    }
    assert_eq!(slot.leave(word), Left::Disarmed);
    assert!(!slot.unlist(slot.look()), "warm");
}
