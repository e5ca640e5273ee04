//! Holds a value that may change while it is in use.
//!
//! An [`Adaptive<T>`] is one value with a version. A read returns the current value; a change validates the new value, then
//! swaps value and version in one step, so nobody sees half of a change, and versions only rise. Clones share the value. A
//! frequent reader keeps a [`Cache`]; one that waits for changes [`subscribe`](Adaptive::subscribe)s.
//!
//! # Versions
//! A value begins with version 0. Each change adds one: [`set`](Adaptive::set), [`update`](Adaptive::update),
//! [`compare_and_set`](Adaptive::compare_and_set), [`rollback`](Adaptive::rollback), the start of an override, and its end.
//!
//! # History
//! One earlier value is kept: the one that the last change other than an override replaced. A rollback restores it, and after that
//! none is left, so a second rollback is refused and cannot restore the bad value.
//!
//! # Overrides
//! [`set_for`](Adaptive::set_for) sets a value until a deadline. No task waits for it: the first read after the deadline, by any
//! reader, restores the value from before the override, as a new version, and wakes the subscribers. So nobody reads the value
//! of an override that has lapsed, but subscribers hear of its end only when somebody reads. A second override replaces the first,
//! and still ends with the value from before the first. Every other change ends an override: a value that was set stays, and a
//! rollback restores the value from before it. An override is not in the history, and [`update`](Adaptive::update) is given the value
//! that readers see.
//!
//! # Shadow
//! A value may have a second one beside it, its shadow: policies evaluate it on the same input as the value, do not obey it, and emit an event
//! where the two disagree. [`promote_shadow`](Adaptive::promote_shadow) makes it the value. Setting, clearing and losing a shadow do not
//! change the value: the version stays, and no subscriber is woken. A change of the value keeps the shadow. One evaluation in 64 is
//! measured; a shadow that exceeds its allowance in most of those is dropped.
//!
//! # Cancel safety
//! Only [`Changes`] is asynchronous; dropping a wait for one loses no change.
//!
//! # Errors
//! Each says why. A refused change has changed nothing and woken no subscriber to changes. It is counted in
//! [`refused`](Adaptive::refused), and those who [subscribed](Adaptive::subscribe_refused) to refusals are woken.
//!
//! # Progress
//! Reads are wait-free, except that the first read after the deadline of an override is a change. Changes are lock-free: of two that
//! collide one succeeds, and the other runs again. Neither blocks a thread. With the private cfg `ninelives_rwlock`, a build for
//! tests, a lock takes the place of all this.
//!
//! # Cost
//! A read clones an `Arc`; through a [`Cache`] it is one load and a comparison. Neither allocates or makes a system call. While an
//! override lasts, a read also reads its clock. A change allocates twice. Subscribing and unsubscribing copy the list of subscribers.
//! A value is dropped by whoever releases it last, which may be a reader; kept alive are the current one, the one before it, the one
//! behind an override, and what readers and idle caches hold.
//!
//! # Examples
//! ```
//! use ninelives::{Adaptive, ConfigError};
//!
//! let limit = Adaptive::with_validation(8_u64, |limit| match limit {
//!     1..=64 => Ok(()),
//!     other => Err(ConfigError::count("limit", *other, 1..=64)),
//! })?;
//! let mut cache = limit.cache();
//! assert_eq!(*cache.load(), 8);
//! assert_eq!(limit.set(16)?, 1);
//! assert_eq!(*cache.load(), 16);
//! assert_eq!(limit.set(65).unwrap_err().to_string(), "limit: 65 is outside 1..=64");
//! assert_eq!(limit.rollback()?, 2);
//! assert_eq!(*limit.get(), 8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::ConfigError;

mod audience;
mod backend;
mod cache;
mod changes;
mod claim;
mod entry;
mod error;
mod live;
mod reader;
mod refusals;
mod shadow;
mod snapshot;

pub use cache::Cache;
pub use changes::{Changed, Changes};
pub use error::{CompareAndSetError, NoPrevious, NoShadow};
pub use snapshot::Snapshot;

pub(crate) use backend::Slot;
pub(crate) use claim::Stage;
use live::Live;
pub(crate) use reader::Reader;
pub use shadow::SHADOW_ALLOWANCE;
pub(crate) use shadow::Shadow;

/// A value that may change while it is in use; see the [page](self).
pub struct Adaptive<T> {
    live: Live<T>,
    validation: Option<Arc<Validation<T>>>,
    // How many changes were refused.
    refusals: Live<u64>,
}

type Validation<T> = dyn Fn(&T) -> Result<(), ConfigError> + Send + Sync;

// === impl Adaptive ===

impl<T> Adaptive<T> {
    /// A live value that takes every change.
    pub fn new(value: T) -> Self {
        Self {
            live: Live::new(value),
            validation: None,
            refusals: Live::new(0),
        }
    }

    /// A live value that takes what `validation` takes, `value` included.
    ///
    /// The check runs before anything is stored, on the thread of the change, and may run more than once for one change.
    ///
    /// # Errors
    /// What `validation` says of `value`.
    pub fn with_validation(
        value: T,
        validation: impl Fn(&T) -> Result<(), ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        validation(&value)?;
        Ok(Self {
            live: Live::new(value),
            validation: Some(Arc::new(validation)),
            refusals: Live::new(0),
        })
    }

    /// The current value. It stays as it is for as long as the caller holds it.
    pub fn get(&self) -> Arc<T> {
        self.live.value()
    }

    /// The current value with its version.
    pub fn snapshot(&self) -> Snapshot<T> {
        Snapshot::of(&self.live.entry())
    }

    /// The current version: how often the value has changed.
    pub fn version(&self) -> u64 {
        self.live.entry().version
    }

    /// Sets the value, and gives its version.
    ///
    /// Whoever learns that this call returned, on any thread, reads this value or a later one.
    ///
    /// # Errors
    /// What the validation says of `value`.
    pub fn set(&self, value: T) -> Result<u64, ConfigError> {
        self.check(&value)?;
        let value = Arc::new(value);
        self.live.change(|seen| Ok(seen.then(Arc::clone(&value))))
    }

    /// Sets what `f` makes of the current value, and gives the version.
    ///
    /// When another change comes between, `f` runs again on its value: what it returned before is dropped. So `f` should have no
    /// other effects. An `f` that changes this same value on each of its runs runs for ever.
    ///
    /// # Errors
    /// What the validation says of the new value.
    ///
    /// # Panics
    /// When `f` does; nothing has changed then.
    pub fn update(&self, mut f: impl FnMut(&T) -> T) -> Result<u64, ConfigError> {
        self.live.change(|seen| {
            let value = f(&seen.value);
            self.check(&value)?;
            Ok(seen.then(Arc::new(value)))
        })
    }

    /// Sets the value if the current version is `version`, and gives the new one.
    ///
    /// # Errors
    /// [`Invalid`](CompareAndSetError::Invalid) when the validation refuses `value`, whatever the version;
    /// [`Stale`](CompareAndSetError::Stale) when the version is another one.
    pub fn compare_and_set(&self, version: u64, value: T) -> Result<u64, CompareAndSetError> {
        self.check(&value).map_err(CompareAndSetError::Invalid)?;
        let value = Arc::new(value);
        self.live.change(|seen| match seen.version {
            current if current == version => Ok(seen.then(Arc::clone(&value))),
            current => Err(CompareAndSetError::Stale { current }),
        })
    }

    /// Brings back the value before this one, the very same, and gives its new version. While an override lasts, ends it.
    ///
    /// # Errors
    /// When there is none: nothing was ever set, or the last change was a rollback.
    pub fn rollback(&self) -> Result<u64, NoPrevious> {
        self.live.change(|seen| seen.back().ok_or(NoPrevious))
    }

    /// Sets the value for `duration` on `clock`, and gives its version; see [Overrides](self#overrides).
    ///
    /// The deadline is taken when this is called, and the value has lapsed once the clock reads it; a duration of zero lapses at
    /// the first look. A clock that steps back later brings no lapsed value back. 584 years are for ever.
    ///
    /// # Errors
    /// What the validation says of `value`.
    pub fn set_for(
        &self,
        value: T,
        duration: Duration,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Result<u64, ConfigError> {
        self.check(&value)?;
        let value = Arc::new(value);
        let until = clock.now().after(duration);
        let clock: Arc<dyn Clock + Send + Sync> = Arc::new(clock);
        self.live
            .change(|seen| Ok(seen.until(Arc::clone(&value), until, Arc::clone(&clock))))
    }

    /// A reader for one service or one thread, which reads by one load and a comparison while nothing has changed.
    pub fn cache(&self) -> Cache<T> {
        Cache::new(self.live.clone())
    }

    /// Calls `apply` with the value now, and on the thread of each later change before that change returns, until it returns
    /// false: for what must be pushed a value because it cannot read one. It is given the newest value, perhaps the same one twice;
    /// two changes at once may call it at once, and the last call is given the newest. It must not change this value.
    pub fn follow(&self, apply: impl Fn(&T) -> bool + Send + Sync + 'static) {
        self.follow_both(move |value, _| apply(value));
    }

    /// As [`follow`](Self::follow), but the shadow's changes too.
    pub(crate) fn follow_both(
        &self,
        apply: impl Fn(&T, Option<&T>) -> bool + Send + Sync + 'static,
    ) {
        self.live.follow(Arc::new(apply));
    }

    /// The changes from now on.
    pub fn subscribe(&self) -> Changes<T> {
        Changes::new(self.live.clone())
    }

    fn check(&self, value: &T) -> Result<(), ConfigError> {
        match &self.validation {
            Some(validation) => self.noted(validation(value)),
            None => Ok(()),
        }
    }
}

impl<T> Clone for Adaptive<T> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            validation: self.validation.clone(),
            refusals: self.refusals.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Adaptive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.live.entry().describe("Adaptive", f)
    }
}
