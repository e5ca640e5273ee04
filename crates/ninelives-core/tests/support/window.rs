//! The windows, and the same with lists of everything that came.

use core::time::Duration;

use ninelives_core::time::Tick;
use ninelives_core::window::{CountWindow, Entry, Mark, Rates, Shape, Term, TimeWindow};

use super::tape::{Op, ops};

const SLOTS: [u32; 12] = [1, 2, 3, 4, 5, 7, 8, 10, 13, 16, 29, 31];
const SIZES: [u32; 12] = [1, 2, 3, 5, 8, 23, 24, 25, 31, 32, 64, 97];
const LENGTHS: [Duration; 5] = [
    Duration::from_millis(1),
    Duration::from_millis(7),
    Duration::from_secs(1),
    Duration::from_secs(10),
    Duration::from_secs(3_600),
];
/// A thread that is this far behind, or a lap, is taken for late; a clock that is further, for one that went back.
const SECOND: u64 = 1_000_000_000;
/// Laps until a stamp is the same again.
const WRAP: u64 = 1 << 28;

struct Call {
    at: u64,
    stripe: u32,
    term: u64,
    mark: Mark,
}

/// A call that is out.
struct Out {
    entry: Entry,
    at: u64,
    term: u64,
}

struct Pair {
    time: TimeWindow,
    count: CountWindow,
    now: u64,
    /// No further than half a wrap from here: beyond it a stamp means something else.
    start: u64,
    /// The latest time, and the calls from this one on that came after the clock had gone back.
    latest: u64,
    since: usize,
    term: u64,
    calls: Vec<Call>,
    outs: Vec<Out>,
    marks: Vec<Mark>,
    /// Late ones have come to the ring: it keeps fewer than it has places.
    crowded: bool,
}

/// Runs the operations and checks the laws after each.
pub fn run(bytes: &[u8]) {
    let mut ops = ops(bytes);
    let Some(first) = ops.next() else { return };
    let mut pair = Pair::new(first);
    for op in ops {
        pair.apply(op);
        pair.check();
    }
}

fn shape(op: Op) -> Shape {
    let length = LENGTHS[usize::from(op.small) % LENGTHS.len()];
    let slots = SLOTS[usize::from(op.power) % SLOTS.len()];
    Shape::new(length, slots, 1 + u32::from(op.small / 64)).expect("in range")
}

fn size(op: Op) -> u32 {
    SIZES[usize::from(op.small) % SIZES.len()]
}

fn sum<'a>(marks: impl Iterator<Item = &'a Mark>) -> Rates {
    marks.fold(Rates::default(), |sum, mark| Rates {
        total: sum.total + 1,
        failed: sum.failed + u64::from(mark.failed),
        slow: sum.slow + u64::from(mark.slow),
    })
}

fn within(low: Rates, seen: Rates, high: Rates) -> bool {
    let fits = |low, seen, high| (low..=high).contains(&seen);
    fits(low.total, seen.total, high.total)
        && fits(low.failed, seen.failed, high.failed)
        && fits(low.slow, seen.slow, high.slow)
}

// === impl Pair ===

impl Pair {
    fn new(op: Op) -> Self {
        let shape = shape(op);
        let lap = lap(&shape);
        // At the origin, later, shortly before the stamps wrap, and as late as there is.
        let start = match op.kind % 4 {
            0 => 0,
            1 => lap * 1_000,
            2 => lap.saturating_mul(WRAP).saturating_sub(lap * 3),
            _ => u64::MAX - lap * 100,
        };
        Self {
            time: TimeWindow::new(shape),
            count: CountWindow::new(size(op)).expect("in range"),
            now: start,
            start,
            latest: start,
            since: 0,
            term: u64::from(op.kind / 4),
            calls: Vec::new(),
            outs: Vec::new(),
            marks: Vec::new(),
            crowded: false,
        }
    }

    fn apply(&mut self, op: Op) {
        let slot = slot(&self.time);
        match op.kind % 16 {
            0..=5 => self.record(op),
            // An eighth of a slot, up to some slots; and up to many laps.
            6 | 7 => self.pass(slot / 8 * u64::from(op.small % 32)),
            8 => self.pass(slot.saturating_mul(op.scaled(20))),
            9 => self.back(slot / 8 * u64::from(op.small % 64)),
            10 if op.small < 32 => self.back(slot.saturating_mul(op.scaled(20))),
            10 => self.late(op),
            11 if op.small < 64 => self.begin(),
            11 | 12 => self.enter(op),
            13 => self.leave(op),
            14 => self.resize(shape(op)),
            _ => {
                let term = Term::new(self.term);
                self.count = self.count.resized(size(op), term).expect("in range");
                let kept = self.count.size() as usize;
                self.marks.drain(..self.marks.len().saturating_sub(kept));
                // A ring that was crowded passed on what it had.
                self.crowded |= self.count.rates(term).total < self.marks.len() as u64;
            }
        }
    }

    fn tick(&self) -> Tick {
        Tick::from_nanos(self.now)
    }

    fn number(&self, at: u64) -> u64 {
        self.time.shape().number(Tick::from_nanos(at))
    }

    /// Whether a slot is looked at now.
    fn lives(&self, at: u64) -> bool {
        let slots = u64::from(self.time.shape().slots());
        let (number, newest) = (self.number(at), self.number(self.now));
        number <= newest && newest - number < slots
    }

    fn went_back(&self) -> bool {
        self.now < self.latest || self.since > 0
    }

    fn record(&mut self, op: Op) {
        let mark = Mark {
            failed: op.small & 1 != 0,
            slow: op.small & 2 != 0,
        };
        let (stripe, term) = (u32::from(op.power), Term::new(self.term));
        let counted = self.time.record(stripe, term, self.tick(), mark, || true);
        if counted {
            self.calls.push(Call {
                at: self.now,
                stripe,
                term: self.term,
                mark,
            });
        } else {
            assert!(self.is_outdated(stripe), "an outcome of now was dropped");
        }
        assert!(self.count.record(term, mark, || true));
        self.marks.push(mark);
    }

    /// A slot of the same place is ahead, by no more than a thread may be behind.
    fn is_outdated(&self, stripe: u32) -> bool {
        let shape = self.time.shape();
        let patience = lap(shape).max(SECOND) + lap(shape);
        self.calls.iter().any(|call| {
            let same = call.stripe % shape.stripes() == stripe % shape.stripes();
            same && call.at > self.now && call.at - self.now <= patience
        })
    }

    /// An outcome of the stretch before: it counts in no other.
    fn late(&mut self, op: Op) {
        let Some(before) = self.term.checked_sub(1) else {
            return;
        };
        let (stripe, term) = (u32::from(op.power), Term::new(before));
        let mark = Mark::SLOW_FAILURE;
        self.time.record(stripe, term, self.tick(), mark, || false);
        self.count.record(term, mark, || false);
        self.crowded |= self.count.size() > 24;
    }

    fn pass(&mut self, nanos: u64) {
        let end = self
            .start
            .saturating_add(lap(self.time.shape()).saturating_mul(WRAP / 2));
        self.now = self.now.saturating_add(nanos).min(end).max(self.now);
        self.latest = self.latest.max(self.now);
    }

    fn back(&mut self, nanos: u64) {
        let now = self.now.saturating_sub(nanos).max(self.start);
        if now < self.now {
            self.now = now;
            self.since = self.calls.len();
        }
    }

    fn begin(&mut self) {
        self.term += 1;
        self.marks.clear();
    }

    fn enter(&mut self, op: Op) {
        let term = Term::new(self.term);
        let entry = self
            .time
            .enter(u32::from(op.power), term, self.tick(), || true);
        self.outs.push(Out {
            entry,
            at: self.now,
            term: self.term,
        });
    }

    fn leave(&mut self, op: Op) {
        if !self.outs.is_empty() {
            let index = usize::from(op.small) % self.outs.len();
            self.time.leave(self.outs.swap_remove(index).entry);
        }
    }

    /// What still is looked at moves to where its slot ended.
    fn resize(&mut self, shape: Shape) {
        let before = *self.time.shape();
        let new = self.time.resized(shape, Term::new(self.term), self.tick());
        let (now, term) = (self.now, self.term);
        let kept: Vec<bool> = self
            .calls
            .iter()
            .map(|call| call.term == term && self.lives(call.at))
            .collect();
        let mut kept = kept.into_iter();
        self.calls.retain(|_| kept.next() == Some(true));
        for call in &mut self.calls {
            let last = next(&before, call.at).map_or(u64::MAX - 1, |next| next - 1);
            call.at = last.min(now);
        }
        self.since = if self.went_back() {
            self.calls.len()
        } else {
            0
        };
        self.outs
            .drain(..)
            .for_each(|out| self.time.leave(out.entry));
        self.time = new;
        // The new shape has a wrap of its own.
        self.start = now;
        self.latest = now;
    }

    fn check(&self) {
        let seen = self.time.rates(Term::new(self.term), self.tick());
        let of = |calls: &[Call]| {
            let live = calls
                .iter()
                .filter(|call| call.term == self.term && self.lives(call.at));
            sum(live.map(|call| &call.mark))
        };
        // What came before a step back may have lost its slot to what came after it.
        let (low, high) = (of(&self.calls[self.since..]), of(&self.calls));
        assert!(within(low, seen, high), "{low:?} {seen:?} {high:?}");
        assert!(seen.failed <= seen.total && seen.slow <= seen.total);
        self.check_open();
        let marks = &self.marks[self.marks.len().saturating_sub(self.count.size() as usize)..];
        let (seen, all) = (self.count.rates(Term::new(self.term)), sum(marks.iter()));
        if self.crowded {
            assert!(seen.total <= all.total, "{seen:?} {all:?}");
        } else {
            assert_eq!(seen, all);
        }
    }

    fn check_open(&self) {
        let slot = slot(&self.time);
        for slots in [0, 1, 3] {
            let age = Duration::from_nanos(slot * slots);
            let seen = self.time.open_for(Term::new(self.term), self.tick(), age);
            let old = self.now.saturating_sub(slot * slots);
            let is_open = |out: &&Out| {
                let end = next(self.time.shape(), out.at);
                out.term == self.term && self.lives(out.at) && end.is_some_and(|end| end <= old)
            };
            let open = self.outs.iter().filter(is_open).count() as u64;
            if self.went_back() {
                assert!(seen <= open, "{seen} of {open}");
            } else {
                assert_eq!(seen, open, "{slots}");
            }
        }
    }
}

fn slot(window: &TimeWindow) -> u64 {
    window.shape().slot().as_nanos() as u64
}

/// The first tick of the slot after that of a moment; none if there is none.
fn next(shape: &Shape, at: u64) -> Option<u64> {
    let number = shape.number(Tick::from_nanos(at));
    let first = shape.first(number + 1);
    (first != Tick::NEVER).then(|| first.as_nanos())
}

/// The ring has 32 places.
fn lap(shape: &Shape) -> u64 {
    shape.slot().as_nanos() as u64 * 32
}
