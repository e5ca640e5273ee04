//! The book of one side: every request's outcome and latency, by the time it was due.
//!
//! Its size depends on the length of the run, not on the number of requests: a run has at most 480 buckets.

use std::sync::Mutex;
use std::time::Duration;

use crate::caller::Outcome;
use crate::histogram::Histogram;

/// How one request ended.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// When it was due, from the start of the run.
    pub due: Duration,
    /// From when it was due until its caller had something.
    pub latency: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// Counts by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally([u64; Outcome::ALL.len()]);

/// The requests that were due in one stretch of time.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    /// How they ended.
    pub tally: Tally,
    /// How long they took.
    pub latency: Histogram,
}

/// All requests of one side.
#[derive(Debug, Clone)]
pub struct Pages {
    width: Duration,
    buckets: Vec<Bucket>,
    all: Bucket,
}

/// The pages behind a lock, for many tasks to write in.
#[derive(Debug)]
pub struct Book(Mutex<Pages>);

// === impl Tally ===

impl Tally {
    /// Counts one.
    pub const fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    /// How many ended like this.
    pub const fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// How many ended at all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many were left with nothing.
    pub fn failures(&self) -> u64 {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.is_failure())
            .map(|outcome| self.of(outcome))
            .sum()
    }

    /// How many the fallback answered.
    pub const fn fallbacks(&self) -> u64 {
        self.of(Outcome::FallbackAfterTry) + self.of(Outcome::FallbackAtOnce)
    }

    /// How many the policy turned away before they were sent.
    pub const fn turned_away(&self) -> u64 {
        self.of(Outcome::FallbackAtOnce) + self.of(Outcome::Rejected)
    }

    /// What was added since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        Self(std::array::from_fn(|n| self.0[n] - earlier.0[n]))
    }
}

// === impl Pages ===

impl Pages {
    const NARROWEST: Duration = Duration::from_millis(250);
    const MOST: u32 = 480;

    fn new(length: Duration) -> Self {
        let mut width = Self::NARROWEST;
        while width * Self::MOST < length {
            width += Self::NARROWEST;
        }
        Self {
            width,
            buckets: Vec::new(),
            all: Bucket::default(),
        }
    }

    /// The stretch of time of one bucket.
    pub const fn width(&self) -> Duration {
        self.width
    }

    /// The buckets from the start on; those at the end in which nothing was due are not there.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The whole run as one bucket.
    pub const fn all(&self) -> &Bucket {
        &self.all
    }

    /// How long after `up_again` the upstream's answers reached nearly everyone again: the start of the first
    /// stretch of at least a second in which 95 % of the requests, bucket by bucket, were answered by the upstream.
    pub fn recovered_after(&self, up_again: Duration) -> Option<Duration> {
        let run = Duration::from_secs(1)
            .as_nanos()
            .div_ceil(self.width.as_nanos())
            .max(1) as usize;
        let first = up_again.as_nanos().div_ceil(self.width.as_nanos()) as usize;
        let later = self.buckets.get(first..)?;
        let at = later
            .windows(run)
            .position(|window| window.iter().all(|bucket| is_well(&bucket.tally)))?;
        let from = self.width * u32::try_from(first + at).unwrap_or(u32::MAX);
        Some(from.saturating_sub(up_again))
    }

    fn write(&mut self, record: Record) {
        let at = (record.due.as_nanos() / self.width.as_nanos()) as usize;
        if at >= self.buckets.len() {
            self.buckets.resize_with(at + 1, Bucket::default);
        }
        for bucket in [&mut self.buckets[at], &mut self.all] {
            bucket.tally.add(record.outcome);
            bucket.latency.record(record.latency);
        }
    }
}

fn is_well(tally: &Tally) -> bool {
    tally.total() > 0 && tally.of(Outcome::Answered) * 100 >= tally.total() * 95
}

// === impl Book ===

impl Book {
    /// An empty book for a run of this length.
    pub fn new(length: Duration) -> Self {
        Self(Mutex::new(Pages::new(length)))
    }

    /// Writes one request down.
    pub fn write(&self, record: Record) {
        self.with(|pages| pages.write(record));
    }

    /// The counts so far.
    pub fn tally(&self) -> Tally {
        self.with(|pages| pages.all.tally)
    }

    /// A copy of everything so far.
    pub fn read(&self) -> Pages {
        self.with(|pages| pages.clone())
    }

    fn with<T>(&self, body: impl FnOnce(&mut Pages) -> T) -> T {
        // A writer that panicked leaves counts that the conservation checks catch.
        body(
            &mut self
                .0
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn record(millis: u64, outcome: Outcome) -> Record {
        Record {
            due: Duration::from_millis(millis),
            latency: Duration::from_millis(5),
            outcome,
        }
    }

    #[test]
    fn outcomes_are_in_the_order_of_their_columns() {
        for (column, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, column);
        }
    }

    #[test]
    fn a_request_counts_in_the_bucket_it_was_due_in_and_in_the_whole() {
        let book = Book::new(Duration::from_secs(20));
        book.write(record(249, Outcome::Answered));
        book.write(record(250, Outcome::Hung));
        let pages = book.read();
        assert_eq!(pages.buckets()[0].tally.of(Outcome::Answered), 1);
        assert_eq!(pages.buckets()[1].tally.of(Outcome::Hung), 1);
        assert_eq!(
            (pages.all().tally.total(), pages.all().tally.failures()),
            (2, 1)
        );
    }

    #[test]
    fn long_runs_get_wider_buckets_rather_than_more() {
        assert_eq!(
            Pages::new(Duration::from_secs(120)).width(),
            Duration::from_millis(250)
        );
        let hour = Duration::from_secs(3600);
        assert_eq!(Pages::new(hour).width(), Duration::from_millis(7500));
    }

    #[test]
    fn recovery_needs_a_whole_second_of_answers_from_the_upstream() {
        let book = Book::new(Duration::from_secs(20));
        let write =
            |from: u64, to: u64, outcome| (from..to).for_each(|ms| book.write(record(ms, outcome)));
        write(0, 1000, Outcome::Failed);
        write(1000, 1500, Outcome::Answered);
        write(1500, 2000, Outcome::FallbackAtOnce);
        write(2000, 2750, Outcome::Answered);
        assert_eq!(book.read().recovered_after(Duration::from_secs(1)), None);
        (2750..3000).for_each(|ms| book.write(record(ms, Outcome::Answered)));
        assert_eq!(
            book.read().recovered_after(Duration::from_secs(1)),
            Some(Duration::from_secs(1))
        );
    }
}
