//! One policy of each kind, on one timer, with a view of all they hold.
#![allow(dead_code)] // each suite uses its part

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives::Live;
use ninelives::algebra::{Respond, Tower};
use ninelives::bulkhead::{By, Priority, Queue, Queued, Same};
use ninelives::deadline::Heeding;
use ninelives::prelude::*;
use ninelives::retry::Transient;
use tower::Service;
use tower::layer::util::Identity;
use tower::limit::ConcurrencyLimitLayer;
use tower_layer::Layer;

#[path = "bearing.rs"]
pub mod bearing;

use bearing::{Bearing, bearing};

/// What one bulkhead of the kit gives, so that a leak shows within a hundred calls.
pub const PERMITS: usize = 16;
/// What a third-party limit of the kit gives, so that a leak shows within a thousand calls.
pub const FOREIGN_PERMITS: usize = 256;
/// How long the open time of the kit's breakers is.
pub const OPEN_FOR: Duration = Duration::from_secs(5);
/// Longer than every timeout, wait and stagger of the kit, and shorter than [`OPEN_FOR`].
pub const LONG: Duration = Duration::from_millis(500);

const TOKENS: u32 = 60_000;

/// Makes policies and remembers them.
#[derive(Default)]
pub struct Kit {
    pub timer: ManualTimer,
    pub breakers: Vec<CircuitBreakerLayer<ManualTimer>>,
    live_breakers: Vec<LiveBreaker>,
    rated_breakers: Vec<RatedBreaker>,
    bulkheads: Vec<BulkheadLayer>,
    queues: Vec<BulkheadLayer<Queued<ManualTimer>>>,
    lines: Vec<Line>,
    ledgers: Vec<Ledger>,
}

/// A bulkhead with a line, of whatever kind: what is held of it, permits and places, and its limit.
struct Line {
    held: Box<dyn Fn() -> (usize, usize)>,
    resize: Box<dyn Fn(usize)>,
}

/// A budget, and what went into its retry and came out of it.
struct Ledger {
    budget: RetryBudget,
    requests: Calls,
    attempts: Calls,
}

/// Counts calls; a layer from elsewhere, as far as a policy knows.
#[derive(Clone, Default)]
pub struct Calls(Arc<AtomicU64>);

#[derive(Clone)]
pub struct Counted<S> {
    inner: S,
    calls: Calls,
}

pub type Pass = Tower<Identity>;
pub type DeadlineTimeout = TimeoutLayer<ManualTimer, NullSink, TimeoutConfig, Heeding>;
pub type HeedingRetry = RetryLayer<Transient, ManualTimer, NullSink, RetryConfig, Heeding>;
pub type LiveRetry = RetryLayer<Transient, ManualTimer, NullSink, Live<RetryConfig>>;
pub type LiveRace = ForkJoinLayer<Pass, Pass, ManualTimer, NullSink, Live<ForkJoinConfig>>;
pub type HeedingRace =
    ForkJoinLayer<Pass, Pass, ManualTimer, NullSink, ForkJoinConfig, (), Heeding>;
pub type BudgetedRace = CombinedLayer<
    CombinedLayer<
        Tower<Calls>,
        ForkJoinLayer<Pass, Pass, ManualTimer, NullSink, ForkJoinConfig, ninelives::budget::Drawn>,
    >,
    Tower<Calls>,
>;
pub type LiveBreaker = CircuitBreakerLayer<ManualTimer, NullSink, Live<CircuitBreakerConfig>>;
pub type Rated = CircuitBreakerConfig<ninelives::circuit_breaker::Windowed>;
pub type RatedBreaker = CircuitBreakerLayer<ManualTimer, NullSink, Live<Rated>>;
pub type HeedingQueue = BulkheadLayer<Queued<ManualTimer, Same, Heeding>>;
pub type Heavy<C> = BulkheadLayer<
    Queued<ManualTimer, By<fn(&u32) -> Priority>>,
    NullSink,
    C,
    By<fn(&u32) -> usize>,
>;
pub type HeavyQueue = Heavy<BulkheadConfig<Queue>>;
pub type ShadowedQueue = Heavy<Live<BulkheadConfig<Queue>>>;
pub type Echo = Respond<fn(u32) -> u32>;
pub type BudgetedRetry =
    CombinedLayer<CombinedLayer<Tower<Calls>, RetryLayer<Transient, ManualTimer>>, Tower<Calls>>;

/// What the kit sees of a bulkhead; its settings are plain or live, which are two methods of one name.
macro_rules! line {
    ($layer:ident) => {{
        let (held, resized) = ($layer.clone(), $layer.clone());
        Line {
            held: Box::new(move || (held.in_flight(), held.waiting())),
            resize: Box::new(move |permits| {
                resized.resize(permits).unwrap();
            }),
        }
    }};
}

// === impl Kit ===

impl Kit {
    pub fn timeout(&mut self) -> Policy<TimeoutLayer<ManualTimer>> {
        let layer = TimeoutLayer::new(Duration::from_millis(400)).unwrap();
        Policy(layer.with_timer(self.timer.clone()))
    }

    pub fn covering_timeout(&mut self) -> Policy<TimeoutLayer<ManualTimer>> {
        Policy(self.timeout().0.covering_readiness())
    }

    pub fn deadline_timeout(&mut self) -> Bearing<DeadlineTimeout> {
        bearing(self.covering_timeout().0.with_deadline())
    }

    pub fn retry(&mut self) -> Policy<BudgetedRetry> {
        let budget = RetryBudget::new(0.0, 0.0, TOKENS).unwrap();
        let (requests, attempts) = (Calls::default(), Calls::default());
        let retry = RetryPolicy::builder()
            .max_attempts(3)
            .backoff(Backoff::constant(Duration::from_millis(1)))
            .with_budget(budget.clone())
            .with_timer(self.timer.clone())
            .build()
            .unwrap();
        let policy = Policy::tower(requests.clone())
            + Policy(retry.into_layer())
            + Policy::tower(attempts.clone());
        self.ledgers.push(Ledger {
            budget,
            requests,
            attempts,
        });
        policy
    }

    pub fn heeding_retry(&mut self) -> Bearing<HeedingRetry> {
        let retry = RetryPolicy::builder()
            .backoff(Backoff::constant(Duration::from_millis(1)))
            .with_timer(self.timer.clone())
            .heeding_requests()
            .build()
            .unwrap();
        bearing(retry.into_layer())
    }

    pub fn live_retry(&mut self) -> Policy<LiveRetry> {
        let retry = RetryPolicy::builder()
            .backoff(Backoff::constant(Duration::from_millis(1)))
            .with_timer(self.timer.clone())
            .build()
            .unwrap();
        Policy(retry.into_layer().live())
    }

    pub fn bulkhead(&mut self) -> Policy<BulkheadLayer> {
        let layer = BulkheadLayer::new(PERMITS).unwrap();
        self.bulkheads.push(layer.clone());
        Policy(layer)
    }

    pub fn queue(&mut self) -> Policy<BulkheadLayer<Queued<ManualTimer>>> {
        let layer = BulkheadLayer::queued(PERMITS, 8, Duration::from_millis(20)).unwrap();
        let layer = layer.with_timer(self.timer.clone());
        self.queues.push(layer.clone());
        Policy(layer)
    }

    pub fn heeding_queue(&mut self) -> Bearing<HeedingQueue> {
        let layer = BulkheadLayer::queued(PERMITS, 8, Duration::from_millis(20)).unwrap();
        let layer = layer.with_timer(self.timer.clone()).heeding_requests();
        self.lines.push(line!(layer));
        bearing(layer)
    }

    /// Calls weigh five permits each, and stand in classes.
    pub fn heavy_queue(&mut self) -> Policy<HeavyQueue> {
        let layer = self.heavy();
        self.lines.push(line!(layer));
        Policy(layer)
    }

    /// The same with live settings and a shadow of them.
    pub fn shadowed_queue(&mut self) -> Policy<ShadowedQueue> {
        let layer = self.heavy().live();
        layer.settings().set_shadow(layer.config()).unwrap();
        self.lines.push(line!(layer));
        Policy(layer)
    }

    fn heavy(&self) -> HeavyQueue {
        let layer = BulkheadLayer::queued(PERMITS, 8, Duration::from_millis(20)).unwrap();
        let layer = layer.with_timer(self.timer.clone());
        let layer = layer.prioritized_by(class_of as fn(&u32) -> Priority);
        layer.weighted_by(weight_of as fn(&u32) -> usize)
    }

    pub fn breaker(&mut self) -> Policy<CircuitBreakerLayer<ManualTimer>> {
        let config = CircuitBreakerConfig::new(3, OPEN_FOR, 2).unwrap();
        let layer = CircuitBreakerLayer::with_clock(config, self.timer.clone()).unwrap();
        self.breakers.push(layer.clone());
        Policy(layer)
    }

    pub fn live_breaker(&mut self) -> Policy<LiveBreaker> {
        let config = CircuitBreakerConfig::new(3, OPEN_FOR, 2).unwrap();
        let layer = CircuitBreakerLayer::with_clock(config, self.timer.clone()).unwrap();
        let layer = layer.live();
        self.live_breakers.push(layer.clone());
        Policy(layer)
    }

    /// It goes by rates, and looks for slow calls: there are none.
    pub fn rated_breaker(&mut self) -> Policy<RatedBreaker> {
        let config = CircuitBreakerConfig::new(3, OPEN_FOR, 2).unwrap();
        let config = config.with_slow_calls(Duration::from_secs(3600), 1.0);
        let layer = CircuitBreakerLayer::with_clock(config.unwrap(), self.timer.clone()).unwrap();
        let layer = layer.live();
        self.rated_breakers.push(layer.clone());
        Policy(layer)
    }

    pub fn fallback(&mut self) -> Policy<FallbackLayer<Pass, Pass>> {
        self.pass() | self.pass()
    }

    pub fn race(&mut self) -> Policy<ForkJoinLayer<Pass, Pass, ManualTimer>> {
        (self.pass() & self.pass()).with_timer(self.timer.clone())
    }

    /// Its arms can be counted apart from its requests: each right one is for a token.
    pub fn budgeted_race(&mut self) -> Policy<BudgetedRace> {
        let budget = RetryBudget::new(0.0, 0.0, TOKENS).unwrap();
        let (requests, attempts) = (Calls::default(), Calls::default());
        let race = self.staggered_race().drawing_from(budget.clone());
        let policy = Policy::tower(requests.clone()) + race + Policy::tower(attempts.clone());
        self.ledgers.push(Ledger {
            budget,
            requests,
            attempts,
        });
        policy
    }

    pub fn heeding_race(&mut self) -> Bearing<HeedingRace> {
        bearing(self.staggered_race().heeding_requests().0)
    }

    pub fn live_race(&mut self) -> Policy<LiveRace> {
        self.staggered_race().live()
    }

    pub fn staggered_race(&mut self) -> Policy<ForkJoinLayer<Pass, Pass, ManualTimer>> {
        self.race().stagger(Duration::from_millis(1))
    }

    pub fn respond(&mut self) -> Policy<Echo> {
        Policy::respond(|request| request)
    }

    pub fn foreign(&mut self) -> Policy<Tower<ConcurrencyLimitLayer>> {
        Policy::tower(ConcurrencyLimitLayer::new(FOREIGN_PERMITS))
    }

    fn pass(&self) -> Policy<Pass> {
        Policy::tower(Identity::new())
    }

    /// Brings every breaker to the end of its open time, so that the next call is a probe.
    pub fn make_probes_due(&self) {
        for breaker in &self.breakers {
            breaker.trip();
        }
        for breaker in &self.live_breakers {
            breaker.trip();
        }
        for breaker in &self.rated_breakers {
            breaker.trip();
        }
        self.timer.advance(OPEN_FOR);
    }

    /// Gives every bulkhead this many permits.
    pub fn resize(&self, permits: usize) {
        for bulkhead in &self.bulkheads {
            bulkhead.resize(permits).unwrap();
        }
        for queue in &self.queues {
            queue.resize(permits).unwrap();
        }
        for line in &self.lines {
            (line.resize)(permits);
        }
    }

    /// No permit, place, probe or timer is held, and every token is accounted for.
    pub fn assert_nothing_held(&self, when: &str) {
        self.assert_no_permit_held(when);
        assert_eq!(self.timer.armed(), 0, "timers armed, {when}");
    }

    /// As much, but for timers: the arm of a race may still wait for its readiness when the other arm is ready.
    pub fn assert_no_permit_held(&self, when: &str) {
        for bulkhead in &self.bulkheads {
            assert_eq!(bulkhead.in_flight(), 0, "permits held, {when}");
        }
        for queue in &self.queues {
            let held = (queue.in_flight(), queue.waiting());
            assert_eq!(held, (0, 0), "permits and places held, {when}");
        }
        for line in &self.lines {
            assert_eq!((line.held)(), (0, 0), "permits and places held, {when}");
        }
        for breaker in &self.breakers {
            assert_eq!(breaker.view().probes_out, 0, "probes out, {when}");
        }
        for breaker in &self.live_breakers {
            assert_eq!(breaker.view().probes_out, 0, "probes out, {when}");
        }
        for breaker in &self.rated_breakers {
            assert_eq!(breaker.view().probes_out, 0, "probes out, {when}");
        }
        for ledger in &self.ledgers {
            let retries = ledger.attempts.count() - ledger.requests.count();
            let left = f64::from(TOKENS) - retries as f64;
            let balance = ledger.budget.balance(self.timer.now());
            assert_eq!(balance, left, "tokens after {retries} retries, {when}");
        }
    }
}

fn weight_of(_request: &u32) -> usize {
    5
}

fn class_of(request: &u32) -> Priority {
    Priority::ALL[*request as usize % Priority::ALL.len()]
}

// === impl Calls ===

impl Calls {
    pub fn count(&self) -> u64 {
        self.0.load(SeqCst)
    }
}

impl<S> Layer<S> for Calls {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        let calls = self.clone();
        Counted { inner, calls }
    }
}

impl<S: Service<R>, R> Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.calls.0.fetch_add(1, SeqCst);
        self.inner.call(request)
    }
}
