//! The semaphore whose free permits lie in stripes, under every interleaving that the bound allows.
//!
//! Nobody acts on the main thread, each model runs with every spawn order, and each says which outcomes it must have seen. A
//! waiter that is forgotten is a deadlock to the checker. Each actor counts who is inside, so that a permit that there is not fails at once.

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
use ninelives_core::sync::{AtomicU32, Ordering};

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
    stripes: u32,
    /// Stripes are shut when the actors start.
    shut: bool,
    /// Permits that are held before the actors start, and given back by them.
    held: u32,
    /// Permits that are held until all is over.
    kept: u32,
    /// The stripes in which one permit each lies.
    laid: &'static [u32],
    actors: &'static [Actor],
    bound: Bound,
    /// Each is the answers of the actors, in their order, joined by a space.
    outcomes: &'static [&'static str],
}

const PLAIN: Scene = Scene {
    limit: 2,
    stripes: 2,
    shut: false,
    held: 0,
    kept: 0,
    laid: &[],
    actors: &[],
    bound: Bound::of(2),
    outcomes: &[],
};

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
            go(&room, 0, scene.kept);
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
    let semaphore = Semaphore::with_line(scene.limit, 2).expect("in range");
    let semaphore = semaphore.striped_at_once(scene.stripes);
    let room = Room {
        semaphore: semaphore.on_idle(move || rings.ring()),
        inside: AtomicU32::new(0),
        written: AtomicU32::new(0),
        idle,
    };
    if scene.shut {
        assert!(room.semaphore.watch_idle(), "nothing is held yet");
    }
    for _ in 0..scene.held + scene.kept + scene.laid.len() as u32 {
        assert!(come(&room, 0, 1));
    }
    for &stripe in scene.laid {
        go(&room, stripe, 1);
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
fn come(room: &Room, stripe: u32, weight: u32) -> bool {
    match room
        .semaphore
        .try_acquire_from(|| Spot::at(stripe), ask(weight))
    {
        Entry::Acquired { .. } => {
            enters(room, weight);
            true
        }
        Entry::Full { in_flight, limit } => {
            assert!(in_flight + weight > limit, "there was room");
            false
        }
        other => panic!("{other:?}"),
    }
}

/// Waits as long as it takes.
fn wait(room: &Room, place: Place) {
    let turn = block_on(poll_fn(|cx| room.semaphore.poll_place(&place, cx.waker())));
    assert!(matches!(turn, Turn::Granted { .. }), "{turn:?}");
    room.semaphore.take(place);
    enters(room, 1);
}

fn enters(room: &Room, weight: u32) {
    // Relaxed: a count.
    let inside = room.inside.fetch_add(weight, Ordering::Relaxed) + weight;
    assert!(
        inside <= room.semaphore.snapshot().limit.max(2),
        "more than there are"
    );
}

fn go(room: &Room, stripe: u32, weight: u32) {
    if weight == 0 {
        return;
    }
    room.inside.fetch_sub(weight, Ordering::Relaxed);
    room.semaphore.release_to(|| Spot::at(stripe), weight);
}

// --- what actors do

/// Comes, and gives back what it got.
fn call<const STRIPE: u32, const WEIGHT: u32>(room: &Room) -> &'static str {
    if !come(room, STRIPE, WEIGHT) {
        return "full";
    }
    go(room, STRIPE, WEIGHT);
    "got"
}

/// The same, and writes in between: nobody else does, and what others wrote before is there.
fn write<const STRIPE: u32>(room: &Room) -> &'static str {
    if !come(room, STRIPE, 1) {
        return "full";
    }
    let written = room.written.load(Ordering::Relaxed);
    room.written.store(written + 1, Ordering::Relaxed);
    go(room, STRIPE, 1);
    "wrote"
}

/// The same as `call`, twice.
fn call_twice<const STRIPE: u32>(room: &Room) -> &'static str {
    let answers = [(); 2].map(|()| call::<STRIPE, 1>(room));
    assert_eq!(answers[0], answers[1], "nobody else changed sides");
    answers[0]
}

/// Gives back what was held for it.
fn give<const STRIPE: u32>(room: &Room) -> &'static str {
    go(room, STRIPE, 1);
    "gave"
}

fn give_twice(room: &Room) -> &'static str {
    give::<0>(room);
    give::<0>(room)
}

/// Comes, and with what it got or without comes again and waits if it must.
fn come_and_visit(room: &Room) -> &'static str {
    let one = come(room, 0, 1);
    let served = visit::<0>(room);
    if !one {
        return served;
    }
    go(room, 0, 1);
    "served-beside-one"
}

/// Comes, waits if it must, and gives the permit back.
fn visit<const STRIPE: u32>(room: &Room) -> &'static str {
    match room
        .semaphore
        .enter_from(|| Spot::at(STRIPE), Ask::ONE, || 2)
    {
        Entry::Acquired { .. } => enters(room, 1),
        Entry::Waiting(place) => wait(room, place),
        other => panic!("{other:?}"),
    }
    go(room, STRIPE, 1);
    "served"
}

/// Makes the limit none.
fn pause(room: &Room) -> &'static str {
    assert_eq!(room.semaphore.resize(0), Ok(2));
    "paused"
}

fn close(room: &Room) -> &'static str {
    room.semaphore.close();
    "closed"
}

/// Comes if it is seen to be paused: what lies in a stripe is for nobody then, whether the pause has returned or not.
fn come_in_a_pause(room: &Room) -> &'static str {
    if room.semaphore.snapshot().limit != 0 {
        return "open";
    }
    let entry = room.semaphore.try_acquire_from(|| Spot::at(0), Ask::ONE);
    assert!(matches!(entry, Entry::Full { limit: 0, .. }), "{entry:?}");
    "full"
}

/// The same of a close.
fn come_after_the_end(room: &Room) -> &'static str {
    if !room.semaphore.snapshot().closed {
        return "open";
    }
    let entry = room.semaphore.try_acquire_from(|| Spot::at(0), Ask::ONE);
    assert_eq!(entry, Entry::Closed);
    "refused"
}

/// As `call`, where it may be over.
fn try_call<const STRIPE: u32>(room: &Room) -> &'static str {
    match room
        .semaphore
        .try_acquire_from(|| Spot::at(STRIPE), Ask::ONE)
    {
        Entry::Acquired { .. } => {
            enters(room, 1);
            go(room, STRIPE, 1);
            "got"
        }
        Entry::Full { .. } => "full",
        Entry::Closed => "closed",
        other => panic!("{other:?}"),
    }
}

/// Closes it, and sees nobody get in after that.
fn close_and_look(room: &Room) -> &'static str {
    room.semaphore.close();
    look(room);
    "closed"
}

/// The same with a limit that leaves no room.
fn shrink_and_look(room: &Room) -> &'static str {
    assert_eq!(room.semaphore.resize(1), Ok(2));
    look(room);
    "shrunk"
}

fn look(room: &Room) {
    let before = room.semaphore.snapshot().in_flight;
    let after = room.semaphore.snapshot().in_flight;
    assert!(after <= before, "somebody got in");
}

/// Has one permit at a time: what it gives back lies in a stripe, and what it takes is the gate's last.
fn leave_one_in_a_stripe(room: &Room) -> &'static str {
    give::<0>(room);
    for stripe in [0, 1] {
        assert!(come(room, stripe, 1), "there is one for each");
        go(room, 0, 1);
    }
    "left-one"
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

#[test]
fn what_lies_in_another_stripe_is_found() {
    run(Scene {
        laid: &[1, 1],
        actors: &[call::<0, 1>, call::<0, 1>],
        outcomes: &["got got"],
        ..PLAIN
    });
}

#[test]
fn nobody_is_turned_away_while_there_is_a_permit_for_each() {
    run(Scene {
        laid: &[0, 1],
        actors: &[call_twice::<0>, call_twice::<1>],
        outcomes: &["got got"],
        ..PLAIN
    });
}

#[test]
fn who_comes_while_stripes_open_finds_what_was_free_all_along() {
    run(Scene {
        shut: true,
        held: 1,
        actors: &[leave_one_in_a_stripe, call::<0, 1>],
        outcomes: &["left-one got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn a_permit_goes_to_one_of_two() {
    run(Scene {
        kept: 1,
        laid: &[0],
        actors: &[write::<0>, write::<1>],
        outcomes: &["wrote wrote", "wrote full", "full wrote"],
        ..PLAIN
    });
}

#[test]
fn who_asks_for_two_has_both_or_none() {
    run(Scene {
        laid: &[0, 1],
        actors: &[call::<0, 1>, call::<1, 2>],
        outcomes: &["got got", "got full", "full got"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn a_permit_that_comes_back_is_for_who_waits() {
    run(Scene {
        held: 1,
        kept: 1,
        actors: &[give::<0>, visit::<1>],
        outcomes: &["gave served"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_was_about_to_open_stripes_opens_none_beside_who_waits() {
    run(Scene {
        stripes: 1,
        shut: true,
        held: 2,
        actors: &[give_twice, come_and_visit],
        outcomes: &["gave served", "gave served-beside-one"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_waits_until_no_permit_is_out_is_told() {
    run(Scene {
        held: 1,
        actors: &[give::<0>, watch],
        outcomes: &["gave told"],
        ..PLAIN
    });
}

#[test]
fn who_waits_until_no_permit_is_out_is_told_though_stripes_opened_meanwhile() {
    run(Scene {
        limit: 4,
        stripes: 1,
        held: 2,
        actors: &[give_twice, watch],
        outcomes: &["gave told"],
        bound: Bound::of(2).touched(1),
        ..PLAIN
    });
}

#[test]
fn who_looked_before_a_close_gets_nothing_after_it() {
    run(Scene {
        kept: 1,
        laid: &[0],
        actors: &[close_and_look, try_call::<0>],
        outcomes: &["closed closed", "closed got"],
        ..PLAIN
    });
}

#[test]
fn who_looked_before_the_limit_shrank_gets_nothing_after_it() {
    run(Scene {
        kept: 1,
        laid: &[0],
        actors: &[shrink_and_look, try_call::<0>],
        outcomes: &["shrunk full", "shrunk got"],
        ..PLAIN
    });
}

#[test]
fn who_sees_a_pause_gets_nothing_out_of_a_stripe() {
    run(Scene {
        laid: &[0],
        actors: &[pause, come_in_a_pause],
        outcomes: &["paused full", "paused open"],
        ..PLAIN
    });
}

#[test]
fn who_sees_a_close_gets_nothing_out_of_a_stripe() {
    run(Scene {
        laid: &[0],
        actors: &[close, come_after_the_end],
        outcomes: &["closed open", "closed refused"],
        ..PLAIN
    });
}
