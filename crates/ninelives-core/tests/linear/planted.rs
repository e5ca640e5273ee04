//! Mistakes on purpose, made by real threads; and histories by hand. What the search must refuse, and what it must not.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ninelives_core::breaker::{State, Transition};

use crate::breaker;
use crate::record::Moments;
use crate::search::{Machine, Seen, order};
use crate::semaphore::{Got, Op, Sequential, Stand};

/// A number that is read, and written a moment later by all who read it.
struct Torn {
    word: AtomicU64,
    meet: Barrier,
}

const ONE: Sequential = Sequential {
    limit: 1,
    line: true,
};
const EXACT: Sequential = Sequential {
    limit: 1,
    line: false,
};

// === impl Torn ===

impl Torn {
    fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
            meet: Barrier::new(2),
        }
    }

    fn change(&self) -> u64 {
        let seen = self.word.load(Ordering::SeqCst);
        self.meet.wait();
        self.word.store(seen + 1, Ordering::SeqCst);
        seen
    }
}

/// What two threads see that do this with something that is torn.
fn torn<O: Send>(act: impl Fn(usize, &Torn) -> O + Sync) -> Vec<Seen<O>> {
    let (torn, moments) = (Torn::new(), Moments::default());
    thread::scope(|scope| {
        let (torn, moments, act) = (&torn, &moments, &act);
        let both = [1, 2].map(|who| scope.spawn(move || moments.see(who, || act(who, torn))));
        both.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// A history by hand: who, from when, to when, what.
fn history<O>(all: impl IntoIterator<Item = (usize, u64, u64, O)>) -> Vec<Seen<O>> {
    let seen = |(who, began, ended, op)| Seen {
        who,
        began,
        ended,
        op,
    };
    all.into_iter().map(seen).collect()
}

fn refused<M: Machine>(machine: &M, history: &[Seen<M::Op>]) -> usize {
    match order(machine, history) {
        Ok(order) => panic!("{history:?} is legal in the order {order:?}"),
        Err(illegal) => illegal.longest.len(),
    }
}

fn enters(out: u32) -> Op {
    Op::Enter {
        weight: 1,
        got: Got::Permits { out },
    }
}

fn comes(who: u32) -> Op {
    Op::Enter {
        weight: 1,
        got: Got::Place { who },
    }
}

const RELEASES: Op = Op::Release { weight: 1 };

#[test]
fn a_permit_that_two_threads_take_is_refused() {
    let seen = torn(|_, torn| enters(torn.change() as u32 + 1));
    assert_eq!(refused(&EXACT, &seen), 1);
    assert_eq!(refused(&ONE, &seen), 1);
}

#[test]
fn a_probe_that_two_threads_are_is_refused() {
    let machine = breaker::Sequential {
        threshold: 1,
        open_for: 2,
        probes: 1,
        needed: 1,
    };
    let said = Some(Transition {
        from: State::Open,
        to: State::HalfOpen,
    });
    let trips = breaker::Op::Trip {
        at: 1,
        said: Some(Transition {
            from: State::Closed,
            to: State::Open,
        }),
    };
    let mut seen = torn(|who, torn| {
        assert_eq!(torn.change(), 0);
        breaker::Op::Admit {
            who: who as u32,
            at: 9,
            got: breaker::Got::Probe { said },
        }
    });
    for seen in &mut seen {
        (seen.began, seen.ended) = (seen.began + 10, seen.ended + 10);
    }
    seen.extend(history([(0, 1, 2, trips)]));
    assert_eq!(refused(&machine, &seen), 2);
}

#[test]
fn what_has_ended_is_before_what_begins_later() {
    let full = Op::Enter {
        weight: 1,
        got: Got::Full { out: 1, limit: 1 },
    };
    // Full beside the release, and full after it.
    let beside = [(1, 1, 2, enters(1)), (1, 3, 6, RELEASES), (2, 4, 5, full)];
    assert_eq!(order(&EXACT, &history(beside)).unwrap(), [0, 2, 1]);
    let after = [(1, 1, 2, enters(1)), (1, 3, 4, RELEASES), (2, 5, 6, full)];
    assert_eq!(refused(&EXACT, &history(after)), 2);
}

#[test]
fn a_count_of_another_point_in_time_is_refused() {
    let two = Sequential {
        limit: 2,
        line: false,
    };
    let both = [(1, 1, 4, enters(2)), (2, 2, 3, enters(1))];
    assert_eq!(order(&two, &history(both)).unwrap(), [1, 0]);
    let neither = [(1, 1, 4, enters(2)), (2, 2, 3, enters(2))];
    assert_eq!(refused(&two, &history(neither)), 0);
}

#[test]
fn who_passes_the_line_is_refused_and_so_is_a_waiter_who_is_forgotten() {
    let saw = Stand::Granted;
    let polls = |who| Op::Poll { who, saw };
    let begin = [
        (1, 1, 2, enters(1)),
        (2, 3, 4, comes(2)),
        (3, 5, 6, comes(3)),
    ];
    let with = |rest: &[(usize, u64, u64, Op)]| history(begin.iter().chain(rest).copied());
    let in_order = with(&[(1, 7, 8, RELEASES), (2, 9, 10, polls(2))]);
    assert!(order(&ONE, &in_order).is_ok());
    let passed = with(&[(1, 7, 8, RELEASES), (3, 9, 10, polls(3))]);
    assert_eq!(refused(&ONE, &passed), 4);
    let newcomer = with(&[(1, 7, 8, RELEASES), (4, 9, 10, enters(1))]);
    assert_eq!(refused(&ONE, &newcomer), 4);
    let rests = |out| Op::Rest { out, waiting: 2 };
    assert!(order(&ONE, &with(&[(1, 7, 8, RELEASES), (0, 9, 10, rests(1))])).is_ok());
    let forgotten = with(&[(1, 7, 8, RELEASES), (0, 9, 10, rests(0))]);
    assert_eq!(refused(&ONE, &forgotten), 4);
}

#[test]
fn what_was_tried_once_is_not_tried_again() {
    // Twelve calls at once, and an end that cannot be: half a billion orders, of four thousand sets.
    const CALLS: u32 = if cfg!(miri) { 6 } else { 12 };
    let many = Sequential {
        limit: CALLS,
        line: true,
    };
    let calls = (0..CALLS).map(|who| (who as usize, u64::from(who), 1_000, enters(1)));
    let rests = Op::Rest {
        out: CALLS + 1,
        waiting: 0,
    };
    let all = calls.chain([(99, 99, 1_000, rests)]);
    assert_eq!(refused(&many, &history(all)), CALLS as usize);
}
