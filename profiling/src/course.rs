//! One run of a scenario: when it is over, and what came of it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tower::{Service, ServiceExt};

/// A run that is going on.
#[derive(Debug)]
pub struct Course {
    /// What all randomness of the run is a function of.
    pub seed: u64,
    /// Threads of the scenarios that have several.
    pub threads: usize,
    over: AtomicBool,
    answered: AtomicU64,
    failed: AtomicU64,
}

/// Calls of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls with an answer.
    pub answered: u64,
    /// Calls with an error, rejections among them: some scenarios are about them.
    pub failed: u64,
}

/// Calls that a caller makes between two looks at the course.
const BATCH: u64 = 64;

// === impl Course ===

impl Course {
    /// A run that begins.
    pub const fn new(seed: u64, threads: usize) -> Self {
        Self {
            seed,
            threads,
            over: AtomicBool::new(false),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Ends the run: its callers stop after the batch they are in.
    pub fn end(&self) {
        // Relaxed: a flag that is looked at again and again; guards no memory.
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether the run goes on.
    pub fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    /// Adds calls that were made.
    pub fn count(&self, calls: Tally) {
        // Relaxed: counts for humans; guard no memory.
        self.answered.fetch_add(calls.answered, Ordering::Relaxed);
        self.failed.fetch_add(calls.failed, Ordering::Relaxed);
    }

    /// The calls so far.
    pub fn tally(&self) -> Tally {
        Tally {
            answered: self.answered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }

    /// Calls the service from so many callers in turn, on a runtime of this thread, until the course is over. Each caller has a
    /// clone of its own.
    pub fn drive<S>(&self, service: &S, callers: u64)
    where
        S: Service<u64, Response = u64> + Clone,
    {
        let callers = (0..callers).map(|nth| self.caller(service.clone(), nth * BATCH));
        let mut callers: FuturesUnordered<_> = callers.map(apart).collect();
        alone(async { while callers.next().await.is_some() {} });
    }

    /// Calls the service again and again, with numbers from `first` on, until the course is over.
    pub async fn caller<S>(&self, mut service: S, first: u64)
    where
        S: Service<u64, Response = u64>,
    {
        while self.goes_on() {
            let mut tally = Tally::default();
            for request in first..first + BATCH {
                tally.add(call(&mut service, request).await);
            }
            self.count(tally);
            yield_now().await;
        }
    }
}

// === impl Tally ===

impl Tally {
    /// Counts one call.
    pub const fn add(&mut self, answered: bool) {
        if answered {
            self.answered += 1;
        } else {
            self.failed += 1;
        }
    }

    /// All calls.
    pub const fn calls(self) -> u64 {
        self.answered + self.failed
    }
}

// === running ===

/// One call: whether there was an answer.
pub async fn call<S>(service: &mut S, request: u64) -> bool
where
    S: Service<u64, Response = u64>,
{
    match service.ready().await {
        Ok(ready) => ready.call(request).await.is_ok(),
        Err(_) => false,
    }
}

/// Runs a future on a runtime of this thread.
///
/// # Panics
/// When the system has no room for a runtime.
pub fn alone<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("room for a runtime").block_on(future)
}

/// Gives each poll a stack of its own, where there is an instrument that needs it.
#[cfg(feature = "flamegraph")]
pub fn apart<F: Future>(future: F) -> impl Future<Output = F::Output> {
    ninelives::flamegraph::Apart::new(future)
}

/// Gives each poll a stack of its own, where there is an instrument that needs it: there is none.
#[cfg(not(feature = "flamegraph"))]
pub fn apart<F: Future>(future: F) -> impl Future<Output = F::Output> {
    future
}
