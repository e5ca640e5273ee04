//! Changing the settings of several policies in one step.
//!
//! First every change is checked and prepared; then each policy's settings are marked with what comes next and with one decision that
//! all share; then the decision is made, and all of it has happened. Readers see the old settings until then and the new ones after,
//! and nobody waits. Who changes one of the policies in between makes the decision fall the other way: nothing has happened, and it
//! all begins anew on what is there now. A change that no longer fits what is there is refused, and nothing has happened either.

use std::sync::Arc;

use ninelives_core::decision::Decision;

use super::{PolicyHandle, RegistryError};
use crate::adaptive::Stage;
use crate::parameters::Value;
use crate::turn;

/// What is to change of one policy.
pub(super) struct Change {
    pub(super) policy: PolicyHandle,
    pub(super) values: Vec<(&'static str, Value)>,
}

/// A policy whose settings did change, with their new version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Its name.
    pub policy: String,
    /// The version of its settings.
    pub version: u64,
}

/// So often others may come between. Each time one of them has got on.
const ATTEMPTS: usize = 1_000;

/// Makes all changes, or none.
pub(super) fn all(changes: Vec<Change>) -> Result<Vec<Applied>, RegistryError> {
    let mut held = Vec::with_capacity(changes.len());
    for change in &changes {
        let policy = &change.policy;
        held.push(policy.member.hold().ok_or_else(|| policy.gone())?);
    }
    let changes = together(changes)?;
    for _ in 0..ATTEMPTS {
        if let Some(applied) = once(&changes)? {
            return Ok(applied);
        }
    }
    Err(RegistryError::Busy)
}

/// Puts the changes of policies that have the same live settings together.
fn together(mut changes: Vec<Change>) -> Result<Vec<Change>, RegistryError> {
    // In the order of their places, so that two who do this at once meet at the first place that they have in common.
    changes.sort_by_key(|change| change.policy.member.settings.identity());
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        let identity = change.policy.member.settings.identity();
        match merged.last_mut() {
            Some(last) if last.policy.member.settings.identity() == identity => {
                merge(last, change)?;
            }
            _ => merged.push(change),
        }
    }
    Ok(merged)
}

fn merge(into: &mut Change, from: Change) -> Result<(), RegistryError> {
    for (parameter, value) in from.values {
        match into.values.iter().find(|(name, _)| *name == parameter) {
            Some((_, same)) if *same == value => {}
            Some(_) => {
                return Err(RegistryError::Conflict {
                    policy: into.policy.name().to_owned(),
                    other: from.policy.name().to_owned(),
                    parameter,
                });
            }
            None => into.values.push((parameter, value)),
        }
    }
    Ok(())
}

/// Tries once; none when somebody came between.
fn once(changes: &[Change]) -> Result<Option<Vec<Applied>>, RegistryError> {
    let decision = Arc::new(Decision::new());
    let mut staged: Vec<Box<dyn Stage>> = Vec::with_capacity(changes.len());
    for Change { policy, values } in changes {
        let stage = policy.member.settings.stage(&decision, values);
        staged.push(stage.map_err(|refusal| policy.refused(refusal))?);
    }
    if !staged.iter().any(|stage| stage.is_change()) {
        return Ok(Some(Vec::new()));
    }
    let decided = staged.iter_mut().all(|stage| stage.claim()) && decision.commit();
    if !decided {
        decision.withdraw();
    }
    let mut applied = Vec::with_capacity(changes.len());
    // It is decided, so all of it is told, though the waker of one who is told panics.
    turn::each(staged.iter().zip(changes), |(stage, change)| {
        let version = stage.finish();
        if stage.is_change() {
            let policy = change.policy.name().to_owned();
            applied.push(Applied { policy, version });
        }
    });
    Ok(decided.then_some(applied))
}
