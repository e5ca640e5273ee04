//! What makes services misbehave, and counts it.

use std::sync::Arc;

use ninelives_core::rng::SharedRng;
use ninelives_core::tally::Tally;
use tower_layer::Layer;

use super::{ChaosConfig, ChaosService};
use crate::adaptive::Adaptive;
use crate::timer::{Timer, TokioTimer};

/// Makes a service misbehave. See the [page](super). Clones, and services from repeated `layer()` calls, share draws and counts.
#[derive(Debug)]
pub struct ChaosLayer<F, T = TokioTimer> {
    shared: Arc<Shared<F>>,
    timer: T,
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChaosCounts {
    /// Calls.
    pub calls: u64,
    /// Of them, those drawn to panic.
    pub panics: u64,
    /// Those drawn to hang.
    pub hangs: u64,
    /// Those drawn to fail.
    pub errors: u64,
    /// Those passed on to the service.
    pub passed: u64,
    /// Those made late, of the ones that fail or are passed on.
    pub late: u64,
    /// Waits for readiness that were drawn never to end.
    pub unready: u64,
}

#[derive(Debug)]
pub(super) struct Shared<F> {
    pub(super) settings: Adaptive<ChaosConfig>,
    pub(super) random: SharedRng,
    pub(super) error: F,
    pub(super) panics: Tally,
    pub(super) hangs: Tally,
    pub(super) errors: Tally,
    pub(super) passed: Tally,
    pub(super) late: Tally,
    pub(super) unready: Tally,
}

// === impl ChaosLayer ===

impl<F> ChaosLayer<F> {
    /// Misbehaves as `config` says, by the draws of `seed`; `error` makes the errors of calls that are to fail.
    pub fn new(config: ChaosConfig, seed: u64, error: F) -> Self {
        Self {
            shared: Arc::new(Shared {
                settings: Adaptive::new(config),
                random: SharedRng::from_seed(seed),
                error,
                panics: Tally::new(),
                hangs: Tally::new(),
                errors: Tally::new(),
                passed: Tally::new(),
                late: Tally::new(),
                unready: Tally::new(),
            }),
            timer: TokioTimer,
        }
    }
}

impl<F, T> ChaosLayer<F, T> {
    /// Waits for late calls on another timer.
    pub fn with_timer<U>(self, timer: U) -> ChaosLayer<F, U> {
        ChaosLayer {
            shared: self.shared,
            timer,
        }
    }

    /// The live settings: calls and waits that begin after a change meet it.
    pub fn settings(&self) -> &Adaptive<ChaosConfig> {
        &self.shared.settings
    }

    /// What was done so far; exact once no call is being made.
    pub fn counts(&self) -> ChaosCounts {
        let Shared {
            panics,
            hangs,
            errors,
            passed,
            late,
            unready,
            ..
        } = &*self.shared;
        let (panics, hangs, errors, passed) =
            (panics.get(), hangs.get(), errors.get(), passed.get());
        ChaosCounts {
            calls: panics + hangs + errors + passed,
            panics,
            hangs,
            errors,
            passed,
            late: late.get(),
            unready: unready.get(),
        }
    }
}

impl<F, T: Clone> Clone for ChaosLayer<F, T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            timer: self.timer.clone(),
        }
    }
}

impl<S, F, T: Timer + Clone> Layer<S> for ChaosLayer<F, T> {
    type Service = ChaosService<S, F, T>;

    fn layer(&self, inner: S) -> Self::Service {
        ChaosService::new(inner, Arc::clone(&self.shared), self.timer.clone())
    }
}
