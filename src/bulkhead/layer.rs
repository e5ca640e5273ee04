//! What makes bulkheads.

use std::time::Duration;

use tower_layer::Layer;

use super::config::places;
use super::idle::Permits;
use super::mode::{Mode, Rule};
use super::{BulkheadConfig, BulkheadService, Queue, Queued, QueuedService, Reject};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::settings::Settings;
use crate::timer::{Timer, TokioTimer};

/// Puts a bulkhead around a service, and watches and resizes it. See the [page](super).
///
/// One value is one set of permits: clones, and services from repeated `layer()` calls, share it.
#[derive(Clone, Debug)]
pub struct BulkheadLayer<M: Mode = Reject, K = NullSink, C = BulkheadConfig<<M as Mode>::Rule>> {
    pub(super) permits: Permits,
    pub(super) settings: C,
    pub(super) name: Name,
    pub(super) mode: M,
    pub(super) sink: K,
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
        Self::made(config, 0, Reject)
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
        let places = config.queue().max_waiting() as u32;
        Self::made(config, places, Queued { timer: TokioTimer })
    }
}

impl<T, K> BulkheadLayer<Queued<T>, K> {
    /// Makes a line with room for `capacity` calls, of which the settings let `max_waiting` wait: so that a
    /// [live](Self::live) bulkhead may let more wait later. About 40 bytes each, allocated now. The permits and the line start
    /// afresh: clones made before keep theirs.
    ///
    /// # Errors
    /// A `capacity` outside `max_waiting` to 1,048,575.
    pub fn with_line_capacity(mut self, capacity: usize) -> Result<Self, ConfigError> {
        let config = self.config();
        let least = config.queue().max_waiting() as u32;
        let places = places("line_capacity", capacity, least)?;
        self.permits = Permits::new(config.max_concurrent() as u32, places);
        Ok(self)
    }
}

impl<T, K, C> BulkheadLayer<Queued<T>, K, C> {
    /// Measures the maximum wait on another timer.
    pub fn with_timer<U>(self, timer: U) -> BulkheadLayer<Queued<U>, K, C> {
        BulkheadLayer {
            permits: self.permits,
            settings: self.settings,
            name: self.name,
            mode: Queued { timer },
            sink: self.sink,
        }
    }
}

impl<M: Mode> BulkheadLayer<M> {
    fn made(config: BulkheadConfig<M::Rule>, places: u32, mode: M) -> Self {
        Self {
            permits: Permits::new(config.max_concurrent() as u32, places),
            settings: config,
            name: Name::generated("bulkhead"),
            mode,
            sink: NullSink,
        }
    }
}

impl<M: Mode, K, C> BulkheadLayer<M, K, C> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Tells what happens to `sink`. Clones share the permits, and each tells its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> BulkheadLayer<M, Q, C> {
        BulkheadLayer {
            permits: self.permits,
            settings: self.settings,
            name: self.name,
            mode: self.mode,
            sink,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<S, K: Sink, C: Settings<BulkheadConfig>> Layer<S> for BulkheadLayer<Reject, K, C> {
    type Service = BulkheadService<Lift<S>, K::Emitter, C>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, K: Sink, C: Settings<BulkheadConfig>> PolicyLayer<S> for BulkheadLayer<Reject, K, C> {
    type Service = BulkheadService<S, K::Emitter, C>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        BulkheadService::new(inner, &self.permits, self.settings.clone(), emitter)
    }
}

impl<S, T, K, C> Layer<S> for BulkheadLayer<Queued<T>, K, C>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<BulkheadConfig<Queue>>,
{
    type Service = QueuedService<Lift<S>, T, K::Emitter, C>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, T, K, C> PolicyLayer<S> for BulkheadLayer<Queued<T>, K, C>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<BulkheadConfig<Queue>>,
{
    type Service = QueuedService<S, T, K::Emitter, C>;

    fn wrap(&self, inner: S) -> Self::Service {
        let timer = self.mode.timer.clone();
        let emitter = self.sink.attach(&self.name);
        QueuedService::new(inner, &self.permits, self.settings.clone(), timer, emitter)
    }
}

impl<M: Mode, K, C, Q: Clone> WithSink<Q> for BulkheadLayer<M, K, C> {
    type Output = BulkheadLayer<M, Q, C>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<M: Mode, K, C: Settings<BulkheadConfig<M::Rule>>> Describe for BulkheadLayer<M, K, C> {
    fn describe(&self) -> Node {
        let (limit, rule) = (self.limit(), self.settings.current().queue().said());
        Node::leaf(format!(
            "bulkhead {}: {limit} calls in flight{rule}",
            self.name
        ))
    }
}
