//! Semaphores whose permits lie in stripes, each thread's in one of its own.
//!
//! Permits on their way from stripes to the gate are missed by others meanwhile.

use std::num::NonZeroU32;

use ninelives_core::semaphore::{Ask, Entry, Priority, Semaphore};

use super::{Got, Has, OPERATIONS, Op, Sequential, State, closes, look, rest};
use crate::RUNS;
use crate::record::Worker;
use crate::search::Machine;

/// Without a line.
struct Striped(Sequential);

const LIMIT: u32 = 3;
const STRIPES: u32 = 2;

// === impl Striped ===

impl Machine for Striped {
    type State = State;
    type Op = Op;

    fn first(&self) -> State {
        self.0.first()
    }

    /// Who gets in or looks does not count exactly, and who does not counts what is on its way as out.
    fn after(&self, state: &State, op: &Op) -> Vec<State> {
        let op = match *op {
            Op::Enter { weight, got } => Op::Enter {
                weight,
                got: exactly(state, weight, got),
            },
            Op::Look { limit, closed, .. } => Op::Look {
                out: state.out,
                limit,
                closed,
            },
            other => other,
        };
        match op {
            Op::Enter {
                weight,
                got: Got::Full { out, limit },
            } if out > state.out && out + weight > limit && limit == state.limit => {
                vec![state.clone()]
            }
            _ => self.0.after(state, &op),
        }
    }
}

/// The same with the count that was not made.
fn exactly(state: &State, weight: u32, got: Got) -> Got {
    match got {
        Got::Permits { out: 0 } => Got::Permits {
            out: state.out + weight,
        },
        other => other,
    }
}

// === threads ===

fn ask(weight: u32) -> Ask {
    let weight = NonZeroU32::new(weight).unwrap();
    Ask::new(weight, Priority::Normal)
}

/// All permits lie in one stripe, and threads keep them soon where they can be had back.
fn spread(semaphore: Semaphore) -> Semaphore {
    let semaphore = semaphore.striped(STRIPES);
    #[cfg(feature = "membarrier")]
    let semaphore = {
        use ninelives_core::weighted::Threads;

        if Threads::can_fence() {
            semaphore.kept_by_threads(0, Threads::pass_a_fence)
        } else {
            semaphore
        }
    };
    let all = semaphore.try_acquire_many(ask(LIMIT));
    assert_eq!(all, Entry::Acquired { in_flight: LIMIT });
    // Who finds it full, and a moment later much room, has met another thread.
    let met = semaphore.enter_within(|| {
        semaphore.release_many(LIMIT);
        0
    });
    assert_eq!(met, Entry::Acquired { in_flight: 1 });
    let rest = semaphore.try_acquire_many(ask(LIMIT - 1));
    assert_eq!(rest, Entry::Acquired { in_flight: 0 }, "it is spread");
    semaphore.release_many(LIMIT);
    semaphore
}

/// Uses one; without a line its limit changes, too, and it may end.
fn uses(semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
    let (mut has, line) = (Has::default(), semaphore.places() > 0);
    for _ in 0..OPERATIONS {
        match worker.draw(16) {
            0..5 => has.enters(semaphore, worker, u32::MAX),
            5 | 6 => has.enters(semaphore, worker, 0),
            7..12 => has.releases(semaphore, worker),
            12 | 13 if !line => {
                let to = worker.draw(5) as u32;
                worker.does(|| Op::Resize {
                    to,
                    was: semaphore.resize(to).unwrap(),
                });
            }
            14 if !line && worker.draw(4) == 0 => closes(semaphore, worker),
            _ if !line => worker.does(|| look(semaphore)),
            12..15 if !has.granted.is_empty() => has.takes(semaphore, worker),
            12..15 => has.polls(semaphore, worker),
            _ => has.leaves(semaphore, worker),
        }
    }
}

#[test]
fn s27_threads_with_stripes_find_a_semaphore_without_a_line_at_one_point_in_time() {
    let machine = Striped(Sequential {
        limit: LIMIT,
        line: false,
    });
    let object = || spread(Semaphore::new(LIMIT).unwrap());
    RUNS.hold(&machine, object, uses, rest);
}

#[test]
fn s22_threads_with_stripes_get_from_a_line_what_is_free_in_order_and_nobody_is_forgotten() {
    let machine = Sequential {
        limit: LIMIT,
        line: true,
    };
    let object = || spread(Semaphore::with_line(LIMIT, 32).unwrap());
    RUNS.hold(&machine, object, uses, rest);
}
