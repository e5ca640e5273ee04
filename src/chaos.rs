//! Makes a service misbehave, on purpose and repeatably. Needs the feature `chaos`.
//!
//! # Where it sits
//! Innermost, right around the service: every policy sees the faults as the service's own.
//!
//! # What happens to a call
//! One random draw decides: the call panics, hangs, fails, or is passed on. The shares are settings, and may change while the layer is in
//! use. In a share of the cases a call that is passed on, or that fails, is delayed by a random time. A call that panics does so
//! when it is polled. A call that hangs never wakes its task, and the service inside is not called for it.
//!
//! # Readiness
//! A share of the waits for readiness never ends: that instance stays unready, and never wakes its task. With
//! [`with_lost_readiness`](ChaosConfig::with_lost_readiness) tower's contract is enforced to the letter, as connection pools do: a
//! clone is not ready, and a call that was not polled ready panics.
//!
//! # Repeatability
//! The draws follow from the seed and from the order in which calls and waits begin: with one task, the same seed gives the same run.
//!
//! # Cancel safety
//! Dropping the future drops the call inside, if it was made.
//!
//! # Errors
//! Those of the service, and those made by the function that the layer was given.
//!
//! # Panics
//! As drawn, with the message `chaos: a call panics`; and with `with_lost_readiness`, a call that was not polled ready.
//!
//! # Cost
//! One to three draws and a few counts a call: made for tests and drills, not for every request in production.
//!
//! # Examples
//! ```
//! use ninelives::chaos::{ChaosConfig, ChaosLayer};
//! use tower::{Service, ServiceBuilder, ServiceExt};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let chaos = ChaosLayer::new(ChaosConfig::CALM.with_errors(0.5)?, 42, || "injected");
//! let counts = chaos.clone();
//! let mut service = ServiceBuilder::new()
//!     .layer(chaos)
//!     .service_fn(|number: u32| async move { Ok::<_, &str>(number) });
//! let mut failed = 0;
//! for number in 0..100 {
//!     failed += u64::from(service.ready().await?.call(number).await.is_err());
//! }
//! assert_eq!(failed, counts.counts().errors);
//! # Ok(())
//! # }
//! ```

mod config;
mod fate;
mod future;
mod layer;
mod service;

pub use config::ChaosConfig;
pub use future::ChaosFuture;
pub use layer::{ChaosCounts, ChaosLayer};
pub use service::ChaosService;
