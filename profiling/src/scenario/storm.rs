//! The weather of the example `storm`, ten times as fast and without a network. The processor is idle most of the time.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninelives::prelude::*;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tower::Layer;

use crate::backend::Down;
use crate::course::{Course, Tally, apart, call};
use crate::rng::SplitMix64;
use crate::weather::{Fate, Forecast, fate};

/// Tasks that call.
const CALLERS: u64 = 256;
/// How long each of them rests after a call.
const REST: Duration = Duration::from_millis(1);
/// How long one storm takes; the next one begins at its end.
const LENGTH: Duration = Duration::from_secs(2);
/// How much shorter the answers' times are than those of the example.
const FASTER: u32 = 10;

/// A backend in the weather.
#[derive(Debug)]
struct Weather {
    forecast: Forecast,
    begun: Instant,
    seed: u64,
    attempts: AtomicU64,
}

pub(super) fn storm(course: &Arc<Course>) -> Result<(), ConfigError> {
    let weather = Arc::new(Weather {
        forecast: Forecast::over(LENGTH),
        begun: Instant::now(),
        seed: course.seed,
        attempts: AtomicU64::new(0),
    });
    let backend = tower::service_fn(move |request: u64| {
        let weather = Arc::clone(&weather);
        async move { weather.answer(request).await }
    });
    let attempts = RetryPolicy::builder()
        .max_attempts(2)
        .backoff(Backoff::constant(Duration::from_millis(2)))
        .with_jitter(Jitter::full())
        .with_seed(course.seed)
        .build()?;
    let config = CircuitBreakerConfig::new(5, Duration::from_millis(50), 3)?;
    let policy = Policy(TimeoutLayer::new(Duration::from_millis(60))?)
        + Policy(CircuitBreakerLayer::new(config)?)
        + Policy(BulkheadLayer::new(192)?)
        + Policy(attempts.into_layer())
        + Policy(TimeoutLayer::new(Duration::from_millis(45))?);
    let service = (policy | Policy::respond(|request: u64| request)).layer(backend);

    let runtime = Builder::new_multi_thread()
        .worker_threads(course.threads)
        .enable_time()
        .build();
    runtime.expect("room for a runtime").block_on(async {
        let mut callers = JoinSet::new();
        for nth in 0..CALLERS {
            let (course, mut service) = (Arc::clone(course), service.clone());
            callers.spawn(apart(async move {
                while course.goes_on() {
                    let mut tally = Tally::default();
                    tally.add(call(&mut service, nth).await);
                    course.count(tally);
                    sleep(REST).await;
                }
            }));
        }
        callers.join_all().await;
    });
    Ok(())
}

// === impl Weather ===

impl Weather {
    async fn answer(&self, request: u64) -> Result<u64, Down> {
        // Relaxed: a number of its own for each attempt; guards no memory.
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
        let nanos = self.begun.elapsed().as_nanos() % LENGTH.as_nanos();
        let now = Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
        let (phase, progress) = self.forecast.at(now);
        let draws = SplitMix64::of_attempt(self.seed, attempt, 1);
        match fate(draws, phase, progress) {
            Fate::Answer(after) => {
                sleep(after / FASTER).await;
                Ok(request)
            }
            Fate::Refuse(after) => {
                sleep(after / FASTER).await;
                Err(Down)
            }
            Fate::Hang => pending().await,
        }
    }
}
