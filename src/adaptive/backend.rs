//! What a live value stands on: the one page that knows arc-swap.
//!
//! A [`Slot`] holds one shared value, which is replaced whole, by whoever names the one that it replaces. As the caller of
//! [`replace`](Slot::replace) holds that one, its address cannot come back as another's in between.
//!
//! With the private cfg `ninelives_rwlock` the same runs on a lock: should the default strategy of arc-swap ever be in doubt, the
//! whole suite tells whether the doubt is about it. Another backend would have this page's five functions.

use std::sync::Arc;

use arc_swap::ArcSwapAny;
use ninelives_core::generation::Generation;

#[cfg(not(ninelives_rwlock))]
type Strategy = arc_swap::DefaultStrategy;
#[cfg(ninelives_rwlock)]
#[expect(clippy::disallowed_types, reason = "a build for tests only")]
type Strategy = std::sync::RwLock<()>;

type Swap<V> = ArcSwapAny<Arc<V>, Strategy>;

/// One shared value; clones are the same slot.
pub(crate) struct Slot<V>(Arc<Shared<V>>);

struct Shared<V> {
    swap: Swap<V>,
    // Begun and ended around each swap, so that a reader finds with one load that nothing was swapped.
    generation: Generation,
}

/// What a reader of a slot saw last; the slot is the caller's, and always the same one.
pub(super) struct Reader<V> {
    generation: u64,
    value: Arc<V>,
}

// === impl Slot ===

impl<V> Slot<V> {
    pub(crate) fn new(first: V) -> Self {
        Self(Arc::new(Shared {
            swap: Swap::new(Arc::new(first)),
            generation: Generation::new(),
        }))
    }

    /// What is in the slot.
    pub(crate) fn load(&self) -> Arc<V> {
        self.0.swap.load_full()
    }

    /// What `look` makes of what is in the slot; `look` is short, and runs no foreign code.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&V) -> R) -> R {
        look(&self.0.swap.load())
    }

    /// Puts `next` in if `seen` is still there. What was done before is seen by whoever finds `next`.
    pub(crate) fn replace(&self, seen: &Arc<V>, next: Arc<V>) -> bool {
        let Shared { swap, generation } = &*self.0;
        generation.begin();
        let found = swap.compare_and_swap(seen, next);
        let replaced = Arc::ptr_eq(&found, seen);
        generation.end(replaced);
        replaced
    }

    /// Where it is: no two slots are there at once.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn reader(&self) -> Reader<V> {
        Reader {
            generation: Generation::NEVER,
            value: self.load(),
        }
    }
}

impl<V> Clone for Slot<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

// === impl Reader ===

impl<V> Reader<V> {
    /// Whether nothing was swapped since the last look.
    #[inline]
    pub(super) fn is_current(&self, slot: &Slot<V>) -> bool {
        slot.0.generation.is(self.generation)
    }

    /// Looks again: at `value`, unless `settled` says that the next look cannot be spared either.
    pub(super) fn look(
        &mut self,
        slot: &Slot<V>,
        value: impl FnOnce() -> Arc<V>,
        settled: impl FnOnce(&V) -> bool,
    ) {
        // Before the value: a swap in between makes the next look necessary, and never spares one.
        let generation = slot.0.generation.settled();
        self.value = value();
        self.generation = match generation {
            Some(generation) if settled(&self.value) => generation,
            _ => Generation::NEVER,
        };
    }

    /// What was seen last.
    #[inline]
    pub(super) fn seen(&self) -> &V {
        &self.value
    }
}

impl<V> Clone for Reader<V> {
    fn clone(&self) -> Self {
        Self {
            generation: self.generation,
            value: Arc::clone(&self.value),
        }
    }
}
