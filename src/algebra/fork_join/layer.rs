//! The layer of `a & b`, and what can be set of it.

use std::time::Duration;

use super::{ForkJoinConfig, ForkJoinService};
use crate::adaptive::Adaptive;
use crate::algebra::Policy;
use crate::budget::{Allowance, Drawn, RetryBudget};
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::deadline::{Heeding, Unheeding};
use crate::emit::{Kept, NullSink, Sink};
use crate::name::Name;
use crate::settings::{Live, Settings};
use crate::timer::WheelTimer;

/// `left & right`. See the [page](super).
#[derive(Clone, Debug)]
pub struct ForkJoinLayer<
    A,
    B,
    T = WheelTimer,
    K = NullSink,
    C = ForkJoinConfig,
    G = (),
    D = Unheeding,
> {
    left: A,
    right: B,
    pub(super) settings: C,
    timer: T,
    pub(super) name: Name,
    sink: K,
    allowance: G,
    manner: D,
}

/// A race with live settings.
type LiveRace<A, B, T, K, G, D> = ForkJoinLayer<A, B, T, K, Live<ForkJoinConfig>, G, D>;

// === impl ForkJoinLayer ===

impl<A, B> ForkJoinLayer<A, B> {
    /// Both arms at once.
    pub fn new(left: A, right: B) -> Self {
        Self {
            left,
            right,
            settings: ForkJoinConfig::new(),
            timer: WheelTimer,
            name: Name::generated("fork-join"),
            sink: NullSink,
            allowance: (),
            manner: Unheeding,
        }
    }
}

impl<A, B, T, K, G, D> Policy<ForkJoinLayer<A, B, T, K, ForkJoinConfig, G, D>> {
    /// Starts the right arm only when the left one has been running for `delay`, or has failed. Zero starts both at once.
    #[must_use]
    pub fn stagger(mut self, delay: Duration) -> Self {
        self.0.settings = self.0.settings.with_stagger(delay);
        self
    }

    /// The same race with a stagger that may change while it is in use; it begins with the one it has.
    pub fn live(self) -> Policy<LiveRace<A, B, T, K, G, D>> {
        let adaptive = Adaptive::new(self.0.settings);
        self.tuned_by(&adaptive)
    }

    /// The same race with the settings that `adaptive` has, now and later.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<ForkJoinConfig>,
    ) -> Policy<LiveRace<A, B, T, K, G, D>> {
        Policy(ForkJoinLayer {
            left: self.0.left,
            right: self.0.right,
            settings: Live::new(adaptive),
            timer: self.0.timer,
            name: self.0.name,
            sink: self.0.sink,
            allowance: self.0.allowance,
            manner: self.0.manner,
        })
    }
}

impl<A, B, T, K, G, D> Policy<LiveRace<A, B, T, K, G, D>> {
    /// The live settings. See the [page](super#live) for what a change does.
    pub fn settings(&self) -> &Adaptive<ForkJoinConfig> {
        self.0.settings.adaptive()
    }
}

impl<A, B, T, K, C: Settings<ForkJoinConfig>, G, D> Policy<ForkJoinLayer<A, B, T, K, C, G, D>> {
    /// The settings now.
    pub fn config(&self) -> ForkJoinConfig {
        self.0.settings.current()
    }
}

impl<A, B, T, K, C, G, D> Policy<ForkJoinLayer<A, B, T, K, C, G, D>> {
    /// Gives the race its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.0.name = name.into();
        self
    }

    /// The race's name.
    pub const fn name(&self) -> &Name {
        &self.0.name
    }

    /// Measures the stagger on another timer.
    pub fn with_timer<U>(self, timer: U) -> Policy<ForkJoinLayer<A, B, U, K, C, G, D>> {
        Policy(ForkJoinLayer {
            left: self.0.left,
            right: self.0.right,
            settings: self.0.settings,
            timer,
            name: self.0.name,
            sink: self.0.sink,
            allowance: self.0.allowance,
            manner: self.0.manner,
        })
    }
}

impl<A, B, T, K, C, G> Policy<ForkJoinLayer<A, B, T, K, C, G>> {
    /// Heeds the [deadline](crate::deadline) that each request carries: see the [page](super#deadlines). Requests must be
    /// [`Carries`](crate::deadline::Carries), on the clock of this race's timer.
    pub fn heeding_requests(self) -> Policy<ForkJoinLayer<A, B, T, K, C, G, Heeding>> {
        Policy(ForkJoinLayer {
            left: self.0.left,
            right: self.0.right,
            settings: self.0.settings,
            timer: self.0.timer,
            name: self.0.name,
            sink: self.0.sink,
            allowance: self.0.allowance,
            manner: Heeding,
        })
    }
}

impl<A, B, T, K, C, D> Policy<ForkJoinLayer<A, B, T, K, C, (), D>> {
    /// Makes the right arm cost a token of `budget`, into which each request deposits: without a token the left arm goes on alone. In a
    /// stack in which a retry deposits into the same budget for the same requests, use [`drawing_from`](Self::drawing_from).
    pub fn with_budget(
        self,
        budget: RetryBudget,
    ) -> Policy<ForkJoinLayer<A, B, T, K, C, RetryBudget, D>> {
        self.allowed(budget)
    }

    /// Makes the right arm cost a token of `budget`, into which somebody else deposits.
    pub fn drawing_from(
        self,
        budget: RetryBudget,
    ) -> Policy<ForkJoinLayer<A, B, T, K, C, Drawn, D>> {
        self.allowed(Drawn(budget))
    }

    fn allowed<G>(self, allowance: G) -> Policy<ForkJoinLayer<A, B, T, K, C, G, D>> {
        Policy(ForkJoinLayer {
            left: self.0.left,
            right: self.0.right,
            settings: self.0.settings,
            timer: self.0.timer,
            name: self.0.name,
            sink: self.0.sink,
            allowance,
            manner: self.0.manner,
        })
    }
}

impl<A, B, T, K, C, G, D, Q> WithSink<Q> for ForkJoinLayer<A, B, T, K, C, G, D>
where
    A: WithSink<Q>,
    B: WithSink<Q>,
    Q: Clone,
{
    type Output = ForkJoinLayer<A::Output, B::Output, T, Q, C, G, D>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        ForkJoinLayer {
            left: self.left.with_sink(sink),
            right: self.right.with_sink(sink),
            settings: self.settings,
            timer: self.timer,
            name: self.name,
            sink: sink.clone(),
            allowance: self.allowance,
            manner: self.manner,
        }
    }
}

impl<A: Tells, B: Tells, T, K: Sink, C, G, D> Tells for ForkJoinLayer<A, B, T, K, C, G, D> {
    type Kept = (A::Kept, B::Kept, Kept<K>);
}

impl<S, A, B, T, K, C, G, D> PolicyLayer<S> for ForkJoinLayer<A, B, T, K, C, G, D>
where
    S: Clone,
    A: PolicyLayer<S>,
    B: PolicyLayer<S>,
    T: Clone,
    K: Sink,
    C: Settings<ForkJoinConfig>,
    G: Clone,
{
    type Service = ForkJoinService<A::Service, B::Service, T, K::Emitter, C, G, D>;

    fn wrap(&self, inner: S) -> Self::Service {
        ForkJoinService::new(
            (self.left.wrap(inner.clone()), self.right.wrap(inner)),
            self.settings.clone(),
            self.timer.clone(),
            self.sink.attach(&self.name),
            self.allowance.clone(),
        )
    }
}

impl<A, B, T, K, C, G, D> Describe for ForkJoinLayer<A, B, T, K, C, G, D>
where
    A: Describe,
    B: Describe,
    C: Settings<ForkJoinConfig>,
    G: Allowance,
{
    fn describe(&self) -> Node {
        let (left, right) = (self.left.describe(), self.right.describe());
        let stagger = self.settings.current().stagger();
        let budget = self.allowance.said();
        let staggered = (!stagger.is_zero()).then(|| format!(", staggered {stagger:?}"));
        let said = format!("& race{}{budget}", staggered.unwrap_or_default());
        Node::operator(said, left, right)
    }
}
