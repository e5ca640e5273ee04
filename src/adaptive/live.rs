//! Reading and changing what is current; an override that has lapsed never is.

use std::sync::Arc;

use super::audience::Follower;
use super::backend::Slot;
use super::entry::Entry;
use super::shadow::Shadow;
use crate::turn;

/// The current version; clones are the same one.
pub(super) struct Live<T>(Slot<Entry<T>>);

// === impl Live ===

impl<T> Live<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Slot::new(Entry::first(value)))
    }

    /// The current value.
    pub(super) fn value(&self) -> Arc<T> {
        // The clock of an override is foreign code: asked only after the look.
        let look = |entry: &Entry<T>| entry.is_settled().then(|| Arc::clone(&entry.value));
        match self.0.read(look) {
            Some(value) => value,
            None => Arc::clone(&self.entry().value),
        }
    }

    /// The current version, after putting it in the place of an override that has lapsed, or of what was decided to be replaced.
    pub(super) fn entry(&self) -> Arc<Entry<T>> {
        loop {
            let seen = self.0.load();
            match seen.successor() {
                None => return seen,
                Some(next) => {
                    self.succeed(&seen, next);
                }
            }
        }
    }

    /// Puts `next` in the place of `seen`, which has ended, and tells of it; false when somebody else did, who tells of it.
    fn succeed(&self, seen: &Arc<Entry<T>>, next: &Arc<Entry<T>>) -> bool {
        let replaced = self.0.replace(seen, Arc::clone(next));
        if replaced && next.version != seen.version {
            self.announce(next);
        }
        replaced
    }

    /// Puts `next`, made of `seen`, in its place, and says whether it did.
    pub(super) fn put(&self, seen: &Arc<Entry<T>>, next: Arc<Entry<T>>) -> bool {
        seen.withdraw() && self.0.replace(seen, next)
    }

    /// Does with `claimed` what was decided, and gives the version that came of it.
    pub(super) fn settle(&self, claimed: &Arc<Entry<T>>) -> Arc<Entry<T>> {
        if claimed.withdraw() {
            let unclaimed = claimed.unclaimed();
            self.0.replace(claimed, Arc::clone(&unclaimed));
            return unclaimed;
        }
        match claimed.successor() {
            Some(next) => {
                if !self.succeed(claimed, next) {
                    // A reader was faster, and may not be done. Who changed it finds it in force.
                    self.follow_up();
                }
                Arc::clone(next)
            }
            None => unreachable!("what was not withdrawn was committed"),
        }
    }

    /// Puts what `step` makes of the current version in its place, tells who subscribed, and gives the new version.
    pub(super) fn change<E>(
        &self,
        mut step: impl FnMut(&Entry<T>) -> Result<Arc<Entry<T>>, E>,
    ) -> Result<u64, E> {
        loop {
            let seen = self.entry();
            let next = step(&seen)?;
            if self.put(&seen, Arc::clone(&next)) {
                self.announce(&next);
                return Ok(next.version);
            }
        }
    }

    /// Puts `shadow` in the place of the one there is, and tells those who follow.
    pub(super) fn shadow(&self, shadow: &Arc<Shadow<T>>) {
        self.amend(|entry| entry.shadowed(Some(shadow)));
        self.follow_up();
    }

    /// Takes away the shadow, if there is one that `chosen` means; and says whether it did.
    pub(super) fn unshadow(&self, chosen: impl Fn(&Arc<Shadow<T>>) -> bool) -> bool {
        loop {
            let seen = self.entry();
            if !seen.shadow().is_some_and(&chosen) {
                return false;
            }
            if self.put(&seen, seen.shadowed(None)) {
                self.follow_up();
                return true;
            }
        }
    }

    /// As [`change`](Self::change), but not of the value, so nobody is told.
    pub(super) fn amend(&self, mut step: impl FnMut(&Entry<T>) -> Arc<Entry<T>>) -> u64 {
        loop {
            let seen = self.entry();
            if self.put(&seen, step(&seen)) {
                return seen.version;
            }
        }
    }

    /// Runs `follower` on the value, and again after each change, until it says that what it sets is gone.
    pub(super) fn follow(&self, follower: Arc<Follower<T>>) {
        self.amend(|entry| entry.before(|audience| audience.push_follower(&follower)));
        self.bring(&follower);
    }

    pub(super) fn slot(&self) -> &Slot<Entry<T>> {
        &self.0
    }

    /// Tells everybody who is to know of `entry`. Those who follow first: whoever is woken finds everything as the entry says. A panic of
    /// either, which is that of a waker, keeps nothing from the others.
    fn announce(&self, entry: &Entry<T>) {
        let tellings: [&dyn Fn(); 2] = [&|| self.follow_up(), &|| entry.audience().ring()];
        turn::each(tellings, |tell| tell());
    }

    /// Brings everybody who follows what is new.
    fn follow_up(&self) {
        let entry = self.0.load();
        turn::each(entry.audience().followers(), |one| self.bring(one));
    }

    /// Brings a follower the newest value. Two changes may bring theirs in any order, so each looks again after it: the last to
    /// bring an old one brings the newest too.
    fn bring(&self, follower: &Arc<Follower<T>>) {
        let mut entry = self.0.load();
        while follower(&entry.value, entry.shadow().map(|shadow| &*shadow.value)) {
            let newest = self.0.load();
            if newest.version == entry.version && newest.is_shadowed_as(&entry) {
                return;
            }
            entry = newest;
        }
        self.amend(|entry| entry.before(|audience| audience.drop_follower(follower)));
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
