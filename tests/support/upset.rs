//! A sink that panics once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ninelives::Tick;
use ninelives::emit::{Emitter, Kind, PolicyEvent, PolicyId, Sink, Timed};
use ninelives::name::Name;

/// Panics at the first event of one kind, and takes no others.
#[derive(Clone)]
pub struct Upset {
    kind: Kind,
    over: Arc<AtomicBool>,
}

// === impl Upset ===

impl Upset {
    pub fn at(kind: Kind) -> Self {
        Self {
            kind,
            over: Arc::default(),
        }
    }
}

impl Sink for Upset {
    type Emitter = Self;

    fn attach(&self, _: &Name) -> Self {
        self.clone()
    }
}

impl Emitter for Upset {
    type Span = Timed;

    fn wants(&self, kind: Kind) -> bool {
        kind == self.kind
    }

    fn policy(&self) -> PolicyId {
        PolicyId::default()
    }

    fn now(&self) -> Tick {
        Tick::ZERO
    }

    fn emit(&self, _: PolicyEvent) {
        let over = self.over.swap(true, Ordering::Relaxed);
        assert!(over, "a sink's own panic");
    }
}
