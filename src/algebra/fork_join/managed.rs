//! A race's settings as data, and what a registry knows of one.

use std::time::Duration;

use super::{ForkJoinConfig, ForkJoinLayer};
use crate::algebra::Policy;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use crate::registry::{Managed, Member};
use crate::settings::Live;

const STAGGER: &str = "stagger";

// === impl ForkJoinConfig ===

impl Parameters for ForkJoinConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[Parameter::duration(
            STAGGER,
            Duration::ZERO..=Duration::MAX,
            "how long the right arm waits",
        )
        .with_default(Value::Duration(Duration::ZERO))];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        (name == STAGGER).then(|| self.stagger().into())
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        Ok(Self::new().with_stagger(draft.duration(STAGGER)))
    }
}

// === impl Policy ===

impl<A, B, T, K, G, D> Managed for Policy<ForkJoinLayer<A, B, T, K, Live<ForkJoinConfig>, G, D>> {
    fn member(&self) -> Member {
        let settings = self.0.settings.shared();
        Member::new("fork_join", &self.0.name, settings, settings)
    }
}
