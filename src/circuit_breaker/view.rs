//! A circuit at one moment.

use std::time::Duration;

use ninelives_core::breaker::View;
use ninelives_core::window::Rates;

use super::{CircuitState, Windowed};

/// A circuit at one moment, for people and tests.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CircuitView {
    /// The state, as it is stored.
    pub state: CircuitState,
    /// The next call would be a probe. While ramping others may be, by chance.
    pub probe_due: bool,
    /// When a call can be let through at the earliest; `None` while calls are admitted, and when only a command can change it.
    pub retry_after: Option<Duration>,
    /// Failures in a row; 0 unless closed.
    pub failures: u32,
    /// Probes that are out; 0 unless half-open.
    pub probes_out: u32,
    /// Probes that succeeded; 0 unless half-open.
    pub won: u32,
    /// Probes that failed; 0 unless half-open.
    pub lost: u32,
    /// Openings without a recovery in between, 15 at most; 0 in a forced state.
    pub openings: u32,
    /// The stage of the ramp; 0 unless ramping.
    pub stage: u32,
    /// Outcomes of this stage that were well; 0 unless ramping.
    pub stage_well: u32,
    /// Outcomes of this stage that failed; 0 unless ramping.
    pub stage_failed: u32,
    /// Stages failed since one was passed that is new, 7 at most; 0 unless ramping.
    pub setbacks: u32,
    /// What the window has; `None` unless the circuit is closed and goes by rates.
    pub rates: Option<CircuitRates>,
}

/// What a window has of the calls since the circuit closed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CircuitRates {
    /// Calls that ended, and those that are out for so long that they are slow.
    pub calls: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were slow, and those that are; one that was slow and failed is in both.
    pub slow: u64,
    /// The share of calls that failed; `None` before the minimum of calls.
    pub failure_rate: Option<f64>,
    /// The share of calls that were slow; `None` before the minimum of calls.
    pub slow_call_rate: Option<f64>,
}

// === impl CircuitView ===

impl CircuitView {
    pub(super) const fn new(view: View, rates: Option<CircuitRates>) -> Self {
        Self {
            state: view.state,
            probe_due: view.probe_due,
            retry_after: view.retry_after,
            failures: view.failures,
            probes_out: view.probes_out,
            won: view.won,
            lost: view.lost,
            openings: view.openings,
            stage: view.stage,
            stage_well: view.stage_well,
            stage_failed: view.stage_failed,
            setbacks: view.setbacks,
            rates,
        }
    }
}

// === impl CircuitRates ===

impl CircuitRates {
    pub(super) fn of(rates: Rates, settings: &Windowed) -> Self {
        let Rates {
            total,
            failed,
            slow,
        } = rates;
        let known = total >= u64::from(settings.minimum_calls());
        let share = |part: u64| known.then(|| part as f64 / total as f64);
        Self {
            calls: total,
            failed,
            slow,
            failure_rate: share(failed),
            slow_call_rate: share(slow),
        }
    }
}
