//! Who is told of a change: subscribers, which are woken, and followers, which run.

use std::sync::Arc;

use ninelives_core::bell::Bell;

use crate::turn;

/// Those who are told. It is part of each version: so a change tells exactly those who came before it, and who comes after it has
/// seen it. In two places, one would have to be read after the other.
pub(super) struct Audience<T> {
    bells: Vec<Arc<Bell>>,
    followers: Vec<Arc<Follower<T>>>,
}

/// Applies a value, and its shadow, to what they set; false once that is gone.
pub(super) type Follower<T> = dyn Fn(&T, Option<&T>) -> bool + Send + Sync;

// === impl Audience ===

impl<T> Audience<T> {
    pub(super) fn push_bell(&mut self, bell: &Arc<Bell>) {
        self.bells.push(Arc::clone(bell));
    }

    pub(super) fn drop_bell(&mut self, bell: &Arc<Bell>) {
        self.bells.retain(|other| !Arc::ptr_eq(other, bell));
    }

    pub(super) fn push_follower(&mut self, follower: &Arc<Follower<T>>) {
        self.followers.push(Arc::clone(follower));
    }

    pub(super) fn drop_follower(&mut self, follower: &Arc<Follower<T>>) {
        self.followers.retain(|other| !Arc::ptr_eq(other, follower));
    }

    /// Wakes all who subscribed, though the waker of one panics.
    pub(super) fn ring(&self) {
        turn::each(&self.bells, |bell| bell.ring());
    }

    pub(super) fn followers(&self) -> &[Arc<Follower<T>>] {
        &self.followers
    }
}

impl<T> Default for Audience<T> {
    fn default() -> Self {
        Self {
            bells: Vec::new(),
            followers: Vec::new(),
        }
    }
}

impl<T> Clone for Audience<T> {
    fn clone(&self) -> Self {
        Self {
            bells: self.bells.clone(),
            followers: self.followers.clone(),
        }
    }
}
