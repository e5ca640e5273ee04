//! Rejects calls while a dependency is failing.
//!
//! Closed, it counts failures in a row, and if asked to, looks at the rates of a [window](#windows); at a threshold it opens and rejects
//! at once. When its time is over, the next calls are probes: as many as allowed may be out together, that many successes close it, and
//! one failure opens it again. [Recovery](#recovery) has other ways.
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
//! # Windows
//! By [`with_failure_rate`](CircuitBreakerConfig::with_failure_rate) and [`with_slow_calls`](CircuitBreakerConfig::with_slow_calls) a
//! circuit goes by rates too, and made [by](CircuitBreakerConfig::by_failure_rate) them, by rates alone. They are those of a
//! [time or of a number of calls](CircuitWindow), known once there is the [minimum of calls](CircuitBreakerConfig::with_minimum_calls), and
//! compared in whole numbers: a rate at its threshold opens. It is looked at when a call fails or was slow, so a success that brings the
//! calls to their minimum opens nothing; the next failure does. A window begins with nothing when the circuit closes. Probes are not in it.
//! Over time it is cut in ten slots: outcomes count for its length, less up to one slot. How exact it is beside other threads says
//! [`ninelives_core::window`].
//!
//! # Recovery
//! - [`with_half_open_successes`](CircuitBreakerConfig::with_half_open_successes): so many of the probes must succeed, and it opens as soon
//!   as they cannot be reached any more.
//! - [`with_recovery_growth`](CircuitBreakerConfig::with_recovery_growth): it rejects longer at each opening, up to a longest time. To
//!   have been closed for that long, to within four seconds, begins anew, and so do `reset` and a forced state; a probe that succeeds
//!   does not, for it says how the dependency is with one call. A wait that the dependency asks for is kept where it is longer, and does not
//!   grow. [`with_recovery_jitter`](CircuitBreakerConfig::with_recovery_jitter) makes those who opened together not try together.
//! - [`with_ramp`](CircuitBreakerConfig::with_ramp): in the place of probes six [stages](CircuitRamp), of 0.1, 1, 5, 10, 25 and 50 % of the
//!   calls, and never less than one a second while calls come. A stage that is well for its time is followed by the next; one that is not
//!   falls back by one, which is held twice as long each time; the first opens the circuit. So it settles below what a dependency cannot
//!   bear, where probes make it flap. Who is let through is decided by chance, once for each call, when it is asked for readiness:
//!   asking again helps nobody, and the inner service is not asked for a call without luck.
//!   [`with_seed`](CircuitBreakerLayer::with_seed) makes it repeat. An outcome past its lease, or 15 minutes, does not count.
//! - [`with_metrics_only`](CircuitBreakerConfig::with_metrics_only): it counts and never opens by itself. That is a setting, so no outcome can
//!   undo it. What it was before, open or trying, it is again after; meanwhile it lets every call through, and counts only if it is closed.
//!
//! # Slow calls
//! A call that takes the slow duration or longer, from `call` to its answer, is slow, whether it succeeds or fails. One that is out for so
//! long is slow already, and a call: a dependency that hangs opens the circuit before any call has come back. That is looked at when a call
//! fails or was slow, and by the first call of each thread in each 30th of the time that is looked back on, so it is seen late by as much: of
//! the window and the slow duration together, or of eight slow durations where the window is over calls. A call that hangs for longer than
//! that is seen again when it ends. A probe that is slow has failed. A call that is dropped is no outcome, however long it took.
//!
//! # Classification
//! [`classify`](CircuitBreakerLayer::classify) lets a function say of each response and error whether it is a success, a failure, or
//! nothing; [`with_retry_after`](CircuitBreakerLayer::with_retry_after) lets one say how long the dependency asks to be left alone.
//! Both are asked on the thread of the call, before the circuit is told. If one panics, the call has no outcome, and a probe gives its slot back.
//!
//! # What counts
//! Unless a function says otherwise:
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
//! | thresholds, minimum of calls | are those of the next look | what the window has |
//! | slow duration | of each call that ends from then on; calls that are out are not slow before they end | what was slow |
//! | window | another length of the same kind takes over what it can, another kind begins with nothing | calls in flight |
//! | `failure_threshold` | lowered to the count or below it, it opens at the next failure | a success in between forgets the count |
//! | `recovery_timeout` | holds from the next opening on | the end of the time for which it is open now |
//! | `half_open_max_calls` | raised, more probes go at once; lowered, nobody goes until those that are out fit | probes that are out |
//! | `probe_lease` | holds for the probes that are out, too | |
//! | `half_open_successes`, ramp | are those of the next outcome; a ramp that is taken away goes on with probes | a stage's end; what was counted |
//! | growth, jitter | hold from the next opening on | the openings counted |
//! | `metrics_only` | lets every call through unless it is forced open | the state and the count, for the time after; a probe that is out gives its slot back |
//! | `disabled` | out of use it admits every call unless it is forced open, and counts nothing | the state and the count, for the time after; a probe that is out gives its slot back |
//!
//! # Shadow
//! A shadow of live settings has a circuit of its own, which is asked about each call and told each outcome and readiness error, and never obeyed; a
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
//! None of its own. One of a sink that is told that the circuit is half-open gives the probe's ticket back.
//!
//! # Progress
//! Lock-free; closed and well it is one load to admit and one to report, nothing is stored. With a window one swap more for each outcome, with
//! slow calls two more, on a stripe of the thread's own while there are no more threads than stripes: as many as run at once, up to 16.
//! See [`ninelives_core::breaker`].
//!
//! # Cost
//! No allocation. Settings are read, and a clock only when the circuit is not closed, or a call fails; so live ones cost a call that is well one load. One reference count per call.
//! A window over time reads the clock once a call, at its end; slow calls at its beginning too. A look takes some loads for each slot
//! and stripe. A window takes some kilobytes, allocated when it is made.
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
//! Half of at least 20 calls in 10 seconds, or nine of ten slower than a second; answers that say so are failures:
//! ```
//! use ninelives::circuit_breaker::Class;
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! # struct Answer { status: u16, retry_after: Option<Duration> }
//! let config = CircuitBreakerConfig::by_failure_rate(0.5, Duration::from_secs(30), 3)?
//!     .with_slow_calls(Duration::from_secs(1), 0.9)?
//!     .with_minimum_calls(20)?
//!     .with_time_window(Duration::from_secs(10))?;
//! let breaker = CircuitBreakerLayer::new(config)?
//!     .classify(|result: Result<&Answer, &ResilienceError<std::io::Error>>| match result {
//!         Ok(answer) if answer.status >= 500 => Class::Failure,
//!         Err(error) if error.is_rejection() => Class::Ignored,
//!         Ok(_) => Class::Success,
//!         Err(_) => Class::Failure,
//!     })
//!     .with_retry_after(
//!         |result: Result<&Answer, &ResilienceError<std::io::Error>>| result.ok()?.retry_after,
//!         Duration::from_secs(300),
//!     );
//! assert_eq!(breaker.view().rates.unwrap().failure_rate, None);
//! # Ok::<(), ninelives::ConfigError>(())
//! ```
//! Open for a second, then two, up to a minute, spread by half; and recovery in stages of ten seconds:
//! ```
//! use ninelives::circuit_breaker::CircuitRamp;
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! let config = CircuitBreakerConfig::new(7, Duration::from_secs(1), 1)?
//!     .with_recovery_growth(2.0, Duration::from_secs(60))?
//!     .with_recovery_jitter(0.5)?
//!     .with_ramp(CircuitRamp::new().with_stage(Duration::from_secs(10))?);
//! let breaker = CircuitBreakerLayer::new(config)?;
//! assert_eq!(breaker.view().openings, 0);
//! # Ok::<(), ninelives::ConfigError>(())
//! ```

mod build;
mod circuit;
mod classify;
mod config;
mod future;
mod gauge;
mod layer;
mod measure;
mod orders;
mod outcomes;
mod parameters;
mod readiness;
mod recovery;
mod service;
mod shadow;
mod source;
mod ticket;
mod view;
mod watch;
mod windowed;

pub use classify::{ByError, Class, Classified, Classify, Hinted};
pub use config::CircuitBreakerConfig;
pub use future::CircuitBreakerFuture;
pub use layer::CircuitBreakerLayer;
pub use measure::{CircuitSettings, Consecutive, Measure};
pub use ninelives_core::breaker::{Ramp as CircuitRamp, State as CircuitState};
pub use service::CircuitBreakerService;
pub use view::{CircuitRates, CircuitView};
pub use windowed::{CircuitWindow, Windowed};
