//! Limits how many calls are in flight.
//!
//! [`BulkheadLayer::new`] rejects at once what does not fit. [`BulkheadLayer::queued`] lets a bounded number of calls wait in line,
//! first come first served, for at most a given time each.
//!
//! # Where it sits
//! Around a retry, so that a request holds one permit for all its attempts; inside a breaker, whose count its rejections do not
//! touch.
//!
//! # Readiness
//! Passed through; `poll_ready` reserves no permit and never fails for being full. The permit is taken in `call`, so that services
//! that were readied and never called hold nothing. `Clone` shares the permits. A call that is turned away leaves the inner service
//! readied for the next one: what it reserved stays reserved until then, or until the service is dropped.
//!
//! # Cancel safety
//! The permit is free again when the inner future is done, before its answer is returned, or when the future is dropped. A
//! dropped call leaves the line at once; a permit that was just given to it goes to the next in line. A future that is leaked
//! (`mem::forget`) keeps its permit for good.
//!
//! # Errors
//! | error | when | the caller may |
//! |---|---|---|
//! | [`Bulkhead`](crate::ResilienceError::Bulkhead) | no permit, and no place in line | shed or retry later |
//! | [`BulkheadTimeout`](crate::ResilienceError::BulkheadTimeout) | its turn did not come in time | shed or retry later |
//! | [`BulkheadClosed`](crate::ResilienceError::BulkheadClosed) | [`BulkheadLayer::close`] was called | stop |
//!
//! # Live
//! [`live`](BulkheadLayer::live) makes the settings ones that may change while the bulkhead is in use. A change of
//! - `max_concurrent` ends no call. Growing lets exactly the waiters in that fit, in order, before the change returns; shrinking admits
//!   nobody until enough calls are done; 0 is a pause.
//! - `max_waiting` keeps everybody who is in line. While more wait than may, nobody new is taken. It may be at most what
//!   [`with_line_capacity`](BulkheadLayer::with_line_capacity) made room for, and what it was made with otherwise.
//! - `max_wait` is for calls that come later.
//!
//! An override that has lapsed ends with the next call, or the next look at the layer: until then waiters do not learn of it.
//! Permits, places and a close are not settings, and stay.
//!
//! # Shadow
//! A shadow of live settings is tried at the door: it counts the calls that both let in until they are over, in flight or in line,
//! and a `ShadowEvent` tells of each call that only one of the two would have let in. A call that the bulkhead turns away is not made,
//! so the shadow does not count it; how long a call in line would have waited it does not ask.
//!
//! # Panics
//! None of its own. A panic inside gives the permit back once.
//!
//! # Progress
//! Lock-free: one swap to take a permit, one to give it back. See [`ninelives_core::semaphore`].
//!
//! # The end
//! [`BulkheadLayer::drain`] closes it and waits until no call is in flight; [`BulkheadLayer::until_idle`] waits alone.
//!
//! # Cost
//! No allocation; in the line neither: its places are allocated when the layer is made. One reference count per call.
//!
//! # Events
//! `BulkheadAcquired` with the permits out at that moment; `BulkheadRejected` with the reason; one outcome for each request.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use tower::{Service, ServiceBuilder, ServiceExt};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bulkhead = BulkheadLayer::new(1)?;
//! let mut service = ServiceBuilder::new()
//!     .layer(bulkhead.clone())
//!     .service_fn(|()| async { Ok::<_, std::io::Error>(()) });
//! let first = service.ready().await?.call(());
//! assert!(service.ready().await?.call(()).await.unwrap_err().is_bulkhead());
//! first.await?;
//! assert_eq!(bulkhead.in_flight(), 0);
//! # Ok(())
//! # }
//! ```

mod config;
mod future;
mod handle;
mod idle;
mod layer;
mod live;
mod managed;
mod mode;
mod parameters;
mod permit;
mod queue;
mod service;
mod shadow;
mod watch;

pub use config::{BulkheadConfig, Queue};
pub use future::BulkheadFuture;
pub use idle::UntilIdle;
pub use layer::BulkheadLayer;
pub use mode::{Mode, Queued, Reject, Rule};
pub use queue::{QueuedFuture, QueuedService};
pub use service::BulkheadService;
