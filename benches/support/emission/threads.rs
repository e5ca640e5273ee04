//! Two threads that tell events at the same time, against one of them alone, in turn.

use std::hint;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ninelives::emit::Sink;
use ninelives::{MonotonicClock, StreamingSink};
use tokio::sync::broadcast;

use super::subjects::{self, CAPACITY, STILL, emitting, name};

/// Rounds in which the two threads ran at the same time: enough of them.
const ROUNDS: usize = 1000;
/// When there are not so many by then, fewer must do.
const PATIENCE: Duration = Duration::from_secs(4);
/// Events that a thread tells in a round: a tenth of a millisecond or less for most, so that few rounds are interrupted.
const EVENTS: usize = 8000;
/// Room for what two threads tell in a round.
const ROOM: usize = 2 * EVENTS;
/// How often a thread looks for the other one before it lets others run: longer than a round, or both would share a core.
const SPINS: u32 = 1 << 16;

/// When a thread began its part of a round, and when it was done.
type Part = (Instant, Instant);

/// Where threads wait for each other without going to sleep: a wake-up takes longer than a round.
#[derive(Default)]
struct Line {
    arrived: AtomicUsize,
}

/// Prints the time of one event, as the thread that tells it sees it.
pub fn run() {
    println!(
        "rounds of {EVENTS} events, alone and at once in turn; ns per event, as one thread sees it; only rounds"
    );
    println!("in which the two threads ran at the same time");
    println!(
        "{:38} {:>14} {:>14} {:>14} {:>6}",
        "", "alone med(min)", "at once", "ratio", "rounds"
    );
    let sink = StreamingSink::new(CAPACITY).expect("in range");
    let _reader = sink.subscribe();
    let still = sink.clone().with_clock(STILL).attach(&name());
    let both = [emitting(still.clone()), emitting(still)];
    compare("ring, constant clock", both, || {});
    let timed = sink.with_clock(MonotonicClock::new()).attach(&name());
    let both = [emitting(timed.clone()), emitting(timed)];
    compare("ring, MonotonicClock", both, || {});

    let (sender, _reader) = broadcast::channel(CAPACITY);
    let both = [sender.clone(), sender].map(subjects::broadcasting);
    compare("tokio broadcast, full", both, || {});
    let (sender, reader) = mpsc::sync_channel(ROOM);
    let both = [sender.clone(), sender].map(subjects::trying);
    compare("std mpsc, bounded, room", both, || {
        while reader.try_recv().is_ok() {}
    });
    let (sender, reader) = mpsc::channel();
    let both = [sender.clone(), sender].map(subjects::sending);
    compare("std mpsc, unbounded", both, || {
        while reader.try_recv().is_ok() {}
    });
}

fn compare<F: FnMut() + Send>(row: &str, [mut first, mut second]: [F; 2], mut drain: impl FnMut()) {
    let line = Line::default();
    let over = AtomicBool::new(false);
    let others = Mutex::new(part(&mut second));
    let (mut alone, mut both) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                line.wait();
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let mine = part(&mut second);
                *others.lock().expect("nobody panics") = mine;
                line.wait();
            }
        });
        let begun = Instant::now();
        while both.len() < 2 * ROUNDS && begun.elapsed() < PATIENCE {
            drain();
            let by_itself = part(&mut first);
            drain();
            line.wait();
            let mine = part(&mut first);
            line.wait();
            let others = *others.lock().expect("nobody panics");
            if at_once(&mine, &others) {
                alone.push(each(&by_itself));
                both.extend([each(&mine), each(&others)]);
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

fn part(tell: &mut impl FnMut()) -> Part {
    let begun = Instant::now();
    (0..EVENTS).for_each(|_| tell());
    (begun, Instant::now())
}

/// Nanoseconds of each event.
fn each((begun, done): &Part) -> f64 {
    done.duration_since(*begun).as_nanos() as f64 / EVENTS as f64
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
