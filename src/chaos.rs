//! Makes a service misbehave, on purpose and repeatably. Needs the feature `chaos`.
//!
//! # Where it sits
//! Right around the service, inside every policy: what it does, the policies meet as the service's own doing.
//!
//! # What happens to a call
//! One draw decides: it panics, hangs, fails, or is passed on; the shares are the settings', and may change while it is in use. A
//! call that is passed on, and one that fails, is late by a random time in a share of the cases. A call that panics does so
//! when it is polled. A call that hangs never wakes its task, and the service inside is not called for it.
//!
//! # Readiness
//! A share of the waits for readiness never ends: that instance stays unready, and never wakes its task. With
//! [`with_lost_readiness`](ChaosConfig::with_lost_readiness) the contract is held to the letter, as connection pools do: a
//! clone has no readiness, and a call without readiness of its own panics.
//!
//! # Repeatability
//! The draws follow from the seed and from the order in which calls and waits begin: with one task the same run comes out again.
//!
//! # Cancel safety
//! Dropping the future drops the call inside, if it was made.
//!
//! # Errors
//! Those of the service, and those that the layer was given to make.
//!
//! # Panics
//! As drawn, with the message `chaos: a call panics`; and, if readiness is held to the letter, a call without it.
//!
//! # Cost
//! One to three draws and a few counts a call: made for tests and drills, not for the way of every request.
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
