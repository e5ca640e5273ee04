//! The breaker: the shared cell, the same steps over a plain variable, and laws that know neither.

use core::cell::Cell;
use core::time::Duration;

use ninelives_core::breaker::{
    Admission, Breaker, Limits, Outcome, Ramp, Report, State, Ticket, Transition, Word, step,
};
use ninelives_core::rng::SharedRng;
use ninelives_core::time::{Clock, Tick};

use super::tape::{Op, ops};

const SECOND: u64 = 1_000_000_000;

/// Where clocks start: at the origin, and shortly before each field of the word wraps.
const STARTS: [u64; 6] = [
    0,
    (1 << 43) * 20_000 - 3 * SECOND,
    (1 << 25) * 10_000_000 - 3 * SECOND,
    (1 << 32) * SECOND - 3 * SECOND,
    (1 << 16) * SECOND / 4 - 3 * SECOND,
    7 * SECOND,
];

/// A clock that counts how often it was read.
struct Watch {
    now: Cell<u64>,
    reads: Cell<u32>,
}

/// The same right to call, as the cell and as the steps gave it.
struct Pass {
    of_cell: Ticket,
    of_step: Ticket,
    /// The epoch of a probe; none for a call of a closed or forced breaker.
    probe_of: Option<u64>,
}

struct Pair {
    cell: Breaker,
    word: Word,
    limits: Limits,
    watch: Watch,
    passes: Vec<Pass>,
    /// What chance says: each operation begins a generator here.
    seed: u64,
    /// The latest time and the longest open time so far: after both, an open breaker tries again.
    latest: u64,
    longest: u64,
}

/// Runs the operations and checks the laws after each, and at the end that nobody is locked out for good.
pub fn run(bytes: &[u8]) {
    let mut ops = ops(bytes);
    let Some(first) = ops.next() else { return };
    let start = STARTS[usize::from(first.kind) % STARTS.len()];
    let mut pair = Pair::new(limits(first), start);
    for op in ops {
        pair.apply(op);
        pair.check();
    }
    pair.end();
}

fn limits(op: Op) -> Limits {
    let open_for = if op.power == 255 {
        Duration::MAX
    } else {
        Duration::from_millis(1 + u64::from(op.power) * 40)
    };
    let limits = Limits::new(
        1 + u32::from(op.small % 4),
        open_for,
        1 + u32::from(op.small / 64),
    );
    let limits = limits.map(|limits| match op.small {
        255 => limits.without_threshold(),
        _ => limits,
    });
    let lease =
        Duration::from_millis(1 + u64::from(op.small) * 8).min(open_for.saturating_mul(4096));
    limits
        .and_then(|limits| limits.with_lease(lease))
        .map(|limits| recovering(limits, op))
        .expect("in range")
}

/// How it recovers, by bits that the rest leaves alone.
fn recovering(limits: Limits, op: Op) -> Limits {
    let odd = u32::from(op.kind / 16);
    let limits = limits
        .with_needed(limits.probes() - odd % limits.probes())
        .and_then(|limits| limits.with_jitter(f64::from(odd % 3) / 2.0))
        .expect("in range");
    let longest = limits.open_for().saturating_mul(1 + odd);
    let limits = limits.with_growth(2.0, longest).unwrap_or(limits);
    let limits = limits.with_metrics_only(op.small % 16 == 15);
    match odd {
        0..8 => limits,
        _ => limits.with_ramp(
            Ramp::new()
                .with_minimum(odd - 7)
                .and_then(|ramp| ramp.with_failure_ratio(f64::from(odd) / 16.0))
                .expect("in range"),
        ),
    }
}

// === impl Watch ===

impl Clock for Watch {
    fn now(&self) -> Tick {
        self.reads.set(self.reads.get() + 1);
        Tick::from_nanos(self.now.get())
    }
}

// === impl Pair ===

impl Pair {
    fn new(limits: Limits, start: u64) -> Self {
        let mut pair = Self {
            cell: Breaker::new(),
            word: Word::CLOSED,
            limits,
            watch: Watch {
                now: Cell::new(start),
                reads: Cell::new(0),
            },
            passes: Vec::new(),
            seed: 0,
            latest: start,
            longest: 0,
        };
        pair.limit(limits);
        pair
    }

    fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        if limits.open_for() != Duration::MAX {
            self.longest = self.longest.max(2 * limits.longest().as_nanos() as u64);
        }
    }

    fn now(&self) -> Tick {
        Tick::from_nanos(self.watch.now.get())
    }

    fn apply(&mut self, op: Op) {
        self.watch.reads.set(0);
        self.seed = self.seed.wrapping_add(u64::from(op.power)).wrapping_mul(31);
        match op.kind % 16 {
            0..=4 => self.admit(),
            5 | 6 => self.report(op, Outcome::Success),
            7 | 8 => self.report(op, Outcome::Failure),
            9 if op.power < 64 => self.report(op, Outcome::Breach),
            9 => self.report(op, Outcome::Ignored),
            10 => self.abandon(op),
            11 | 12 => self.set_clock(self.watch.now.get() + op.scaled(36) * 1_000),
            13 => {
                let back = op.scaled(30) * 1_000;
                self.set_clock(self.watch.now.get().saturating_sub(back));
            }
            14 => self.command(op),
            _ => self.limit(limits(op)),
        }
        assert!(
            self.watch.reads.get() <= 1,
            "an operation reads the clock once"
        );
    }

    fn set_clock(&mut self, nanos: u64) {
        self.watch.now.set(nanos);
        self.latest = self.latest.max(nanos);
    }

    fn admit(&mut self) {
        let before = self.word;
        let would = self.cell.would_admit(&self.limits, &self.watch).is_ok();
        assert_eq!(self.cell.word(), before, "looking changes nothing");
        self.watch.reads.set(0);
        let random = self.chance();
        let of_cell = self.cell.admit(&self.limits, &self.watch);
        let (word, of_step) = step::admit(before, &self.limits, self.now(), random);
        self.word = word;
        assert_eq!(format!("{of_cell:?}"), format!("{of_step:?}"));
        match (of_cell, of_step) {
            (Admission::Admitted(of_cell), Admission::Admitted(of_step)) => {
                assert!(would);
                assert_eq!(
                    word, before,
                    "a call of a breaker that is well writes nothing"
                );
                let unwell = matches!(
                    before.state(),
                    State::Open | State::HalfOpen | State::Ramping
                );
                assert_eq!(self.watch.reads.get() > 0, unwell, "and reads no clock");
                assert!(!unwell || self.limits.is_metrics_only());
                self.passes.push(Pass {
                    of_cell,
                    of_step,
                    probe_of: None,
                });
            }
            (
                Admission::Probe {
                    ticket: of_cell, ..
                },
                Admission::Probe {
                    ticket: of_step, ..
                },
            ) => {
                assert!(would);
                let probe_of = (word.state() == State::HalfOpen).then(|| word.epoch());
                self.passes.push(Pass {
                    of_cell,
                    of_step,
                    probe_of,
                });
            }
            _ => {
                let by_chance = before.state() == State::Ramping;
                assert_eq!(would, by_chance, "only chance refuses what may pass");
                assert_eq!(word, before, "a refusal writes nothing");
            }
        }
    }

    /// The number that the cell draws next, if it draws.
    fn chance(&self) -> u64 {
        self.cell.reseed(self.seed);
        SharedRng::from_seed(self.seed).next()
    }

    fn report(&mut self, op: Op, outcome: Outcome) {
        let Some(pass) = self.take(op) else { return };
        let before = self.word;
        let random = self.chance();
        let limits = &self.limits;
        let of_cell = self.cell.report(pass.of_cell, outcome, limits, &self.watch);
        let now = self.now();
        let (word, of_step) =
            step::report(before, &self.limits, now, random, &pass.of_step, outcome);
        self.word = word;
        if self.limits.is_metrics_only() {
            assert_eq!(of_cell.transition, None, "what only counts decides nothing");
        }
        self.settled(before, of_cell, of_step);
    }

    fn abandon(&mut self, op: Op) {
        let Some(pass) = self.take(op) else { return };
        let before = self.word;
        let of_cell = self.cell.abandon(pass.of_cell);
        let (word, of_step) = step::abandon(before, &pass.of_step);
        self.word = word;
        self.settled(before, of_cell, of_step);
        assert_eq!(of_cell.transition, None, "no outcome, no change");
    }

    fn take(&mut self, op: Op) -> Option<Pass> {
        let count = self.passes.len();
        (count > 0).then(|| self.passes.swap_remove(usize::from(op.small) % count))
    }

    fn settled(&self, before: Word, of_cell: Report, of_step: Report) {
        assert_eq!(of_cell, of_step);
        let told = of_cell.transition;
        let happened = change(before, self.word);
        assert_eq!(told, happened, "a change of state is told, once");
        if !matches!(
            before.state(),
            State::Closed | State::HalfOpen | State::Ramping
        ) {
            assert_eq!(self.word, before, "no outcome undoes {before:?}");
        }
    }

    fn command(&mut self, op: Op) {
        let before = self.word;
        let now = self.now();
        if op.power % 4 == 3 {
            return self.trip_under(op);
        }
        let (told, (word, expected)) = match op.small % 5 {
            0 => (
                self.cell.trip(&self.limits, &self.watch),
                step::trip(before, &self.limits, now, 0),
            ),
            1 => (self.cell.reset(&self.watch), step::reset(before, now)),
            2 => (self.cell.force_open(), step::force_open(before)),
            3 => (self.cell.force_closed(), step::force_closed(before)),
            _ => (self.cell.disable(), step::disable(before)),
        };
        self.word = word;
        assert_eq!(told, expected);
        assert_eq!(told, change(before, word));
    }

    fn trip_under(&mut self, op: Op) {
        let count = self.passes.len();
        let Some(pass) = self.passes.get(usize::from(op.small) % count.max(1)) else {
            return;
        };
        let before = self.word;
        let random = self.chance();
        let told = self
            .cell
            .trip_under(&pass.of_cell, &self.limits, &self.watch);
        let now = self.now();
        let (word, expected) = step::trip_under(before, &self.limits, now, random, &pass.of_step);
        self.word = word;
        assert_eq!(told, expected);
        assert_eq!(told, change(before, word));
        let closed = before.state() == State::Closed
            && step::is_current(before, &pass.of_step)
            && !self.limits.is_metrics_only();
        assert_eq!(
            told.is_some(),
            closed,
            "it opens what gave the ticket, and nothing else"
        );
    }

    fn check(&self) {
        assert_eq!(self.cell.word(), self.word);
        let view = self.cell.view(&self.limits, &self.watch);
        assert_eq!(view, step::view(self.word, &self.limits, self.now()));
        let epoch = (view.state == State::HalfOpen).then(|| self.word.epoch());
        let out = self
            .passes
            .iter()
            .filter(|pass| pass.probe_of.is_some() && pass.probe_of == epoch);
        assert_eq!(
            view.probes_out as usize,
            out.count(),
            "each probe out is in somebody's hand"
        );
        let (won, lost) = (view.won, view.lost);
        assert!(view.probes_out + won + lost <= 63, "{view:?}");
        assert_eq!(view.stage > 0, view.state == State::Ramping);
    }

    /// Every ticket comes back and time passes: a call gets through unless a command is awaited.
    fn end(&mut self) {
        while !self.passes.is_empty() {
            self.abandon(Op {
                kind: 0,
                small: 0,
                power: 0,
            });
            self.check();
        }
        let view = self.cell.view(&self.limits, &self.watch);
        assert_eq!(view.probes_out, 0);
        if view.state == State::HalfOpen && !self.limits.is_metrics_only() {
            assert!(view.probe_due, "with nobody out the next call decides");
        }
        self.set_clock(self.latest + self.longest + SECOND);
        if self.cell.state() == State::Ramping {
            // A second without an admission is too long, at whatever point of its field the last one is.
            let floor = |pair: &Self| pair.cell.view(&pair.limits, &pair.watch);
            let first = floor(self);
            self.set_clock(self.latest + SECOND);
            let due = first.probe_due || floor(self).probe_due;
            assert!(due || self.limits.is_metrics_only(), "{:?}", self.word);
        }
        let admits = self.cell.would_admit(&self.limits, &self.watch).is_ok();
        let waits = match self.cell.state() {
            State::ForcedOpen => true,
            State::Latched => !self.limits.is_metrics_only(),
            _ => false,
        };
        assert_eq!(admits, !waits, "{:?}", self.word);
    }
}

fn change(before: Word, after: Word) -> Option<Transition> {
    let (from, to) = (before.state(), after.state());
    (from != to).then_some(Transition { from, to })
}
