//! A circuit breaker's settings as data, and what a registry knows of one.

mod recovery;
mod windowed;

use std::sync::Arc;
use std::time::Duration;

use recovery::RECOVERY;

use super::layer::Shared;
use super::{CircuitBreakerConfig, CircuitBreakerLayer, CircuitSettings, Measure};
use crate::clock::Clock;
use crate::emit::Sink;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use crate::registry::{Managed, Member, State};
use crate::settings::Live;

const FAILURE_THRESHOLD: &str = "failure_threshold";
const RECOVERY_TIMEOUT: &str = "recovery_timeout";
const HALF_OPEN_MAX_CALLS: &str = "half_open_max_calls";
const PROBE_LEASE: &str = "probe_lease";
const DISABLED: &str = "disabled";
const SHORTEST: Duration = Duration::from_millis(1);

type LiveShared<C, W, J> = Shared<C, Live<CircuitBreakerConfig<W>>, J>;

/// The parameters that every circuit has.
const COMMON: [Parameter; 4] = [
    Parameter::duration(
        RECOVERY_TIMEOUT,
        SHORTEST..=Duration::MAX,
        "how long it rejects; from 2^45 us on it never tries by itself",
    ),
    Parameter::count(
        HALF_OPEN_MAX_CALLS,
        1..=63,
        "probes that are tried, and that may be out together",
    ),
    Parameter::duration(
        PROBE_LEASE,
        SHORTEST..=Duration::MAX,
        "how long a probe may be out, at most 4096 times the recovery timeout; none: as long as that, at least 1s and at most 1d",
    )
    .optional()
    .with_default(Value::None),
    Parameter::flag(DISABLED, "whether it is out of use").with_default(Value::Flag(false)),
];

const IN_A_ROW: Parameter = Parameter::count(
    FAILURE_THRESHOLD,
    1..=4_095,
    "failures in a row that open the circuit",
);

/// One list of several: `N` is the sum of their lengths.
const fn joined<const N: usize>(lists: &[&[Parameter]]) -> [Parameter; N] {
    let (mut all, mut next) = ([IN_A_ROW; N], 0);
    let mut list = 0;
    while list < lists.len() {
        let mut place = 0;
        while place < lists[list].len() {
            all[next] = lists[list][place];
            (next, place) = (next + 1, place + 1);
        }
        list += 1;
    }
    assert!(next == N);
    all
}

// === impl CircuitBreakerConfig ===

impl Parameters for CircuitBreakerConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &joined::<14>(&[&[IN_A_ROW], &COMMON, &RECOVERY]);
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        match name {
            FAILURE_THRESHOLD => Some(self.failure_threshold().into()),
            _ => self.common_value(name),
        }
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let failures = draft.count(FAILURE_THRESHOLD) as usize;
        let probes = draft.count(HALF_OPEN_MAX_CALLS) as usize;
        let config = Self::new(failures, draft.duration(RECOVERY_TIMEOUT), probes)?;
        config.with_common(draft)
    }
}

impl<W: Measure> CircuitBreakerConfig<W> {
    fn common_value(&self, name: &str) -> Option<Value> {
        Some(match name {
            RECOVERY_TIMEOUT => self.recovery_timeout().into(),
            HALF_OPEN_MAX_CALLS => self.half_open_max_calls().into(),
            PROBE_LEASE => self.own_lease().into(),
            DISABLED => self.is_disabled().into(),
            _ => return self.recovery_value(name),
        })
    }

    /// With what is set after a configuration is made.
    fn with_common<X: Parameters>(self, draft: &Draft<'_, X>) -> Result<Self, ParameterError> {
        let config = self
            .with_disabled(draft.flag(DISABLED))
            .with_recovery(draft)?;
        match draft.optional_duration(PROBE_LEASE) {
            Some(lease) => Ok(config.with_probe_lease(lease)?),
            None => Ok(config),
        }
    }
}

// === impl CircuitBreakerLayer ===

/// State: `state`, `failures`, `probes_out`, `won`, `lost`, `openings`, `stage`, `setbacks`, `probe_due`, `retry_after`, and of a window `calls`, `failure_rate`, `slow_call_rate`. Commands: those of the layer.
impl<C, K, W, J> Managed for CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig<W>>, J>
where
    C: Clock + Send + Sync + 'static,
    K: Sink + Clone + Send + Sync + 'static,
    W: Measure + Send + Sync + 'static,
    W::Tuned: Send + Sync,
    J: Send + Sync + 'static,
    CircuitBreakerConfig<W>: Parameters,
{
    fn member(&self) -> Member {
        let (shared, name, sink) = (&self.shared, &self.name, &self.sink);
        let of = {
            let (name, sink) = (name.clone(), sink.clone());
            move |shared: &Arc<LiveShared<C, W, J>>| Self {
                shared: Arc::clone(shared),
                name: name.clone(),
                sink: sink.clone(),
            }
        };
        type Order<L> = (&'static str, &'static str, fn(&L));
        let orders: [Order<Self>; 5] = [
            ("reset", "closes the circuit", Self::reset),
            ("trip", "opens it for its recovery timeout", Self::trip),
            (
                "force_open",
                "rejects every call until reset",
                Self::force_open,
            ),
            (
                "force_closed",
                "admits every call until reset",
                Self::force_closed,
            ),
            ("disable", "takes it out of use until reset", Self::disable),
        ];
        let member = Member::new("circuit_breaker", name, self.settings(), shared);
        let look = of.clone();
        let member = member.with_state(shared, move |shared| look(shared).state_by_name());
        orders
            .into_iter()
            .fold(member, |member, (name, words, run)| {
                let of = of.clone();
                member.with_command(shared, name, words, move |shared| run(&of(shared)))
            })
    }
}

impl<C: Clock, K: Sink, L: CircuitSettings, J> CircuitBreakerLayer<C, K, L, J> {
    fn state_by_name(&self) -> State {
        let view = self.view();
        let rates = view.rates;
        vec![
            ("state", Value::Choice(view.state.as_str())),
            ("failures", view.failures.into()),
            ("probes_out", view.probes_out.into()),
            ("won", view.won.into()),
            ("lost", view.lost.into()),
            ("openings", view.openings.into()),
            ("stage", view.stage.into()),
            ("setbacks", view.setbacks.into()),
            ("probe_due", view.probe_due.into()),
            ("retry_after", view.retry_after.into()),
            ("calls", rates.map(|rates| rates.calls).into()),
            (
                "failure_rate",
                rates.and_then(|rates| rates.failure_rate).into(),
            ),
            (
                "slow_call_rate",
                rates.and_then(|rates| rates.slow_call_rate).into(),
            ),
        ]
    }
}
