//! Counts that threads share.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

/// How much of something there is now, and the most there ever was.
#[derive(Debug, Default)]
pub struct Level {
    now: AtomicU64,
    most: AtomicU64,
}

// === impl Count ===

impl Count {
    /// One more.
    pub fn up(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        // SeqCst, here and below: laws compare counts of several threads, and a soak has time for one order of all of them.
        self.0.fetch_add(more, Ordering::SeqCst);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

// === impl Level ===

impl Level {
    /// So much comes in.
    pub fn enter(&self, weight: u64) {
        let now = self.now.fetch_add(weight, Ordering::SeqCst) + weight;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    /// So much goes out.
    pub fn leave(&self, weight: u64) {
        self.now.fetch_sub(weight, Ordering::SeqCst);
    }

    /// What there is.
    pub fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    /// The most there ever was.
    pub fn most(&self) -> u64 {
        self.most.load(Ordering::SeqCst)
    }
}
