//! Semaphores, one operation after the other, and threads that use a real one.
//!
//! Without a line each operation is one point in time, and answers with the counts of that point. With one, whoever brings permits hands
//! them over a moment later: the model does so whenever it likes. Permits on their way to somebody who leaves are missed by others
//! meanwhile, so that refusals hold at any time; whoever gets something gets what is free, and passes nobody.

mod striped;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread;

use ninelives_core::semaphore::{Ask, Entry, Left, Place, Priority, Semaphore, Spot, Turn};

use crate::record::Worker;
use crate::search::Machine;

/// What a semaphore is, with a line or without.
pub struct Sequential {
    pub limit: u32,
    pub line: bool,
}

/// Permits, and who waits for some: a number and a weight, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    out: u32,
    limit: u32,
    closed: bool,
    line: Vec<(u32, u32)>,
    granted: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, Debug)]
pub enum Op {
    Enter { weight: u32, got: Got },
    Release { weight: u32 },
    Resize { to: u32, was: u32 },
    Close,
    Look { out: u32, limit: u32, closed: bool },
    Poll { who: u32, saw: Stand },
    Take { who: u32 },
    Leave { who: u32, was: Stand },
    Rest { out: u32, waiting: usize },
}

/// What became of somebody who came.
#[derive(Clone, Copy, Debug)]
pub enum Got {
    Permits { out: u32 },
    Place { who: u32 },
    Full { out: u32, limit: u32 },
    Overweight { limit: u32 },
    Closed,
}

/// How a wait stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    Waits,
    Granted,
    Closed,
}

/// A task that lets others go first when it is woken: within the operation of whoever wakes it.
struct Yields;

/// What one thread has.
#[derive(Default)]
struct Has {
    permits: Vec<u32>,
    places: Vec<(u32, u32, Place)>,
    granted: Vec<(u32, u32, Place)>,
    numbers: u32,
}

const OPERATIONS: usize = if cfg!(miri) { 4 } else { 9 };

// === impl Sequential ===

impl Machine for Sequential {
    type State = State;
    type Op = Op;

    fn first(&self) -> State {
        State {
            out: 0,
            limit: self.limit,
            closed: false,
            line: Vec::new(),
            granted: Vec::new(),
        }
    }

    fn after(&self, state: &State, op: &Op) -> Vec<State> {
        let (mut state, mut all) = (state.clone(), Vec::new());
        loop {
            let mut next = state.clone();
            if next.does(*op, self.line) {
                all.push(next);
            }
            if !state.hands_over() {
                return all;
            }
        }
    }
}

// === impl State ===

impl State {
    fn fits(&self, weight: u32) -> bool {
        self.out + weight <= self.limit
    }

    /// The first in line gets its permits, if it can.
    fn hands_over(&mut self) -> bool {
        match self.line.first() {
            Some(&(_, weight)) if self.fits(weight) && !self.closed => {
                self.out += weight;
                self.granted.push(self.line.remove(0));
                true
            }
            _ => false,
        }
    }

    /// Whether the operation would answer so.
    fn does(&mut self, op: Op, line: bool) -> bool {
        match op {
            Op::Enter { weight, got } => self.enters(weight, got, line),
            Op::Release { weight } => {
                self.out -= weight;
                true
            }
            Op::Resize { to, was } => std::mem::replace(&mut self.limit, to) == was,
            Op::Close => {
                self.closed = true;
                true
            }
            Op::Look { out, limit, closed } => {
                (out, limit, closed) == (self.out, self.limit, self.closed)
            }
            Op::Poll { who, saw } => self.stands(who, saw).is_some(),
            Op::Take { who } => {
                let taken = self.stands(who, Stand::Granted);
                taken.map(|place| self.granted.remove(place)).is_some()
            }
            Op::Leave { who, was } => match self.stands(who, was) {
                Some(place) if was == Stand::Granted => {
                    self.out -= self.granted.remove(place).1;
                    true
                }
                Some(place) => {
                    self.line.remove(place);
                    true
                }
                None => false,
            },
            Op::Rest { out, waiting } => {
                let places = self.line.len() + self.granted.len();
                (out, waiting) == (self.out, places) && !self.clone().hands_over()
            }
        }
    }

    fn enters(&mut self, weight: u32, got: Got, line: bool) -> bool {
        let overweight = weight > self.limit && self.limit > 0;
        match got {
            Got::Closed => return self.closed,
            _ if self.closed => return false,
            Got::Overweight { limit } => return overweight && limit == self.limit,
            _ if overweight => return false,
            Got::Permits { out } => {
                let free = self.fits(weight) && self.line.is_empty();
                self.out += weight;
                return free && (line || out == self.out);
            }
            Got::Full { out, limit } if !line => {
                return !self.fits(weight) && (out, limit) == (self.out, self.limit);
            }
            Got::Full { .. } => {}
            Got::Place { who } => self.line.push((who, weight)),
        }
        true
    }

    /// The place of somebody who stands so.
    fn stands(&self, who: u32, stand: Stand) -> Option<usize> {
        let of = match stand {
            Stand::Granted => &self.granted,
            Stand::Closed if !self.closed => return None,
            Stand::Waits | Stand::Closed => &self.line,
        };
        of.iter().position(|(number, _)| *number == who)
    }
}

// === threads ===

/// Uses a semaphore without a line.
pub fn without_a_line(semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
    let mut has = Has::default();
    for _ in 0..OPERATIONS {
        match worker.draw(16) {
            0..7 => has.enters(semaphore, worker, 0),
            7..12 => has.releases(semaphore, worker),
            12 | 13 => {
                let to = worker.draw(5) as u32;
                worker.does(|| Op::Resize {
                    to,
                    was: semaphore.resize(to).unwrap(),
                });
            }
            14 => worker.does(|| look(semaphore)),
            _ if worker.draw(4) == 0 => closes(semaphore, worker),
            _ => worker.does(|| look(semaphore)),
        }
    }
}

/// Uses one with a line, and leaves it as it is.
pub fn with_a_line(semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
    let mut has = Has::default();
    for _ in 0..OPERATIONS {
        match worker.draw(16) {
            0..5 => has.enters(semaphore, worker, u32::MAX),
            5 | 6 => has.enters(semaphore, worker, 0),
            7..11 => has.releases(semaphore, worker),
            11..15 if !has.granted.is_empty() => has.takes(semaphore, worker),
            11..14 => has.polls(semaphore, worker),
            14 => has.leaves(semaphore, worker),
            _ if worker.draw(6) == 0 => closes(semaphore, worker),
            _ => has.leaves(semaphore, worker),
        }
    }
}

/// What is left when all threads are done.
pub fn rest(semaphore: &Semaphore) -> Op {
    let now = semaphore.snapshot();
    Op::Rest {
        out: now.in_flight,
        waiting: now.waiting as usize,
    }
}

fn look(semaphore: &Semaphore) -> Op {
    let now = semaphore.snapshot();
    Op::Look {
        out: now.in_flight,
        limit: now.limit,
        closed: now.closed,
    }
}

fn closes(semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
    worker.does(|| {
        semaphore.close();
        Op::Close
    });
}

// === impl Yields ===

impl Wake for Yields {
    fn wake(self: Arc<Self>) {
        thread::yield_now();
    }
}

// === impl Has ===

impl Has {
    fn enters(&mut self, semaphore: &Semaphore, worker: &mut Worker<'_, Op>, places: u32) {
        self.numbers += 1;
        let stripe = worker.who as u32;
        let who = 100 * stripe + self.numbers;
        let weight = 1 + worker.draw(2) as u32;
        let ask = NonZeroU32::MIN.saturating_add(weight - 1);
        let ask = Ask::new(ask, Priority::Normal);
        let places = || {
            thread::yield_now();
            places
        };
        worker.does(|| {
            let entry =
                semaphore.enter_from(|| Spot::at(stripe).on(u64::from(stripe) + 1), ask, places);
            let got = match entry {
                Entry::Acquired { in_flight } => {
                    self.permits.push(weight);
                    Got::Permits { out: in_flight }
                }
                Entry::Waiting(place) => {
                    self.places.push((who, weight, place));
                    Got::Place { who }
                }
                Entry::Full { in_flight, limit } => Got::Full {
                    out: in_flight,
                    limit,
                },
                Entry::Overweight { limit } => Got::Overweight { limit },
                Entry::Closed => Got::Closed,
            };
            Op::Enter { weight, got }
        });
    }

    fn releases(&mut self, semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
        if let Some(weight) = self.permits.pop() {
            let stripe = worker.who as u32;
            worker.does(|| {
                semaphore.release_to(|| Spot::at(stripe).on(u64::from(stripe) + 1), weight);
                Op::Release { weight }
            });
        }
    }

    fn polls(&mut self, semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
        let Some((who, weight, place)) = self.places.pop() else {
            return;
        };
        let (mut stand, waker) = (Stand::Waits, Waker::from(Arc::new(Yields)));
        worker.does(|| {
            stand = match semaphore.poll_place(&place, &waker) {
                Poll::Pending => Stand::Waits,
                Poll::Ready(Turn::Granted { .. }) => Stand::Granted,
                Poll::Ready(Turn::Closed) => Stand::Closed,
                Poll::Ready(Turn::Overweight { .. }) => unreachable!("the limit stays as it is"),
            };
            Op::Poll { who, saw: stand }
        });
        match stand {
            Stand::Granted => self.granted.push((who, weight, place)),
            Stand::Waits | Stand::Closed => self.places.insert(0, (who, weight, place)),
        }
    }

    fn takes(&mut self, semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
        if let Some((who, weight, place)) = self.granted.pop() {
            self.permits.push(weight);
            worker.does(|| {
                semaphore.take(place);
                Op::Take { who }
            });
        }
    }

    fn leaves(&mut self, semaphore: &Semaphore, worker: &mut Worker<'_, Op>) {
        if !self.places.is_empty() {
            let (who, _, place) = self.places.remove(0);
            worker.does(|| {
                let was = match semaphore.leave(place) {
                    Left::GaveUp => Stand::Waits,
                    Left::HadGrant => Stand::Granted,
                    Left::Closed => Stand::Closed,
                    Left::Overweight => unreachable!("the limit stays as it is"),
                };
                Op::Leave { who, was }
            });
        }
    }
}
