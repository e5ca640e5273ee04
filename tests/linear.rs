//! Histories of threads that read and change one live value, each searched for an order in which the same operations, one after the
//! other, answer the same. The search is that of the machines' own histories.

#![allow(missing_docs, clippy::disallowed_types)]

#[path = "../crates/ninelives-core/tests/linear/record.rs"]
mod record;
#[path = "../crates/ninelives-core/tests/linear/search.rs"]
mod search;

use std::thread;

use ninelives::Adaptive;
use ninelives::adaptive::CompareAndSetError;

use record::{Runs, Worker};
use search::{Machine, Seen, order};

/// A value with a version, and the one before it.
struct Register;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    version: u64,
    value: u64,
    before: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Snapshot {
        version: u64,
        value: u64,
    },
    Get {
        value: u64,
    },
    Cached {
        value: u64,
    },
    Set {
        value: u64,
        version: u64,
    },
    Add {
        version: u64,
    },
    Compare {
        with: u64,
        value: u64,
        said: Result<u64, u64>,
    },
    Rollback {
        version: Option<u64>,
    },
}

const OPERATIONS: usize = 8;

// === impl Register ===

impl Machine for Register {
    type State = State;
    type Op = Op;

    fn first(&self) -> State {
        State {
            version: 0,
            value: 0,
            before: None,
        }
    }

    fn after(&self, state: &State, op: &Op) -> Vec<State> {
        let mut state = state.clone();
        let legal = match *op {
            Op::Snapshot { version, value } => (version, value) == (state.version, state.value),
            Op::Get { value } | Op::Cached { value } => value == state.value,
            Op::Set { value, version } => state.changes(value) == version,
            Op::Add { version } => state.changes(state.value + 1) == version,
            Op::Compare { with, value, said } => match said {
                Ok(version) => with == state.version && state.changes(value) == version,
                Err(current) => with != current && current == state.version,
            },
            Op::Rollback { version } => match state.before {
                Some(before) => {
                    let now = state.changes(before);
                    state.before = None;
                    version == Some(now)
                }
                None => version.is_none(),
            },
        };
        if legal { vec![state] } else { Vec::new() }
    }
}

// === impl State ===

impl State {
    fn changes(&mut self, value: u64) -> u64 {
        self.before = Some(std::mem::replace(&mut self.value, value));
        self.version += 1;
        self.version
    }
}

fn snapshot(live: &Adaptive<u64>) -> Op {
    let seen = live.snapshot();
    Op::Snapshot {
        version: seen.version(),
        value: **seen.value(),
    }
}

fn uses(live: &Adaptive<u64>, worker: &mut Worker<'_, Op>) {
    let mut cache = live.cache();
    for number in 1..=OPERATIONS as u64 {
        let value = (100 * worker.who as u64 + number) << 32;
        let with = worker.draw(6);
        match worker.draw(16) {
            0..2 => worker.does(|| snapshot(live)),
            2..4 => worker.does(|| Op::Get { value: *live.get() }),
            4..7 => worker.does(|| Op::Cached {
                value: *cache.load(),
            }),
            7..9 => worker.does(|| Op::Set {
                value,
                version: live.set(value).unwrap(),
            }),
            9..12 => worker.does(|| {
                let version = live.update(|value| {
                    thread::yield_now();
                    value + 1
                });
                Op::Add {
                    version: version.unwrap(),
                }
            }),
            12..14 => worker.does(|| {
                let said = live
                    .compare_and_set(with, value)
                    .map_err(|error| match error {
                        CompareAndSetError::Stale { current } => current,
                        other => panic!("{other}"),
                    });
                Op::Compare { with, value, said }
            }),
            _ => worker.does(|| Op::Rollback {
                version: live.rollback().ok(),
            }),
        }
    }
}

#[test]
fn a01_a06_threads_find_a_live_value_at_one_point_in_time() {
    let runs = Runs {
        seed: 11,
        runs: 1_000,
        workers: 3,
    };
    runs.hold(&Register, || Adaptive::new(0), uses, snapshot);
}

#[test]
fn a06_a_cache_that_is_behind_a_set_that_returned_is_refused() {
    let seen = |who, began, op| Seen {
        who,
        began,
        ended: began + 1,
        op,
    };
    let set = Op::Set {
        value: 7,
        version: 1,
    };
    let cached = |value| [seen(1, 1, set), seen(2, 3, Op::Cached { value })];
    assert_eq!(order(&Register, &cached(7)).unwrap(), [0, 1]);
    assert_eq!(order(&Register, &cached(0)).unwrap_err().longest.len(), 1);
}

#[test]
fn a02_two_changes_that_make_one_version_are_refused() {
    let both = [1, 2].map(|who| Seen {
        who,
        began: who as u64,
        ended: 10 + who as u64,
        op: Op::Add { version: 1 },
    });
    assert_eq!(order(&Register, &both).unwrap_err().longest.len(), 1);
}
