//! The settings of a bulkhead by name.

use std::time::Duration;

use ninelives_core::semaphore::{MAX_PERMITS, MAX_PLACES};

use super::{BulkheadConfig, Queue};
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};

const MAX_CONCURRENT: &str = "max_concurrent";
const MAX_WAITING: &str = "max_waiting";
const MAX_WAIT: &str = "max_wait";

const LIMIT: Parameter = Parameter::count(
    MAX_CONCURRENT,
    0..=MAX_PERMITS as u64,
    "how many calls may be in flight; 0 is a pause",
);

// === impl BulkheadConfig ===

impl Parameters for BulkheadConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[LIMIT];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        (name == MAX_CONCURRENT).then(|| limit(self))
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        Ok(Self::new(1)?.with_max_concurrent(draft.count(MAX_CONCURRENT) as usize)?)
    }
}

impl Parameters for BulkheadConfig<Queue> {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            LIMIT,
            Parameter::count(
                MAX_WAITING,
                1..=MAX_PLACES as u64,
                "how many calls may wait in line",
            ),
            Parameter::duration(
                MAX_WAIT,
                Duration::from_nanos(1)..=Duration::MAX,
                "how long each may wait",
            ),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        match name {
            MAX_CONCURRENT => Some(limit(self)),
            MAX_WAITING => Some((self.queue().max_waiting() as u64).into()),
            MAX_WAIT => Some(self.queue().max_wait().into()),
            _ => None,
        }
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let max_waiting = draft.count(MAX_WAITING) as usize;
        let config = BulkheadConfig::new(1)?.with_queue(max_waiting, draft.duration(MAX_WAIT))?;
        Ok(config.with_max_concurrent(draft.count(MAX_CONCURRENT) as usize)?)
    }
}

fn limit<Q>(config: &BulkheadConfig<Q>) -> Value {
    (config.max_concurrent() as u64).into()
}
