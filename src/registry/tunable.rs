//! Settings of a type that is not known here.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::decision::Decision;

use super::Reading;
use crate::adaptive::{Adaptive, Changes, NoPrevious, Snapshot, Stage};
use crate::clock::Clock;
use crate::error::ConfigError;
use crate::parameters::{Parameter, ParameterError, Parameters, Value};

/// Live settings, by name.
pub(super) trait Tunable: Send + Sync {
    fn schema(&self) -> &'static [Parameter];
    fn read(&self) -> Reading;
    fn set(&self, version: Option<u64>, changes: &[(&str, Value)]) -> Result<u64, Refusal>;
    fn set_for(
        &self,
        changes: &[(&str, Value)],
        duration: Duration,
        clock: &Arc<dyn Clock + Send + Sync>,
    ) -> Result<u64, Refusal>;
    fn rollback(&self) -> Result<u64, NoPrevious>;
    fn subscribe(&self) -> Box<dyn Watch>;
    fn stage(
        &self,
        decision: &Arc<Decision>,
        changes: &[(&str, Value)],
    ) -> Result<Box<dyn Stage>, Refusal>;
    fn identity(&self) -> usize;
}

/// Changes of such settings.
pub(super) trait Watch: Send {
    fn try_changed(&mut self) -> Option<Reading>;
    fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<Reading>;
    /// Forgets the waker.
    fn leave(&self);
}

/// Why such a change was refused.
pub(super) enum Refusal {
    Parameter(ParameterError),
    Stale { current: u64 },
}

// === impl Tunable ===

impl<C: Parameters + Send + Sync + 'static> Tunable for Adaptive<C> {
    fn schema(&self) -> &'static [Parameter] {
        C::schema()
    }

    fn read(&self) -> Reading {
        reading(&self.snapshot())
    }

    fn set(&self, version: Option<u64>, changes: &[(&str, Value)]) -> Result<u64, Refusal> {
        self.try_update(|seen, current| {
            let next = self.noted(seen.assemble(changes))?;
            match version {
                Some(version) if version != current => Err(Refusal::Stale { current }),
                _ => Ok(next),
            }
        })
    }

    fn set_for(
        &self,
        changes: &[(&str, Value)],
        duration: Duration,
        clock: &Arc<dyn Clock + Send + Sync>,
    ) -> Result<u64, Refusal> {
        self.try_update_for(
            |seen| Ok(self.noted(seen.assemble(changes))?),
            duration,
            clock,
        )
    }

    fn rollback(&self) -> Result<u64, NoPrevious> {
        self.rollback()
    }

    fn subscribe(&self) -> Box<dyn Watch> {
        Box::new(self.subscribe())
    }

    fn stage(
        &self,
        decision: &Arc<Decision>,
        changes: &[(&str, Value)],
    ) -> Result<Box<dyn Stage>, Refusal> {
        self.stage(decision, |seen| {
            let next = self.noted(seen.assemble(changes))?;
            let is_other = next.values() != seen.values();
            Ok(is_other.then_some(next))
        })
    }

    fn identity(&self) -> usize {
        self.identity()
    }
}

// === impl Watch ===

impl<C: Parameters + Send + Sync> Watch for Changes<C> {
    fn try_changed(&mut self) -> Option<Reading> {
        self.try_changed().as_ref().map(reading)
    }

    fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<Reading> {
        self.poll_changed(cx).map(|change| reading(&change))
    }

    fn leave(&self) {
        self.leave();
    }
}

fn reading<C: Parameters>(snapshot: &Snapshot<C>) -> Reading {
    Reading {
        version: snapshot.version(),
        values: snapshot.value().values(),
    }
}

// === impl Refusal ===

impl From<ParameterError> for Refusal {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::Parameter(error.into())
    }
}
