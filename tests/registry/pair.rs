//! A policy from elsewhere: two settings of which one limits the other, a state and commands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use ninelives::name::Name;
use ninelives::parameters::{Draft, Parameter, ParameterError, Parameters, Value};
use ninelives::prelude::*;
use ninelives::registry::{Managed, Member};

/// `low` is at most `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub low: u64,
    pub high: u64,
}

pub struct PairLayer {
    pub settings: Adaptive<Pair>,
    pub shared: Arc<AtomicU64>,
    name: Name,
}

pub const MOST: u64 = 1_000;

impl Parameters for Pair {
    fn schema() -> &'static [Parameter] {
        const SCHEMA: &[Parameter] = &[
            Parameter::count("low", 0..=MOST, "at most high"),
            Parameter::count("high", 0..=MOST, "at least low"),
        ];
        SCHEMA
    }

    fn value(&self, name: &str) -> Option<Value> {
        match name {
            "low" => Some(self.low.into()),
            "high" => Some(self.high.into()),
            _ => None,
        }
    }

    fn build(draft: &Draft<'_, Self>) -> Result<Self, ParameterError> {
        let (low, high) = (draft.count("low"), draft.count("high"));
        if low > high {
            return Err(ConfigError::count("low", low, 0..=high).into());
        }
        Ok(Self { low, high })
    }
}

impl PairLayer {
    pub fn new(name: &str, low: u64, high: u64) -> Self {
        Self {
            settings: Adaptive::new(Pair { low, high }),
            shared: Arc::default(),
            name: name.into(),
        }
    }
}

impl Managed for PairLayer {
    fn member(&self) -> Member {
        Member::new("pair", &self.name, &self.settings, &self.shared)
            .with_state(&self.shared, |count| {
                vec![("count", count.load(SeqCst).into())]
            })
            .with_command(&self.shared, "bump", "adds one to the count", |count| {
                count.fetch_add(1, SeqCst);
            })
            .with_command(&self.shared, "clear", "sets the count to zero", |count| {
                count.store(0, SeqCst);
            })
    }
}
