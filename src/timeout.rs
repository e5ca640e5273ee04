//! Ends calls that take too long.
//!
//! # Where it sits
//! Outermost, to bound the whole call with its retries; or inside a retry, to bound each attempt; or both.
//!
//! # Readiness
//! Passed through, and not bounded: by default only the call is timed. With [`TimeoutLayer::covering_readiness`] the limit also covers the
//! wait for readiness, from the first time that the inner service is not ready. At the limit `poll_ready` then returns ready, and the future of
//! `call` resolves to the timeout at once, without calling the inner service. `Clone` starts with a fresh limit.
//! Once the inner service is ready, the time stops until the call, which has the rest of the limit: a service that is kept
//! ready, or whose call stands in a line outside, loses nothing. After a limit that passed, a further `poll_ready` polls the inner service
//! again: if that is ready by then, the wait is forgotten; so it is if a service that was ready is no longer so. A wait for readiness that was
//! abandoned looks like one that goes on: it counts until the inner service is found ready, and the next call has what is left.
//!
//! # Deadline
//! [`TimeoutLayer::with_deadline`] makes a timeout that heeds the [deadline](crate::deadline) of the request. The call ends at the
//! earlier of the two, and passes that one inward, so time never grows from layer to layer. A request whose deadline has passed is refused
//! before the inner service is called. With readiness covered, `poll_ready` is ready even if the inner service is not: the call waits for
//! it, so the request's deadline bounds that wait too; layers outside then see no back pressure. The clock starts with the call.
//!
//! # The inner call
//! It ends with its response. With HTTP that is the head: the time to read the body afterwards is not bounded, unless a service below
//! reads it before it answers.
//!
//! At the limit its future is dropped, wherever it waits: what it held is released, what it had sent stays sent. Work that it handed to
//! another task goes on: spawn what must be finished, and give it the deadline.
//!
//! # Cancel safety
//! Dropping the future drops the inner future and cancels the timer.
//!
//! # Errors
//! [`Timeout`](crate::ResilienceError::Timeout): the limit passed first. The inner future was dropped before the error is visible.
//! A call that is ready in the very poll in which its limit passes is answered.
//! [`DeadlinePassed`](crate::ResilienceError::DeadlinePassed): the request came too late. It is a rejection: a breaker outside does not
//! count it, a retry outside does not repeat it.
//!
//! # Panics
//! A panic in the inner future passes through. A panic in its `Drop` at the limit passes through too, after the drop.
//!
//! # Cost
//! Ready at the first poll: no timer armed, no clock read. The time starts when the call first has to wait: one reading and one
//! timer. With a deadline the clock is read once when the call is made, and the timer is armed at the first wait too. The limit is stored in
//! the service by value: no shared state. With readiness covered, the first wait for readiness puts one boxed timer into the service, which
//! later waits reuse; it is armed while the wait lasts.
//!
//! # Live
//! [`TimeoutLayer::live`] makes a timeout whose settings may change while it is in use. A call keeps the limit that was in force
//! when it was made, or when the wait for its readiness began.
//! A shadow uses the same clock: a call that ends after having waited, answered or not, is judged in time or too late by the shadow's limit.
//! What would have come of a call under a longer limit than the one at which it was dropped, nobody knows.
//!
//! # Events
//! `TimeoutOccurred` at the limit, but not for a request that was refused; `ShadowEvent` where a shadow would have decided otherwise; one
//! outcome for each request.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! use tower::{Service, ServiceBuilder, ServiceExt};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut slow = ServiceBuilder::new()
//!     .layer(TimeoutLayer::new(Duration::from_millis(50))?)
//!     .service_fn(|()| std::future::pending::<Result<(), std::io::Error>>());
//! assert!(slow.ready().await?.call(()).await.unwrap_err().is_timeout());
//! # Ok(())
//! # }
//! ```

mod approach;
mod config;
mod future;
mod heeding;
mod layer;
mod service;

pub use approach::Approach;
pub use config::TimeoutConfig;
pub use future::TimeoutFuture;
pub use heeding::DeadlineService;
pub use layer::TimeoutLayer;
pub use service::TimeoutService;
