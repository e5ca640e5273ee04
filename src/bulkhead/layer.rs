//! What makes bulkheads, and the handle that watches and resizes them.

use std::sync::Arc;
use std::time::Duration;

use ninelives_core::semaphore::{MAX_PERMITS, Semaphore};
use tower_layer::Layer;

use super::config::in_range;
use super::{BulkheadConfig, BulkheadService, Queue, QueuedService};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::timer::{Timer, TokioTimer};

/// Puts a bulkhead around a service, and watches and resizes it. See the [page](super).
///
/// One value is one set of permits: clones, and services from repeated `layer()` calls, share it.
#[derive(Clone, Debug)]
pub struct BulkheadLayer<M = Reject, K = NullSink> {
    semaphore: Arc<Semaphore>,
    name: Name,
    mode: M,
    sink: K,
}

/// Rejects at once what does not fit: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reject;

/// Lets calls wait in line, on the timer `T`.
#[derive(Clone, Copy, Debug)]
pub struct Queued<T = TokioTimer> {
    queue: Queue,
    timer: T,
}

// === impl BulkheadLayer ===

impl BulkheadLayer {
    /// At most `max_concurrent` calls in flight (1 to 1,048,575); others are rejected at once.
    ///
    /// # Errors
    /// A limit outside its range.
    pub fn new(max_concurrent: usize) -> Result<Self, ConfigError> {
        BulkheadConfig::new(max_concurrent).map(Self::from_config)
    }

    /// A bulkhead with these settings.
    pub fn from_config(config: BulkheadConfig) -> Self {
        Self::made(Semaphore::new(config.max_concurrent() as u32), Reject)
    }
}

impl BulkheadLayer<Queued> {
    /// At most `max_concurrent` calls in flight; `max_waiting` more may wait in line, each for at most `max_wait`, first come
    /// first served. A place in line is free again once its caller has taken its permit up.
    ///
    /// # Errors
    /// A number outside 1 to 1,048,575, or a wait of zero.
    pub fn queued(
        max_concurrent: usize,
        max_waiting: usize,
        max_wait: Duration,
    ) -> Result<Self, ConfigError> {
        let config = BulkheadConfig::new(max_concurrent)?.with_queue(max_waiting, max_wait)?;
        Ok(Self::from_queue_config(config))
    }

    /// A bulkhead with a line with these settings.
    pub fn from_queue_config(config: BulkheadConfig<Queue>) -> Self {
        let queue = *config.queue();
        let (limit, places) = (config.max_concurrent() as u32, queue.max_waiting() as u32);
        let timer = TokioTimer;
        Self::made(Semaphore::with_line(limit, places), Queued { queue, timer })
    }
}

impl<T, K> BulkheadLayer<Queued<T>, K> {
    /// Measures the maximum wait on another timer.
    pub fn with_timer<U>(self, timer: U) -> BulkheadLayer<Queued<U>, K> {
        BulkheadLayer {
            semaphore: self.semaphore,
            name: self.name,
            mode: Queued {
                queue: self.mode.queue,
                timer,
            },
            sink: self.sink,
        }
    }
}

impl<M> BulkheadLayer<M> {
    fn made(semaphore: Result<Semaphore, ConfigError>, mode: M) -> Self {
        let Ok(semaphore) = semaphore else {
            unreachable!("the settings were checked when they were made")
        };
        Self {
            semaphore: Arc::new(semaphore),
            name: Name::generated("bulkhead"),
            mode,
            sink: NullSink,
        }
    }
}

impl<M, K> BulkheadLayer<M, K> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Tells what happens to `sink`. Clones share the permits, and each tells its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> BulkheadLayer<M, Q> {
        BulkheadLayer {
            semaphore: self.semaphore,
            name: self.name,
            mode: self.mode,
            sink,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }

    /// Calls in flight now. After the limit shrank it may be above it.
    pub fn in_flight(&self) -> usize {
        self.semaphore.snapshot().in_flight as usize
    }

    /// Calls that may be in flight now.
    pub fn limit(&self) -> usize {
        self.semaphore.snapshot().limit as usize
    }

    /// Permits that are free now: 0 when in flight is at or above the limit.
    pub fn available(&self) -> usize {
        let now = self.semaphore.snapshot();
        now.limit.saturating_sub(now.in_flight) as usize
    }

    /// Places in line that are taken now.
    pub fn waiting(&self) -> usize {
        self.semaphore.snapshot().waiting as usize
    }

    /// Changes the limit at once, for all that share this bulkhead, and gives the old one. Calls in flight go on; growing lets
    /// exactly the waiters in that fit; 0 pauses it.
    ///
    /// # Errors
    /// A limit above 1,048,575; nothing has changed.
    pub fn resize(&self, max_concurrent: usize) -> Result<usize, ConfigError> {
        let limit = in_range("max_concurrent", max_concurrent, 0, MAX_PERMITS)?;
        self.semaphore.resize(limit).map(|old| old as usize)
    }

    /// Turns every later call away and everyone in line; calls in flight finish. It cannot be undone.
    pub fn close(&self) {
        self.semaphore.close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.semaphore.snapshot().closed
    }
}

impl<S, K: Sink> Layer<S> for BulkheadLayer<Reject, K> {
    type Service = BulkheadService<Lift<S>, K::Emitter>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, K: Sink> PolicyLayer<S> for BulkheadLayer<Reject, K> {
    type Service = BulkheadService<S, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        BulkheadService::new(inner, Arc::clone(&self.semaphore), emitter)
    }
}

impl<S, T: Timer + Clone, K: Sink> Layer<S> for BulkheadLayer<Queued<T>, K> {
    type Service = QueuedService<Lift<S>, T, K::Emitter>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, T: Timer + Clone, K: Sink> PolicyLayer<S> for BulkheadLayer<Queued<T>, K> {
    type Service = QueuedService<S, T, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        let max_wait = self.mode.queue.max_wait();
        let timer = self.mode.timer.clone();
        let emitter = self.sink.attach(&self.name);
        let semaphore = Arc::clone(&self.semaphore);
        QueuedService::new(inner, semaphore, max_wait, timer, emitter)
    }
}

impl<M, K, Q: Clone> WithSink<Q> for BulkheadLayer<M, K> {
    type Output = BulkheadLayer<M, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<K> Describe for BulkheadLayer<Reject, K> {
    fn describe(&self) -> Node {
        Node::leaf(format!(
            "bulkhead {}: {} calls in flight",
            self.name,
            self.limit()
        ))
    }
}

impl<T, K> Describe for BulkheadLayer<Queued<T>, K> {
    fn describe(&self) -> Node {
        let (max_waiting, max_wait) = (self.mode.queue.max_waiting(), self.mode.queue.max_wait());
        Node::leaf(format!(
            "bulkhead {}: {} calls in flight, {max_waiting} in line for {max_wait:?}",
            self.name,
            self.limit()
        ))
    }
}
