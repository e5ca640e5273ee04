//! The bell: who sleeps is woken, or finds what was written when its grace is over.
//!
//! Every actor is a thread of its own, each model runs under every spawn order, and each asserts that the outcomes it is about were
//! all seen. The mutants named at a model are those that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::task::{Wake, Waker};

use loom::sync::Arc;
use loom::thread;
use ninelives_core::bell::{Alarm, Bell};
use ninelives_core::sync::{AtomicBool, AtomicU64, Ordering, fence};

/// What was written, and the sleeper's bell.
struct Desk {
    written: [AtomicU64; 2],
    alarm: Alarm,
    bell: Bell,
}

/// Whether a waker was woken.
struct Woken(AtomicBool);

const KIND: u32 = 1;

impl Desk {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            written: [AtomicU64::new(0), AtomicU64::new(0)],
            alarm: Alarm::new(),
            bell: Bell::new(),
        })
    }

    fn write(&self, place: usize) {
        self.written[place].store(1, Ordering::Release);
    }

    fn ring(&self) {
        if self.alarm.is_armed(KIND) && self.alarm.answer() {
            self.bell.ring();
        }
    }

    fn look(&self) -> u64 {
        self.written[0].load(Ordering::Acquire) + self.written[1].load(Ordering::Acquire)
    }

    /// Step 1 of going to sleep, after a look that found nothing.
    fn arm(&self, waker: &Waker) -> u64 {
        self.bell.rest(waker);
        self.bell.quiet();
        self.alarm.arm(KIND);
        self.look()
    }
}

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

/// Runs the actors in the order of `turns`, each on a thread of its own, and gives their answers in their own order.
fn race<const N: usize>(
    turns: [usize; N],
    actors: [std::sync::Arc<dyn Fn() -> u64 + Send + Sync>; N],
) -> [u64; N] {
    let mut running = turns.map(|turn| {
        let actor = std::sync::Arc::clone(&actors[turn]);
        Some((turn, thread::spawn(move || actor())))
    });
    let mut answers = [0; N];
    for (turn, thread) in running.iter_mut().filter_map(Option::take) {
        answers[turn] = thread.join().unwrap();
    }
    answers
}

/// Runs `model` for every spawn order and checks that exactly the `expected` outcomes were seen.
fn outcomes<const N: usize>(
    orders: &'static [[usize; N]],
    expected: &[(u64, bool)],
    model: fn([usize; N]) -> (u64, bool),
) {
    let seen: &'static Mutex<BTreeSet<(u64, bool)>> = Box::leak(Box::default());
    for order in orders {
        loom_tests::model(move || {
            let outcome = model(*order);
            seen.lock().unwrap().insert(outcome);
        });
    }
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

const TWO: &[[usize; 2]] = &[[0, 1], [1, 0]];
const THREE: &[[usize; 3]] = &[
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// With a fence between its write and its look, a producer never misses a sleeper that misses its write: the outcome (0, false) does
/// not exist. Mutants: `arm` without its fence; `arm` before `rest`; an answer that rings nobody.
#[test]
fn a_fenced_producer_never_misses_a_sleeper() {
    outcomes(TWO, &[(0, true), (1, false), (1, true)], |order| {
        let desk = Desk::new();
        let (woken, waker) = Woken::waker();
        let (writer, sleeper) = (Arc::clone(&desk), Arc::clone(&desk));
        let [_, found] = race(
            order,
            [
                std::sync::Arc::new(move || {
                    writer.write(0);
                    fence(Ordering::SeqCst);
                    writer.ring();
                    0
                }),
                std::sync::Arc::new(move || sleeper.arm(&waker)),
            ],
        );
        (found, woken.get())
    });
}

/// Without the fence there is a miss, and the list of outcomes shows it: (0, false). What is written has come to the sleeper by the end
/// of its grace, here the end of both threads, and the look after it finds it; from then on a producer sees the alarm and rings.
/// Mutants: as above.
#[test]
fn without_the_fence_the_look_after_the_grace_finds_it() {
    outcomes(
        TWO,
        &[(0, false), (0, true), (1, false), (1, true)],
        |order| {
            let desk = Desk::new();
            let (woken, waker) = Woken::waker();
            let (writer, sleeper) = (Arc::clone(&desk), Arc::clone(&desk));
            let [_, found] = race(
                order,
                [
                    std::sync::Arc::new(move || {
                        writer.write(0);
                        writer.ring();
                        0
                    }),
                    std::sync::Arc::new(move || sleeper.arm(&waker)),
                ],
            );
            let outcome = (found, woken.get());
            assert_eq!(desk.look(), 1, "the look after the grace");
            if !woken.get() {
                let late = Arc::clone(&desk);
                let later = thread::spawn(move || {
                    late.write(1);
                    late.ring();
                });
                later.join().unwrap();
                assert!(woken.get(), "who sleeps after its grace is woken");
            }
            outcome
        },
    );
}

/// A reader that is polled again while it sleeps, by its timer or by anything else, gives a new waker. If its bell was rung it begins
/// again; if not, the new waker is woken. Mutants: `is_rung` that says false; `ring` that wakes before it marks.
#[test]
fn a_reader_that_is_polled_in_between_is_not_forgotten() {
    outcomes(TWO, &[(0, true), (1, false), (1, true)], |order| {
        let desk = Desk::new();
        let (_, first) = Woken::waker();
        let (woken, second) = Woken::waker();
        let (writer, sleeper) = (Arc::clone(&desk), Arc::clone(&desk));
        let [_, found] = race(
            order,
            [
                std::sync::Arc::new(move || {
                    writer.write(0);
                    fence(Ordering::SeqCst);
                    writer.ring();
                    0
                }),
                std::sync::Arc::new(move || {
                    if sleeper.arm(&first) == 1 {
                        return 1;
                    }
                    // Polled again: no look here, so that only the bell can tell.
                    sleeper.bell.rest(&second);
                    if sleeper.bell.is_rung() {
                        return sleeper.arm(&second);
                    }
                    0
                }),
            ],
        );
        (found, woken.get())
    });
}

/// Two producers: whoever takes the alarm rings for both, and a sleeper that was woken, and arms again, misses neither. Mutants: `arm` or
/// `answer` Relaxed; those of the models above.
#[test]
fn two_producers_and_a_sleeper_that_arms_again() {
    outcomes(
        THREE,
        &[(0, true), (1, true), (2, false), (2, true)],
        |order| {
            let desk = Desk::new();
            let (_, first) = Woken::waker();
            let (woken, second) = Woken::waker();
            let write = |place| {
                let writer = Arc::clone(&desk);
                std::sync::Arc::new(move || {
                    writer.write(place);
                    fence(Ordering::SeqCst);
                    writer.ring();
                    0
                })
            };
            let (one, other) = (write(0), write(1));
            let sleeper = Arc::clone(&desk);
            let [.., found] = race(
                order,
                [
                    one,
                    other,
                    std::sync::Arc::new(move || {
                        let found = sleeper.arm(&first);
                        sleeper.bell.rest(&second);
                        if found == 2 || !sleeper.bell.is_rung() {
                            return found;
                        }
                        sleeper.arm(&second)
                    }),
                ],
            );
            (found, woken.get())
        },
    );
}

/// A reader that found something goes to sleep again while the producers are still on their way to the alarm: whoever sleeps is
/// either rung or still has its alarm armed, so that a later write wakes it. Mutant: `answer` as a load and a store.
#[test]
fn an_answer_does_not_take_a_later_arming() {
    outcomes(
        THREE,
        &[
            (0, true),
            (1, true),
            (2, false),
            (2, true),
            (3, false),
            (3, true),
        ],
        |order| {
            let desk = Desk::new();
            let (_, first) = Woken::waker();
            let (woken, second) = Woken::waker();
            let write = |place| {
                let writer = Arc::clone(&desk);
                std::sync::Arc::new(move || {
                    writer.write(place);
                    fence(Ordering::SeqCst);
                    writer.ring();
                    0
                })
            };
            let (one, other) = (write(0), write(1));
            let sleeper = Arc::clone(&desk);
            let [.., found] = race(
                order,
                [
                    one,
                    other,
                    std::sync::Arc::new(move || {
                        let found = sleeper.arm(&first);
                        // What it found it takes, and sleeps again; what is new then, it finds after another arming.
                        if sleeper.arm(&second) > found {
                            return 3;
                        }
                        found
                    }),
                ],
            );
            if found < 3 {
                assert!(woken.get() || found == 2 && desk.alarm.is_armed(KIND));
            }
            (found, woken.get())
        },
    );
}

/// L20: a reader leaves while its bell is rung: its waker is woken or forgotten, and in either case dropped once. Mutant: `leave` that
/// keeps the waker.
#[test]
fn l20_a_waker_that_is_left_beside_a_ring_is_dropped_once() {
    outcomes(TWO, &[(0, false), (0, true)], |order| {
        let bell = Arc::new(Bell::new());
        let (woken, waker) = Woken::waker();
        bell.rest(&waker);
        drop(waker);
        let (ringing, leaving) = (Arc::clone(&bell), Arc::clone(&bell));
        race(
            order,
            [
                std::sync::Arc::new(move || {
                    ringing.ring();
                    0
                }),
                std::sync::Arc::new(move || {
                    leaving.leave();
                    0
                }),
            ],
        );
        assert!(bell.is_rung());
        assert_eq!(
            std::sync::Arc::strong_count(&woken),
            1,
            "clones of the waker"
        );
        (0, woken.get())
    });
}
