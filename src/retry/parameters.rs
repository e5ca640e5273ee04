//! A retry's settings as data, and what a registry knows of one.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Backoff, Jitter, RetryConfig, RetryLayer};
use crate::error::ConfigError;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use crate::registry::{Managed, Member, State};
use crate::settings::Live;
use crate::timer::Timer;

const MAX_ATTEMPTS: &str = "max_attempts";
const MAX_DURATION: &str = "max_duration";
const NESTED: &str = "nested";
const BACKOFF: &str = "backoff";
const BACKOFF_BASE: &str = "backoff_base";
const BACKOFF_FACTOR: &str = "backoff_factor";
const BACKOFF_MAX: &str = "backoff_max";
const JITTER: &str = "jitter";
const JITTER_BASE: &str = "jitter_base";
const JITTER_MAX: &str = "jitter_max";

const ANY: RangeInclusive<Duration> = Duration::ZERO..=Duration::MAX;
const EXPONENTIAL: &str = "exponential";
const DECORRELATED: &str = "decorrelated";
/// The factor of a backoff that becomes exponential.
const DOUBLE: f64 = 2.0;

// === impl RetryConfig ===

impl Parameters for RetryConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::count(
                MAX_ATTEMPTS,
                1..=u32::MAX as u64,
                "attempts in all, the first one included",
            )
            .with_default(Value::Count(3)),
            Parameter::duration(
                MAX_DURATION,
                Duration::from_nanos(1)..=Duration::MAX,
                "how late after the call an attempt may begin",
            )
            .optional()
            .with_default(Value::None),
            Parameter::flag(
                NESTED,
                "whether what an outer retry tries is tried again here too",
            )
            .with_default(Value::Flag(false)),
            Parameter::choice(
                BACKOFF,
                &["constant", "linear", EXPONENTIAL],
                "how the wait before an attempt grows",
            )
            .with_default(Value::Choice(EXPONENTIAL)),
            Parameter::duration(
                BACKOFF_BASE,
                ANY,
                "the wait before the first further attempt",
            )
            .with_default(Value::Duration(Duration::from_millis(100))),
            Parameter::ratio(
                BACKOFF_FACTOR,
                1.0..=1e6,
                "what each wait is multiplied by for the next one; 1 unless exponential",
            )
            .with_default(Value::Ratio(DOUBLE)),
            Parameter::duration(BACKOFF_MAX, ANY, "the longest wait, at least the first one")
                .with_default(Value::Duration(Duration::from_secs(10))),
            Parameter::choice(
                JITTER,
                &["none", "full", "equal", DECORRELATED],
                "how the waits are spread",
            )
            .with_default(Value::Choice("none")),
            Parameter::duration(
                JITTER_BASE,
                ANY,
                "the shortest wait of decorrelated jitter; the backoff's when it becomes so",
            )
            .optional()
            .with_default(Value::None),
            Parameter::duration(
                JITTER_MAX,
                ANY,
                "the longest wait of decorrelated jitter; the backoff's when it becomes so",
            )
            .optional()
            .with_default(Value::None),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        let (backoff, jitter) = (self.backoff(), self.jitter());
        let spread = spread(jitter);
        Some(match name {
            MAX_ATTEMPTS => self.max_attempts().into(),
            MAX_DURATION => self.max_duration().into(),
            NESTED => Value::Flag(self.nested()),
            BACKOFF => Value::Choice(backoff.kind()),
            BACKOFF_BASE => backoff.base().into(),
            BACKOFF_FACTOR => backoff.factor().into(),
            BACKOFF_MAX => backoff.max().into(),
            JITTER => Value::Choice(word(jitter)),
            JITTER_BASE => spread.map(|(base, _)| base).into(),
            JITTER_MAX => spread.map(|(_, max)| max).into(),
            _ => return None,
        })
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let backoff = backoff(draft)?;
        let config = Self::new()
            .with_max_attempts(draft.count(MAX_ATTEMPTS) as usize)?
            .with_max_duration(draft.optional_duration(MAX_DURATION))?
            .with_nested(draft.flag(NESTED))
            .with_backoff(backoff);
        Ok(config.with_jitter(jitter(draft, &backoff)?))
    }
}

fn backoff(draft: &Draft<'_, RetryConfig>) -> Result<Backoff, ConfigError> {
    let base = draft.duration(BACKOFF_BASE);
    let (made, usual) = match draft.choice(BACKOFF) {
        EXPONENTIAL => (Backoff::exponential(base), DOUBLE),
        "linear" => (Backoff::linear(base), 1.0),
        _ => (Backoff::constant(base), 1.0),
    };
    // The factor of what it was is none of what it becomes.
    let was = draft.base().backoff().kind();
    let factor = if was == made.kind() || draft.changes(BACKOFF_FACTOR) {
        draft.ratio(BACKOFF_FACTOR)
    } else {
        usual
    };
    made.with_factor(factor)
        .map_err(|error| error.named(BACKOFF_FACTOR))?
        .with_max(draft.duration(BACKOFF_MAX))
        .map_err(|error| error.named(BACKOFF_MAX))
}

fn jitter(draft: &Draft<'_, RetryConfig>, backoff: &Backoff) -> Result<Jitter, ParameterError> {
    let made = match draft.choice(JITTER) {
        DECORRELATED => {
            let base = bound(draft, JITTER_BASE, backoff.base())?;
            let max = bound(draft, JITTER_MAX, backoff.max())?;
            let made = Jitter::decorrelated(base, max);
            return Ok(made.map_err(|error| error.named(JITTER_MAX))?);
        }
        "full" => Jitter::Full,
        "equal" => Jitter::Equal,
        _ => Jitter::None,
    };
    for parameter in [JITTER_BASE, JITTER_MAX] {
        let value = draft.value(parameter);
        if draft.changes(parameter) && value != Value::None {
            let why = "is for jitter = decorrelated alone";
            return Err(unfit(parameter, value, why));
        }
    }
    Ok(made)
}

/// A bound of decorrelated jitter: the usual one when it was none before, and none was given.
fn bound(
    draft: &Draft<'_, RetryConfig>,
    parameter: &'static str,
    usual: Duration,
) -> Result<Duration, ParameterError> {
    match draft.optional_duration(parameter) {
        Some(bound) => Ok(bound),
        None if draft.changes(parameter) => {
            let why = "is for other jitters than decorrelated";
            Err(unfit(parameter, Value::None, why))
        }
        None => Ok(usual),
    }
}

const fn unfit(parameter: &'static str, value: Value, why: &'static str) -> ParameterError {
    ParameterError::Unfit {
        parameter,
        value,
        why,
    }
}

fn word(jitter: Jitter) -> &'static str {
    match jitter {
        Jitter::Full => "full",
        Jitter::Equal => "equal",
        Jitter::Decorrelated { .. } => DECORRELATED,
        _ => "none",
    }
}

fn spread(jitter: Jitter) -> Option<(Duration, Duration)> {
    match jitter {
        Jitter::Decorrelated { base, max, .. } => Some((base, max)),
        _ => None,
    }
}

// === impl RetryLayer ===

/// State: `budget`, the tokens that it has, or none without a budget.
impl<P, T, K, D> Managed for RetryLayer<P, T, K, Live<RetryConfig>, D>
where
    P: Send + Sync + 'static,
    T: Timer + Send + Sync + 'static,
{
    fn member(&self) -> Member {
        let member = Member::new("retry", self.name(), self.settings(), self.plan());
        member.with_state(self.plan(), |plan| {
            let balance = |budget: &super::RetryBudget| budget.balance(plan.common.timer.now());
            State::from([("budget", plan.budget.as_ref().map(balance).into())])
        })
    }
}
