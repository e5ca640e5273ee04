//! A naive model beside the machine: plain counters and a list, and after every input all that can be seen compared.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Poll, Waker};
use std::vec::Vec;

use super::super::{Ask, Entry, Left, Place, Priority, Semaphore, Turn};
use super::{Task, ask, counts, line};

/// What a caller can do. Indices are taken modulo what is there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input {
    Try,
    Enter,
    EnterWithin(u32),
    TryFor(u32),
    EnterFor(u32, Priority),
    Take(usize),
    Leave(usize),
    Release(usize),
    Resize(u32),
    Close,
    Watch,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    Waiting,
    Granted(u32),
    Overweight(u32),
    Closed,
}

/// Somebody with a place, and where the model says they stand.
struct Guest {
    place: Place,
    ask: Ask,
    task: Arc<Task>,
    waker: Waker,
    stand: Stand,
}

/// The semaphore, and beside it the same with plain counters and a list.
pub(super) struct Pair {
    real: Semaphore,
    limit: u32,
    /// The weight of each who has its permits.
    held: Vec<u32>,
    classes: bool,
    turn: u32,
    closed: bool,
    watched: bool,
    /// How often it was told that no permit is out: in truth, and as the model says.
    told: (Arc<AtomicUsize>, usize),
    guests: VecDeque<Guest>,
}

// === impl Pair ===

impl Pair {
    pub(super) fn new(limit: u32, places: u32) -> Self {
        Self::over(line(limit, places), false)
    }

    pub(super) fn with_classes(limit: u32, places: u32) -> Self {
        let real = Semaphore::with_classes(limit, places).expect("in range");
        Self::over(real, true)
    }

    fn over(real: Semaphore, classes: bool) -> Self {
        let told = Arc::new(AtomicUsize::new(0));
        let tell = Arc::clone(&told);
        Self {
            limit: real.snapshot().limit,
            real: real.on_idle(move || {
                tell.fetch_add(1, SeqCst);
            }),
            held: Vec::new(),
            classes,
            turn: 0,
            closed: false,
            watched: false,
            told: (told, 0),
            guests: VecDeque::new(),
        }
    }

    fn in_flight(&self) -> u32 {
        let granted = |guest: &&Guest| matches!(guest.stand, Stand::Granted(_));
        let weight = |guest: &Guest| guest.ask.weight();
        let granted: u32 = self.guests.iter().filter(granted).map(weight).sum();
        self.held.iter().sum::<u32>() + granted
    }

    /// Whose turn it is: the first of the highest class, and in every eighth turn the first of all.
    fn next(&mut self) -> Option<&mut Guest> {
        let by_class = self.classes && self.turn % 8 != 7;
        let waiting = self.guests.iter_mut();
        let mut waiting = waiting.filter(|guest| guest.stand == Stand::Waiting);
        if by_class {
            waiting.min_by_key(|guest| guest.ask.priority().rank())
        } else {
            waiting.next()
        }
    }

    /// What the rule says after every input: what is free goes to those whose turn it is, while they fit; after a close nobody waits.
    fn hand_over(&mut self) {
        loop {
            let (in_flight, limit, closed) = (self.in_flight(), self.limit, self.closed);
            let Some(guest) = self.next() else { return };
            let weight = guest.ask.weight();
            if closed {
                guest.stand = Stand::Closed;
            } else if limit > 0 && weight > limit {
                guest.stand = Stand::Overweight(limit);
            } else if in_flight + weight <= limit {
                guest.stand = Stand::Granted(in_flight + weight);
                self.turn += 1;
            } else {
                return;
            }
        }
    }

    fn admit(&mut self, ask: Ask, capacity: usize, entry: Entry) {
        let (in_flight, weight) = (self.in_flight(), ask.weight());
        let waits = self.guests.iter().any(|g| g.stand == Stand::Waiting);
        let expected = if self.closed {
            Entry::Closed
        } else if self.limit > 0 && weight > self.limit {
            Entry::Overweight { limit: self.limit }
        } else if in_flight + weight <= self.limit && !waits {
            self.held.push(weight);
            Entry::Acquired {
                in_flight: in_flight + weight,
            }
        } else if self.guests.len() < capacity {
            let Entry::Waiting(place) = entry else {
                panic!("expected a place, got {entry:?}")
            };
            assert_eq!(self.real.asked(&place), ask);
            let (task, waker) = Task::new();
            self.guests.push_back(Guest {
                place,
                ask,
                task,
                waker,
                stand: Stand::Waiting,
            });
            return;
        } else {
            Entry::Full {
                in_flight,
                limit: self.limit,
            }
        };
        assert_eq!(entry, expected);
    }

    /// One input to both, and everything that can be observed compared.
    pub(super) fn apply(&mut self, input: Input) {
        match input {
            Input::Try => {
                let entry = self.real.try_acquire();
                self.admit(Ask::ONE, 0, entry);
            }
            Input::Enter => {
                let entry = self.real.enter();
                self.admit(Ask::ONE, self.real.places() as usize, entry);
            }
            Input::EnterWithin(bound) => {
                let entry = self.real.enter_within(|| bound);
                self.admit(Ask::ONE, self.real.places().min(bound) as usize, entry);
            }
            Input::TryFor(weight) => {
                let ask = ask(weight, Priority::Normal);
                let entry = self.real.try_acquire_many(ask);
                self.admit(ask, 0, entry);
            }
            Input::EnterFor(weight, priority) => {
                let ask = ask(weight, priority);
                let places = self.real.places();
                let entry = self.real.enter_many(ask, || places);
                self.admit(ask, places as usize, entry);
            }
            Input::Take(n) => {
                let granted: Vec<_> = (0..self.guests.len())
                    .filter(|&at| matches!(self.guests[at].stand, Stand::Granted(_)))
                    .collect();
                if !granted.is_empty() {
                    let guest = self.guests.remove(granted[n % granted.len()]);
                    let guest = guest.expect("in range");
                    self.held.push(guest.ask.weight());
                    self.real.take(guest.place);
                }
            }
            Input::Leave(n) if !self.guests.is_empty() => {
                let guest = self.guests.remove(n % self.guests.len());
                let guest = guest.expect("in range");
                let left = match guest.stand {
                    Stand::Waiting => Left::GaveUp,
                    Stand::Granted(_) => Left::HadGrant,
                    Stand::Overweight(_) => Left::Overweight,
                    Stand::Closed => Left::Closed,
                };
                assert_eq!(self.real.leave(guest.place), left);
            }
            Input::Leave(_) => {}
            Input::Release(n) if !self.held.is_empty() => {
                let weight = self.held.remove(n % self.held.len());
                self.real.release_many(weight);
            }
            Input::Release(_) => {}
            Input::Resize(limit) => {
                assert_eq!(self.real.resize(limit), Ok(self.limit));
                self.limit = limit;
            }
            Input::Close => {
                self.real.close();
                self.closed = true;
            }
            Input::Watch => {
                let idle = self.real.watch_idle();
                assert_eq!(idle, self.in_flight() == 0);
                self.watched |= !idle;
            }
        }
        self.hand_over();
        if self.watched && self.in_flight() == 0 {
            self.watched = false;
            self.told.1 += 1;
        }
        self.compare();
    }

    fn compare(&self) {
        assert_eq!(
            counts(&self.real),
            (self.in_flight(), self.limit, self.guests.len() as u32)
        );
        assert_eq!(self.real.snapshot().closed, self.closed);
        assert_eq!(self.told.0.load(SeqCst), self.told.1);
        for guest in &self.guests {
            let turn = self.real.poll_place(&guest.place, &guest.waker);
            let expected = match guest.stand {
                Stand::Waiting => Poll::Pending,
                Stand::Granted(in_flight) => Poll::Ready(Turn::Granted { in_flight }),
                Stand::Overweight(limit) => Poll::Ready(Turn::Overweight { limit }),
                Stand::Closed => Poll::Ready(Turn::Closed),
            };
            assert_eq!(turn, expected);
            let registered_before = turn.is_ready() && Arc::strong_count(&guest.task) == 2;
            assert!(guest.task.wakes() <= 1);
            assert!(turn.is_pending() || registered_before);
            assert!(turn.is_ready() || guest.task.wakes() == 0);
        }
    }
}
