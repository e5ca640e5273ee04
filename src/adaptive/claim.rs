//! Changing several live values in one step.
//!
//! Each value gets a [`Claim`]: what comes next, and the decision that all of them share. Readers go on with the old values until the
//! decision is committed, and from then on have the new ones, all of them. A change by anybody else that meets an open claim withdraws
//! the decision first, so it is never lost, and it never waits; whoever claimed starts anew from what is there then. A claim changes
//! no version, wakes nobody, and leaves nothing behind when it is withdrawn.

use std::sync::Arc;
use std::time::Duration;

use ninelives_core::decision::Decision;

use super::Adaptive;
use super::entry::Entry;
use super::live::Live;
use crate::clock::Clock;
use crate::error::ConfigError;

/// What comes in an entry's place, once it is decided.
pub(super) struct Claim<T> {
    pub(super) decision: Arc<Decision>,
    pub(super) next: Arc<Entry<T>>,
}

/// A change that was prepared, of whatever type the value is.
pub(crate) trait Stage: Send {
    /// Whether the decision would change the value.
    fn is_change(&self) -> bool;

    /// Marks the value, and says whether it was still the one that the change was prepared for.
    fn claim(&mut self) -> bool;

    /// After the decision: puts the new value in place and tells of it, or takes the mark away. Gives the version.
    fn finish(&self) -> u64;
}

struct Staged<T> {
    live: Live<T>,
    seen: Arc<Entry<T>>,
    decision: Arc<Decision>,
    next: Arc<Entry<T>>,
    claimed: Option<Arc<Entry<T>>>,
}

// === impl Adaptive ===

impl<T: Send + Sync + 'static> Adaptive<T> {
    /// Prepares a change to what `f` makes of the current value, or to the very same where it makes nothing of it. It happens when
    /// `decision` is committed; nothing is marked yet.
    pub(crate) fn stage<E: From<ConfigError>>(
        &self,
        decision: &Arc<Decision>,
        f: impl FnOnce(&T) -> Result<Option<T>, E>,
    ) -> Result<Box<dyn Stage>, E> {
        let seen = self.live.entry();
        let next = match f(&seen.value)? {
            Some(value) => {
                self.check(&value)?;
                seen.then(Arc::new(value))
            }
            None => seen.unclaimed(),
        };
        Ok(Box::new(Staged {
            live: self.live.clone(),
            decision: Arc::clone(decision),
            seen,
            next,
            claimed: None,
        }))
    }

    /// Sets what `f` makes of the current value and its version, and gives the new version; `f` may run again.
    pub(crate) fn try_update<E: From<ConfigError>>(
        &self,
        mut f: impl FnMut(&T, u64) -> Result<T, E>,
    ) -> Result<u64, E> {
        self.live.change(|seen| {
            let value = f(&seen.value, seen.version)?;
            self.check(&value)?;
            Ok(seen.then(Arc::new(value)))
        })
    }

    /// As [`try_update`](Self::try_update), but until `duration` on `clock` is over.
    pub(crate) fn try_update_for<E: From<ConfigError>>(
        &self,
        mut f: impl FnMut(&T) -> Result<T, E>,
        duration: Duration,
        clock: &Arc<dyn Clock + Send + Sync>,
    ) -> Result<u64, E> {
        let until = clock.now().after(duration);
        self.live.change(|seen| {
            let value = f(&seen.value)?;
            self.check(&value)?;
            Ok(seen.until(Arc::new(value), until, Arc::clone(clock)))
        })
    }

    /// What two handles have in common that are of the same value.
    pub(crate) fn identity(&self) -> usize {
        self.live.slot().address()
    }
}

// === impl Staged ===

impl<T: Send + Sync> Stage for Staged<T> {
    fn is_change(&self) -> bool {
        self.next.version != self.seen.version
    }

    fn claim(&mut self) -> bool {
        let claim = Claim {
            decision: Arc::clone(&self.decision),
            next: Arc::clone(&self.next),
        };
        let claimed = self.seen.claimed(claim);
        let placed = self.live.put(&self.seen, Arc::clone(&claimed));
        self.claimed = placed.then_some(claimed);
        placed
    }

    fn finish(&self) -> u64 {
        match &self.claimed {
            Some(claimed) => self.live.settle(claimed).version,
            None => self.seen.version,
        }
    }
}
