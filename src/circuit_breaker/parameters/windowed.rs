//! The settings of a window as data.

use ninelives_core::window::CountWindow;

use super::super::windowed::{LONGEST, MOST_CALLS, SHORTEST, SLOW_AFTER, WINDOW};
use super::super::{CircuitBreakerConfig, CircuitWindow, Windowed};
use super::recovery::RECOVERY;
use super::{COMMON, FAILURE_THRESHOLD, HALF_OPEN_MAX_CALLS, IN_A_ROW, RECOVERY_TIMEOUT, joined};
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};

const FAILURE_RATE: &str = "failure_rate";
const SLOW_CALL_RATE: &str = "slow_call_rate";
const SLOW_CALL_DURATION: &str = "slow_call_duration";
const MINIMUM_CALLS: &str = "minimum_calls";
const TIME_WINDOW: &str = "time_window";
const COUNT_WINDOW: &str = "count_window";
const SHARES: std::ops::RangeInclusive<f64> = 0.000_001..=1.0;

// === impl CircuitBreakerConfig ===

/// A window is over time or over calls: to set one of `time_window` and `count_window` turns the other off.
impl Parameters for CircuitBreakerConfig<Windowed> {
    fn schema() -> &'static [Parameter] {
        const IN_A_ROW_OR_NOT: Parameter = IN_A_ROW.optional().with_default(Value::None);
        const RATES: [Parameter; 6] = [
            Parameter::ratio(FAILURE_RATE, SHARES, "share of failures that opens the circuit")
                .optional()
                .with_default(Value::None),
            Parameter::ratio(SLOW_CALL_RATE, SHARES, "share of slow calls that opens the circuit")
                .optional()
                .with_default(Value::None),
            Parameter::duration(
                SLOW_CALL_DURATION,
                SHORTEST..=LONGEST,
                "from when on a call is slow",
            )
            .with_default(Value::Duration(SLOW_AFTER)),
            Parameter::count(
                MINIMUM_CALLS,
                1..=MOST_CALLS as u64,
                "calls before which no rate is known, at most those of a count window; none: 100, or all of a smaller count window",
            )
            .optional()
            .with_default(Value::None),
            Parameter::duration(
                TIME_WINDOW,
                SHORTEST..=LONGEST,
                "how long the window looks back; none where it is over calls",
            )
            .optional()
            .with_default(Value::Duration(WINDOW)),
            Parameter::count(
                COUNT_WINDOW,
                1..=CountWindow::MOST as u64,
                "how many calls the window looks back on; none where it is over time",
            )
            .optional()
            .with_default(Value::None),
        ];
        const SCHEMA: &[Parameter] =
            &joined::<20>(&[&[IN_A_ROW_OR_NOT], &COMMON, &RATES, &RECOVERY]);
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        let (time, calls) = match self.window() {
            CircuitWindow::Time(time) => (Some(time), None),
            CircuitWindow::Count(calls) => (None, Some(calls)),
        };
        let failures = Some(self.failure_threshold()).filter(|failures| *failures > 0);
        Some(match name {
            FAILURE_THRESHOLD => failures.into(),
            FAILURE_RATE => self.failure_rate().into(),
            SLOW_CALL_RATE => self.slow_call_rate().into(),
            SLOW_CALL_DURATION => self.slow_call_duration().into(),
            MINIMUM_CALLS => self.own_minimum().into(),
            TIME_WINDOW => time.into(),
            COUNT_WINDOW => calls.into(),
            _ => return self.common_value(name),
        })
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let probes = draft.count(HALF_OPEN_MAX_CALLS) as usize;
        let timeout = draft.duration(RECOVERY_TIMEOUT);
        let config = CircuitBreakerConfig::new(1, timeout, probes)?;
        let config = config.with_common(draft)?;
        let slow = draft.duration(SLOW_CALL_DURATION);
        let mut config = config.with_slow_calls(slow, 1.0)?.without_slow_calls();
        if let Value::Ratio(rate) = draft.value(SLOW_CALL_RATE) {
            config = config.with_slow_calls(slow, rate)?;
        }
        if let Value::Ratio(rate) = draft.value(FAILURE_RATE) {
            config = config.with_failure_rate(rate)?;
        }
        config = match window(draft)? {
            CircuitWindow::Time(time) => config.with_time_window(time)?,
            CircuitWindow::Count(calls) => config.with_count_window(calls)?,
        };
        if let Value::Count(calls) = draft.value(MINIMUM_CALLS) {
            config = config.with_minimum_calls(calls as u32)?; // at most 1,000,000: the schema says so
        }
        match draft.value(FAILURE_THRESHOLD) {
            Value::Count(failures) => Ok(config.with_failure_threshold(failures as usize)?),
            _ => Ok(config.without_failure_threshold()),
        }
    }
}

/// The window of a draft: of the two, the one that was set.
fn window(
    draft: &Draft<'_, CircuitBreakerConfig<Windowed>>,
) -> Result<CircuitWindow, ParameterError> {
    let time = draft.optional_duration(TIME_WINDOW);
    let calls = match draft.value(COUNT_WINDOW) {
        Value::Count(calls) => Some(calls as u32), // at most 16,384: the schema says so
        _ => None,
    };
    let unfit = |parameter, value, why| {
        Err(ParameterError::Unfit {
            parameter,
            value,
            why,
        })
    };
    match (time, calls) {
        (Some(time), None) => Ok(CircuitWindow::Time(time)),
        (None, Some(calls)) => Ok(CircuitWindow::Count(calls)),
        (Some(_), Some(calls)) if !draft.changes(TIME_WINDOW) => Ok(CircuitWindow::Count(calls)),
        (Some(time), Some(_)) if !draft.changes(COUNT_WINDOW) => Ok(CircuitWindow::Time(time)),
        (Some(_), Some(calls)) => {
            let why = "is given beside time_window: a window is over time or over calls";
            unfit(COUNT_WINDOW, calls.into(), why)
        }
        (None, None) => {
            let why = "leaves no window: give count_window";
            unfit(TIME_WINDOW, Value::None, why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_settings() {
        for parameter in CircuitBreakerConfig::<Windowed>::schema() {
            let config = CircuitBreakerConfig::by_failure_rate(0.5, LONGEST, 1).unwrap();
            let config = config.without_failure_rate();
            if let Some(default) = parameter.default() {
                assert_eq!(
                    config.value(parameter.name()),
                    Some(default),
                    "{parameter:?}"
                );
            }
        }
    }
}
