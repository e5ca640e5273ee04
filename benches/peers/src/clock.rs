//! Time of a call: batches of calls, in rounds whose orders are balanced.

use std::time::{Duration, Instant};

use crate::paired::{Interval, Orders, median, of_median};
use crate::subject::{Case, Subject};

/// How long a batch lasts, roughly: long against the two readings of the clock, short against what disturbs the machine.
const BATCH: Duration = Duration::from_micros(100);

/// The time of one subject.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// Nanoseconds of a call, the median of the rounds.
    pub ns: f64,
    /// How many times as long as the first subject of the case it takes, round by round.
    pub ratio: Interval,
}

/// Times the subjects of a case, in so many rounds at least.
pub fn time(case: &mut Case, rounds: usize) -> Vec<Timed> {
    let batches: Vec<u32> = case.subjects.iter_mut().map(batch).collect();
    let orders = Orders::of(case.subjects.len());
    let rounds = rounds.next_multiple_of(orders.cycle());
    let mut ns = vec![Vec::with_capacity(rounds); case.subjects.len()];
    for round in 0..rounds {
        for &at in orders.round(round) {
            ns[at].push(per_call(&mut case.subjects[at], batches[at]));
        }
    }
    let of = |times: &Vec<f64>| Timed {
        ns: median(times),
        ratio: of_median(
            &times
                .iter()
                .zip(&ns[0])
                .map(|(its, first)| its / first)
                .collect::<Vec<_>>(),
        ),
    };
    ns.iter().map(of).collect()
}

/// Calls that take about [`BATCH`].
fn batch(subject: &mut Subject) -> u32 {
    let mut calls = 16;
    loop {
        let fastest = (0..5)
            .map(|_| per_call(subject, calls))
            .fold(f64::MAX, f64::min);
        let wanted = BATCH.as_nanos() as f64 / fastest;
        if wanted < f64::from(4 * calls) {
            return wanted as u32 + 1;
        }
        calls *= 4;
    }
}

fn per_call(subject: &mut Subject, calls: u32) -> f64 {
    let start = Instant::now();
    subject.call(calls);
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}
