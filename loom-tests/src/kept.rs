//! A value of which it is noted who drops it, and whether all had looked at it by then.
//!
//! A look is a Relaxed store into the value and its drop loads them all, Relaxed too: it finds them only if they came before it. A value
//! that is dropped early, or never, fails its model; one that is dropped twice is past what a model can tell.

#![allow(
    clippy::disallowed_types,
    reason = "what a model saw is noted outside of the model"
)]

use std::sync::{Arc, Mutex};

use loom::thread::{self, ThreadId};
use ninelives_core::sync::{AtomicU64, Ordering};
use ninelives_core::weighted::{Unit, WayBack, Weighted};

/// Which threads dropped a value.
pub type Dropped = Arc<Mutex<Vec<ThreadId>>>;

/// A value with a place for each of three to note its looks.
pub struct Kept {
    looks: [AtomicU64; 3],
    expected: [u64; 3],
    dropped: Dropped,
}

// === impl Kept ===

impl Kept {
    /// Its first owner, and where its drop will be noted. `expected` is how often each looks.
    pub fn new<W: WayBack>(expected: [u64; 3]) -> (Weighted<Self, W>, Dropped) {
        let dropped = Dropped::default();
        let kept = Self {
            looks: [0; 3].map(AtomicU64::new),
            expected,
            dropped: Arc::clone(&dropped),
        };
        (Weighted::with_way_back(kept), dropped)
    }

    /// One more look.
    pub fn look(&self, who: usize) {
        let looks = self.looks[who].load(Ordering::Relaxed);
        self.looks[who].store(looks + 1, Ordering::Relaxed);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let looks = [0, 1, 2].map(|who| self.looks[who].load(Ordering::Relaxed));
        assert_eq!(looks, self.expected, "dropped before a look");
        self.dropped.lock().unwrap().push(thread::current().id());
    }
}

/// Another owner, with a new stock if it takes one.
pub fn unit_of<W: WayBack>(weighted: &mut Weighted<Kept, W>) -> Unit<Kept, W> {
    weighted.split().unwrap_or_else(|| {
        weighted.stock();
        weighted.split().unwrap()
    })
}

/// Who of the actors dropped the value, once all are done.
pub fn last(dropped: &Dropped, actors: &[ThreadId]) -> usize {
    let dropped = dropped.lock().unwrap();
    assert_eq!(dropped.len(), 1, "dropped once");
    let found = actors.iter().position(|actor| *actor == dropped[0]);
    found.expect("by an actor")
}
