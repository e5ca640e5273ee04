//! The circuit breaker as a layer: one test a scenario. `tests/SCENARIOS.md` says which scenario is where.
#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // tests have threads of their own

use std::sync::Arc;
use std::time::Duration;

use ninelives::circuit_breaker::{CircuitBreakerService, CircuitSettings, CircuitView, Measure};
use ninelives::lift::Lift;
use ninelives::{
    CircuitBreakerConfig, CircuitBreakerLayer, CircuitState, Live, ManualClock, NullSink,
    ResilienceError,
};
use tower::{Layer, Service};

#[path = "../support/backend.rs"]
mod backend;
#[path = "../support/drive.rs"]
mod drive;
#[path = "../support/shadows.rs"]
mod shadows;
#[path = "../support/upset.rs"]
mod upset;

mod classes;
mod commands;
mod config;
mod epochs;
mod life;
mod live;
mod live_windows;
mod naive;
mod panics;
mod policy;
mod probes;
mod readiness;
mod recovery;
mod shadow;
mod slow;
mod threads;
mod time;
mod windows;

use backend::{Ask, Backend, Broken, Gate};
use drive::{done, poll, start};

const OPEN_FOR: Duration = Duration::from_secs(10);
const NANO: Duration = Duration::from_nanos(1);

type Plain = CircuitBreakerConfig;
type Protected<L = Plain> = CircuitBreakerService<Lift<Backend>, Arc<ManualClock>, NullSink, L>;
type Call<L = Plain> = std::pin::Pin<Box<<Protected<L> as Service<Ask>>::Future>>;
type Answer = Result<(), ResilienceError<Broken>>;

/// A circuit over a backend, on a clock that stands still.
struct Rig<L: CircuitSettings = Plain> {
    layer: CircuitBreakerLayer<Arc<ManualClock>, NullSink, L>,
    clock: Arc<ManualClock>,
    backend: Backend,
    service: Protected<L>,
}

// === impl Rig ===

impl Rig {
    fn new(failures: usize, probes: usize) -> Self {
        Self::with(CircuitBreakerConfig::new(failures, OPEN_FOR, probes).unwrap())
    }

    /// Opened, and its time is over: the next call is a probe.
    fn due(failures: usize, probes: usize) -> Self {
        let rig = Self::new(failures, probes);
        rig.layer.trip();
        rig.clock.advance(OPEN_FOR);
        rig
    }
}

impl<W: Measure> Rig<CircuitBreakerConfig<W>> {
    fn with(config: CircuitBreakerConfig<W>) -> Self {
        let clock = Arc::new(ManualClock::new());
        let layer = CircuitBreakerLayer::with_clock(config, Arc::clone(&clock)).unwrap();
        Self::around(layer, clock)
    }
}

impl Rig<Live<Plain>> {
    /// With settings that may change.
    fn live(failures: usize, probes: usize) -> Self {
        let plain = Rig::new(failures, probes);
        Self::around(plain.layer.live(), plain.clock)
    }

    /// Changes the settings.
    fn set(&self, change: impl Fn(Plain) -> Result<Plain, ninelives::ConfigError>) {
        let change = |config: &Plain| change(*config).unwrap();
        self.layer.settings().update(change).unwrap();
    }
}

impl<L: CircuitSettings> Rig<L> {
    fn around(
        layer: CircuitBreakerLayer<Arc<ManualClock>, NullSink, L>,
        clock: Arc<ManualClock>,
    ) -> Self {
        let backend = Backend::default();
        let service = layer.layer(backend.clone());
        Self {
            layer,
            clock,
            backend,
            service,
        }
    }

    fn call(&mut self, ask: Ask) -> Call<L> {
        start(&mut self.service, ask)
    }

    /// A call that waits at a gate, polled once.
    fn wait_at(&mut self, gate: &Gate) -> Call<L> {
        let mut call = self.call(Ask::At(gate.clone()));
        assert!(poll(&mut call).is_pending());
        call
    }

    /// A call that is done in its first poll.
    fn ask(&mut self, ask: Ask) -> Answer {
        done(self.call(ask))
    }

    fn fail(&mut self, times: usize) {
        for _ in 0..times {
            assert_eq!(self.ask(Ask::Fail), Err(ResilienceError::Inner(Broken)));
        }
    }

    /// The `retry_after` of a call that must be rejected without reaching the backend.
    fn rejected(&mut self) -> Option<Duration> {
        let before = self.backend.calls();
        let Err(error) = self.ask(Ask::Answer) else {
            panic!("the call was let through")
        };
        assert!(error.is_circuit_open() && error.is_rejection(), "{error:?}");
        assert_eq!(self.backend.calls(), before);
        error.retry_after()
    }

    fn state(&self) -> CircuitState {
        self.layer.state()
    }

    fn view(&self) -> CircuitView {
        self.layer.view()
    }
}
