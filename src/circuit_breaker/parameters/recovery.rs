//! How a circuit tries again, as data.

use std::time::Duration;

use ninelives_core::breaker::Ramp;

use super::super::config::named;
use super::super::{CircuitBreakerConfig, Measure};
use super::SHORTEST;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};

const HALF_OPEN_SUCCESSES: &str = "half_open_successes";
const RECOVERY_GROWTH: &str = "recovery_growth";
const RECOVERY_TIMEOUT_MAX: &str = "recovery_timeout_max";
const RECOVERY_JITTER: &str = "recovery_jitter";
const RAMP: &str = "ramp";
const RAMP_STAGE: &str = "ramp_stage";
const RAMP_FAILURE_RATIO: &str = "ramp_failure_ratio";
const RAMP_MINIMUM: &str = "ramp_minimum";
const METRICS_ONLY: &str = "metrics_only";
/// 2^45 us less one: the longest time that ends by itself.
const LONGEST: Duration = Duration::from_micros((1 << 45) - 1);

/// The parameters of every circuit's recovery.
pub(super) const RECOVERY: [Parameter; 9] = [
    Parameter::count(
        HALF_OPEN_SUCCESSES,
        1..=63,
        "successes among the probes that close it, at most as many as probes; none: all",
    )
    .optional()
    .with_default(Value::None),
    Parameter::ratio(
        RECOVERY_GROWTH,
        1.0..=100.0,
        "by how much it rejects longer at each opening without a recovery in between",
    )
    .with_default(Value::Ratio(1.0)),
    Parameter::duration(
        RECOVERY_TIMEOUT_MAX,
        SHORTEST..=LONGEST,
        "for how long it rejects at most, at least the recovery timeout; none where that does not grow",
    )
    .optional()
    .with_default(Value::None),
    Parameter::ratio(
        RECOVERY_JITTER,
        0.0..=1.0,
        "share of the time by which chance may lengthen it",
    )
    .with_default(Value::Ratio(0.0)),
    Parameter::flag(RAMP, "whether it recovers in stages, and not with probes")
        .with_default(Value::Flag(false)),
    Parameter::duration(
        RAMP_STAGE,
        Duration::from_secs(1)..=Duration::from_secs(3_600),
        "how long a stage lasts at least; none: as long as the recovery timeout",
    )
    .optional()
    .with_default(Value::None),
    Parameter::ratio(
        RAMP_FAILURE_RATIO,
        0.000_001..=1.0,
        "share of failures from which on a stage has failed",
    )
    .with_default(Value::Ratio(0.5)),
    Parameter::count(
        RAMP_MINIMUM,
        1..=31,
        "outcomes of a stage that are heard before it is judged",
    )
    .with_default(Value::Count(5)),
    Parameter::flag(METRICS_ONLY, "whether it only counts, and never opens by itself")
        .with_default(Value::Flag(false)),
];

// === impl CircuitBreakerConfig ===

impl<W: Measure> CircuitBreakerConfig<W> {
    pub(super) fn recovery_value(&self, name: &str) -> Option<Value> {
        let (limits, stages) = (&self.limits, self.limits.stages());
        Some(match name {
            HALF_OPEN_SUCCESSES => limits.own_needed().into(),
            RECOVERY_GROWTH => limits.growth().into(),
            RECOVERY_TIMEOUT_MAX => limits.own_longest().into(),
            RECOVERY_JITTER => limits.jitter().into(),
            RAMP => limits.ramp().is_some().into(),
            RAMP_STAGE => stages.stage().into(),
            RAMP_FAILURE_RATIO => stages.failure_ratio().into(),
            RAMP_MINIMUM => stages.minimum().into(),
            METRICS_ONLY => limits.is_metrics_only().into(),
            _ => return None,
        })
    }

    pub(super) fn with_recovery<X: Parameters>(
        mut self,
        draft: &Draft<'_, X>,
    ) -> Result<Self, ParameterError> {
        if let Value::Count(successes) = draft.value(HALF_OPEN_SUCCESSES) {
            self = self.with_half_open_successes(successes as usize)?; // at most 63: the schema says so
        }
        let growth = draft.ratio(RECOVERY_GROWTH);
        match draft.optional_duration(RECOVERY_TIMEOUT_MAX) {
            Some(longest) => self = self.with_recovery_growth(growth, longest)?,
            None if growth > 1.0 => {
                return Err(ParameterError::Unfit {
                    parameter: RECOVERY_TIMEOUT_MAX,
                    value: Value::None,
                    why: "leaves recovery_growth without an end: give both",
                });
            }
            None => {}
        }
        let mut stages = Ramp::new()
            .with_failure_ratio(draft.ratio(RAMP_FAILURE_RATIO))
            .and_then(|stages| stages.with_minimum(draft.count(RAMP_MINIMUM) as u32))
            .map_err(named)?;
        if let Some(stage) = draft.optional_duration(RAMP_STAGE) {
            stages = stages.with_stage(stage).map_err(named)?;
        }
        let config = self
            .with_recovery_jitter(draft.ratio(RECOVERY_JITTER))?
            .with_metrics_only(draft.flag(METRICS_ONLY))
            .with_ramp(stages);
        Ok(if draft.flag(RAMP) {
            config
        } else {
            config.without_ramp()
        })
    }
}
