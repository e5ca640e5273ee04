//! Rejects calls while a dependency is failing.
//!
//! While closed, it counts failures in a row, and if configured, the rates of a [window](#windows); at a threshold it opens and rejects
//! calls at once. When the open time is over it is half-open, and the next calls are probes: a fixed number may be in flight at once, that
//! many successes close it, and one failure opens it again. [Recovery](#recovery) lists other ways.
//!
//! # Where it sits
//! Outside a retry, so that one request counts once and a retry never hammers an open circuit. Put a timeout **inside** it: a call
//! that hangs is a failure only if something inside the breaker says so. A timeout outside drops the call, and a dropped call says
//! nothing about the dependency.
//!
//! # Readiness
//! Reserves nothing: a probe's slot is taken in `call`. While the circuit rejects, `poll_ready` returns ready without polling the inner service,
//! and never fails for being open. The call that follows is rejected even if the open time has ended meanwhile, with the `retry_after`
//! computed in `poll_ready`: the inner service was not polled ready, and the clock is read only once. `Clone` resets readiness and shares the
//! state.
//!
//! # Windows
//! With [`with_failure_rate`](CircuitBreakerConfig::with_failure_rate) and [`with_slow_calls`](CircuitBreakerConfig::with_slow_calls) a
//! circuit opens on rates as well; one made by [`by_failure_rate`](CircuitBreakerConfig::by_failure_rate) or
//! [`by_slow_calls`](CircuitBreakerConfig::by_slow_calls) opens on rates alone. Rates are taken over a
//! [time or a number of calls](CircuitWindow), and only once there is the [minimum of calls](CircuitBreakerConfig::with_minimum_calls). They are
//! compared in whole numbers: a rate equal to its threshold opens. They are checked when a call fails or was slow, so a success that completes
//! the minimum opens nothing; the next failure does. A window starts empty when the circuit closes. Probes are not in it. A window over time
//! consists of ten slots: an outcome counts for the length of the window, less up to one slot. [`ninelives_core::window`] says how exact it is
//! while other threads record.
//!
//! # Recovery
//! - [`with_half_open_successes`](CircuitBreakerConfig::with_half_open_successes): that many of the probes must succeed; it opens as soon
//!   as too few are left for that.
//! - [`with_recovery_growth`](CircuitBreakerConfig::with_recovery_growth): the open time grows with each opening, up to a longest time. It
//!   starts over once the circuit has been closed for that longest time, to within four seconds, and after `reset` or a forced state; not
//!   after a probe that succeeds, which says how the dependency copes with one call. A wait that the dependency asks for is kept where it is
//!   longer, and does not grow. [`with_recovery_jitter`](CircuitBreakerConfig::with_recovery_jitter) keeps circuits that opened together
//!   from probing together.
//! - [`with_ramp`](CircuitBreakerConfig::with_ramp): instead of probes, six [stages](CircuitRamp) that admit 0.1, 1, 5, 10, 25 and 50 % of the
//!   calls, and never less than one a second while calls come. A stage that stays healthy for its time is followed by the next; one that fails
//!   falls back by one, which is held twice as long each time; if the first fails, the circuit opens. So it settles just below the load that
//!   the dependency cannot bear, where probes would make it flap. Which calls are admitted is random, drawn once for each call when its
//!   readiness is polled: polling again changes nothing, and for a call that is not admitted the inner service is not polled.
//!   [`with_seed`](CircuitBreakerLayer::with_seed) makes the draws repeatable. An outcome past its lease, or 15 minutes, does not count.
//! - [`with_metrics_only`](CircuitBreakerConfig::with_metrics_only): it counts and never opens by itself. That is a setting, so no outcome can
//!   undo it. Meanwhile it admits every call, and counts only if it was closed; when the setting is taken back, the circuit is in the state,
//!   open, half-open or in a ramp, that it was in before.
//!
//! # Slow calls
//! A call that takes the slow duration or longer, from `call` to its response or error, is slow, whether it succeeds or fails. A call in flight
//! for that long already counts as a slow call, so a dependency that hangs opens the circuit before any call has returned. Calls in flight are
//! checked when a call fails or was slow, and by the first call of each thread in each 30th of the time that is looked back on, so they are
//! noticed late by up to that much. That time is the window and the slow duration together, or eight slow durations where the window is over
//! calls. A call that hangs for longer than that is not seen again until it ends. A slow probe has failed. A dropped call is no outcome,
//! however long it took.
//!
//! # Classification
//! [`classify`](CircuitBreakerLayer::classify) takes a function that says of each response and error whether it is a success, a failure, or
//! ignored; [`with_retry_after`](CircuitBreakerLayer::with_retry_after) takes one that says how long the dependency asks to be left alone.
//! Both run on the thread of the call, before its outcome is reported. If one panics, the call has no outcome, and a probe releases its slot.
//!
//! # What counts
//! Unless a function says otherwise:
//! | outcome | counts as |
//! |---|---|
//! | a response | success |
//! | an error of the service, a timeout, exhausted retries | failure |
//! | a readiness error of the service | failure |
//! | a panic in `call`, in the future, or in its drop | failure |
//! | a rejection by a policy inside | nothing; a probe releases its slot |
//! | the future dropped | nothing; a probe releases its slot |
//! | a call admitted in an earlier state | nothing |
//!
//! # Live
//! [`live`](CircuitBreakerLayer::live) and [`tuned_by`](CircuitBreakerLayer::tuned_by) make a circuit whose settings may change while it
//! is in use. Each decision, at an admission or an outcome, uses one version of the settings, current at that moment; a change by itself
//! opens and closes nothing.
//! | change | does | leaves |
//! |---|---|---|
//! | any | | the state, a forced one too; the failures counted; calls in flight, whose outcomes count under the new settings |
//! | thresholds, minimum of calls | apply from the next check on | what the window has |
//! | slow duration | applies to each call that ends from then on; calls in flight are not slow before they end | what was slow |
//! | window | another length of the same kind takes over what it can, another kind starts empty | calls in flight |
//! | `failure_threshold` | lowered to the count or below it, the next failure opens the circuit | a success in between clears the count |
//! | `recovery_timeout` | applies from the next opening on | the end of the present open time |
//! | `half_open_max_calls` | raised, more probes are admitted at once; lowered, none until those in flight fit | probes in flight |
//! | `probe_lease` | applies to the probes in flight, too | |
//! | `half_open_successes`, ramp | apply from the next outcome on; a ramp that is taken away goes on with probes | a stage's end; what was counted |
//! | growth, jitter | apply from the next opening on | the openings counted |
//! | `metrics_only` | admits every call unless the circuit is forced open | the state and the count, for the time after; a probe in flight releases its slot |
//! | `disabled` | admits every call unless the circuit is forced open, and counts nothing | the state and the count, for the time after; a probe in flight releases its slot |
//!
//! # Shadow
//! A shadow of live settings has a circuit of its own, which is asked about each call and told each outcome and readiness error, but never obeyed; a
//! `ShadowEvent` tells of each call that only one of the two would have admitted. Commands do not reach it. A call that the circuit
//! rejects and the shadow would not is not made, so the shadow learns nothing from it. A shadow that replaces another one keeps its circuit;
//! one that is set when there is none begins closed.
//!
//! # Cancel safety
//! Dropping the future abandons the call: no outcome is recorded, and a probe's slot is free again at once.
//!
//! # Errors
//! [`CircuitOpen`](crate::ResilienceError::CircuitOpen): rejected, with the time after which a call can be admitted.
//!
//! # Panics
//! None of its own. If a sink panics when it is told that the circuit is half-open, the probe's slot is released.
//!
//! # Progress
//! Lock-free. Closed, with a call that succeeds: one load to admit and one to report, nothing is stored. A window adds one compare-and-swap for
//! each outcome, slow calls add two, on a stripe of the thread's own as long as there are no more threads than stripes: as many as the machine
//! runs at once, up to 16. See [`ninelives_core::breaker`].
//!
//! # Cost
//! No allocation per call. Settings and clock are read only when the circuit is not closed or a call fails, so live settings cost a call that
//! succeeds one load. One reference count per call. A window over time reads the clock once for each call, at its end; slow calls at its
//! beginning too. Computing the rates takes some loads for each slot and stripe. A window takes some kilobytes, allocated when it is made.
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
//! Opens when half of at least 20 calls in 10 seconds failed, or nine of ten took a second or longer; a 5xx response is a failure:
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
//! Open for a second, then two, up to a minute, with jitter of one half; and recovery in stages of ten seconds:
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
