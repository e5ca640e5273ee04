//! The semaphore and its line under every interleaving that the bound allows.
//!
//! Nobody acts on the main thread, each model runs with every spawn order, and each says which outcomes it must have seen. A
//! waiter that is forgotten is a deadlock to the checker.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what was seen over all executions is collected outside the model"
)]

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::{Arc as Outside, Mutex as Aside};
use std::task::{Poll, Waker};

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;
use loom_tests::Bound;
use ninelives_core::bell::Bell;
use ninelives_core::semaphore::{Ask, Entry, Left, Place, Priority, Semaphore, Turn};

type Actor = fn(&Semaphore, Vec<Place>) -> &'static str;

/// Everything fixed about one model.
struct Scene {
    limit: u32,
    places: u32,
    /// Permits taken before the actors start; the actors, or the end, give them back.
    held: u32,
    /// Places taken before the actors start, in order: each goes to the actor of that number, or to the end.
    guests: &'static [usize],
    /// What each guest waits for; who is not named waits for one permit.
    asks: &'static [Ask],
    /// Whether there are classes, and how many turns they have had.
    turns: Option<u32>,
    actors: &'static [Actor],
    /// What must hold at the end; it gets the places that went to no actor.
    end: fn(&Semaphore, Vec<Place>),
    /// Preemptions allowed: 2, or 1 where 2 takes minutes.
    bound: Bound,
    /// Each is the answers of the actors, in their order, joined by a space.
    outcomes: &'static [&'static str],
}

/// What most models have.
const PLAIN: Scene = Scene {
    limit: 1,
    places: 2,
    held: 1,
    guests: &[],
    asks: &[],
    turns: None,
    actors: &[],
    end: nothing_is_out,
    bound: Bound::of(2),
    outcomes: &[],
};

/// A guest that no actor gets.
const NOBODY: usize = usize::MAX;

fn run(scene: Scene) {
    let scene: &'static Scene = Box::leak(Box::new(scene));
    if scene.bound.preemptions().is_none() {
        return;
    }
    let seen = Outside::new(Aside::new(BTreeSet::new()));
    for order in loom_tests::orders(scene.actors.len()) {
        let seen = Outside::clone(&seen);
        loom_tests::model_within(scene.bound, move || {
            let answers = once(scene, &order);
            seen.lock().expect("never poisoned").insert(answers);
        });
    }
    let seen = seen.lock().expect("never poisoned");
    let expected: BTreeSet<_> = scene.outcomes.iter().map(|&o| o.to_owned()).collect();
    assert_eq!(*seen, expected, "the outcomes seen, and those expected");
}

fn once(scene: &'static Scene, order: &[usize]) -> String {
    let semaphore = match scene.turns {
        None => Semaphore::with_line(scene.limit, scene.places),
        Some(_) => Semaphore::with_classes(scene.limit, scene.places),
    };
    let semaphore = Arc::new(semaphore.expect("in range"));
    for _ in 0..scene.held {
        assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
    }
    let mut places: Vec<Vec<Place>> = scene.actors.iter().map(|_| Vec::new()).collect();
    let mut rest = Vec::new();
    for _ in 0..scene.turns.unwrap_or(0) {
        let place = seat(&semaphore, Ask::ONE);
        semaphore.release();
        semaphore.take(place);
    }
    for (number, &guest) in scene.guests.iter().enumerate() {
        let ask = scene.asks.get(number).copied().unwrap_or(Ask::ONE);
        let place = seat(&semaphore, ask);
        places.get_mut(guest).unwrap_or(&mut rest).push(place);
    }
    let mut threads = Vec::new();
    for &number in order {
        let semaphore = semaphore.clone();
        let mine = std::mem::take(&mut places[number]);
        let actor = scene.actors[number];
        threads.push((number, thread::spawn(move || actor(&semaphore, mine))));
    }
    let mut answers = vec![""; threads.len()];
    for (number, thread) in threads {
        answers[number] = thread.join().expect("no actor fails");
    }
    (scene.end)(&semaphore, rest);
    answers.join(" ")
}

fn seat(semaphore: &Semaphore, ask: Ask) -> Place {
    match semaphore.enter_many(ask, || u32::MAX) {
        Entry::Waiting(place) => place,
        other => panic!("the scene is full: {other:?}"),
    }
}

const fn ask(weight: u32, priority: Priority) -> Ask {
    match NonZeroU32::new(weight) {
        Some(weight) => Ask::new(weight, priority),
        None => panic!("nobody asks for nothing"),
    }
}

// --- what actors do

fn turn(semaphore: &Semaphore, place: &Place) -> Turn {
    block_on(poll_fn(|cx| semaphore.poll_place(place, cx.waker())))
}

/// Waits for the turn, and keeps the permit.
fn sit(semaphore: &Semaphore, place: Place) -> bool {
    match turn(semaphore, &place) {
        Turn::Granted { .. } => {
            semaphore.take(place);
            true
        }
        Turn::Overweight { .. } => {
            assert_eq!(semaphore.leave(place), Left::Overweight);
            false
        }
        Turn::Closed => {
            assert_eq!(semaphore.leave(place), Left::Closed);
            false
        }
    }
}

fn release(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    semaphore.release();
    "released"
}

fn close(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    semaphore.close();
    "closed"
}

/// Comes, waits if it must, and gives the permit back.
fn visit(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    match semaphore.enter() {
        Entry::Acquired { .. } => {
            semaphore.release();
            "at-once"
        }
        Entry::Waiting(place) => {
            if !sit(semaphore, place) {
                return "told";
            }
            semaphore.release();
            "after-a-wait"
        }
        Entry::Closed => "refused",
        Entry::Full { .. } => "full",
        Entry::Overweight { .. } => panic!("one permit is never too many"),
    }
}

fn grab(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    match semaphore.try_acquire() {
        Entry::Acquired { in_flight } => {
            assert!(in_flight <= 2, "no limit was ever above two");
            semaphore.release();
            "got"
        }
        Entry::Full { .. } => "full",
        other => panic!("{other:?}"),
    }
}

/// Comes, and keeps what it gets.
fn keep(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    match semaphore.try_acquire() {
        Entry::Acquired { .. } => "got",
        Entry::Full { .. } => "full",
        other => panic!("{other:?}"),
    }
}

fn leave(semaphore: &Semaphore, mut places: Vec<Place>) -> &'static str {
    match semaphore.leave(places.remove(0)) {
        Left::GaveUp => "gave-up",
        Left::HadGrant => "had-grant",
        Left::Overweight | Left::Closed => "told",
    }
}

/// Waits in the place it was given, and gives its permits back.
fn stay(semaphore: &Semaphore, mut places: Vec<Place>) -> &'static str {
    let place = places.remove(0);
    let weight = semaphore.asked(&place).weight();
    if !sit(semaphore, place) {
        return "told";
    }
    assert!(
        semaphore.snapshot().in_flight <= 2,
        "no limit was ever above two"
    );
    semaphore.release_many(weight);
    "served"
}

fn release_two(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    semaphore.release_many(2);
    "released-two"
}

/// The same, but another task looked first.
fn move_and_stay(semaphore: &Semaphore, places: Vec<Place>) -> &'static str {
    if semaphore.poll_place(&places[0], Waker::noop()).is_ready() {
        assert_eq!(stay(semaphore, places), "served");
        return "served-at-first-look";
    }
    stay(semaphore, places)
}

/// Takes a place, and leaves the rest to the end.
fn come(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    let entry = semaphore.enter();
    assert!(matches!(entry, Entry::Waiting(_)), "{entry:?}");
    "came"
}

/// Leaves its place and comes again in the highest class: most likely into the same place.
fn leave_and_come_above(semaphore: &Semaphore, places: Vec<Place>) -> &'static str {
    let _ = leave(semaphore, places);
    let _ = seat(semaphore, ask(1, Priority::Critical));
    "came"
}

/// Leaves its place and comes again: most likely into the same place, behind everybody.
fn leave_and_come(semaphore: &Semaphore, places: Vec<Place>) -> &'static str {
    let _ = leave(semaphore, places);
    come(semaphore, Vec::new())
}

/// Takes two places and leaves the first: the list of free places looks as before, and is not.
fn come_twice_and_leave_once(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    let Entry::Waiting(place) = semaphore.enter() else {
        panic!("a place is free")
    };
    let came = come(semaphore, Vec::new());
    let _ = semaphore.leave(place);
    came
}

fn shrink(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    assert_eq!(semaphore.resize(1), Ok(2));
    "shrunk"
}

fn grow(semaphore: &Semaphore, _: Vec<Place>) -> &'static str {
    assert_eq!(semaphore.resize(2), Ok(1));
    "grown"
}

// --- what holds at the end

fn at_rest(semaphore: &Semaphore) -> (u32, u32) {
    let now = semaphore.snapshot();
    (now.in_flight, now.waiting)
}

fn nothing_is_out(semaphore: &Semaphore, _: Vec<Place>) {
    assert_eq!(at_rest(semaphore), (0, 0));
}

fn one_is_out(semaphore: &Semaphore, _: Vec<Place>) {
    assert_eq!(at_rest(semaphore), (1, 0));
}

/// Of the places that no actor had, all but the last have the permits.
fn all_but_the_last_are_served(semaphore: &Semaphore, mut places: Vec<Place>) {
    let last = places.pop().expect("somebody is last");
    for place in places {
        let turn = semaphore.poll_place(&place, Waker::noop());
        assert!(turn.is_ready(), "somebody was passed");
        semaphore.take(place);
    }
    assert_eq!(semaphore.leave(last), Left::GaveUp);
}

#[test]
fn l09_acquire_against_release_leaves_no_sleeper_beside_a_free_permit() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[],
        actors: &[release, visit],
        end: nothing_is_out,
        bound: Bound::of(2),
        outcomes: &["released after-a-wait", "released at-once"],
        ..PLAIN
    });
}

#[test]
fn l09_two_come_for_one_permit() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 0,
        guests: &[],
        actors: &[visit, visit],
        end: nothing_is_out,
        bound: Bound::of(2),
        outcomes: &[
            "after-a-wait at-once",
            "at-once after-a-wait",
            "at-once at-once",
        ],
        ..PLAIN
    });
}

#[test]
fn l10_granted_waiter_that_leaves_wakes_the_next() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1, 2],
        actors: &[release, leave, stay],
        end: nothing_is_out,
        bound: Bound::of(1),
        outcomes: &["released gave-up served", "released had-grant served"],
        ..PLAIN
    });
}

#[test]
fn l11_head_that_leaves_does_not_hide_who_comes_behind() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1],
        actors: &[release, leave, visit],
        end: nothing_is_out,
        bound: Bound::of(1).untouched(),
        outcomes: &[
            "released gave-up after-a-wait",
            "released gave-up at-once",
            "released had-grant after-a-wait",
            "released had-grant at-once",
        ],
        ..PLAIN
    });
}

#[test]
fn l12_shrink_against_release_against_acquire_keeps_the_law() {
    run(Scene {
        limit: 2,
        places: 2,
        held: 1,
        guests: &[],
        actors: &[shrink, release, visit],
        end: nothing_is_out,
        bound: Bound::of(2).touched(1),
        outcomes: &["shrunk released after-a-wait", "shrunk released at-once"],
        ..PLAIN
    });
}

#[test]
fn l12_shrunk_below_in_flight_admits_nobody() {
    run(Scene {
        limit: 2,
        places: 2,
        held: 2,
        guests: &[],
        actors: &[shrink, release, grab],
        end: one_is_out,
        bound: Bound::of(2),
        outcomes: &["shrunk released full", "shrunk released got"],
        ..PLAIN
    });
}

#[test]
fn l13_grow_against_enqueue_wakes_the_waiter() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[],
        actors: &[grow, visit],
        end: one_is_out,
        bound: Bound::of(2),
        outcomes: &["grown after-a-wait", "grown at-once"],
        ..PLAIN
    });
}

#[test]
fn l14_close_against_acquire_wakes_everybody() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[],
        actors: &[close, visit],
        end: one_is_out,
        bound: Bound::of(2),
        outcomes: &["closed refused", "closed told"],
        ..PLAIN
    });
}

#[test]
fn l14_close_against_release_ends_every_wait_one_way() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[2],
        actors: &[close, release, leave],
        end: nothing_is_out,
        bound: Bound::of(1),
        outcomes: &[
            "closed released gave-up",
            "closed released had-grant",
            "closed released told",
        ],
        ..PLAIN
    });
}

#[test]
fn l15_waker_replaced_while_it_is_woken() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1],
        actors: &[release, move_and_stay],
        end: nothing_is_out,
        bound: Bound::of(2),
        outcomes: &["released served", "released served-at-first-look"],
        ..PLAIN
    });
}

#[test]
fn l16_deadline_against_assignment_has_one_verdict() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1],
        actors: &[release, leave],
        end: nothing_is_out,
        bound: Bound::of(2),
        outcomes: &["released gave-up", "released had-grant"],
        ..PLAIN
    });
}

#[test]
fn two_releases_serve_the_first_two() {
    run(Scene {
        limit: 2,
        places: 3,
        held: 2,
        guests: &[NOBODY, NOBODY, NOBODY],
        actors: &[release, release],
        end: all_but_the_last_are_served,
        bound: Bound::of(2).touched(1),
        outcomes: &["released released"],
        ..PLAIN
    });
}

#[test]
fn two_leavers_of_one_branch_do_not_hide_the_third() {
    run(Scene {
        limit: 1,
        places: 3,
        held: 1,
        guests: &[1, NOBODY, NOBODY],
        actors: &[release, leave],
        end: all_but_the_last_are_served,
        bound: Bound::of(2).touched(1),
        outcomes: &["released gave-up", "released had-grant"],
        ..PLAIN
    });
}

#[test]
fn place_given_away_again_does_not_jump_the_line() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1, NOBODY],
        actors: &[release, leave_and_come],
        end: |semaphore, mut places| {
            let first = places.remove(0);
            assert!(semaphore.poll_place(&first, Waker::noop()).is_ready());
            semaphore.take(first);
            assert_eq!(at_rest(semaphore), (1, 1));
        },
        bound: Bound::of(3).touched(1),
        outcomes: &["released came"],
        ..PLAIN
    });
}

#[test]
fn place_given_away_again_does_not_pass_a_heavy_head() {
    run(Scene {
        limit: 2,
        places: 2,
        held: 2,
        guests: &[1, NOBODY],
        asks: &[HEAVY, HEAVY],
        actors: &[release, leave_and_come],
        end: |semaphore, mut places| {
            let first = places.remove(0);
            assert_eq!(at_rest(semaphore), (1, 2), "one permit is not enough");
            semaphore.release();
            assert!(semaphore.poll_place(&first, Waker::noop()).is_ready());
            semaphore.take(first);
            assert_eq!(at_rest(semaphore), (2, 1));
        },
        bound: Bound::of(2),
        outcomes: &["released came"],
        ..PLAIN
    });
}

#[test]
fn leaver_and_comer_under_one_node_do_not_hide_the_comer() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[0],
        actors: &[leave, come],
        end: |semaphore, _| {
            semaphore.release();
            assert_eq!(at_rest(semaphore), (1, 1), "the permit found the comer");
        },
        bound: Bound::of(3).touched(2),
        outcomes: &["gave-up came"],
        ..PLAIN
    });
}

#[test]
fn two_comers_under_one_node_are_both_found() {
    run(Scene {
        limit: 2,
        places: 2,
        held: 2,
        guests: &[],
        actors: &[come, come],
        end: |semaphore, _| {
            semaphore.release();
            semaphore.release();
            assert_eq!(at_rest(semaphore), (2, 2), "each permit found a comer");
        },
        bound: Bound::of(3).touched(2),
        outcomes: &["came came"],
        ..PLAIN
    });
}

#[test]
fn place_that_was_free_twice_is_given_away_once() {
    run(Scene {
        limit: 3,
        places: 3,
        held: 3,
        guests: &[],
        actors: &[come, come_twice_and_leave_once],
        end: |semaphore, _| {
            assert_eq!(come(semaphore, Vec::new()), "came");
            for _ in 0..3 {
                semaphore.release();
            }
            assert_eq!(at_rest(semaphore), (3, 3), "three waited, in three places");
        },
        bound: Bound::of(2).touched(1),
        outcomes: &["came came"],
        ..PLAIN
    });
}

#[test]
fn newcomer_takes_what_no_waiter_needs_and_nothing_else() {
    run(Scene {
        limit: 1,
        places: 2,
        held: 1,
        guests: &[1],
        actors: &[release, stay, grab],
        end: nothing_is_out,
        bound: Bound::of(1),
        outcomes: &["released served full", "released served got"],
        ..PLAIN
    });
}

#[test]
fn newcomer_never_passes_the_head() {
    run(Scene {
        guests: &[NOBODY],
        actors: &[release, keep],
        end: |semaphore, mut places| {
            let head = places.remove(0);
            assert!(semaphore.poll_place(&head, Waker::noop()).is_ready());
            semaphore.take(head);
            assert_eq!(at_rest(semaphore), (1, 0));
        },
        outcomes: &["released full"],
        ..PLAIN
    });
}

const HEAVY: Ask = ask(2, Priority::Normal);
const LOW: Ask = ask(1, Priority::Low);
const HIGH: Ask = ask(1, Priority::High);

#[test]
fn s05_heavy_head_that_leaves_makes_way_for_a_light_one() {
    run(Scene {
        limit: 2,
        held: 2,
        guests: &[1, 2],
        asks: &[HEAVY],
        actors: &[release, leave, stay],
        end: one_is_out,
        bound: Bound::of(1),
        outcomes: &["released gave-up served"],
        ..PLAIN
    });
}

#[test]
fn comer_in_the_place_of_a_leaver_does_not_pass_who_waits() {
    run(Scene {
        limit: 2,
        places: 3,
        held: 1,
        guests: &[0, NOBODY],
        asks: &[HEAVY],
        actors: &[leave, come],
        end: |semaphore, mut places| {
            let next = places.remove(0);
            assert!(semaphore.poll_place(&next, Waker::noop()).is_ready());
            semaphore.take(next);
            assert_eq!(at_rest(semaphore), (2, 1));
        },
        bound: Bound::of(2).touched(1),
        outcomes: &["gave-up came"],
        ..PLAIN
    });
}

#[test]
fn two_releases_of_one_make_a_grant_of_two() {
    run(Scene {
        limit: 2,
        held: 2,
        guests: &[2],
        asks: &[HEAVY],
        actors: &[release, release, stay],
        bound: Bound::of(2).touched(1),
        outcomes: &["released released served"],
        ..PLAIN
    });
}

#[test]
fn l10_granted_weight_that_is_left_goes_to_the_light_ones_behind() {
    run(Scene {
        limit: 2,
        places: 3,
        held: 2,
        guests: &[1, 2, NOBODY],
        asks: &[HEAVY],
        actors: &[release_two, leave, stay],
        end: |semaphore, mut places| {
            let place = places.remove(0);
            assert!(semaphore.poll_place(&place, Waker::noop()).is_ready());
            assert_eq!(semaphore.leave(place), Left::HadGrant);
            assert_eq!(at_rest(semaphore), (0, 0));
        },
        bound: Bound::of(1).untouched(),
        outcomes: &[
            "released-two gave-up served",
            "released-two had-grant served",
        ],
        ..PLAIN
    });
}

#[test]
fn newcomer_does_not_take_what_is_kept_for_a_heavy_head() {
    run(Scene {
        limit: 2,
        held: 1,
        guests: &[1],
        asks: &[HEAVY],
        actors: &[release, stay, grab],
        end: nothing_is_out,
        bound: Bound::of(1),
        outcomes: &["released served full", "released served got"],
        ..PLAIN
    });
}

#[test]
fn shrink_below_a_heavy_waiter_tells_it_or_comes_too_late() {
    run(Scene {
        limit: 2,
        held: 2,
        guests: &[2, NOBODY],
        asks: &[HEAVY],
        actors: &[shrink, release_two, stay],
        end: |semaphore, mut places| {
            assert!(semaphore.poll_place(&places[0], Waker::noop()).is_ready());
            semaphore.take(places.remove(0));
            assert_eq!(at_rest(semaphore), (1, 0));
        },
        bound: Bound::of(1).untouched(),
        outcomes: &["shrunk released-two served", "shrunk released-two told"],
        ..PLAIN
    });
}

#[test]
fn no_turn_of_the_longest_wait_is_left_out() {
    run(Scene {
        limit: 2,
        places: 4,
        held: 2,
        turns: Some(6),
        guests: &[NOBODY, NOBODY, NOBODY, NOBODY],
        asks: &[LOW, HIGH, HIGH, HIGH],
        actors: &[release, release],
        end: |semaphore, places| {
            let served = |place: &Place| semaphore.poll_place(place, Waker::noop()).is_ready();
            assert!(
                served(&places[1]),
                "the sixth turn is that of the highest class"
            );
            // Two threads may have made a grant in one turn; the one after it is the eighth.
            assert!(served(&places[0]) != served(&places[2]));
            semaphore.release();
            assert!(served(&places[0]));
        },
        bound: Bound::of(2).touched(1),
        outcomes: &["released released"],
    });
}

#[test]
fn place_given_away_again_to_another_class_is_found_there() {
    run(Scene {
        guests: &[1, NOBODY],
        asks: &[LOW],
        turns: Some(0),
        actors: &[release, leave_and_come_above],
        end: |semaphore, _| {
            assert_eq!(at_rest(semaphore), (1, 2), "one was served");
            semaphore.release();
            assert_eq!(at_rest(semaphore), (1, 2), "and then the other");
            semaphore.release();
            assert_eq!(at_rest(semaphore), (0, 2));
        },
        bound: Bound::of(3).touched(1),
        outcomes: &["released came"],
        ..PLAIN
    });
}

/// One that holds a permit, `guests` in line, and somebody who waits until no permit is out: a message that does not come is a deadlock to
/// the checker. The answers are those of the guests, and whether the watcher had to wait.
fn until_idle(guests: usize, guest: Actor, outcomes: &[&[&str]]) {
    let seen = Outside::new(Aside::new(BTreeSet::new()));
    let bound = Bound::of(if guests > 0 { 1 } else { 2 });
    for order in loom_tests::orders(guests + 2) {
        let seen = Outside::clone(&seen);
        loom_tests::model_within(bound, move || {
            let bell = Arc::new(Bell::new());
            let rings = Arc::clone(&bell);
            let semaphore = Semaphore::with_line(1, 2).expect("in range");
            let semaphore = Arc::new(semaphore.on_idle(move || rings.ring()));
            assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
            let (holder, watcher) = (Arc::clone(&semaphore), Arc::clone(&semaphore));
            let mut actors: Vec<loom_tests::Actor<&str>> = vec![
                Box::new(move || release(&holder, Vec::new())),
                Box::new(move || watch(&watcher, &bell)),
            ];
            for _ in 0..guests {
                let place = seat(&semaphore, Ask::ONE);
                let semaphore = Arc::clone(&semaphore);
                actors.push(Box::new(move || guest(&semaphore, vec![place])));
            }
            let answers = loom_tests::race(&order, actors);
            assert_eq!(semaphore.snapshot().in_flight, 0);
            seen.lock().expect("never poisoned").insert(answers);
        });
    }
    let seen = seen.lock().expect("never poisoned");
    let expected: BTreeSet<_> = outcomes.iter().map(|one| one.to_vec()).collect();
    assert_eq!(*seen, expected, "the outcomes seen, and those expected");
}

/// Waits until no permit is out.
fn watch(semaphore: &Semaphore, bell: &Bell) -> &'static str {
    let mut waited = "at-once";
    block_on(poll_fn(|cx| {
        bell.rest(cx.waker());
        if bell.is_rung() || semaphore.watch_idle() {
            return Poll::Ready(());
        }
        waited = "after-a-wait";
        Poll::Pending
    }));
    waited
}

#[test]
fn l14_idle_is_told_to_who_waits_for_it() {
    let outcomes = [["released", "after-a-wait"], ["released", "at-once"]];
    until_idle(0, stay, &outcomes.each_ref().map(|one| &one[..]));
}

#[test]
fn l14_idle_is_told_after_the_line_was_served() {
    let outcomes = [
        ["released", "after-a-wait", "served"],
        ["released", "at-once", "served"],
    ];
    until_idle(1, stay, &outcomes.each_ref().map(|one| &one[..]));
}

#[test]
fn l14_idle_is_told_though_the_one_in_line_left_with_its_turn() {
    let outcomes = [
        ["released", "after-a-wait", "gave-up"],
        ["released", "after-a-wait", "had-grant"],
        ["released", "at-once", "gave-up"],
        ["released", "at-once", "had-grant"],
    ];
    until_idle(1, leave, &outcomes.each_ref().map(|one| &one[..]));
}
