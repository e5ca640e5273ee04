//! Calls from outside: each is made once and ends once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ninelives::ResilienceError;

use super::count::{Count, Level};
use super::order::{Fault, Reply};
use super::plant::Plant;
use crate::histogram::Histogram;

/// How calls ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum End {
    /// The backend answered.
    Answered,
    /// A fallback answered.
    Spared,
    /// The service's own error came through.
    Failed,
    /// Turned away: bulkhead, breaker, deadline.
    Rejected,
    /// Out of time.
    TimedOut,
    /// Every attempt, or every branch, failed.
    GaveUp,
    /// Dropped by the caller.
    Cancelled,
    /// A panic came through.
    Panicked,
}

/// The calls of one stack.
#[derive(Debug, Default)]
pub struct Calls {
    /// Calls that began.
    pub begun: Count,
    /// Those whose service was called: it was ready.
    pub called: Count,
    /// Those that are out.
    pub out: Level,
    ends: [Count; End::ALL.len()],
    whole: Arc<Whole>,
}

/// All calls of a run, and how long they took.
#[derive(Debug, Default)]
pub struct Whole {
    /// Calls that began.
    pub begun: Count,
    /// Those that are out.
    pub out: Level,
    ends: [Count; End::ALL.len()],
    // Since somebody looked, and in all.
    latency: Mutex<(Histogram, Histogram)>,
}

/// A call that is out: cancelled, unless it is said how it ended.
pub struct Call {
    calls: Arc<Calls>,
    due: Instant,
    end: Option<End>,
    plant: Option<(Plant, u64)>,
}

// === impl End ===

impl End {
    /// Every end.
    pub const ALL: [Self; 8] = [
        Self::Answered,
        Self::Spared,
        Self::Failed,
        Self::Rejected,
        Self::TimedOut,
        Self::GaveUp,
        Self::Cancelled,
        Self::Panicked,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Spared => "fallback",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::TimedOut => "timed out",
            Self::GaveUp => "gave up",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        }
    }

    /// The end that this is.
    pub fn of(answer: &Result<Reply, ResilienceError<Fault>>) -> Self {
        match answer {
            Ok(Reply::Backend) => Self::Answered,
            Ok(Reply::Spare) => Self::Spared,
            Err(error) if error.is_rejection() => Self::Rejected,
            Err(error) if error.is_timeout() => Self::TimedOut,
            Err(ResilienceError::Inner(_)) => Self::Failed,
            Err(_) => Self::GaveUp,
        }
    }
}

// === impl Calls ===

impl Calls {
    /// No call yet.
    pub fn new(whole: &Arc<Whole>) -> Arc<Self> {
        let whole = Arc::clone(whole);
        Arc::new(Self {
            whole,
            ..Self::default()
        })
    }

    /// Calls that ended in this way.
    pub fn of(&self, end: End) -> u64 {
        self.ends[end as usize].get()
    }

    /// Calls that ended.
    pub fn ended(&self) -> u64 {
        self.ends.iter().map(Count::get).sum()
    }
}

// === impl Whole ===

impl Whole {
    /// Calls that ended in this way.
    pub fn of(&self, end: End) -> u64 {
        self.ends[end as usize].get()
    }

    /// Calls that ended.
    pub fn ended(&self) -> u64 {
        self.ends.iter().map(Count::get).sum()
    }

    /// The latencies since the last time, from when each call was due.
    pub fn take_latency(&self) -> Histogram {
        std::mem::take(&mut self.kept().0)
    }

    /// All latencies.
    pub fn latency(&self) -> Histogram {
        self.kept().1.clone()
    }

    fn record(&self, latency: Duration) {
        let mut kept = self.kept();
        kept.0.record(latency);
        kept.1.record(latency);
    }

    fn kept(&self) -> MutexGuard<'_, (Histogram, Histogram)> {
        self.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Call ===

impl Call {
    /// A call begins that was due at that moment.
    pub fn begin(calls: &Arc<Calls>, due: Instant, plant: Option<(Plant, u64)>) -> Self {
        calls.begun.up();
        calls.out.enter(1);
        calls.whole.begun.up();
        calls.whole.out.enter(1);
        let calls = Arc::clone(calls);
        Self {
            calls,
            due,
            end: None,
            plant,
        }
    }

    /// The books.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// It ended in this way.
    pub fn end(mut self, end: End) {
        self.calls.whole.record(self.due.elapsed());
        self.end = Some(end);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let lost = matches!(self.plant, Some((plant, number)) if plant == Plant::Outcome && plant.strikes(number));
        if !lost {
            let end = self.end.unwrap_or(End::Cancelled) as usize;
            self.calls.ends[end].up();
            self.calls.whole.ends[end].up();
        }
        self.calls.out.leave(1);
        self.calls.whole.out.leave(1);
    }
}
