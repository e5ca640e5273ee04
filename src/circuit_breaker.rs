//! Rejects calls while a dependency is failing.
//!
//! Closed, it counts failures in a row; at the threshold it opens and rejects at once. When its time is over, the next calls are
//! probes: as many as allowed may be out together, that many successes close it, and one failure opens it again.
//!
//! # Where it sits
//! Outside a retry, so that one request counts once and a retry never hammers an open circuit. Put a timeout **inside** it: a call
//! that hangs is a failure only if something inside the breaker says so. A timeout outside drops the call, and a dropped call says
//! nothing about the dependency.
//!
//! # Readiness
//! Reserves nothing: a probe's slot is taken in `call`. While it rejects, `poll_ready` says ready without asking the inner service,
//! and never fails for being open. The call that follows is rejected even if the open time has ended meanwhile, with the `retry_after`
//! that readiness saw: the inner service was not asked for its readiness, and the clock is read once. `Clone` resets readiness and shares the state.
//!
//! # What counts
//! | outcome | counts as |
//! |---|---|
//! | a response | success |
//! | an error of the service, a timeout, exhausted retries | failure |
//! | a readiness error of the service | failure |
//! | a panic in `call`, in the future, or in its drop | failure |
//! | a rejection by a policy inside | nothing; a probe gives its slot back |
//! | the future dropped | nothing; a probe gives its slot back |
//! | an outcome of an earlier state | nothing |
//!
//! # Live
//! [`live`](CircuitBreakerLayer::live) and [`tuned_by`](CircuitBreakerLayer::tuned_by) make a circuit whose settings may change while it
//! is in use. Each decision, an admission or an outcome, takes the settings of its moment, whole; a change by itself decides nothing.
//! | change | does | leaves |
//! |---|---|---|
//! | any | | the state, a forced one too; the failures counted; calls in flight, whose outcomes count under the new settings |
//! | `failure_threshold` | lowered to the count or below it, it opens at the next failure | a success in between forgets the count |
//! | `recovery_timeout` | holds from the next opening on | the end of the time for which it is open now |
//! | `half_open_max_calls` | raised, more probes go at once; lowered, nobody goes until those that are out fit | probes that are out |
//! | `probe_lease` | holds for the probes that are out, too | |
//! | `disabled` | out of use it admits every call unless it is forced open, and counts nothing | the state and the count, for the time after; a probe that is out gives its slot back |
//!
//! # Shadow
//! A shadow of live settings has a circuit of its own, which is asked about each call and told each outcome, and never obeyed; a
//! `ShadowEvent` tells of each call that only one of the two would have let through. Commands do not reach it. A call that the circuit
//! rejects and the shadow would not is not made, so the shadow learns nothing from it. One shadow goes on where the one before it was;
//! once there is none, the next begins closed.
//!
//! # Cancel safety
//! Dropping the future abandons its ticket: a probe's slot is free again at once, and no outcome is recorded.
//!
//! # Errors
//! [`CircuitOpen`](crate::ResilienceError::CircuitOpen): rejected, with the time after which a call can be let through.
//!
//! # Panics
//! None of its own.
//!
//! # Progress
//! Lock-free; closed and well it is one load to admit and one to report, nothing is stored. See [`ninelives_core::breaker`].
//!
//! # Cost
//! No allocation. Settings are read, and a clock only when the circuit is not closed, or a call fails; so live ones cost a call that is well one load. One reference count per call.
//!
//! # Events
//! `CircuitOpened`, `CircuitHalfOpen` and `CircuitClosed` for each change of state, by a call or a command; `CircuitRejected`; one outcome
//! for each request, a rejected one included.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! use tower::{Service, ServiceBuilder, ServiceExt};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::new(2, Duration::from_secs(30), 1)?)?;
//! let mut service = ServiceBuilder::new()
//!     .layer(breaker.clone())
//!     .service_fn(|()| async { Err::<(), _>(std::io::Error::other("down")) });
//! for _ in 0..2 {
//!     assert!(service.ready().await?.call(()).await.unwrap_err().is_inner());
//! }
//! assert!(service.ready().await?.call(()).await.unwrap_err().is_circuit_open());
//! assert_eq!(breaker.state(), CircuitState::Open);
//! # Ok(())
//! # }
//! ```

mod config;
mod future;
mod layer;
mod parameters;
mod service;
mod shadow;
mod ticket;

pub use config::CircuitBreakerConfig;
pub use future::CircuitBreakerFuture;
pub use layer::CircuitBreakerLayer;
pub use ninelives_core::breaker::{State as CircuitState, View as CircuitView};
pub use service::CircuitBreakerService;
