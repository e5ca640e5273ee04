//! Two threads that do the same at the same time, against one of them alone, in turn.

use std::hint;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

/// Rounds in which the two threads ran at the same time: enough of them.
const ROUNDS: usize = 1000;
/// When there are not so many by then, fewer must do.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often a thread looks for the other one before it lets others run: longer than a round, or both would share a core.
const SPINS: u32 = 1 << 16;

/// When a thread began its part of a round, and when it was done.
type Part = (Instant, Instant);

/// How often a thread does it in a round: a tenth of a millisecond or less in all, so that few rounds are interrupted.
#[derive(Clone, Copy, Debug)]
pub struct Times(pub usize);

/// Where threads wait for each other without going to sleep: a wake-up takes longer than a round.
#[derive(Default)]
struct Line {
    arrived: AtomicUsize,
}

/// Prints the head of the table; `round` is what a thread does in a round.
pub fn head(round: &str) {
    println!(
        "rounds of {round}, alone and at once in turn; ns of each, as one thread sees it; only rounds"
    );
    println!("in which the two threads ran at the same time");
    println!(
        "{:38} {:>14} {:>14} {:>14} {:>6}",
        "", "alone med(min)", "at once", "ratio", "rounds"
    );
}

// === impl Times ===

impl Times {
    /// Prints the row of `first` alone, and of both at once; `drain` goes before each round.
    pub fn compare<F: FnMut() + Send>(self, row: &str, both: [F; 2], drain: impl FnMut()) {
        compare(self.0, row, both, drain);
    }
}

fn compare<F: FnMut() + Send>(times: usize, row: &str, both: [F; 2], mut drain: impl FnMut()) {
    // What one thread writes must not lie beside what the other one uses, or looks at while it waits.
    let [mut first, mut second] = both.map(CachePadded::new);
    let line = CachePadded::new(Line::default());
    let over = AtomicBool::new(false);
    let others = Mutex::new(part(times, &mut *second));
    let (mut alone, mut both) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                line.wait();
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let mine = part(times, &mut *second);
                *others.lock().expect("nobody panics") = mine;
                line.wait();
            }
        });
        let begun = Instant::now();
        while both.len() < 2 * ROUNDS && begun.elapsed() < PATIENCE {
            drain();
            let by_itself = part(times, &mut *first);
            drain();
            line.wait();
            let mine = part(times, &mut *first);
            line.wait();
            let others = *others.lock().expect("nobody panics");
            if at_once(&mine, &others) {
                alone.push(each(times, &by_itself));
                both.extend([&mine, &others].map(|part| each(times, part)));
            }
        }
        over.store(true, Ordering::Relaxed);
        line.wait();
    });
    print(row, alone, both);
}

fn print(row: &str, mut alone: Vec<f64>, mut both: Vec<f64>) {
    if both.is_empty() {
        return println!("{row:38} the two threads never ran at the same time");
    }
    alone.sort_by(f64::total_cmp);
    both.sort_by(f64::total_cmp);
    let median = |sorted: &[f64]| sorted[sorted.len() / 2];
    println!(
        "{row:38} {:7.2}({:5.2}) {:7.2}({:5.2}) {:7.2}({:5.2}) {:6}",
        median(&alone),
        alone[0],
        median(&both),
        both[0],
        median(&both) / median(&alone),
        both[0] / alone[0],
        both.len() / 2,
    );
}

fn part(times: usize, once: &mut impl FnMut()) -> Part {
    let begun = Instant::now();
    (0..times).for_each(|_| once());
    (begun, Instant::now())
}

/// Nanoseconds of each.
fn each(times: usize, (begun, done): &Part) -> f64 {
    done.duration_since(*begun).as_nanos() as f64 / times as f64
}

/// Whether the two ran together for most of the time that the longer one took.
fn at_once(one: &Part, other: &Part) -> bool {
    let together = one
        .1
        .min(other.1)
        .saturating_duration_since(one.0.max(other.0));
    let longer = (one.1 - one.0).max(other.1 - other.0);
    together * 5 >= longer * 4
}

// === impl Line ===

impl Line {
    /// Waits until the other thread is here too.
    fn wait(&self) {
        let round = self.arrived.fetch_add(1, Ordering::AcqRel) / 2;
        let mut spins = 0_u32;
        while self.arrived.load(Ordering::Acquire) / 2 == round {
            spins += 1;
            if spins.is_multiple_of(SPINS) {
                thread::yield_now();
            } else {
                hint::spin_loop();
            }
        }
    }
}
