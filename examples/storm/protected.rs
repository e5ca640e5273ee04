//! The side behind the policy: `timeout + breaker + bulkhead + retry + timeout | fallback` around the same HTTP client.
//!
//! From the outside in: no caller waits longer than the first timeout; the breaker stops asking an upstream that fails or
//! hangs; the bulkhead bounds what is out at a time; the retry tries a refused request once more; the second timeout makes
//! a hang a failure that the breaker sees. Whatever still fails, the fallback answers.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use ninelives::prelude::*;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use crate::breaker_watch::{BreakerState, Watcher};
use crate::caller::{Caller, Outcome};
use crate::http::{Http, HttpError, Reply, Request};

/// No caller waits longer.
const WHOLE: Duration = Duration::from_millis(600);
/// No attempt takes longer; the slowest good answer of the storm takes 400 ms.
const ATTEMPT: Duration = Duration::from_millis(450);
/// Requests in a row that open the circuit when they fail.
const FAILURES: usize = 5;
/// How long it stays open.
const OPEN: Duration = Duration::from_millis(500);
/// Probes, and successes, that close it.
const PROBES: usize = 3;
/// Attempts of a request that is refused.
const ATTEMPTS: usize = 2;
/// The wait before the second, spread by full jitter.
const BACKOFF: Duration = Duration::from_millis(20);
/// Events that are kept of each thread until they are heard.
const KEPT: usize = 4096;

type Answer = Pin<Box<dyn Future<Output = Result<Reply, ResilienceError<HttpError>>> + Send>>;

/// A client behind a policy.
pub struct Protected {
    // The type of the whole stack has no short name.
    send: Box<dyn Fn(Request) -> Answer + Send + Sync>,
    breaker: CircuitBreakerLayer,
    bulkhead: BulkheadLayer,
    // Two, so that the bulkhead's many events do not overwrite the breaker's few.
    changes: StreamingSink,
    permits: StreamingSink,
    words: String,
}

// === impl Protected ===

impl Protected {
    /// Puts the policy around `http`. The bulkhead has room for the load of half a second: with answers that take 400 ms
    /// it is not yet full, with answers that never come it soon is.
    ///
    /// # Errors
    ///
    /// A setting outside its range.
    pub fn new(http: Http, rps: u32, seed: u64) -> Result<Self, ConfigError> {
        let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::new(FAILURES, OPEN, PROBES)?)?
            .named("storm");
        let bulkhead = BulkheadLayer::new((rps / 2).max(16) as usize)?.named("storm");
        let (changes, permits) = (StreamingSink::new(KEPT)?, StreamingSink::new(KEPT)?);
        let retry = RetryPolicy::builder()
            .max_attempts(ATTEMPTS)
            .backoff(Backoff::exponential(BACKOFF))
            .with_jitter(Jitter::full())
            .with_seed(seed)
            // A refusal costs little and may be luck; a second hang would cost as much as the first.
            .should_retry_flat(|error: &ResilienceError<HttpError>| error.is_inner())
            .build()?
            .into_layer()
            .named("refused");
        let guarded = Policy(TimeoutLayer::new(WHOLE)?.named("whole"))
            + Policy(breaker.clone().with_sink(changes.clone()))
            + Policy(bulkhead.clone().with_sink(permits.clone()))
            + Policy(retry)
            + Policy(TimeoutLayer::new(ATTEMPT)?.named("attempt"));
        let policy = guarded | Policy::respond(|_: Request| Reply::Cache);

        let words = policy.explain();
        let service = policy.layer(http);
        let send = move |request| -> Answer { Box::pin(service.clone().oneshot(request)) };
        Ok(Self {
            send: Box::new(send),
            breaker,
            bulkhead,
            changes,
            permits,
            words,
        })
    }

    /// The policy as a tree.
    pub fn words(&self) -> String {
        self.words.clone()
    }

    /// The most calls that may be out at a time.
    pub fn bulkhead_limit(&self) -> usize {
        self.bulkhead.limit()
    }

    /// What the breaker is doing; changes nothing.
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state().into()
    }

    /// Bulkhead permits that are out; changes nothing.
    pub fn in_flight(&self) -> usize {
        self.bulkhead.in_flight()
    }

    /// Listens to breaker and bulkhead from now on; `start` is when the run began.
    pub fn watch(&self, start: Instant) -> Watcher {
        let changes = self.changes.subscribe_to(Watcher::CHANGES).merged();
        let permits = self.permits.subscribe_to(Watcher::PERMITS);
        Watcher::start(start, changes, permits)
    }
}

impl Caller for Protected {
    fn call(&self, index: u64) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let request = Request::new(index);
        let answer = (self.send)(request.clone());
        Box::pin(async move {
            match answer.await {
                Ok(Reply::Upstream(_)) => Outcome::Answered,
                // No attempt was made: the policy turned it away before it was sent.
                Ok(Reply::Cache) if request.attempts() == 0 => Outcome::FallbackAtOnce,
                Ok(Reply::Cache) => Outcome::FallbackAfterTry,
                Err(error) if error.is_rejection() => Outcome::Rejected,
                Err(error) if error.is_timeout() => Outcome::TimedOut,
                Err(_) => Outcome::Failed,
            }
        })
    }
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected")
            .field("breaker", &self.breaker)
            .field("bulkhead", &self.bulkhead)
            .finish_non_exhaustive()
    }
}
