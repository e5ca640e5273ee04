//! The deadline wheel: a wait ends once, whoever ends it; nobody is overlooked by a keeper that goes to rest, and nobody is fired early.
//!
//! Every actor is a thread of its own, each model runs under every spawn order, and each asserts that the outcomes it is about were
//! all seen. The mutants named at a model are those that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Mutex;
use std::task::{Wake, Waker};

use loom::sync::Arc;
use loom::thread;
use ninelives_core::sync::{AtomicBool, AtomicU64, Ordering};
use ninelives_core::time::Tick;
use ninelives_core::wheel::{Entry, Keeper, Left, Refused, Stand, Wait, Wheel};

/// Whether a waker was woken.
struct Woken(AtomicBool);

type Outcome = (&'static str, bool);
type Actor = Box<dyn FnOnce() -> Outcome + Send>;

const OWNER: NonZeroU64 = NonZeroU64::MIN;

impl Woken {
    fn waker() -> (std::sync::Arc<Self>, Waker) {
        let woken = std::sync::Arc::new(Self(AtomicBool::new(false)));
        (std::sync::Arc::clone(&woken), Waker::from(woken))
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn at(nanos: u64) -> Tick {
    Tick::from_nanos(nanos)
}

fn opened() -> Arc<Wheel> {
    let wheel = Arc::new(Wheel::new());
    assert!(wheel.open(OWNER));
    wheel
}

fn arm<'w>(wheel: &'w Wheel, wait: Wait, waker: &Waker) -> Entry<'w> {
    wheel.arm(wait, 0, || 0, waker).expect("there is a keeper")
}

fn name(left: Left) -> &'static str {
    match left {
        Left::Disarmed => "disarmed",
        Left::Fired => "fired",
        Left::Evicted => "evicted",
    }
}

/// Runs two actors at once, the second one first if `turned`, and gives their answers in their own order.
fn race(turned: bool, one: Actor, other: Actor) -> [Outcome; 2] {
    if turned {
        let [other, one] = race(false, other, one);
        return [one, other];
    }
    let (one, other) = (thread::spawn(one), thread::spawn(other));
    [one.join().unwrap(), other.join().unwrap()]
}

/// Runs `model` for both spawn orders and checks that exactly the `expected` outcomes were seen.
fn outcomes(expected: &[[Outcome; 2]], model: fn(bool) -> [Outcome; 2]) {
    let seen: &'static Mutex<BTreeSet<[Outcome; 2]>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let outcome = model(turned);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// A wait is fired or left, never both and never neither; who was fired is woken, and the keeper counts it exactly then.
/// Mutants: firing by a store; a claim that keeps the turn.
#[test]
fn w03_a_wait_is_fired_or_left() {
    outcomes(
        &[
            [("disarmed", false), ("none", false)],
            [("fired", true), ("one", false)],
        ],
        |turned| {
            let wheel = opened();
            let (woken, waker) = Woken::waker();
            let (owner, keeper) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let [(left, _), fired] = race(
                turned,
                Box::new(move || {
                    let left = arm(&owner, Wait::Until(at(1)), &waker).leave();
                    (name(left), false)
                }),
                Box::new(move || match Keeper::new().pass(&keeper, || at(1)).fired {
                    0 => ("none", false),
                    1 => ("one", false),
                    _ => ("more", false),
                }),
            );
            assert_eq!((wheel.waiting(), wheel.armed()), (0, 1));
            [(left, woken.get()), fired]
        },
    );
}

/// A keeper that rests, or has decided to, is roused by what was armed, or finds it on its list: it never rests over a wait.
/// Mutants: resting without a look at the list, or with one by a load; rousing nobody, without a wake, or before the list.
#[test]
fn w03_a_keeper_never_rests_over_a_wait() {
    for wait in [Wait::Until(at(5)), Wait::Span(5)] {
        // Once for each kind of wait.
        let seen: &'static Mutex<BTreeSet<(bool, bool, bool)>> = Box::leak(Box::default());
        for turned in [false, true] {
            loom_tests::model(move || {
                let wheel = opened();
                let (_, waker) = Woken::waker();
                let (bell, bells) = Woken::waker();
                let (owner, resting) = (Arc::clone(&wheel), Arc::clone(&wheel));
                let [_, (next, rests)] = race(
                    turned,
                    Box::new(move || {
                        let _ = arm(&owner, wait, &waker);
                        ("", false)
                    }),
                    Box::new(move || {
                        let mut keeper = Keeper::new();
                        let pass = keeper.pass(&resting, || at(0));
                        resting.register(&bells);
                        let saw = pass.next != Tick::NEVER;
                        let rests = resting.rest(pass.next);
                        (if saw { "saw" } else { "nothing" }, rests)
                    }),
                );
                let (saw, roused) = (next == "saw", wheel.is_roused());
                assert!(saw || !rests || roused, "a wait was overlooked");
                assert!(!roused || !rests || bell.get(), "who was roused is woken");
                seen.lock().unwrap().insert((saw, rests, roused));
            });
        }
        let seen = seen.lock().unwrap();
        assert!(seen.contains(&(true, true, false)), "seen in time");
        assert!(seen.contains(&(false, true, true)), "roused");
        assert!(seen.contains(&(false, false, true)), "found on the list");
    }
}

/// A warm slot that is armed again without the list is seen by a keeper that goes to rest, or armed anew and then the keeper is
/// roused; also for a deadline before the one until which the keeper rests.
/// Mutants: those of the list above; a warm slot not swept; one that could not be swept not listed again; a slot that is renewed taken off
/// the list without a word, or published by a store.
#[test]
fn w03_a_warm_slot_is_not_overlooked() {
    let (span, until) = (Wait::Span(5), Wait::Until(at(5)));
    for (first, again, resting) in [
        (span, span, false),
        (span, Wait::Span(7), false),
        (until, until, false),
        (until, Wait::Until(at(1)), true),
    ] {
        let seen: &'static Mutex<BTreeSet<(bool, bool)>> = Box::leak(Box::default());
        for turned in [false, true] {
            loom_tests::model(move || {
                let wheel = opened();
                let (_, waker) = Woken::waker();
                assert!(!resting || wheel.rest(at(5)));
                let left = arm(&wheel, first, &waker).leave();
                assert_eq!((left, wheel.is_roused()), (Left::Disarmed, !resting));
                let (owner, keeping) = (Arc::clone(&wheel), Arc::clone(&wheel));
                let [_, (next, rests)] = race(
                    turned,
                    Box::new(move || {
                        let _ = arm(&owner, again, &waker);
                        ("", false)
                    }),
                    Box::new(move || {
                        let pass = Keeper::new().pass(&keeping, || at(0));
                        let saw = pass.next != Tick::NEVER;
                        (if saw { "saw" } else { "nothing" }, keeping.rest(pass.next))
                    }),
                );
                let saw = next == "saw";
                assert!(saw || !rests || wheel.is_roused(), "a wait was overlooked");
                seen.lock().unwrap().insert((saw, rests));
            });
        }
        let seen = seen.lock().unwrap();
        assert!(seen.contains(&(true, true)), "seen in time");
        assert!(seen.contains(&(false, true)), "roused");
        assert!(seen.contains(&(false, false)), "found on the list");
    }
}

/// A keeper that rests until a deadline, beyond a warm slot, is roused by who renews that slot for an earlier one.
/// Mutants: renewing rouses nobody.
#[test]
fn w03_who_renews_a_slot_knows_until_when_the_keeper_rests() {
    let seen: &'static Mutex<BTreeSet<bool>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let (_, waker) = Woken::waker();
            let next = waker.clone();
            let (one, other) = (Arc::clone(&wheel), Arc::clone(&wheel));
            assert!(wheel.rest(at(5)));
            let [_, (_, renewed)] = race(
                turned,
                Box::new(move || {
                    let left = arm(&one, Wait::Until(at(9)), &waker).leave();
                    assert_eq!(left, Left::Disarmed);
                    ("", false)
                }),
                Box::new(move || {
                    let entry = arm(&other, Wait::Until(at(1)), &next);
                    let second_turn = format!("{entry:?}").contains("turn: 2");
                    ("", second_turn)
                }),
            );
            assert!(wheel.is_roused(), "a wait was overlooked");
            seen.lock().unwrap().insert(renewed);
        });
    }
    assert_eq!(seen.lock().unwrap().len(), 2, "renewed, and taken anew");
}

/// A slot is renewed for a later deadline while the keeper looks at it: what the keeper saw of the first wait is not held against the second.
/// Mutants: booked by an old reading; a renewal that keeps the turn.
#[test]
fn w02_a_renewed_wait_never_fires_early() {
    let seen: &'static Mutex<BTreeSet<(&str, u64)>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let (woken, waker) = Woken::waker();
            let keeper = std::sync::Arc::new(Mutex::new(Keeper::new()));
            let (owner, keeping) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let kept = std::sync::Arc::clone(&keeper);
            let [(left, _), _] = race(
                turned,
                Box::new(move || {
                    let left = arm(&owner, Wait::Until(at(1)), &waker).leave();
                    let _ = arm(&owner, Wait::Until(at(5)), &waker);
                    (name(left), false)
                }),
                Box::new(move || {
                    kept.lock().unwrap().pass(&keeping, || at(1));
                    ("", false)
                }),
            );
            let mut keeper = keeper.lock().unwrap();
            assert_eq!(keeper.pass(&wheel, || at(4)).fired, 0, "early");
            let fired = keeper.pass(&wheel, || at(5)).fired;
            assert!(woken.get(), "late");
            seen.lock().unwrap().insert((left, fired));
        });
    }
    let expected = BTreeSet::from([("disarmed", 1), ("fired", 1)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// The clock moves on while a slot is left and armed again: what the keeper read before the second arming is not held against it.
/// Mutants: the clock read before the list; a slot that was taken again booked by the old reading; an arming that keeps the turn.
#[test]
fn w02_a_span_never_fires_early() {
    let seen: &'static Mutex<BTreeSet<(u64, bool)>> = Box::leak(Box::default());
    for (turned, again) in [(false, 10), (true, 10), (false, 12), (true, 12)] {
        loom_tests::model(move || {
            let wheel = opened();
            let clock = Arc::new(AtomicU64::new(0));
            let keeper = std::sync::Arc::new(Mutex::new(Keeper::new()));
            let (_, waker) = Woken::waker();
            let (owner, keeping) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let (moved, read) = (Arc::clone(&clock), clock);
            let kept = std::sync::Arc::clone(&keeper);
            let [_, (_, saw)] = race(
                turned,
                Box::new(move || {
                    let left = arm(&owner, Wait::Span(10), &waker).leave();
                    assert_eq!(left, Left::Disarmed);
                    // A read-modify-write, as below: the clock is one for both.
                    moved.fetch_add(7, Ordering::AcqRel);
                    let _ = arm(&owner, Wait::Span(again), &waker);
                    ("", false)
                }),
                Box::new(move || {
                    let now = || at(read.fetch_add(0, Ordering::AcqRel));
                    let pass = kept.lock().unwrap().pass(&keeping, now);
                    ("", pass.next != Tick::NEVER)
                }),
            );
            let mut keeper = keeper.lock().unwrap();
            assert_eq!(keeper.pass(&wheel, || at(16)).fired, 0, "early");
            assert_eq!(keeper.pass(&wheel, || at(16 + again)).fired, 1, "late");
            seen.lock().unwrap().insert((again, saw));
        });
    }
    assert_eq!(seen.lock().unwrap().len(), 4, "seen, and not seen yet");
}

/// A wait whose owner moves to another waker while it ends: it is woken by the new one, or it knows.
/// Mutants: no second look after the new waker.
#[test]
fn w03_a_new_waker_is_woken_or_its_owner_knows() {
    let seen: &'static Mutex<BTreeSet<(&str, u64)>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let keeper = std::sync::Arc::new(Mutex::new(Keeper::new()));
            let (_, first) = Woken::waker();
            let (woken, second) = Woken::waker();
            let (owner, keeping) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let kept = std::sync::Arc::clone(&keeper);
            let [(stand, _), _] = race(
                turned,
                Box::new(move || {
                    let entry = arm(&owner, Wait::Until(at(1)), &first);
                    let stand = entry.poll(&second);
                    match stand {
                        Stand::Waiting => ("waiting", false),
                        Stand::Fired => ("fired", false),
                        Stand::Evicted(_) => ("evicted", false),
                    }
                }),
                Box::new(move || {
                    kept.lock().unwrap().pass(&keeping, || at(1));
                    ("", false)
                }),
            );
            let late = keeper.lock().unwrap().pass(&wheel, || at(1)).fired;
            assert!(stand == "fired" || woken.get(), "nobody was woken");
            seen.lock().unwrap().insert((stand, late));
        });
    }
    let expected = BTreeSet::from([("fired", 0), ("waiting", 0), ("waiting", 1)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// A warm slot is known by the waker that its last owner moved to: who comes after with the first one brings its own.
/// Mutants: the word's swaps Relaxed; a slot armed again without asking whose waker it has.
#[test]
fn w03_a_warm_slot_is_known_by_its_newest_waker() {
    let seen: &'static Mutex<BTreeSet<bool>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let (woken, first) = Woken::waker();
            let (_, second) = Woken::waker();
            let next = first.clone();
            let (owner, other) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let [_, (_, same)] = race(
                turned,
                Box::new(move || {
                    let entry = arm(&owner, Wait::Span(1), &first);
                    assert_eq!(entry.poll(&second), Stand::Waiting);
                    assert_eq!(entry.leave(), Left::Disarmed);
                    ("", false)
                }),
                Box::new(move || {
                    let entry = arm(&other, Wait::Span(1), &next);
                    let second_turn = format!("{entry:?}").contains("turn: 2");
                    ("", second_turn)
                }),
            );
            let mut keeper = Keeper::new();
            let fired = [0, 1].map(|now| keeper.pass(&wheel, || at(now)).fired);
            assert_eq!((fired, woken.get()), ([0, 1], true));
            seen.lock().unwrap().insert(same);
        });
    }
    assert_eq!(
        seen.lock().unwrap().len(),
        2,
        "the same slot, and another one"
    );
}

/// A slot that is free again is taken by another one while the keeper still has its hand on the last waker: the new owner's waker
/// stays, and wakes it.
/// Mutants: fired and not held; a held slot claimed; released before the waker is out; publishing, looking or listing Relaxed.
#[test]
fn w03_the_next_owner_keeps_its_waker() {
    let seen: &'static Mutex<BTreeSet<(&str, bool)>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let (_, first) = Woken::waker();
            let (woken, second) = Woken::waker();
            let (owner, keeping) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let keeper = std::sync::Arc::new(Mutex::new(Keeper::new()));
            let kept = std::sync::Arc::clone(&keeper);
            let [(left, _), _] = race(
                turned,
                Box::new(move || {
                    let left = arm(&owner, Wait::Until(at(1)), &first).leave();
                    let _ = arm(&owner, Wait::Until(at(2)), &second);
                    (name(left), false)
                }),
                Box::new(move || {
                    kept.lock().unwrap().pass(&keeping, || at(1));
                    ("", false)
                }),
            );
            assert!(!woken.get(), "nobody is woken before its time");
            let fired = keeper.lock().unwrap().pass(&wheel, || at(2)).fired;
            assert_eq!((fired, woken.get()), (1, true));
            seen.lock().unwrap().insert((left, true));
        });
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "left before and after it was fired");
}

/// A keeper that leaves evicts whoever waits; who arms meanwhile is evicted or refused, and is never left waiting for nobody.
/// Mutants: closing after the list is wiped; wiping by loads; a refusal that is ignored; an eviction that gives up on a warm slot, or on one that is
/// renewed.
#[test]
fn w04_nobody_waits_for_a_keeper_that_has_left() {
    for (wait, warm) in [
        (Wait::Until(at(9)), false),
        (Wait::Span(9), false),
        (Wait::Span(9), true),
        (Wait::Until(at(9)), true),
    ] {
        let seen: &'static Mutex<BTreeSet<&str>> = Box::leak(Box::default());
        for turned in [false, true] {
            loom_tests::model(move || {
                let wheel = opened();
                let (woken, waker) = Woken::waker();
                if warm {
                    assert_eq!(arm(&wheel, wait, &waker).leave(), Left::Disarmed);
                }
                let (owner, leaving) = (Arc::clone(&wheel), Arc::clone(&wheel));
                let [(armed, _), _] = race(
                    turned,
                    Box::new(move || match owner.arm(wait, 0, || 0, &waker) {
                        Ok(_) => ("armed", false),
                        Err(Refused::Closed) => ("refused", false),
                        Err(Refused::Full) => ("full", false),
                    }),
                    Box::new(move || {
                        Keeper::new().leave(&leaving, at(0));
                        ("", false)
                    }),
                );
                assert_eq!(wheel.waiting(), 0, "a wait without a keeper");
                if armed == "armed" {
                    assert!(woken.get(), "who was evicted is woken");
                }
                seen.lock().unwrap().insert(armed);
            });
        }
        assert_eq!(*seen.lock().unwrap(), BTreeSet::from(["armed", "refused"]));
    }
}

/// A keeper leaves and the next one comes while somebody arms: who was not refused or evicted is seen by the next one.
/// Mutants: the groups wiped after their words.
#[test]
fn w04_a_wheel_that_is_handed_on_overlooks_nobody() {
    let seen: &'static Mutex<BTreeSet<(&str, u64)>> = Box::leak(Box::default());
    for turned in [false, true] {
        loom_tests::model(move || {
            let wheel = opened();
            let (woken, waker) = Woken::waker();
            // Something is on the list already, with a waker of somebody else.
            let (_, other) = Woken::waker();
            assert_eq!(arm(&wheel, Wait::Span(9), &other).leave(), Left::Disarmed);
            let (owner, leaving) = (Arc::clone(&wheel), Arc::clone(&wheel));
            let [(armed, _), _] = race(
                turned,
                Box::new(
                    move || match owner.arm(Wait::Until(at(1)), 0, || 0, &waker) {
                        Ok(_) => ("armed", false),
                        Err(_) => ("refused", false),
                    },
                ),
                Box::new(move || {
                    Keeper::new().leave(&leaving, at(0));
                    assert!(leaving.open(OWNER));
                    ("", false)
                }),
            );
            let fired = Keeper::new().pass(&wheel, || at(1)).fired;
            assert!(armed == "refused" || woken.get(), "a wait was overlooked");
            seen.lock().unwrap().insert((armed, fired));
        });
    }
    let expected = BTreeSet::from([("armed", 0), ("armed", 1), ("refused", 0)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}
