//! The semaphore whose threads keep permits, under every interleaving that the bound allows.
//!
//! Nobody acts on the main thread, each model runs with every spawn order, and each says which outcomes it must have seen. What a thread
//! keeps when a model begins was kept for it before it was spawned, under its number. A thread keeps what lies in its stripe as soon as it can,
//! and both fences are full ones.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what was seen over all executions is collected outside the model"
)]

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::{Arc as Outside, Mutex as Aside};
use std::task::Poll;

use loom::future::block_on;
use loom::sync::Arc;
use loom_tests::Bound;
use ninelives_core::bell::Bell;
use ninelives_core::semaphore::{Ask, Entry, Place, Priority, Semaphore, Spot, Turn};
use ninelives_core::sync::{AtomicU32, Ordering, fence};

/// A semaphore, and how many permits those who are inside have.
struct Room {
    semaphore: Semaphore,
    inside: AtomicU32,
    /// What those write who have the only permit that goes round.
    written: AtomicU32,
    idle: Arc<Bell>,
}

type Actor = fn(&Room) -> &'static str;

/// Everything fixed about one model.
struct Scene {
    /// Permits there are.
    limit: u32,
    /// How many the thread of each stripe keeps.
    purses: &'static [u32],
    /// Permits that the thread of the first stripe has when the actors start.
    held: u32,
    /// Permits that are held until all is over.
    aside: u32,
    /// How often a stranger was on the first stripe before, with a permit that it holds when the actors start.
    passed: u32,
    barrier: fn() -> bool,
    actors: &'static [Actor],
    bound: Bound,
    /// Each is the answers of the actors, in their order, joined by a space.
    outcomes: &'static [&'static str],
}

const PLAIN: Scene = Scene {
    limit: 2,
    purses: &[],
    held: 0,
    aside: 0,
    passed: 0,
    barrier: all_pass,
    actors: &[],
    bound: Bound::of(2),
    outcomes: &[],
};

/// The fence that every thread passes, which in a model is enough on this side.
fn all_pass() -> bool {
    // SeqCst fence: the model's stand-in, as in `light_fence`.
    fence(Ordering::SeqCst);
    true
}

fn none_passes() -> bool {
    false
}

/// Where the thread of a stripe is.
const fn home(stripe: u32) -> Spot {
    Spot::at(stripe).on(stripe as u64 + 1)
}

/// Where a thread without a purse is, which has the last stripe.
const ABROAD: Spot = Spot::at(7);

/// Where a thread is that has its stripe from another one, with that one's purse.
const BESIDE: Spot = Spot::at(0).on(9);

fn run(scene: Scene) {
    let scene: &'static Scene = Box::leak(Box::new(scene));
    if scene.bound.preemptions().is_none() {
        return;
    }
    let seen = Outside::new(Aside::new(BTreeSet::new()));
    for order in loom_tests::orders(scene.actors.len()) {
        let seen = Outside::clone(&seen);
        loom_tests::model_within(scene.bound, move || {
            let room = Arc::new(prepared(scene));
            let actors = scene.actors.iter().map(|&actor| {
                let room = Arc::clone(&room);
                Box::new(move || actor(&room)) as loom_tests::Actor<&'static str>
            });
            let answers = loom_tests::race(&order, actors.collect());
            if scene.aside > 0 {
                go(&room, ABROAD, scene.aside);
            }
            let wrote = answers.iter().filter(|&&answer| answer == "wrote").count();
            assert_eq!(room.written.load(Ordering::Relaxed) as usize, wrote);
            let now = room.semaphore.snapshot();
            assert_eq!((now.in_flight, now.waiting), (0, 0), "all is given back");
            assert_eq!(now.surplus, 0, "nothing is given back twice");
            seen.lock()
                .expect("never poisoned")
                .insert(answers.join(" "));
        });
    }
    let seen = seen.lock().expect("never poisoned");
    let expected: BTreeSet<_> = scene.outcomes.iter().map(|&o| o.to_owned()).collect();
    assert_eq!(*seen, expected, "the outcomes seen, and those expected");
}

fn prepared(scene: &Scene) -> Room {
    let idle = Arc::new(Bell::new());
    let rings = Arc::clone(&idle);
    let stripes = scene.purses.len() as u32;
    let semaphore = Semaphore::with_line(scene.limit, 2).expect("in range");
    let semaphore = semaphore.striped_at_once(stripes);
    let semaphore = semaphore.kept_by_threads(0, scene.barrier);
    let room = Room {
        semaphore: semaphore.on_idle(move || rings.ring()),
        inside: AtomicU32::new(0),
        written: AtomicU32::new(0),
        idle,
    };
    let kept = scene.purses.iter().sum::<u32>();
    assert!(come(&room, ABROAD, kept + scene.held + scene.aside));
    for (stripe, &permits) in (0..).zip(scene.purses) {
        // The first opens the stripe, the second begins the purse.
        for _ in 0..permits {
            go(&room, home(stripe), 1);
        }
    }
    for _ in 0..scene.passed {
        go(&room, BESIDE, 1);
        assert!(come(&room, BESIDE, 1));
    }
    room
}

const fn ask(weight: u32) -> Ask {
    match NonZeroU32::new(weight) {
        Some(weight) => Ask::new(weight, Priority::Normal),
        None => panic!("nobody asks for nothing"),
    }
}

/// Comes, and says whether it got its permits; who is turned away was so by all permits that there are.
fn come(room: &Room, spot: Spot, weight: u32) -> bool {
    match room.semaphore.try_acquire_from(|| spot, ask(weight)) {
        Entry::Acquired { .. } => {
            enters(room, weight);
            true
        }
        Entry::Full { in_flight, limit } => {
            assert!(in_flight + weight > limit, "there was room");
            false
        }
        Entry::Closed => false,
        other => panic!("{other:?}"),
    }
}

/// Waits as long as it takes.
fn wait(room: &Room, place: Place, weight: u32) {
    let turn = block_on(poll_fn(|cx| room.semaphore.poll_place(&place, cx.waker())));
    assert!(matches!(turn, Turn::Granted { .. }), "{turn:?}");
    room.semaphore.take(place);
    enters(room, weight);
}

fn enters(room: &Room, weight: u32) {
    // Relaxed: a count.
    let inside = room.inside.fetch_add(weight, Ordering::Relaxed) + weight;
    let limit = room.semaphore.snapshot().limit;
    assert!(inside <= limit, "more than there are");
}

fn go(room: &Room, spot: Spot, weight: u32) {
    room.inside.fetch_sub(weight, Ordering::Relaxed);
    room.semaphore.release_to(|| spot, weight);
}

// --- what actors do

fn call_at(room: &Room, spot: Spot, weight: u32) -> &'static str {
    if !come(room, spot, weight) {
        return "full";
    }
    go(room, spot, weight);
    "got"
}

/// Comes, and gives back what it got, on the thread of a stripe.
fn call<const STRIPE: u32, const WEIGHT: u32>(room: &Room) -> &'static str {
    call_at(room, home(STRIPE), WEIGHT)
}

/// The same, twice.
fn call_twice(room: &Room) -> &'static str {
    let answers = [(); 2].map(|()| call::<0, 1>(room));
    assert_eq!(answers[0], answers[1], "nobody else changed sides");
    answers[0]
}

/// The same on a thread without a purse.
fn call_abroad(room: &Room) -> &'static str {
    call_at(room, ABROAD, 1)
}

fn write_at(room: &Room, spot: Spot) -> &'static str {
    if !come(room, spot, 1) {
        return "full";
    }
    let written = room.written.load(Ordering::Relaxed);
    room.written.store(written + 1, Ordering::Relaxed);
    go(room, spot, 1);
    "wrote"
}

/// Writes in between: nobody else does, and what others wrote before is there.
fn write(room: &Room) -> &'static str {
    write_at(room, home(0))
}

fn write_abroad(room: &Room) -> &'static str {
    write_at(room, ABROAD)
}

/// Gives back what was held for it.
fn give(room: &Room) -> &'static str {
    go(room, home(0), 1);
    "gave"
}

fn give_thrice(room: &Room) -> &'static str {
    give(room);
    give(room);
    give(room)
}

/// Gives back what was held for it, past what another thread keeps.
fn give_beside(room: &Room) -> &'static str {
    go(room, BESIDE, 1);
    "gave"
}

/// Gives back both that were held for it, the second one when nothing is kept there any more.
fn give_beside_twice(room: &Room) -> &'static str {
    give_beside(room);
    give_beside(room)
}

/// Comes for one permit after the other.
fn call_for_each(room: &Room) -> &'static str {
    let came = [(); 2].map(|()| come(room, ABROAD, 1));
    let got = came.into_iter().filter(|&came| came);
    match got.map(|_| go(room, ABROAD, 1)).count() {
        2 => "got",
        _ => "full",
    }
}

/// Has all that threads keep come to the gate, by a limit that is the same.
fn call_in_twice(room: &Room) -> &'static str {
    for _ in 0..2 {
        assert_eq!(room.semaphore.resize(6), Ok(6));
    }
    "called"
}

/// Comes, waits if it must, and gives the permit back.
fn visit(room: &Room) -> &'static str {
    match room.semaphore.enter_from(|| ABROAD, Ask::ONE, || 2) {
        Entry::Acquired { .. } => enters(room, 1),
        Entry::Waiting(place) => wait(room, place, 1),
        other => panic!("{other:?}"),
    }
    go(room, ABROAD, 1);
    "served"
}

/// The same for all permits, and says when it has come.
fn visit_and_say(room: &Room) -> &'static str {
    match room.semaphore.enter_from(|| ABROAD, ask(4), || 2) {
        Entry::Acquired { .. } => {
            room.idle.ring();
            enters(room, 4);
        }
        Entry::Waiting(place) => {
            room.idle.ring();
            wait(room, place, 4);
        }
        other => panic!("{other:?}"),
    }
    go(room, ABROAD, 4);
    "served"
}

/// Gives one back, and another when somebody has come.
fn give_and_come_by(room: &Room) -> &'static str {
    give(room);
    block_on(poll_fn(|cx| {
        room.idle.rest(cx.waker());
        if room.idle.is_rung() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    give(room)
}

/// Closes it, and sees nobody get in after that.
fn close_and_look(room: &Room) -> &'static str {
    room.semaphore.close();
    let before = room.semaphore.snapshot().in_flight;
    let after = room.semaphore.snapshot().in_flight;
    assert!(after <= before, "somebody got in");
    "closed"
}

/// Waits until no permit is out.
fn watch(room: &Room) -> &'static str {
    block_on(poll_fn(|cx| {
        room.idle.rest(cx.waker());
        if room.idle.is_rung() || room.semaphore.watch_idle() {
            return Poll::Ready(());
        }
        Poll::Pending
    }));
    "told"
}

/// Comes for all of it, and lets threads keep what they bring from then on.
fn call_for_all(room: &Room) -> &'static str {
    call_at(room, ABROAD, 2)
}

#[test]
fn what_a_thread_keeps_goes_to_one_of_two() {
    run(Scene {
        limit: 3,
        purses: &[1, 0],
        aside: 2,
        actors: &[write, write_abroad],
        outcomes: &["wrote wrote", "wrote full", "full wrote"],
        ..PLAIN
    });
}

#[test]
fn nobody_is_turned_away_while_there_is_a_permit_for_each() {
    run(Scene {
        purses: &[2],
        actors: &[call_twice, call_abroad],
        outcomes: &["got got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn two_who_ask_a_thread_for_what_it_keeps_both_get_some() {
    run(Scene {
        purses: &[2],
        actors: &[call_abroad, call_abroad],
        outcomes: &["got got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_asks_for_all_has_all_or_none() {
    run(Scene {
        purses: &[2],
        actors: &[call::<0, 1>, call_for_all],
        outcomes: &["got got", "got full", "full got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn a_permit_that_a_thread_was_about_to_keep_is_for_who_waits() {
    run(Scene {
        limit: 3,
        purses: &[2],
        held: 1,
        actors: &[give, visit],
        outcomes: &["gave served"],
        ..PLAIN
    });
}

#[test]
fn who_waits_until_no_permit_is_out_is_told() {
    run(Scene {
        limit: 3,
        purses: &[2],
        held: 1,
        actors: &[give, watch],
        outcomes: &["gave told"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_looked_before_a_close_gets_nothing_after_it() {
    run(Scene {
        purses: &[2],
        actors: &[close_and_look, call::<0, 1>],
        outcomes: &["closed full", "closed got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn a_thread_that_keeps_again_keeps_for_itself() {
    run(Scene {
        limit: 6,
        purses: &[3],
        held: 3,
        actors: &[give_thrice, call_in_twice],
        outcomes: &["gave called"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn what_nobody_else_can_have_comes_with_the_next_permit_of_its_thread() {
    run(Scene {
        limit: 4,
        purses: &[2],
        held: 2,
        barrier: none_passes,
        actors: &[give_and_come_by, visit_and_say],
        outcomes: &["gave served"],
        bound: Bound::of(1),
        ..PLAIN
    });
}

#[test]
fn who_comes_while_a_thread_begins_to_keep_finds_what_was_free_all_along() {
    run(Scene {
        purses: &[1],
        held: 1,
        actors: &[give, call_abroad],
        outcomes: &["gave got"],
        ..PLAIN
    });
}

#[test]
fn who_comes_while_a_purse_that_was_in_the_way_is_emptied_finds_what_was_free_all_along() {
    run(Scene {
        limit: 3,
        purses: &[2],
        held: 1,
        passed: 14,
        actors: &[give_beside, call_for_each],
        outcomes: &["gave got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_waits_while_a_purse_that_was_in_the_way_is_emptied_is_served() {
    run(Scene {
        limit: 4,
        purses: &[2],
        held: 2,
        passed: 14,
        actors: &[give_beside_twice, visit_and_say],
        outcomes: &["gave served"],
        bound: Bound::of(1).untouched(),
        ..PLAIN
    });
}

#[test]
fn who_waits_until_no_permit_is_out_while_a_purse_is_emptied_is_told() {
    run(Scene {
        limit: 4,
        purses: &[2],
        held: 2,
        passed: 14,
        actors: &[give_beside_twice, watch],
        outcomes: &["gave told"],
        bound: Bound::of(1).untouched(),
        ..PLAIN
    });
}
