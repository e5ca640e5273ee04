//! What the benchmarks call: each layer around the inner service, waiting on the program's `TIMER`.

#[path = "echo.rs"]
pub mod echo;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninelives::Tick;
use ninelives::algebra::Tower;
use ninelives::bulkhead::Queued;
use ninelives::circuit_breaker::{CircuitRamp, Windowed};
use ninelives::deadline::{Carried, Deadline};
use ninelives::prelude::*;
use ninelives::retry::{RetryPolicyBuilder, Transient};
use tower::Service;
use tower::layer::Layer;
use tower::layer::util::Identity;
use tower::util::MapRequestLayer;

use crate::{TIMER, Waits};
use echo::FAR;
pub use echo::{Echo, call, enter_runtime};

/// A request that carries.
type Bearer = (u64, Carried);

/// A layer that a benchmark can put around [`Echo`].
pub trait Subject: Layer<Echo, Service = Self::Around> {
    /// The service.
    type Around: Service<u64, Response = u64> + Clone + Send + 'static;
}

// === impl Subject ===

impl<L> Subject for L
where
    L: Layer<Echo>,
    L::Service: Service<u64, Response = u64> + Clone + Send + 'static,
{
    type Around = L::Service;
}

/// A clock that costs nothing: a window's own price, without that of the system's clock.
#[derive(Clone, Copy)]
struct Unmoved(Tick);

const UNMOVED: Unmoved = Unmoved(Tick::from_nanos(5_500_000_000));

impl Clock for Unmoved {
    #[inline]
    fn now(&self) -> Tick {
        self.0
    }
}

/// A clock that shows what it is set to.
struct Set(&'static AtomicU64);

impl Clock for Set {
    #[inline]
    fn now(&self) -> Tick {
        // Relaxed: one thread.
        Tick::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// A clock that is a second later at each look: the floor of a ramp lets each call through.
struct Striding(AtomicU64);

impl Clock for Striding {
    #[inline]
    fn now(&self) -> Tick {
        // Relaxed: one thread.
        Tick::from_nanos(self.0.fetch_add(1_000_000_000, Ordering::Relaxed))
    }
}

/// No layer.
pub fn raw() -> impl Subject {
    Identity::new()
}

/// A timeout that does not pass.
pub fn timeout() -> impl Subject {
    timeout_layer()
}

/// The same with settings that may change.
pub fn timeout_live() -> impl Subject {
    timeout_layer().live()
}

/// The same with a shadow.
pub fn timeout_shadowed() -> impl Subject {
    let layer = timeout_layer().live();
    layer.settings().set_shadow(layer.config()).unwrap();
    layer
}

/// What lets requests have a deadline, and nothing to heed it.
pub fn bearing() -> impl Subject {
    on() + off()
}

/// A timeout that heeds the deadline of its requests, which is far away and passes no sooner than its own.
pub fn timeout_deadline() -> impl Subject {
    on() + Policy(timeout_layer().with_deadline()) + off()
}

/// Three attempts; the first one succeeds.
pub fn retry() -> impl Subject {
    retry_layer()
}

/// The same retry with settings that may change.
pub fn retry_live() -> impl Subject {
    retry_layer().live()
}

/// The same retry over its requests' deadline, an hour away, and their marks.
pub fn retry_heeding() -> impl Subject {
    let builder = retry_builder().heeding_requests();
    on() + Policy(builder.build().unwrap().into_layer()) + off()
}

/// The same retry with a look at each response.
pub fn retry_over_results() -> impl Subject {
    let builder = retry_builder();
    let builder =
        builder.retry_if(|answer: Result<&u64, &echo::Refused>| answer.is_ok_and(|n| *n == 8));
    builder.build().unwrap().into_layer()
}

/// A breaker that stays closed.
pub fn breaker() -> impl Subject {
    breaker_layer()
}

/// The same breaker with settings that may change.
pub fn breaker_live() -> impl Subject {
    breaker_layer().live()
}

/// The same with a shadow.
pub fn breaker_shadowed() -> impl Subject {
    let layer = breaker_layer().live();
    layer.settings().set_shadow(layer.config()).unwrap();
    layer
}

/// A breaker that goes by the rates of ten seconds.
pub fn breaker_windowed() -> impl Subject {
    rated_layer(rates())
}

/// The same with settings that may change.
pub fn breaker_windowed_live() -> impl Subject {
    rated_layer(rates()).live()
}

/// A breaker that goes by the rates of the last hundred calls.
pub fn breaker_counted() -> impl Subject {
    rated_layer(rates().with_count_window(100).unwrap())
}

/// A breaker that goes by the rates of ten seconds, and looks for slow calls.
pub fn breaker_slow() -> impl Subject {
    rated_layer(rates().with_slow_calls(FAR, 0.5).unwrap())
}

/// A breaker that goes by rates and is open, on the clock of the one that goes by failures in a row.
pub fn breaker_windowed_open() -> impl Subject {
    let breaker = CircuitBreakerLayer::new(rates()).unwrap();
    breaker.trip();
    breaker
}

/// A breaker that stays closed through a few failures.
pub fn breaker_patient() -> impl Subject {
    let config = CircuitBreakerConfig::new(1000, FAR, 1).unwrap();
    CircuitBreakerLayer::with_clock(config, UNMOVED).unwrap()
}

/// A breaker that recovers in stages, in the first of them.
pub fn breaker_ramping() -> impl Subject {
    let millisecond = Duration::from_millis(1);
    let config = CircuitBreakerConfig::new(1, millisecond, 1).unwrap();
    let config = config.with_probe_lease(millisecond * 4_096).unwrap();
    let ramp = CircuitRamp::new().with_stage(Duration::from_secs(3_600));
    let config = config.with_ramp(ramp.unwrap());
    let clock = Striding(AtomicU64::new(0));
    let breaker = CircuitBreakerLayer::with_clock(config, clock).unwrap();
    let breaker = breaker.with_seed(7);
    breaker.trip();
    breaker
}

/// An open breaker on a clock that costs nothing.
pub fn breaker_open_unmoved() -> impl Subject {
    let config = CircuitBreakerConfig::new(5, FAR, 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, UNMOVED).unwrap();
    breaker.trip();
    breaker
}

/// A breaker that rejects until it is told otherwise.
pub fn breaker_forced_open() -> impl Subject {
    let breaker = breaker_layer();
    breaker.force_open();
    breaker
}

/// A breaker in the first stage of its recovery, on a clock that stands since the last call that was let through.
pub fn breaker_ramp_rejecting() -> impl Subject {
    static NOW: AtomicU64 = AtomicU64::new(0);
    let config = CircuitBreakerConfig::new(1, Duration::from_millis(1), 1).unwrap();
    let config = config.with_ramp(CircuitRamp::new());
    let breaker = CircuitBreakerLayer::with_clock(config, Set(&NOW)).unwrap();
    let breaker = breaker.with_seed(7);
    breaker.trip();
    // Relaxed: one thread.
    NOW.store(1_000_000_000, Ordering::Relaxed);
    drop(breaker.layer(Echo::ready()).call(0));
    breaker
}

/// A breaker with settings that may change, open.
pub fn breaker_live_open() -> impl Subject {
    let breaker = breaker_layer().live();
    breaker.trip();
    breaker
}

/// A breaker that is open, and far from its next probe.
pub fn open_breaker() -> impl Subject {
    let breaker = breaker_layer();
    breaker.trip();
    breaker
}

/// A bulkhead with room.
pub fn bulkhead() -> impl Subject {
    bulkhead_layer()
}

/// A bulkhead with a shadow beside its settings.
pub fn bulkhead_shadowed() -> impl Subject {
    let layer = BulkheadLayer::new(8).unwrap().live();
    layer.settings().set_shadow(layer.config()).unwrap();
    layer
}

/// The same with settings that may change.
pub fn bulkhead_live() -> impl Subject {
    bulkhead_layer().live()
}

/// A bulkhead whose only permit is out for good.
pub fn full_bulkhead() -> impl Subject {
    let bulkhead = BulkheadLayer::new(1).unwrap();
    let mut holder = bulkhead.layer(Echo::pending(u32::MAX));
    std::mem::forget(holder.call(0));
    bulkhead
}

/// A bulkhead whose calls weigh what their request says.
pub fn weighted_bulkhead() -> impl Subject {
    bulkhead_layer().weighted_by(|request: &u64| *request as usize)
}

/// The same without room.
pub fn weighted_full_bulkhead() -> impl Subject {
    let bulkhead = weighted_bulkhead_of(8);
    let mut holder = bulkhead.layer(Echo::pending(u32::MAX));
    std::mem::forget(holder.call(7));
    bulkhead
}

/// The same with room and a line.
pub fn weighted_queued_bulkhead() -> impl Subject {
    queued_layer().weighted_by(|request: &u64| *request as usize)
}

/// A bulkhead whose calls weigh more than its limit.
pub fn overweight_bulkhead() -> impl Subject {
    weighted_bulkhead_of(6)
}

fn weighted_bulkhead_of(limit: usize) -> impl Subject {
    let bulkhead = BulkheadLayer::new(limit).unwrap();
    bulkhead.weighted_by(|request: &u64| *request as usize)
}

/// A bulkhead with room and a line of classes.
pub fn prioritized_bulkhead() -> impl Subject {
    queued_layer().prioritized_by(class)
}

/// A bulkhead without room and without a place in its line.
pub fn line_full_bulkhead() -> impl Subject {
    let bulkhead = narrow_bulkhead();
    let mut holder = bulkhead.layer(Echo::pending(u32::MAX));
    std::mem::forget((holder.call(7), holder.call(7)));
    bulkhead
}

/// The same for calls of classes.
pub fn prioritized_full_bulkhead() -> impl Subject {
    let bulkhead = narrow_bulkhead().prioritized_by(class);
    let mut holder = bulkhead.layer(Echo::pending(u32::MAX));
    std::mem::forget((holder.call(7), holder.call(7)));
    bulkhead
}

/// A bulkhead with one permit and one place.
pub fn narrow_bulkhead() -> BulkheadLayer<Queued<Waits>> {
    lined(1)
}

/// A bulkhead with room and a line that heeds the deadline of its requests, an hour away.
pub fn heeding_bulkhead() -> impl Subject {
    on() + Policy(queued_layer().heeding_requests()) + off()
}

/// Odd calls before even ones.
pub fn class(request: &u64) -> ninelives::bulkhead::Priority {
    match request % 2 {
        0 => ninelives::bulkhead::Priority::Low,
        _ => ninelives::bulkhead::Priority::High,
    }
}

/// A bulkhead with room and a line.
pub fn queued_bulkhead() -> impl Subject {
    queued_layer()
}

/// The same with settings that may change.
pub fn queued_bulkhead_live() -> impl Subject {
    queued_layer().live()
}

/// A backup behind no policy; it is not used.
pub fn fallback() -> impl Subject {
    Policy::tower(Identity::new()) | Policy::respond(|request: u64| request)
}

/// Two arms at once.
pub fn fork_join() -> impl Subject {
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    race.with_timer(TIMER)
}

/// Two arms; the second one is far from its start.
pub fn staggered() -> impl Subject {
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    race.stagger(FAR).with_timer(TIMER)
}

/// Two arms at once, by a setting that may change.
pub fn fork_join_live() -> impl Subject {
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    race.with_timer(TIMER).live()
}

/// Two arms at once, the second for a token, of which each request pays one in.
pub fn fork_join_budgeted() -> impl Subject {
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    let race = race.with_timer(TIMER);
    race.with_budget(RetryBudget::new(1.0, 0.0, 100).unwrap())
}

/// Two arms at once, over the deadline of their requests, an hour away.
pub fn fork_join_heeding() -> impl Subject {
    let race = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    on() + race.with_timer(TIMER).heeding_requests() + off()
}

/// The stack that the design has a budget for.
pub fn stack() -> impl Subject {
    Policy(timeout_layer())
        + Policy(bulkhead_layer())
        + Policy(breaker_layer())
        + Policy(retry_layer())
}

/// The same, telling `sink` its events.
#[allow(
    dead_code,
    reason = "of one program, apart from those of a stack that tells nothing"
)]
pub fn stack_telling<C>(sink: StreamingSink<C>) -> impl Subject
where
    C: Clock + Clone + Send + Sync + 'static,
{
    let policy = Policy(timeout_layer())
        + Policy(bulkhead_layer())
        + Policy(breaker_layer())
        + Policy(retry_layer());
    policy.with_sink(sink)
}

/// Lets requests have a deadline, an hour away.
fn on() -> Policy<Tower<MapRequestLayer<impl Fn(u64) -> Bearer + Clone + Send + 'static>>> {
    let deadline = Deadline::after(TokioTimer.now(), FAR);
    let carried = Carried::NOTHING.with_deadline(deadline);
    Policy::tower(MapRequestLayer::new(move |number| (number, carried)))
}

/// Takes it off again.
fn off() -> Policy<Tower<MapRequestLayer<impl Fn(Bearer) -> u64 + Clone + Send + 'static>>> {
    Policy::tower(MapRequestLayer::new(|(number, _): Bearer| number))
}

fn timeout_layer() -> TimeoutLayer<Waits> {
    TimeoutLayer::new(FAR).unwrap().with_timer(TIMER)
}

fn retry_builder() -> RetryPolicyBuilder<Transient, Waits> {
    let builder = RetryPolicy::builder().max_attempts(3);
    builder.with_sleeper(TIMER)
}

fn lined(permits: usize) -> BulkheadLayer<Queued<Waits>> {
    let layer = BulkheadLayer::queued(permits, permits, FAR).unwrap();
    layer.with_timer(TIMER)
}

fn retry_layer() -> RetryLayer<Transient, Waits> {
    let policy = retry_builder().build().unwrap();
    policy.into_layer()
}

fn breaker_layer() -> CircuitBreakerLayer {
    CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, FAR, 1).unwrap()).unwrap()
}

fn rates() -> CircuitBreakerConfig<Windowed> {
    let config = CircuitBreakerConfig::new(1000, FAR, 1).unwrap();
    let config = config.with_failure_rate(0.5).unwrap();
    config.with_time_window(Duration::from_secs(10)).unwrap()
}

fn rated_layer(
    config: CircuitBreakerConfig<Windowed>,
) -> CircuitBreakerLayer<Unmoved, NullSink, CircuitBreakerConfig<Windowed>> {
    CircuitBreakerLayer::with_clock(config, UNMOVED).unwrap()
}

fn queued_layer() -> BulkheadLayer<Queued<Waits>> {
    lined(64)
}

fn bulkhead_layer() -> BulkheadLayer {
    BulkheadLayer::new(64).unwrap()
}
