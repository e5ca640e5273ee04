//! Limits how many calls are in flight.
//!
//! [`BulkheadLayer::new`] rejects calls over the limit at once. [`BulkheadLayer::queued`] lets a bounded number of calls wait in line,
//! first come first served, for at most a given time each.
//!
//! # Weights
//! A call takes one permit, or as many as [`weighted_by`](BulkheadLayer::weighted_by) returns for its request: all at once, or none. The
//! call at the head of the line stays there until it fits, and free permits are kept for it, so light calls behind a heavy one do not
//! starve it. A call that weighs more than the limit is rejected at once; if the limit shrinks below its weight while it waits, it is
//! rejected when its turn comes. A pause (limit 0) rejects nobody for its weight. A weight of 0 counts as 1, because calls in flight are
//! counted.
//!
//! # Classes
//! With [`prioritized_by`](BulkheadLayer::prioritized_by) calls wait in the four classes of [`Priority`], each first come first served.
//! The highest class that waits is served, but every eighth turn goes to the call that has waited longest, whatever its class: a call with
//! `n` waiting calls before it sees at most `8 n + 7` others served first (threads that hand over at the same moment may share a turn).
//! For each class above its own, a class may use an eighth of `max_waiting` fewer places, so that a line full of low calls is open to
//! higher ones. Nobody in line is put out of it. Classes matter in the line alone: where there is room, a call's class is not asked for.
//!
//! # Deadlines
//! [`heeding_requests`](BulkheadLayer::heeding_requests) makes a line obey the [deadline](crate::deadline) that a request carries: a request
//! whose deadline has passed is rejected on arrival, and takes no permit and no place; one in line waits until its deadline at most, and a
//! permit that comes too late for it goes to the next. A running call is not ended: that is the task of a timeout. The request carries its
//! deadline on unchanged. Without a line nobody waits, and the layers inside see the deadline soon enough.
//!
//! # Where it sits
//! Outside a retry, so that a request holds one permit for all its attempts; inside a breaker, which does not count its rejections.
//!
//! # Readiness
//! Passed through; `poll_ready` reserves no permit and never fails for being full. The permit is taken in `call`, so a service
//! that was polled ready and never called holds nothing. `Clone` shares the permits. A rejected call leaves the inner service
//! ready for the next one: what that reserved stays reserved until then, or until the service is dropped.
//!
//! # Cancel safety
//! The permit is released when the inner future is done, before its response is returned, or when the future is dropped. A response
//! body that is read later holds none. A dropped call leaves the line at once; a permit that was just granted to it goes to the next in
//! line. A future that is leaked (`mem::forget`) keeps its permit for good.
//!
//! # Errors
//! | error | when | the caller may |
//! |---|---|---|
//! | [`Bulkhead`](crate::ResilienceError::Bulkhead) | no permit, and no place in line | shed or retry later |
//! | [`BulkheadOverweight`](crate::ResilienceError::BulkheadOverweight) | the call weighs more than the limit | split it, or give up |
//! | [`BulkheadTimeout`](crate::ResilienceError::BulkheadTimeout) | its turn did not come in time | shed or retry later |
//! | [`DeadlinePassed`](crate::ResilienceError::DeadlinePassed) | the request's deadline passed before it got a permit | give up |
//! | [`BulkheadClosed`](crate::ResilienceError::BulkheadClosed) | [`BulkheadLayer::close`] was called | stop |
//!
//! # Live
//! [`live`](BulkheadLayer::live) makes a bulkhead whose settings may change while it is in use. A change of
//! - `max_concurrent` ends no call. Growing it admits exactly the waiters that fit, in order, before the change returns; after shrinking it,
//!   nobody is admitted until enough calls are done; 0 is a pause.
//! - `max_waiting` keeps everybody who is in line. While more calls wait than it allows, no new one may join. It is at most the capacity
//!   set by [`with_line_capacity`](BulkheadLayer::with_line_capacity), or without that the initial `max_waiting`.
//! - `max_wait` applies to calls that come later.
//!
//! An override that has lapsed ends with the next call, or the next read of the layer's state: until then waiters do not learn of it,
//! because no task waits for its end. If you override a limit while calls wait, let a task sleep for as long and then read
//! [`limit`](BulkheadLayer::limit): that ends the override, and admits whoever fits.
//! Permits, places and a close are not settings, and a change leaves them as they are.
//!
//! # Shadow
//! A shadow of live settings is evaluated as a call arrives: it counts the calls that both admit until they end, in flight or in line,
//! and a `ShadowEvent` tells of each call that only one of the two would have admitted. A call that the bulkhead rejects is not made,
//! so the shadow does not count it. It does not work out how long a call in line would have waited. Of weighted calls in line it counts the
//! permits, one place for each permit; it rejects what weighs more than its limit. Classes have their shares of the shadow's places too.
//! While the bulkhead is closed the shadow is not evaluated.
//!
//! # Panics
//! None of its own. A panic of the inner service releases the permits, once; one of a weight or priority function passes through, and
//! no permit was taken.
//!
//! # Progress
//! Lock-free: one compare-and-swap to acquire, one to release. See [`ninelives_core::semaphore`]. Once threads collide there, each of them
//! writes a cache line of its own instead, as long as at least half of the permits is free, and as many as the machine runs threads, up to 16.
//! That admits and rejects nobody else than the one word would.
//!
//! With the feature `membarrier`, on Linux, a thread that has its line to itself keeps the permits there after 1,024 calls, and acquires and
//! releases them without an atomic read-modify-write. A call that then finds the limit reached, a resize, a close and a drain have every thread
//! of the process pass a memory barrier: one system call, at most once for 1,024 calls of that thread. What a thread that ended had kept goes to
//! the first call that finds the limit reached, or to the thread in its place after as many calls; that one keeps no permits of this bulkhead. So
//! the feature is for programs whose threads stay, as a runtime's workers do.
//!
//! # The end
//! [`BulkheadLayer::drain`] closes the bulkhead and waits until no call is in flight; [`BulkheadLayer::until_idle`] waits without closing.
//!
//! # Cost
//! No allocation per call, in the line neither: its places are allocated when the layer is made, and so are 128 bytes for each thread that the
//! machine runs at once, up to 16. One reference count per call. A line that heeds requests reads the clock once for each request with a
//! deadline, and once more if that one waited.
//!
//! # Events
//! `BulkheadAcquired` with the permits in use at that moment and the call's own (while permits lie with several threads, the sum is taken one thread
//! after the other); `BulkheadRejected` with the reason; one outcome for each request.
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
