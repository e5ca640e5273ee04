//! The semaphore with its line, and the same with a few counters and a list.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Wake, Waker};

use ninelives_core::semaphore::{Ask, Entry, Left, Place, Priority, Semaphore, Spot, Turn};

use super::tape::{Op, ops};

/// A task that remembers having been woken.
#[derive(Default)]
struct Task(AtomicBool);

/// Where somebody in the line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Waiting,
    Granted { in_flight: u32 },
    Overweight { limit: u32 },
    Closed,
}

struct Guest {
    place: Place,
    ask: Ask,
    stand: Stand,
    /// Registered, and not told yet.
    task: Option<Arc<Task>>,
}

struct Pair {
    real: Semaphore,
    limit: u32,
    places: u32,
    stripes: u32,
    /// The weight of each who has its permits.
    held: Vec<u32>,
    classes: bool,
    turn: u32,
    closed: bool,
    line: VecDeque<Guest>,
}

/// Runs the operations and checks the laws after each, and at the end that everything comes back: of a semaphore that is one word, and of one
/// whose permits lie in stripes.
pub fn run(bytes: &[u8]) {
    for stripes in [0, 2] {
        run_with(bytes, stripes);
    }
}

fn run_with(bytes: &[u8], stripes: u32) {
    let mut ops = ops(bytes);
    let Some(first) = ops.next() else { return };
    let (limit, classes) = (1 + u32::from(first.small % 4), first.small >= 128);
    let mut pair = Pair::new(limit, u32::from(first.power % 20), classes, stripes);
    for op in ops {
        pair.apply(op);
        pair.check();
    }
    pair.end();
}

/// What an operation comes for: mostly one permit, of the class that says nothing where there are none.
fn ask(op: Op) -> Ask {
    let weight = NonZeroU32::MIN.saturating_add(u32::from(op.power) / 64);
    Ask::new(weight, Priority::ALL[usize::from(op.power) / 16 % 4])
}

/// Whose stripe it is: that of one of two threads.
fn spot(op: Op) -> Spot {
    let stripe = u32::from(op.small % 2);
    Spot::at(stripe).on(u64::from(stripe) + 1)
}

// === impl Task ===

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        // Relaxed: one thread.
        self.0.store(true, Ordering::Relaxed);
    }
}

// === impl Pair ===

impl Pair {
    fn new(limit: u32, places: u32, classes: bool, stripes: u32) -> Self {
        let real = match (places, classes) {
            (0, _) => Semaphore::new(limit),
            (_, false) => Semaphore::with_line(limit, places),
            (_, true) => Semaphore::with_classes(limit, places),
        };
        let real = real.expect("in range");
        Self {
            real: match stripes {
                0 => real,
                // One thread stands for all: nobody has to pass a fence.
                _ => real.striped_at_once(stripes).kept_by_threads(2, || true),
            },
            limit,
            places,
            stripes,
            held: Vec::new(),
            classes,
            turn: 0,
            closed: false,
            line: VecDeque::new(),
        }
    }

    fn in_flight(&self) -> u32 {
        let granted = |guest: &&Guest| matches!(guest.stand, Stand::Granted { .. });
        let granted = self.line.iter().filter(granted).map(Guest::weight);
        self.held.iter().copied().chain(granted).sum()
    }

    fn waits(&self) -> bool {
        self.line.iter().any(|guest| guest.stand == Stand::Waiting)
    }

    fn apply(&mut self, op: Op) {
        match op.kind % 16 {
            0..=2 => {
                let entry = self.real.try_acquire_from(|| spot(op), ask(op));
                self.entered(op, entry, 0);
            }
            3..=5 => {
                let entry = self.enter(op, u32::MAX);
                self.entered(op, entry, self.places);
            }
            6 => {
                let bound = u32::from(op.small % 24);
                let entry = self.enter(op, bound);
                self.entered(op, entry, self.places.min(bound));
            }
            7..=9 => self.release(op),
            10 => self.poll(op),
            11 | 12 => self.take(op),
            13 => self.leave(op),
            14 => self.resize(u32::from(op.small % 8)),
            _ if op.small == 0 => {
                self.real.close();
                self.closed = true;
            }
            _ => self.resize(u32::from(op.power) * 4_112),
        }
        self.hand_over();
    }

    fn enter(&self, op: Op, places: u32) -> Entry {
        self.real.enter_from(|| spot(op), ask(op), || places)
    }

    fn entered(&mut self, op: Op, entry: Entry, places: u32) {
        let (in_flight, weight) = (self.in_flight(), ask(op).weight());
        let expected = if self.closed {
            Entry::Closed
        } else if self.limit > 0 && weight > self.limit {
            Entry::Overweight { limit: self.limit }
        } else if in_flight + weight <= self.limit && !self.waits() {
            self.held.push(weight);
            let counted = match entry {
                Entry::Acquired { in_flight } => self.stripes == 0 || in_flight > 0,
                _ => true,
            };
            let in_flight = if counted { in_flight + weight } else { 0 };
            Entry::Acquired { in_flight }
        } else if (self.line.len() as u32) < places {
            let Entry::Waiting(place) = entry else {
                panic!("a place is free, and the answer is {entry:?}")
            };
            self.line.push_back(Guest {
                place,
                ask: ask(op),
                stand: Stand::Waiting,
                task: None,
            });
            return;
        } else {
            let limit = self.limit;
            Entry::Full { in_flight, limit }
        };
        assert_eq!(entry, expected);
    }

    fn release(&mut self, op: Op) {
        if !self.held.is_empty() {
            let at = usize::from(op.small) % self.held.len();
            let weight = self.held.remove(at);
            self.real.release_to(|| spot(op), weight);
        }
    }

    fn resize(&mut self, limit: u32) {
        assert_eq!(self.real.resize(limit), Ok(self.limit));
        self.limit = limit;
    }

    fn poll(&mut self, op: Op) {
        let count = self.line.len();
        if count == 0 {
            return;
        }
        let guest = &mut self.line[usize::from(op.small) % count];
        let task = Arc::new(Task::default());
        let turn = self
            .real
            .poll_place(&guest.place, &Waker::from(Arc::clone(&task)));
        assert_eq!(turn, guest.stand.turn());
        guest.task = turn.is_pending().then_some(task);
    }

    fn take(&mut self, op: Op) {
        let granted = |at: &usize| matches!(self.line[*at].stand, Stand::Granted { .. });
        let granted: Vec<usize> = (0..self.line.len()).filter(granted).collect();
        if granted.is_empty() {
            return;
        }
        let at = granted[usize::from(op.small) % granted.len()];
        let guest = self.line.remove(at).expect("in range");
        self.held.push(guest.weight());
        self.real.take(guest.place);
    }

    fn leave(&mut self, op: Op) {
        if self.line.is_empty() {
            return;
        }
        let at = usize::from(op.small) % self.line.len();
        let guest = self.line.remove(at).expect("in range");
        let expected = match guest.stand {
            Stand::Waiting => Left::GaveUp,
            Stand::Granted { .. } => Left::HadGrant,
            Stand::Overweight { .. } => Left::Overweight,
            Stand::Closed => Left::Closed,
        };
        assert_eq!(self.real.leave(guest.place), expected);
    }

    /// Whose turn it is: the first of the highest class, and in every eighth turn the first of all.
    fn next(&mut self) -> Option<&mut Guest> {
        let by_class = self.classes && self.turn % 8 != 7;
        let waiting = self.line.iter_mut();
        let mut waiting = waiting.filter(|guest| guest.stand == Stand::Waiting);
        if by_class {
            waiting.min_by_key(|guest| guest.ask.priority().rank())
        } else {
            waiting.next()
        }
    }

    /// The rule: what is free goes to those whose turn it is, while they fit; after a close nobody waits.
    fn hand_over(&mut self) {
        loop {
            let (in_flight, limit, closed) = (self.in_flight(), self.limit, self.closed);
            let Some(next) = self.next() else { return };
            let weight = next.weight();
            let in_flight = in_flight + weight;
            let fits = in_flight <= limit;
            next.stand = match closed {
                true => Stand::Closed,
                false if limit > 0 && weight > limit => Stand::Overweight { limit },
                false if fits => Stand::Granted { in_flight },
                false => return,
            };
            self.turn += u32::from(fits && !closed);
        }
    }

    fn check(&mut self) {
        let seen = self.real.snapshot();
        let waiting = self.line.len() as u32;
        assert_eq!(
            (seen.in_flight, seen.limit, seen.waiting),
            (self.in_flight(), self.limit, waiting)
        );
        assert_eq!((seen.closed, seen.surplus), (self.closed, 0));
        for guest in &mut self.line {
            let told = guest.stand != Stand::Waiting;
            if let Some(task) = &guest.task {
                // Relaxed: one thread.
                assert_eq!(task.0.load(Ordering::Relaxed), told, "{:?}", guest.stand);
            }
            if told {
                guest.task = None;
            }
        }
    }

    /// Everybody leaves and everything comes back.
    fn end(&mut self) {
        let op = Op {
            kind: 0,
            small: 0,
            power: 0,
        };
        while !self.line.is_empty() || !self.held.is_empty() {
            self.leave(op);
            self.release(op);
            self.hand_over();
            self.check();
        }
        let seen = self.real.snapshot();
        assert_eq!((seen.in_flight, seen.waiting), (0, 0));
    }
}

// === impl Guest ===

impl Guest {
    fn weight(&self) -> u32 {
        self.ask.weight()
    }
}

// === impl Stand ===

impl Stand {
    fn turn(self) -> Poll<Turn> {
        match self {
            Self::Waiting => Poll::Pending,
            Self::Granted { in_flight } => Poll::Ready(Turn::Granted { in_flight }),
            Self::Overweight { limit } => Poll::Ready(Turn::Overweight { limit }),
            Self::Closed => Poll::Ready(Turn::Closed),
        }
    }
}
