//! What a live value stands on: the one page that knows arc-swap.
//!
//! A [`Slot`] holds one shared value, which is replaced whole, by whoever names the one that it replaces. As the caller of
//! [`replace`](Slot::replace) holds that one, its address cannot come back as another's in between.
//!
//! With the private cfg `ninelives_rwlock` the same runs on a lock: should the default strategy of arc-swap ever be in doubt, the
//! whole suite tells whether the doubt is about it. Another backend would have this page's five functions.

use std::sync::Arc;

use arc_swap::ArcSwapAny;

#[cfg(not(ninelives_rwlock))]
type Strategy = arc_swap::DefaultStrategy;
#[cfg(ninelives_rwlock)]
#[expect(clippy::disallowed_types, reason = "a build for tests only")]
type Strategy = std::sync::RwLock<()>;

type Swap<V> = ArcSwapAny<Arc<V>, Strategy>;

/// One shared value; clones are the same slot.
pub(super) struct Slot<V>(Arc<Swap<V>>);

/// A look at a slot that keeps what it saw last.
pub(super) struct Reader<V>(arc_swap::Cache<Arc<Swap<V>>, Arc<V>>);

// === impl Slot ===

impl<V> Slot<V> {
    pub(super) fn new(first: V) -> Self {
        Self(Arc::new(Swap::new(Arc::new(first))))
    }

    /// What is in the slot.
    pub(super) fn load(&self) -> Arc<V> {
        self.0.load_full()
    }

    /// What `look` makes of what is in the slot; `look` is short, and runs no foreign code.
    pub(super) fn read<R>(&self, look: impl FnOnce(&V) -> R) -> R {
        look(&self.0.load())
    }

    /// Puts `next` in if `seen` is still there. What was done before is seen by whoever finds `next`.
    pub(super) fn replace(&self, seen: &Arc<V>, next: Arc<V>) -> bool {
        let found = self.0.compare_and_swap(seen, next);
        Arc::ptr_eq(&found, seen)
    }

    pub(super) fn reader(&self) -> Reader<V> {
        Reader(arc_swap::Cache::new(Arc::clone(&self.0)))
    }
}

impl<V> Clone for Slot<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

// === impl Reader ===

impl<V> Reader<V> {
    /// What is in the slot: a comparison of addresses while that is what it was.
    #[inline]
    pub(super) fn load(&mut self) -> &V {
        self.0.load()
    }
}

impl<V> Clone for Reader<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
