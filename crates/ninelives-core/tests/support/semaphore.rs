//! The semaphore with its line, and the same with a few counters and a list.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Wake, Waker};

use ninelives_core::semaphore::{Entry, Left, Place, Semaphore, Turn};

use super::tape::{Op, ops};

/// A task that remembers having been woken.
#[derive(Default)]
struct Task(AtomicBool);

/// Where somebody in the line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Waiting,
    Granted { in_flight: u32 },
    Closed,
}

struct Guest {
    place: Place,
    stand: Stand,
    /// Registered, and not told yet.
    task: Option<Arc<Task>>,
}

struct Pair {
    real: Semaphore,
    limit: u32,
    places: u32,
    held: u32,
    closed: bool,
    line: VecDeque<Guest>,
}

/// Runs the operations and checks the laws after each, and at the end that everything comes back.
pub fn run(bytes: &[u8]) {
    let mut ops = ops(bytes);
    let Some(first) = ops.next() else { return };
    let mut pair = Pair::new(1 + u32::from(first.small % 4), u32::from(first.power % 20));
    for op in ops {
        pair.apply(op);
        pair.check();
    }
    pair.end();
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
    fn new(limit: u32, places: u32) -> Self {
        let real = if places == 0 {
            Semaphore::new(limit)
        } else {
            Semaphore::with_line(limit, places)
        };
        Self {
            real: real.expect("in range"),
            limit,
            places,
            held: 0,
            closed: false,
            line: VecDeque::new(),
        }
    }

    fn in_flight(&self) -> u32 {
        let granted = |guest: &&Guest| matches!(guest.stand, Stand::Granted { .. });
        self.held + self.line.iter().filter(granted).count() as u32
    }

    fn waits(&self) -> bool {
        self.line.iter().any(|guest| guest.stand == Stand::Waiting)
    }

    fn apply(&mut self, op: Op) {
        match op.kind % 16 {
            0..=2 => {
                let entry = self.real.try_acquire();
                self.entered(entry, 0);
            }
            3..=5 => {
                let entry = self.real.enter();
                self.entered(entry, self.places);
            }
            6 => {
                let bound = u32::from(op.small % 24);
                let entry = self.real.enter_within(|| bound);
                self.entered(entry, self.places.min(bound));
            }
            7..=9 => self.release(),
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

    fn entered(&mut self, entry: Entry, places: u32) {
        let in_flight = self.in_flight();
        let expected = if self.closed {
            Entry::Closed
        } else if in_flight < self.limit && !self.waits() {
            self.held += 1;
            let in_flight = in_flight + 1;
            Entry::Acquired { in_flight }
        } else if (self.line.len() as u32) < places {
            let Entry::Waiting(place) = entry else {
                panic!("a place is free, and the answer is {entry:?}")
            };
            self.line.push_back(Guest {
                place,
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

    fn release(&mut self) {
        if self.held > 0 {
            self.real.release();
            self.held -= 1;
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
        self.real.take(guest.place);
        self.held += 1;
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
            Stand::Closed => Left::Closed,
        };
        assert_eq!(self.real.leave(guest.place), expected);
    }

    /// The rule: what is free goes to the first that wait; after a close nobody waits.
    fn hand_over(&mut self) {
        loop {
            let in_flight = self.in_flight() + 1;
            let (closed, fits) = (self.closed, in_flight <= self.limit);
            let mut waiting = self.line.iter_mut();
            let Some(first) = waiting.find(|guest| guest.stand == Stand::Waiting) else {
                return;
            };
            first.stand = match (closed, fits) {
                (true, _) => Stand::Closed,
                (false, true) => Stand::Granted { in_flight },
                (false, false) => return,
            };
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
        while !self.line.is_empty() || self.held > 0 {
            self.leave(op);
            self.release();
            self.hand_over();
            self.check();
        }
        let seen = self.real.snapshot();
        assert_eq!((seen.in_flight, seen.waiting), (0, 0));
    }
}

// === impl Stand ===

impl Stand {
    fn turn(self) -> Poll<Turn> {
        match self {
            Self::Waiting => Poll::Pending,
            Self::Granted { in_flight } => Poll::Ready(Turn::Granted { in_flight }),
            Self::Closed => Poll::Ready(Turn::Closed),
        }
    }
}
