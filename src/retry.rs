//! Repeats calls that failed and may succeed the next time.
//!
//! # Where it sits
//! Innermost of the four, so that a breaker outside counts a request once and a bulkhead outside holds one permit for all its
//! attempts. A timeout outside bounds the whole request; one inside bounds each attempt.
//!
//! # Readiness
//! Passed through for the first attempt, which goes to the service that was polled ready. Further attempts go to a clone of it, which is polled
//! for its readiness before each.
//!
//! # What is retried
//! By default the service's own errors and timeouts of an attempt. [`should_retry`](RetryPolicyBuilder::should_retry) chooses among
//! the service's errors, [`retry_if`](RetryPolicyBuilder::retry_if) among its responses too, such as a 503. Rejections by a breaker or
//! bulkhead, and errors on which another retry inside gave up, are not retried. A failed `|` or `&` inside is retried if one of its
//! branches would be.
//!
//! # Which requests
//! A retried request may be carried out twice: the service may have done the work before it failed, or before the attempt timed out. The
//! predicate sees responses and errors, not requests. Send what is not idempotent through a service without the retry; policies
//! share their state, so both have the same breaker and the same bulkhead:
//! ```
//! # use ninelives::prelude::*;
//! # let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::disabled())?;
//! # let retry = RetryPolicy::builder().build()?;
//! let once = Policy(breaker) + Policy(BulkheadLayer::new(64)?);
//! let repeatable = once.clone() + Policy(retry.into_layer());
//! # drop((once, repeatable));
//! # Ok::<(), ConfigError>(())
//! ```
//!
//! # Total time
//! [`max_duration`](RetryPolicyBuilder::max_duration) limits planning: a backoff that would end later than that is not begun. It ends
//! nothing: an attempt whose service becomes ready only later is still made.
//! [`with_total_timeout`](RetryPolicyBuilder::with_total_timeout) also ends what is running: attempts and waits together never take
//! longer. A wait that would reach the end is not begun. The result is that of the last attempt that had one, so the caller learns why
//! they failed; only if none had, it is a timeout. A timeout outside can do neither.
//! [`heeding_requests`](RetryPolicyBuilder::heeding_requests) does the same at the [deadline](crate::deadline) that a request carries, and
//! refuses a request whose deadline has passed. Each attempt carries the earlier of the two inward.
//!
//! # Layers of retries
//! Three services in a row with three attempts each turn one request into 27 when the last one is down. A retry that heeds requests marks
//! each attempt with its number. A retry inside that sees the mark of another makes one attempt and returns its error unchanged: the
//! outermost retry decides, and it alone pays into and takes from its budget.
//! [`even_if_nested`](RetryPolicyBuilder::even_if_nested) switches that off, as does the live setting `nested` of [`RetryConfig`]. A mark does
//! not leave the process by itself: write [`Carried::attempt`](crate::deadline::Carried::attempt) into a header.
//!
//! # Live
//! [`RetryLayer::live`] and [`RetryLayer::tuned_by`] make a retry whose attempts, waits and total time may change while it is in use. A
//! request keeps the settings that were in force when it came, so all its attempts and waits use one version; later
//! requests use the new ones. A budget has [live settings](crate::budget#live) of its own. The predicate does not change.
//!
//! # Shadow
//! A shadow of live settings is evaluated after each failed attempt that could be repeated: a `ShadowEvent` tells where it would have
//! tried again and the policy gave up, or the other way round. It makes no attempts of its own, so what would have come of an attempt that it
//! alone would have made, nobody knows. It takes no token, and its total time counts where the policy has one. Calls that succeed do not pay
//! for it.
//!
//! # What the service asks
//! [`with_delay_hint`](RetryPolicyBuilder::with_delay_hint) lets an error say how long to wait, as a `Retry-After` header does: the wait is
//! then no shorter than that, and no shorter than the backoff. A wait past the total time ends the request at once. [`retry_after`] reads
//! the header.
//!
//! # Cancel safety
//! Dropping the future drops the running attempt or wait, as the end of the total time does; no further attempt is made, and a budget's token
//! for an attempt that was not made yet is refunded.
//!
//! # Errors
//! [`RetryExhausted`](crate::ResilienceError::RetryExhausted) after the last allowed attempt, with the last error. When the predicate,
//! the budget or the total time stops it earlier, the last error itself. A response that was to be retried is returned unchanged in
//! either case. A readiness error ends the request at once, unchanged. [`Timeout`](crate::ResilienceError::Timeout) of the total time, and
//! [`DeadlinePassed`](crate::ResilienceError::DeadlinePassed), a rejection: see above.
//!
//! # Panics
//! None of its own. A panic in the predicate or in a clone of the request passes through; no token is lost.
//!
//! # Cost
//! First attempt succeeds: one clone of the request and one of the service, no clock, no allocation, one reference count.
//! A budget adds one load, and a swap while it is not full; a deadline or a total timeout one reading of the clock, and a
//! timer once an attempt has to wait.
//!
//! # Events
//! `RetryAttempt` before each wait, with the number of the attempt to come; `RetryExhausted` after the last one; `RetryBudgetExhausted` when
//! the budget has no token; `TimeoutOccurred` where the total time ended it; one outcome for each request. With a sink, the events of the
//! policies inside carry the number of the attempt that led to them, unless the inner service hands its work to another task.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! use tower::{Service, ServiceBuilder, ServiceExt};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sleeper = TrackingSleeper::new();
//! let retry = RetryPolicy::builder()
//!     .max_attempts(3)
//!     .backoff(Backoff::exponential(Duration::from_millis(100)))
//!     .with_sleeper(sleeper.clone())
//!     .build()?;
//! let mut service = ServiceBuilder::new()
//!     .layer(retry.into_layer())
//!     .service_fn(|()| async { Err::<(), _>(std::io::Error::other("down")) });
//! assert!(service.ready().await?.call(()).await.unwrap_err().is_retry_exhausted());
//! assert_eq!(sleeper.all_calls(), [Duration::from_millis(100), Duration::from_millis(200)]);
//! # Ok(())
//! # }
//! ```

mod bound;
mod builder;
mod classify;
mod config;
mod future;
mod hint;
mod layer;
mod parameters;
mod plan;
mod service;
mod shadow;

pub use crate::budget::RetryBudget;
pub use bound::{Bound, Clipped};
pub use builder::RetryPolicyBuilder;
pub use classify::{OnError, OnFlatError, OnResult, RetryIf, Transient};
pub use config::RetryConfig;
pub use future::RetryFuture;
pub use hint::{Hinted, HintedByResult, retry_after};
pub use layer::{RetryLayer, RetryPolicy};
pub use ninelives_core::backoff::Backoff;
pub use ninelives_core::jitter::Jitter;
pub use service::RetryService;
