//! The bulkhead as a layer, with and without a line: one test a scenario. `tests/SCENARIOS.md` says which scenario is where.
#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // tests have threads of their own

use std::task::Poll;
use std::time::Duration;

use ninelives::bulkhead::{BulkheadService, Mode, Queued, QueuedService, Reject};
use ninelives::emit::NullSink;
use ninelives::lift::Lift;
use ninelives::{BulkheadConfig, BulkheadLayer, ManualTimer, ResilienceError, Settings};
use tower::{Layer, Service};

#[path = "../support/backend.rs"]
mod backend;
#[path = "../support/drive.rs"]
mod drive;
#[path = "../support/shadows.rs"]
mod shadows;
#[path = "../support/ticking.rs"]
mod ticking;
#[path = "../support/upset.rs"]
mod upset;

mod classes;
mod close;
mod config;
mod idle;
mod law;
mod line;
mod live;
mod panics;
mod policy;
#[cfg(feature = "membarrier")]
mod purses;
mod readiness;
mod reject;
mod resize;
mod runtimes;
mod shadow;
mod threads;
mod wait;
mod wakers;
mod weights;

use backend::{Ask, Backend, Broken, Gate};
use drive::{done, poll, poll_with, start};

const WAIT: Duration = Duration::from_secs(10);
const NANO: Duration = Duration::from_nanos(1);

type Answer = Result<(), ResilienceError<Broken>>;
type Rejecting = BulkheadService<Lift<Backend>>;
type Queueing = QueuedService<Lift<Backend>, ManualTimer>;
type Call<S> = std::pin::Pin<Box<<S as Service<Ask>>::Future>>;

/// A bulkhead over a backend, and a timer that stands still.
struct Rig<M: Mode, S, C = BulkheadConfig<<M as Mode>::Rule>> {
    layer: BulkheadLayer<M, NullSink, C>,
    timer: ManualTimer,
    backend: Backend,
    service: S,
}

type Line = Rig<Queued<ManualTimer>, Queueing>;
type Plain = Rig<Reject, Rejecting>;

// === impl Rig ===

impl Plain {
    fn new(limit: usize) -> Self {
        Self::over(BulkheadLayer::new(limit).unwrap(), ManualTimer::new())
    }
}

impl Line {
    fn new(limit: usize, places: usize) -> Self {
        let timer = ManualTimer::new();
        let layer = BulkheadLayer::queued(limit, places, WAIT).unwrap();
        Self::over(layer.with_timer(timer.clone()), timer)
    }
}

impl<M, S, C> Rig<M, S, C>
where
    M: Mode,
    C: Settings<BulkheadConfig<M::Rule>>,
    S: Service<Ask, Response = (), Error = ResilienceError<Broken>>,
    BulkheadLayer<M, NullSink, C>: Layer<Backend, Service = S>,
{
    fn over(layer: BulkheadLayer<M, NullSink, C>, timer: ManualTimer) -> Self {
        let backend = Backend::default();
        let service = layer.layer(backend.clone());
        Self {
            layer,
            timer,
            backend,
            service,
        }
    }

    fn call(&mut self, ask: Ask) -> Call<S> {
        start(&mut self.service, ask)
    }

    /// A call that waits, in line or at its gate; polled once.
    fn wait_at(&mut self) -> (Call<S>, Gate) {
        let gate = Gate::new();
        let mut call = self.call(Ask::At(gate.clone()));
        assert!(poll(&mut call).is_pending());
        (call, gate)
    }

    /// Calls that are in line, polled once, each with its gate.
    fn waiters(&mut self, count: usize) -> Vec<(Call<S>, Gate)> {
        let before = self.layer.waiting();
        let waiters = (0..count).map(|_| self.wait_at()).collect();
        assert_eq!(self.layer.waiting(), before + count);
        waiters
    }

    /// A call that is done in its first poll.
    fn ask(&mut self, ask: Ask) -> Answer {
        done(self.call(ask))
    }

    /// What a call that is turned away at once is told: calls in flight, and the limit.
    fn full(&mut self) -> (usize, usize) {
        let before = self.backend.calls();
        match self.ask(Ask::Answer) {
            Err(ResilienceError::Bulkhead { in_flight, max, .. }) => {
                assert_eq!(self.backend.calls(), before);
                (in_flight, max)
            }
            other => panic!("not turned away: {other:?}"),
        }
    }

    /// In flight, free, and in line.
    fn now(&self) -> (usize, usize, usize) {
        let Self { layer, .. } = self;
        (layer.in_flight(), layer.available(), layer.waiting())
    }
}

/// Polls each waiter and says which of them reached the backend.
fn began<S: Service<Ask>>(waiters: &mut [(Call<S>, Gate)]) -> Vec<bool> {
    waiters
        .iter_mut()
        .map(|(call, gate)| {
            let _ = poll(call);
            gate.began()
        })
        .collect()
}

fn is_timeout<T>(answer: &Poll<Result<T, ResilienceError<Broken>>>) -> bool {
    matches!(
        answer,
        Poll::Ready(Err(ResilienceError::BulkheadTimeout { .. }))
    )
}
