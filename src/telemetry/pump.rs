//! Delivers events to an asynchronous sink.
//!
//! A pump is one task, which you spawn. It takes events from a [`Subscriber`] and gives them, one after the other, to a [`TelemetrySink`].
//! No request notices what this sink does: events that the pump cannot deliver in time are overwritten in the rings, and counted.
//!
//! # What becomes of an event
//! | the sink | the event counts as | then |
//! |---|---|---|
//! | answers `Ok` | delivered | |
//! | fails, in `poll_ready` or with the event | failed | it is polled for readiness again for the next event |
//! | is not ready, or not done, within the event timeout | timed out | its future for the event is dropped |
//! | panics, in any of its methods or its future's | panicked | it is used again: see Panics |
//! | is slower than events come | delivered, or lost in the rings | |
//! | was not done when the pump ended | undelivered | |
//!
//! Exactly, in the report of a pump that has ended:
//! `emitted == received + lost` and `received == delivered + failed + timed_out + panicked + undelivered`, where `emitted` counts the events that the
//! subscriber was subscribed to, from its subscription to the shutdown; `lost` includes events of other kinds that were overwritten
//! unseen.
//!
//! # Shutdown
//! [`PumpHandle::shutdown`], or dropping the handle, lets the pump deliver what was emitted before, until the drain deadline; it ignores
//! later events. Then it drops the sink, and the subscription ends. Dropping the task ends the pump at once: what is left
//! counts as undelivered. Handle, task, sinks and policies may be dropped in any order.
//!
//! # Readiness
//! The sink is polled for readiness only when there is an event for it, so an idle pump reserves nothing of it.
//!
//! # Panics
//! A panic of the sink is caught and counted, and the sink is used again for the next event, in whatever state the panic left it. If that
//! state may be broken, wrap it in a sink that makes a new one. With `panic = "abort"` nothing is caught.
//!
//! # Loops
//! A policy around the pump's sink that emits to the same stream makes new events of each event: use another stream there, or
//! none. Such a loop never recurses and a shutdown ends it, but it keeps the pump busy for ever.
//!
//! # Cost
//! For an event that the sink accepts at once: no clock read, no timer, no allocation of the pump's own.

mod future;
mod handle;
mod report;

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

pub use future::PumpTask;
pub use handle::{PumpHandle, PumpShutdown};
pub use report::PumpReport;

use self::report::Shared;
use super::Subscriber;
use super::sink::TelemetrySink;
use crate::timer::{Timer, TokioTimer};

/// A pump that was not started yet. See the [page](self).
///
/// ```
/// use ninelives::prelude::*;
/// use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
/// use ninelives::telemetry::{MemorySink, Pump, StreamingSink};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stream = StreamingSink::new(1024)?;
/// let kept = MemorySink::new();
/// let (handle, task) = Pump::new(stream.subscribe(), kept.clone()).start();
/// tokio::spawn(task);
/// let emitter = stream.attach(&"checkout".into());
/// emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
/// let report = handle.shutdown().await;
/// assert_eq!((report.delivered, kept.len()), (1, 1));
/// # Ok(())
/// # }
/// ```
#[must_use = "a pump does nothing until it is started and its task is spawned"]
pub struct Pump<S, T = TokioTimer> {
    subscriber: Subscriber<T>,
    sink: S,
    limits: Limits,
}

/// How long, and how much at a time.
#[derive(Clone, Copy, Debug)]
struct Limits {
    batch: NonZeroU32,
    event_timeout: Duration,
    drain_deadline: Duration,
}

// === impl Pump ===

impl<S, T> Pump<S, T> {
    /// A pump from `subscriber` to `sink`: 64 events at a time, one second for each that has to wait, five seconds to drain.
    pub const fn new(subscriber: Subscriber<T>, sink: S) -> Self {
        Self {
            subscriber,
            sink,
            limits: Limits {
                batch: NonZeroU32::new(64).unwrap(),
                event_timeout: Duration::from_secs(1),
                drain_deadline: Duration::from_secs(5),
            },
        }
    }

    /// How many deliveries it makes before it lets other tasks of its thread run.
    pub const fn with_batch(mut self, batch: NonZeroU32) -> Self {
        self.limits.batch = batch;
        self
    }

    /// How long the sink may take for one event, its readiness included, from the first time that the event has to wait. With zero, only
    /// what the sink accepts at once is delivered.
    pub const fn with_event_timeout(mut self, limit: Duration) -> Self {
        self.limits.event_timeout = limit;
        self
    }

    /// How long it may go on delivering after a shutdown. With zero, it ends at once.
    pub const fn with_drain_deadline(mut self, limit: Duration) -> Self {
        self.limits.drain_deadline = limit;
        self
    }
}

impl<S> Pump<S> {
    /// Waits on `timer`, and so does the subscriber.
    pub fn with_timer<T: Timer>(self, timer: T) -> Pump<S, T> {
        Pump {
            subscriber: self.subscriber.with_timer(timer),
            sink: self.sink,
            limits: self.limits,
        }
    }
}

impl<S: TelemetrySink, T: Timer> Pump<S, T> {
    /// The handle, and the task to spawn.
    #[must_use = "nothing is delivered until the task is spawned"]
    pub fn start(self) -> (PumpHandle, PumpTask<S, T>) {
        let shared = Arc::new(Shared::default());
        let task = PumpTask::new(self.subscriber, self.sink, self.limits, Arc::clone(&shared));
        (PumpHandle::new(shared), task)
    }
}

impl<S: fmt::Debug, T> fmt::Debug for Pump<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump")
            .field("subscriber", &self.subscriber)
            .field("sink", &self.sink)
            .field("limits", &self.limits)
            .finish()
    }
}
