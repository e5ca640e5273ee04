//! A circuit breaker's settings as data, and what a registry knows of one.

use std::sync::Arc;
use std::time::Duration;

use super::layer::Shared;
use super::{CircuitBreakerConfig, CircuitBreakerLayer};
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

type LiveShared<C> = Shared<C, Live<CircuitBreakerConfig>>;

// === impl CircuitBreakerConfig ===

impl Parameters for CircuitBreakerConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::count(
                FAILURE_THRESHOLD,
                1..=4_095,
                "failures in a row that open the circuit",
            ),
            Parameter::duration(
                RECOVERY_TIMEOUT,
                SHORTEST..=Duration::MAX,
                "how long it rejects; from 2^45 us on it never tries by itself",
            ),
            Parameter::count(
                HALF_OPEN_MAX_CALLS,
                1..=63,
                "probes that may be out together, and successes that close it",
            ),
            Parameter::duration(
                PROBE_LEASE,
                SHORTEST..=Duration::MAX,
                "how long a probe may be out, at most 4096 times the recovery timeout; none: as long as that, and at least 1s",
            )
            .optional()
            .with_default(Value::None),
            Parameter::flag(DISABLED, "whether it is out of use")
                .with_default(Value::Flag(false)),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        Some(match name {
            FAILURE_THRESHOLD => self.failure_threshold().into(),
            RECOVERY_TIMEOUT => self.recovery_timeout().into(),
            HALF_OPEN_MAX_CALLS => self.half_open_max_calls().into(),
            PROBE_LEASE => self.own_lease().into(),
            DISABLED => self.is_disabled().into(),
            _ => return None,
        })
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let failures = draft.count(FAILURE_THRESHOLD) as usize;
        let probes = draft.count(HALF_OPEN_MAX_CALLS) as usize;
        let config = Self::new(failures, draft.duration(RECOVERY_TIMEOUT), probes)?;
        let config = config.with_disabled(draft.flag(DISABLED));
        match draft.optional_duration(PROBE_LEASE) {
            Some(lease) => Ok(config.with_probe_lease(lease)?),
            None => Ok(config),
        }
    }
}

// === impl CircuitBreakerLayer ===

/// State: `state`, `failures`, `probes_out`, `won`, `probe_due`, `retry_after`. Commands: those of the layer.
impl<C, K> Managed for CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig>>
where
    C: Clock + Send + Sync + 'static,
    K: Sink + Clone + Send + Sync + 'static,
{
    fn member(&self) -> Member {
        let (shared, name, sink) = (&self.shared, &self.name, &self.sink);
        let of = {
            let (name, sink) = (name.clone(), sink.clone());
            move |shared: &Arc<LiveShared<C>>| Self {
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

impl<C: Clock, K: Sink> CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig>> {
    fn state_by_name(&self) -> State {
        let view = self.view();
        vec![
            ("state", Value::Choice(view.state.as_str())),
            ("failures", view.failures.into()),
            ("probes_out", view.probes_out.into()),
            ("won", view.won.into()),
            ("probe_due", view.probe_due.into()),
            ("retry_after", view.retry_after.into()),
        ]
    }
}
