//! Limits how many calls are in flight.
//!
//! [`BulkheadLayer::new`] rejects at once what does not fit. [`BulkheadLayer::queued`] lets a bounded number of calls wait in line,
//! first come first served, for at most a given time each.
//!
//! # Weights
//! A call takes one permit, or as many as [`weighted_by`](BulkheadLayer::weighted_by) says of its request: all at once, or none. Who is
//! next in line stays next until it fits, so a heavy call is not starved by light ones behind it; what is free is kept for it. A call
//! that weighs more than the limit is turned away at once; one whose limit shrank below it while it waited, when it is its turn. A
//! pause (limit 0) turns nobody away for its weight. A weight of 0 counts as 1, because calls in flight are counted.
//!
//! # Classes
//! With [`prioritized_by`](BulkheadLayer::prioritized_by) calls wait in the four classes of [`Priority`], each first come first served.
//! The highest class that waits is served, but every eighth turn is that of whoever has waited longest, of whatever class: with `n`
//! who came before it and wait, nobody sees more than `8 n + 7` others served (threads that hand over in the same moment may share a
//! turn). A class may take an eighth of `max_waiting` fewer places for each class above it, so that a line full of low calls is open
//! to higher ones. Nobody in line is put out of it. A class counts in the line alone: where there is room nobody is asked for it.
//!
//! # Deadlines
//! [`heeding_requests`](BulkheadLayer::heeding_requests) makes a line heed the [deadline](crate::deadline) that a request carries: one whose
//! deadline has passed is turned away at the door, and its call takes no permit and no place; one in line waits no longer than that, and a
//! permit that comes too late for it goes to the next. A call that runs is not ended: that is for a timeout. What the request carries is
//! handed on as it is. Without a line nobody waits, and the layers inside see the deadline soon enough.
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
//! The permit is free again when the inner future is done, before its answer is returned, or when the future is dropped. A body of an
//! answer that is read later holds none. A
//! dropped call leaves the line at once; a permit that was just given to it goes to the next in line. A future that is leaked
//! (`mem::forget`) keeps its permit for good.
//!
//! # Errors
//! | error | when | the caller may |
//! |---|---|---|
//! | [`Bulkhead`](crate::ResilienceError::Bulkhead) | no permit, and no place in line | shed or retry later |
//! | [`BulkheadOverweight`](crate::ResilienceError::BulkheadOverweight) | it weighs more than the limit | split it, or give up |
//! | [`BulkheadTimeout`](crate::ResilienceError::BulkheadTimeout) | its turn did not come in time | shed or retry later |
//! | [`DeadlinePassed`](crate::ResilienceError::DeadlinePassed) | its own deadline did, before it got in | give up |
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
//! An override that has lapsed ends with the next call, or the next look at the layer: until then waiters do not learn of it, because
//! nothing waits for its end. Who overrides a limit while calls wait lets a task sleep as long and then look at
//! [`limit`](BulkheadLayer::limit): that look ends it, and lets in whoever fits.
//! Permits, places and a close are not settings, and stay.
//!
//! # Shadow
//! A shadow of live settings is tried at the door: it counts the calls that both let in until they are over, in flight or in line,
//! and a `ShadowEvent` tells of each call that only one of the two would have let in. A call that the bulkhead turns away is not made,
//! so the shadow does not count it; how long a call in line would have waited it does not ask. Of weighed calls in line it counts the
//! permits, and takes a place for a permit; what weighs more than its limit it turns away. A class has its share of the shadow's places too.
//! While the bulkhead is closed it is not asked.
//!
//! # Panics
//! None of its own. A panic inside gives the permits back once; one of a weight or a priority goes on, and takes none.
//!
//! # Progress
//! Lock-free: one swap to take a permit, one to give it back. See [`ninelives_core::semaphore`]. Threads that meet there while at least half of
//! the permits is free, and as many as the machine runs threads, up to 16, each write a cache line of their own; nobody else is let in for that,
//! nor turned away.
//!
//! # The end
//! [`BulkheadLayer::drain`] closes it and waits until no call is in flight; [`BulkheadLayer::until_idle`] waits alone.
//!
//! # Cost
//! No allocation; in the line neither: its places are allocated when the layer is made, and so are 128 bytes for each thread that the machine
//! runs at once, up to 16. One reference count per call. One that heeds
//! requests reads the clock once for each that has a deadline, and once more for one that waited.
//!
//! # Events
//! `BulkheadAcquired` with the permits out at that moment and the call's own (while several threads meet there, they are counted one thread after the other); `BulkheadRejected` with the reason; one outcome for each request.
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
//! Batches weigh as many permits as they have rows, and interactive ones go first:
//! ```
//! use std::time::Duration;
//! use ninelives::prelude::*;
//!
//! struct Batch { rows: Vec<u64>, interactive: bool }
//!
//! let bulkhead = BulkheadLayer::queued(1_000, 64, Duration::from_secs(1))?
//!     .weighted_by(|batch: &Batch| batch.rows.len())
//!     .prioritized_by(|batch: &Batch| match batch.interactive {
//!         true => Priority::High,
//!         false => Priority::Low,
//!     });
//! # let _ = bulkhead;
//! # Ok::<(), ConfigError>(())
//! ```

mod config;
mod demand;
mod door;
mod future;
mod handle;
mod idle;
mod layer;
mod lined;
mod live;
mod managed;
mod mode;
mod parameters;
mod permit;
mod queue;
mod refusal;
mod service;
mod shadow;
mod watch;

pub use config::{BulkheadConfig, Queue};
pub use demand::{By, One, Rank, RankRequest, Same, Weigh, WeighRequest, Weight};
pub use future::BulkheadFuture;
pub use idle::UntilIdle;
pub use layer::BulkheadLayer;
pub use mode::{Mode, Queued, Reject, Rule};
pub use ninelives_core::semaphore::Priority;
pub use queue::{QueuedFuture, QueuedService};
pub use service::BulkheadService;
