//! The retry budget: the shared cell, the same steps over a plain variable, and a ledger that knows neither.

use core::time::Duration;

use ninelives_core::budget::{Budget, Limits, Withdrawal, Word};
use ninelives_core::time::Tick;

use super::tape::{Op, ops};

/// Where clocks start: at the origin, and shortly before the stamp of the word wraps.
const STARTS: [u64; 4] = [0, 1_500, (1 << 32) - 1_500, (1 << 33) - 90_000_000];

/// What came in and went out since the limits were set.
struct Ledger {
    deposits: u64,
    granted: u64,
    refunded: u64,
    /// Time that refills: what passed between withdrawals, beyond the latest one. Before the first one the budget is full.
    time: Duration,
    latest: Option<Tick>,
    steps_back: u32,
}

struct Pair {
    cell: Budget,
    word: Word,
    limits: Limits,
    now: Tick,
    /// None once the limits changed: the law is of one set of limits.
    ledger: Option<Ledger>,
    /// Tokens that may be refunded.
    held: u64,
}

/// Runs the operations and checks the laws after each.
pub fn run(bytes: &[u8]) {
    let mut ops = ops(bytes);
    let Some(first) = ops.next() else { return };
    let mut pair = Pair::new(
        limits(first),
        STARTS[usize::from(first.kind) % STARTS.len()],
    );
    for op in ops {
        pair.apply(op);
        pair.check();
    }
}

fn limits(op: Op) -> Limits {
    let ratio = f64::from(op.small % 16) / 8.0;
    let min_per_second = f64::from(op.power % 8) * f64::from(op.power);
    let large = u32::from(op.power).saturating_sub(127).max(1);
    let cap = 1 + u32::from(op.small / 16) * large;
    Limits::new(ratio, min_per_second, cap).expect("in range")
}

// === impl Pair ===

impl Pair {
    fn new(limits: Limits, millis: u64) -> Self {
        Self {
            cell: Budget::new(&limits),
            word: Word::full(&limits),
            limits,
            now: Tick::from_nanos(millis * 1_000_000),
            ledger: Some(Ledger::new()),
            held: 0,
        }
    }

    fn apply(&mut self, op: Op) {
        match op.kind % 8 {
            0 | 1 => self.deposit(),
            2..=4 => self.withdraw(),
            5 if self.held > 0 => self.refund(),
            5 => {}
            6 => self.pass(op),
            _ if op.kind < 128 => self.step_back(op),
            _ => {
                self.limits = limits(op);
                self.ledger = None;
            }
        }
    }

    fn deposit(&mut self) {
        self.cell.deposit(&self.limits);
        self.word = self.word.deposit(&self.limits);
        if let Some(ledger) = &mut self.ledger {
            ledger.deposits += 1;
        }
    }

    fn withdraw(&mut self) {
        let balance = self.cell.balance(&self.limits, self.now);
        let before = self.cell.word();
        let (word, expected) = self.word.withdraw(&self.limits, self.now);
        let verdict = self.cell.withdraw(&self.limits, self.now);
        self.word = word;
        assert_eq!(verdict, expected);
        assert_eq!(verdict == Withdrawal::Granted, balance >= 1.0, "{balance}");
        if let Some(ledger) = &mut self.ledger
            && !ledger.withdrawn(verdict, self.now)
        {
            self.ledger = None;
        }
        match verdict {
            Withdrawal::Granted => self.held += 1,
            Withdrawal::Empty => assert_eq!(
                self.cell.word().tokens(),
                before.tokens(),
                "an empty budget keeps what it has"
            ),
        }
    }

    fn refund(&mut self) {
        self.cell.refund(&self.limits);
        self.word = self.word.refund(&self.limits);
        self.held -= 1;
        if let Some(ledger) = &mut self.ledger {
            ledger.refunded += 1;
        }
    }

    /// Up to two months.
    fn pass(&mut self, op: Op) {
        let time = Duration::from_micros(op.scaled(43));
        self.now = self.now.after(time);
    }

    /// Up to 12 hours, and not before the origin.
    fn step_back(&mut self, op: Op) {
        let nanos = Duration::from_micros(op.scaled(35)).as_nanos() as u64;
        self.now = Tick::from_nanos(self.now.as_nanos().saturating_sub(nanos));
    }

    fn check(&self) {
        assert_eq!(self.cell.word(), self.word);
        let balance = self.cell.balance(&self.limits, self.now);
        let cap = f64::from(self.limits.cap());
        assert!((0.0..=cap).contains(&balance), "{balance} of {cap}");
        if let Some(ledger) = &self.ledger {
            ledger.check(&self.limits);
        }
    }
}

// === impl Ledger ===

impl Ledger {
    fn new() -> Self {
        Self {
            deposits: 0,
            granted: 0,
            refunded: 0,
            time: Duration::ZERO,
            latest: None,
            steps_back: 0,
        }
    }

    /// A clock that is up to a second behind is stale, one further behind is followed; past a day nothing is promised: false.
    fn withdrawn(&mut self, verdict: Withdrawal, now: Tick) -> bool {
        let behind = self
            .latest
            .map_or(Duration::ZERO, |latest| latest.since(now));
        // A wait that ends up to a second before the stamp wraps, 49.7 days, reads as a stale clock: the word may count that second
        // again when the clock then steps back.
        let wait = now.since(self.latest.unwrap_or(Tick::ZERO)).as_millis();
        if (1..=1_000).contains(&(wait as u32).wrapping_neg()) {
            self.time += Duration::from_secs(1);
        }
        if behind > Duration::from_secs(1) {
            self.latest = Some(now);
            self.steps_back += 1;
        }
        if verdict == Withdrawal::Granted {
            let latest = self.latest.unwrap_or(now).max(now);
            self.time += latest.since(self.latest.unwrap_or(now));
            self.latest = Some(latest);
            self.granted += 1;
        }
        behind <= Duration::from_secs(86_000)
    }

    /// Nobody took out what did not come in. Each step back may count a begun millisecond twice.
    fn check(&self, limits: &Limits) {
        let seconds = self.time.as_secs_f64() + 0.001 * f64::from(1 + self.steps_back);
        let income = f64::from(limits.cap())
            + limits.ratio() * self.deposits as f64
            + limits.min_per_second() * seconds;
        let spent = (self.granted - self.refunded) as f64;
        assert!(spent <= income + 1e-6, "{spent} spent of {income}");
    }
}
