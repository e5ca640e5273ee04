//! What makes bulkheads.

use tower_layer::Layer;

use super::demand::{By, One, Rank, Weigh};
use super::door::Door;
use super::idle::Permits;
use super::mode::{Mode, Rule};
use super::{BulkheadConfig, BulkheadService, Queue, Queued, QueuedService, Reject};
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::counted::Counted;
use crate::deadline::Manner;
use crate::emit::{Kept, NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::settings::Settings;
use crate::timer::Timer;

/// Puts a bulkhead around a service, and watches and resizes it. See the [page](super).
///
/// One value is one set of permits: clones, and services from repeated `layer()` calls, share it.
#[derive(Clone, Debug)]
pub struct BulkheadLayer<
    M: Mode = Reject,
    K = NullSink,
    C = BulkheadConfig<<M as Mode>::Rule>,
    W = One,
> {
    pub(super) permits: Permits,
    pub(super) settings: C,
    pub(super) name: Name,
    pub(super) mode: M,
    pub(super) sink: K,
    pub(super) weigh: W,
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

impl<M: Mode> BulkheadLayer<M> {
    pub(super) fn made(config: BulkheadConfig<M::Rule>, places: u32, mode: M) -> Self {
        Self {
            permits: Permits::new(config.max_concurrent() as u32, places, M::CLASSES),
            settings: config,
            name: Name::generated("bulkhead"),
            mode,
            sink: NullSink,
            weigh: One,
        }
    }
}

impl<M: Mode, K, C, W> BulkheadLayer<M, K, C, W> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Emits its events to `sink`. Clones share the permits, and each emits to its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> BulkheadLayer<M, Q, C, W> {
        BulkheadLayer {
            permits: self.permits,
            settings: self.settings,
            name: self.name,
            mode: self.mode,
            sink,
            weigh: self.weigh,
        }
    }

    /// Lets a call take as many permits as `weight` says of its request, all at once: see [Weights](super#weights). The permits are
    /// the same; clones made before share them, and their calls weigh what they did.
    ///
    /// `weight` runs in `call`, once for each request. 0 counts as 1: a call in flight is counted.
    pub fn weighted_by<Req, F>(self, weight: F) -> BulkheadLayer<M, K, C, By<F>>
    where
        F: Fn(&Req) -> usize + Clone,
    {
        BulkheadLayer {
            permits: self.permits,
            settings: self.settings,
            name: self.name,
            mode: self.mode,
            sink: self.sink,
            weigh: By(weight),
        }
    }

    /// The same with another mode.
    pub(super) fn in_mode<N: Mode>(self, change: impl FnOnce(M) -> N) -> BulkheadLayer<N, K, C, W> {
        BulkheadLayer {
            permits: self.permits,
            settings: self.settings,
            name: self.name,
            mode: change(self.mode),
            sink: self.sink,
            weigh: self.weigh,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<S, K, C, W> Layer<S> for BulkheadLayer<Reject, K, C, W>
where
    K: Sink,
    C: Settings<BulkheadConfig>,
    W: Weigh,
{
    type Service = BulkheadService<Lift<S, Kept<K>>, K::Emitter, C, W>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<M: Mode, K: Sink, C, W> Tells for BulkheadLayer<M, K, C, W> {
    type Kept = Kept<K>;
}

impl<S, K, C, W> PolicyLayer<S> for BulkheadLayer<Reject, K, C, W>
where
    K: Sink,
    C: Settings<BulkheadConfig>,
    W: Weigh,
{
    type Service = BulkheadService<S, K::Emitter, C, W>;

    fn wrap(&self, inner: S) -> Self::Service {
        BulkheadService::new(inner, self.door())
    }
}

impl<S, T, P, D, K, C, W> Layer<S> for BulkheadLayer<Queued<T, P, D>, K, C, W>
where
    D: Manner,
    T: Timer + Clone,
    P: Rank,
    K: Sink,
    C: Settings<BulkheadConfig<Queue>>,
    W: Weigh,
{
    type Service = QueuedService<Lift<S, Kept<K>>, T, K::Emitter, C, W, P, D>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<S, T, P, D, K, C, W> PolicyLayer<S> for BulkheadLayer<Queued<T, P, D>, K, C, W>
where
    D: Manner,
    T: Timer + Clone,
    P: Rank,
    K: Sink,
    C: Settings<BulkheadConfig<Queue>>,
    W: Weigh,
{
    type Service = QueuedService<S, T, K::Emitter, C, W, P, D>;

    fn wrap(&self, inner: S) -> Self::Service {
        QueuedService::new(inner, self.door(), self.mode.clone())
    }
}

impl<M: Mode, K, C, W, Q: Clone> WithSink<Q> for BulkheadLayer<M, K, C, W> {
    type Output = BulkheadLayer<M, Q, C, W>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<M: Mode, K, C, W> BulkheadLayer<M, K, C, W>
where
    K: Sink,
    C: Settings<BulkheadConfig<M::Rule>>,
    W: Weigh,
{
    /// What a service of this layer has of it.
    fn door(&self) -> Door<M::Rule, K::Emitter, C, W> {
        let emitter = self.sink.attach(&self.name);
        let (settings, weigh) = (self.settings.clone(), self.weigh.clone());
        Door::new(&self.permits, settings, weigh, emitter)
    }
}

impl<M, K, C, W> Describe for BulkheadLayer<M, K, C, W>
where
    M: Mode,
    C: Settings<BulkheadConfig<M::Rule>>,
    W: Weigh,
{
    fn describe(&self) -> Node {
        let (limit, rule) = (self.limit(), self.settings.current().queue().said());
        let (name, limit, [due, classes]) = (&self.name, Counted::of(limit, W::COUNTED), M::SAID);
        Node::leaf(format!("bulkhead {name}: {limit}{rule}{due}{classes}"))
    }
}
