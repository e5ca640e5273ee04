//! A budget's settings as data, and what a registry knows of one.

use super::{RetryBudget, RetryBudgetConfig};
use crate::clock::Clock;
use crate::name::Name;
use crate::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use crate::registry::{Managed, Member, State};

/// A budget under a name, for a [`Registry`](crate::Registry). Made by [`RetryBudget::named`].
#[derive(Clone, Debug)]
pub struct NamedBudget<C> {
    budget: RetryBudget,
    name: Name,
    clock: C,
}

const RATIO: &str = "ratio";
const MIN_PER_SECOND: &str = "min_per_second";
const CAP: &str = "cap";

// === impl RetryBudgetConfig ===

impl Parameters for RetryBudgetConfig {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::ratio(RATIO, 0.0..=10.0, "tokens that each request adds")
                .with_default(Value::Ratio(0.2)),
            Parameter::ratio(
                MIN_PER_SECOND,
                0.0..=65_535.0,
                "tokens that each second adds",
            )
            .with_default(Value::Ratio(10.0)),
            Parameter::count(CAP, 1..=65_535, "the most tokens that are kept")
                .with_default(Value::Count(100)),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        match name {
            RATIO => Some(self.ratio().into()),
            MIN_PER_SECOND => Some(self.min_per_second().into()),
            CAP => Some(self.cap().into()),
            _ => None,
        }
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let cap = draft.count(CAP) as u32; // at most 65,535: the schema says so
        Ok(Self::new(
            draft.ratio(RATIO),
            draft.ratio(MIN_PER_SECOND),
            cap,
        )?)
    }
}

// === impl RetryBudget ===

impl RetryBudget {
    /// The same budget under a name, so that a registry can hold it; `clock` is the one that the retries use.
    pub fn named<C>(&self, name: impl Into<Name>, clock: C) -> NamedBudget<C> {
        NamedBudget {
            budget: self.clone(),
            name: name.into(),
            clock,
        }
    }
}

// === impl NamedBudget ===

/// State: `balance`, the tokens that it has.
impl<C: Clock + Clone + Send + Sync + 'static> Managed for NamedBudget<C> {
    fn member(&self) -> Member {
        let (budget, clock) = (&self.budget, self.clock.clone());
        let member = Member::new(
            "retry_budget",
            &self.name,
            budget.settings(),
            &budget.shared,
        );
        member.with_state(&budget.shared, move |shared| {
            let limits = shared.settings.get().limits;
            let balance = shared.budget.balance(&limits, clock.now());
            State::from([("balance", balance.into())])
        })
    }
}
