//! The windows: nothing is lost beside a turn, nothing of a stretch that is over gets into the next.
//!
//! Every actor is a thread of its own, every model runs under every spawn order, and each asserts that the outcomes it is about
//! were all seen. The mutants named at a model are those that it was seen to fail on.

#![cfg(ninelives_loom)]
#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::collections::BTreeSet;
use std::sync::Arc as Shared;
use std::sync::Mutex;
use std::time::Duration;

use loom::sync::Arc;
use loom::thread;
use loom_tests::Bound;
use ninelives_core::sync::{AtomicU64, Ordering};
use ninelives_core::time::Tick;
use ninelives_core::window::{CountWindow, Mark, Rates, Shape, Term, TimeWindow};

/// Three slots of a millisecond, on one stripe: four places.
const SLOT: Duration = Duration::from_millis(1);

type Actor<W> = fn(&W, &AtomicU64) -> u64;

/// What a model is about: how its window begins, who comes, and what must be true of it when all have gone.
struct Model<W: 'static> {
    window: fn() -> W,
    actors: &'static [Actor<W>],
    bound: Bound,
    law: fn(&W, &[u64]) -> u64,
}

fn at(slot: u64) -> Tick {
    Tick::ZERO.after(SLOT * u32::try_from(slot).unwrap())
}

fn term(number: u64) -> Term {
    Term::new(number)
}

fn time() -> TimeWindow {
    TimeWindow::new(Shape::new(SLOT * 3, 3, 1).unwrap())
}

fn rates(total: u64, failed: u64, slow: u64) -> Rates {
    Rates {
        total,
        failed,
        slow,
    }
}

/// Records at the beginning of a slot, in the stretch that the model says has begun.
fn record(window: &TimeWindow, now: &AtomicU64, slot: u64, of: u64, mark: Mark) -> u64 {
    // Relaxed, as a breaker's word is read.
    let current = || now.load(Ordering::Relaxed) == of;
    u64::from(window.record(0, term(of), at(slot), mark, current))
}

fn note(window: &CountWindow, now: &AtomicU64, of: u64, mark: Mark) -> u64 {
    // Relaxed, as a breaker's word is read.
    let current = || now.load(Ordering::Relaxed) == of;
    u64::from(window.record(term(of), mark, current))
}

// === impl Model ===

impl<W: Send + Sync + 'static> Model<W> {
    /// Every list of the actors' answers, and the law's behind them, in all interleavings of all spawn orders.
    fn outcomes(&'static self) -> BTreeSet<Vec<u64>> {
        let seen = Shared::new(Mutex::new(BTreeSet::new()));
        let count = self.actors.len();
        let turns = if count > 2 {
            vec![true, false]
        } else {
            vec![true]
        };
        for (first, forward) in
            (0..count).flat_map(|first| turns.iter().map(move |way| (first, *way)))
        {
            let seen = Shared::clone(&seen);
            loom_tests::model_within(self.bound, move || {
                let state = Arc::new(((self.window)(), AtomicU64::new(0)));
                let step = |step| if forward { step } else { count - step };
                let running: Vec<_> = (0..count)
                    .map(|nth| (first + step(nth)) % count)
                    .map(|index| {
                        let state = Arc::clone(&state);
                        let run = move || self.actors[index](&state.0, &state.1);
                        (index, thread::spawn(run))
                    })
                    .collect();
                let mut answers = vec![0; count];
                for (index, one) in running {
                    answers[index] = one.join().unwrap();
                }
                answers.push((self.law)(&state.0, &answers));
                seen.lock().unwrap().insert(answers);
            });
        }
        Shared::into_inner(seen).unwrap().into_inner().unwrap()
    }
}

/// Mutant: a lost swap taken for a success.
#[test]
fn no_outcome_is_lost_beside_others_of_its_slot() {
    static MODEL: Model<TimeWindow> = Model {
        window: time,
        actors: &[
            |window, now| record(window, now, 1, 0, Mark::SUCCESS),
            |window, now| record(window, now, 1, 0, Mark::FAILURE),
            |window, now| record(window, now, 1, 0, Mark::SLOW),
        ],
        bound: Bound::of(2).touched(1),
        law: |window, answers| {
            assert_eq!(answers, [1, 1, 1]);
            assert_eq!(window.rates(term(0), at(1)), rates(3, 1, 1));
            0
        },
    };
    assert_eq!(MODEL.outcomes(), BTreeSet::from([vec![1, 1, 1, 0]]));
}

/// A slot with a failure of the lap before, and two who come first in the new one. Mutants: a turn that is a store; one that
/// counts nothing; one that adds to what was there; one that takes away what another has counted since.
#[test]
fn two_who_turn_a_slot_at_once_are_both_counted_and_nothing_old_is() {
    static MODEL: Model<TimeWindow> = Model {
        window: failed_before,
        actors: &[
            |window, now| record(window, now, 4, 0, Mark::SUCCESS),
            |window, now| record(window, now, 4, 0, Mark::SLOW_FAILURE),
        ],
        bound: Bound::of(2),
        law: |window, answers| {
            assert_eq!(answers, [1, 1]);
            assert_eq!(window.rates(term(0), at(4)), rates(2, 1, 1));
            0
        },
    };
    assert_eq!(MODEL.outcomes(), BTreeSet::from([vec![1, 1, 0]]));
}

/// Mutant: one that adds to what was there.
#[test]
fn o07_a_look_at_a_slot_that_turns_sees_the_old_lap_or_the_new() {
    static MODEL: Model<TimeWindow> = Model {
        window: failed_before,
        actors: &[
            |window, now| record(window, now, 4, 0, Mark::FAILURE),
            |window, _| {
                let old = window.rates(term(0), at(2));
                let new = window.rates(term(0), at(4));
                assert!(old == rates(1, 1, 0) || old == rates(0, 0, 0), "{old:?}");
                new.total * 10 + new.failed
            },
        ],
        bound: Bound::of(2),
        law: |window, _| {
            assert_eq!(window.rates(term(0), at(4)), rates(1, 1, 0));
            0
        },
    };
    let seen = MODEL.outcomes();
    let readings: BTreeSet<u64> = seen.iter().map(|answers| answers[1]).collect();
    assert_eq!(readings, BTreeSet::from([0, 10, 11]));
}

fn failed_before() -> TimeWindow {
    let window = time();
    assert!(window.record(0, term(0), at(0), Mark::FAILURE, || true));
    window
}

/// Mutants: failures counted before their call; a look that takes the calls first; a Relaxed swap; a Relaxed look.
#[test]
fn o07_a_look_never_sees_more_failures_than_calls() {
    static MODEL: Model<TimeWindow> = Model {
        window: time,
        actors: &[
            |window, now| {
                record(window, now, 1, 0, Mark::FAILURE)
                    + record(window, now, 1, 0, Mark::SLOW_FAILURE)
            },
            |window, _| {
                let seen = window.rates(term(0), at(1));
                assert!(
                    seen.failed <= seen.total && seen.slow <= seen.total,
                    "{seen:?}"
                );
                seen.total * 10 + seen.failed
            },
        ],
        bound: Bound::of(2),
        law: |window, _| {
            assert_eq!(window.rates(term(0), at(1)), rates(2, 2, 1));
            0
        },
    };
    let seen = MODEL.outcomes();
    let readings: BTreeSet<u64> = seen.iter().map(|answers| answers[1]).collect();
    assert_eq!(readings, BTreeSet::from([0, 10, 11, 20, 21, 22]));
}

/// The breaker closes anew, and its first call fails, beside a call of before that fails too. Mutants: nobody asked whether the
/// stretch still counts; a Relaxed swap; no fence before asking.
#[test]
fn hc34_a_late_outcome_neither_counts_in_the_next_stretch_nor_takes_from_it() {
    static MODEL: Model<TimeWindow> = Model {
        window: || {
            let window = time();
            assert!(window.record(0, term(0), at(1), Mark::FAILURE, || true));
            window
        },
        actors: &[
            |window, now| record(window, now, 1, 0, Mark::FAILURE),
            |window, now| {
                now.store(1, Ordering::Relaxed);
                record(window, now, 1, 1, Mark::SUCCESS) + record(window, now, 1, 1, Mark::FAILURE)
            },
        ],
        bound: Bound::of(2),
        law: |window, answers| {
            assert_eq!(answers[1], 2);
            assert_eq!(window.rates(term(1), at(1)), rates(2, 1, 0));
            assert_eq!(window.rates(term(0), at(1)), rates(0, 0, 0));
            0
        },
    };
    let each = [vec![0, 2, 0], vec![1, 2, 0]];
    assert_eq!(MODEL.outcomes(), BTreeSet::from(each));
}

/// Mutants: `remove` that asks for no stamp; one that is a store.
#[test]
fn hc37_calls_that_are_out_are_conserved_when_their_slot_makes_way() {
    static MODEL: Model<TimeWindow> = Model {
        window: time,
        actors: &[
            |window, _| {
                let entry = window.enter(0, term(0), at(0), || true);
                window.leave(entry);
                let entry = window.enter(0, term(0), at(4), || true);
                window.leave(entry);
                0
            },
            |window, _| {
                let entry = window.enter(0, term(0), at(4), || true);
                u64::from(entry.turned())
            },
        ],
        bound: Bound::of(2),
        law: |window, _| window.open_for(term(0), at(6), SLOT),
    };
    let seen = MODEL.outcomes();
    assert!(seen.iter().all(|answers| answers[2] == 1), "{seen:?}");
    let turned: BTreeSet<u64> = seen.iter().map(|answers| answers[1]).collect();
    assert_eq!(turned, BTreeSet::from([0, 1]));
}

/// Mutant: a lost swap taken for a success.
#[test]
fn no_outcome_of_a_few_is_lost() {
    static MODEL: Model<CountWindow> = Model {
        window: || CountWindow::new(2).unwrap(),
        actors: &[
            |window, now| note(window, now, 0, Mark::FAILURE),
            |window, now| note(window, now, 0, Mark::SLOW),
            |window, now| note(window, now, 0, Mark::SUCCESS),
        ],
        bound: Bound::of(2),
        law: |window, answers| {
            assert_eq!(answers, [1, 1, 1]);
            let seen = window.rates(term(0));
            assert_eq!(seen.total, 2);
            seen.failed * 10 + seen.slow
        },
    };
    let last_two: BTreeSet<u64> = MODEL.outcomes().iter().map(|answers| answers[3]).collect();
    assert_eq!(last_two, BTreeSet::from([1, 10, 11]));
}

/// Three places, of which one is taken twice. Mutants: the swap of a place is a store; what left its place is not taken away; it
/// is taken away when it was of another kind only.
#[test]
fn the_sums_of_many_are_exact_when_all_have_come() {
    static MODEL: Model<CountWindow> = Model {
        window: || {
            let window = CountWindow::new(3).unwrap();
            for mark in [Mark::FAILURE, Mark::SUCCESS] {
                assert!(window.record(term(0), mark, || true));
            }
            window
        },
        actors: &[
            |window, now| note(window, now, 0, Mark::SUCCESS),
            |window, now| note(window, now, 0, Mark::SLOW_FAILURE),
            |window, _| {
                let seen = window.rates(term(0));
                // Two are on their way: each is counted or not, and so is what leaves its place to one of them.
                assert!((1..=4).contains(&seen.total), "{seen:?}");
                assert!(
                    seen.failed <= seen.total && seen.slow <= seen.total,
                    "{seen:?}"
                );
                seen.total
            },
        ],
        bound: Bound::of(2),
        law: |window, answers| {
            assert_eq!(answers[..2], [1, 1]);
            assert_eq!(window.rates(term(0)), rates(3, 1, 1));
            0
        },
    };
    let seen = MODEL.outcomes();
    let readings: BTreeSet<u64> = seen.iter().map(|answers| answers[2]).collect();
    assert_eq!(readings, BTreeSet::from([2, 3]));
}

/// The last place of the ring is given twice: to a late one, and a round later to the next stretch. Mutants: nobody asked before
/// the place is taken; before the sums are.
#[test]
fn hc34_a_late_outcome_takes_no_place_of_the_next_stretch() {
    static MODEL: Model<CountWindow> = Model {
        window: || {
            let window = CountWindow::new(3).unwrap();
            for _ in 0..2 {
                assert!(window.record(term(0), Mark::FAILURE, || true));
            }
            window
        },
        actors: &[
            |window, now| note(window, now, 0, Mark::FAILURE),
            |window, now| {
                now.store(1, Ordering::Relaxed);
                let marks = [Mark::SLOW, Mark::SUCCESS, Mark::SLOW];
                marks.iter().map(|mark| note(window, now, 1, *mark)).sum()
            },
        ],
        bound: Bound::of(2),
        law: |window, answers| {
            assert_eq!(answers[1], 3);
            let seen = window.rates(term(1));
            assert_eq!(seen.failed, 0);
            // The places have what the sums say.
            assert_eq!(window.resized(4, term(1)).unwrap().rates(term(1)), seen);
            seen.total
        },
    };
    let seen = MODEL.outcomes();
    let totals: BTreeSet<u64> = seen.iter().map(|answers| answers[2]).collect();
    // A late one in between uses up a number, and with it a place.
    assert_eq!(totals, BTreeSet::from([2, 3]));
    assert!(seen.iter().any(|answers| answers[0] == 0));
}

/// Mutants: nobody asked; a Relaxed swap; no fence before asking.
#[test]
fn hc34_a_late_outcome_gets_into_no_later_history_of_a_few() {
    static MODEL: Model<CountWindow> = Model {
        window: || CountWindow::new(2).unwrap(),
        actors: &LATE,
        bound: Bound::of(2),
        law: late_law,
    };
    assert_eq!(MODEL.outcomes(), late_outcomes());
}

/// Mutants: as above, of either word of the ring.
#[test]
fn hc34_a_late_outcome_gets_into_no_later_history_of_many() {
    static MODEL: Model<CountWindow> = Model {
        window: || CountWindow::new(3).unwrap(),
        actors: &LATE,
        bound: Bound::of(2),
        law: late_law,
    };
    assert_eq!(MODEL.outcomes(), late_outcomes());
}

const LATE: [Actor<CountWindow>; 2] = [
    |window, now| note(window, now, 0, Mark::FAILURE),
    |window, now| {
        now.store(1, Ordering::Relaxed);
        note(window, now, 1, Mark::SLOW)
    },
];

fn late_law(window: &CountWindow, answers: &[u64]) -> u64 {
    assert_eq!(answers[1], 1);
    assert_eq!(window.rates(term(1)), rates(1, 0, 1));
    assert_eq!(window.rates(term(0)), rates(0, 0, 0));
    0
}

fn late_outcomes() -> BTreeSet<Vec<u64>> {
    BTreeSet::from([vec![0, 1, 0], vec![1, 1, 0]])
}
