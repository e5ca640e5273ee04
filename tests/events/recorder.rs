//! A sink of the test's own, that counts what is asked of it.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use ninelives::Tick;
use ninelives::emit::{Emitter, Interest, Kind, PolicyEvent, PolicyId, Sink, Timed};
use ninelives::name::Name;

/// Clones are the same recorder.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Seen>);

#[derive(Default)]
struct Seen {
    interest: AtomicU32,
    reads: AtomicUsize,
    events: Mutex<Vec<PolicyEvent>>,
}

#[derive(Clone)]
pub struct Recording {
    recorder: Recorder,
    policy: PolicyId,
}

// === impl Recorder ===

impl Recorder {
    pub fn wanting(interest: Interest) -> Self {
        let recorder = Self::default();
        recorder.want(interest);
        recorder
    }

    pub fn want(&self, interest: Interest) {
        self.0.interest.store(interest.bits(), SeqCst);
    }

    /// How often the clock was read.
    pub fn reads(&self) -> usize {
        self.0.reads.load(SeqCst)
    }

    pub fn events(&self) -> Vec<PolicyEvent> {
        self.0.events.lock().unwrap().clone()
    }
}

impl Sink for Recorder {
    type Emitter = Recording;

    fn attach(&self, name: &Name) -> Recording {
        let recorder = self.clone();
        let policy = name.id();
        Recording { recorder, policy }
    }
}

// === impl Recording ===

impl Emitter for Recording {
    type Span = Timed;

    fn wants(&self, kind: Kind) -> bool {
        Interest::from_bits(self.recorder.0.interest.load(SeqCst)).wants(kind)
    }

    fn policy(&self) -> PolicyId {
        self.policy
    }

    /// Each reading is one nanosecond after the last.
    fn now(&self) -> Tick {
        Tick::from_nanos(self.recorder.0.reads.fetch_add(1, SeqCst) as u64)
    }

    fn emit(&self, event: PolicyEvent) {
        self.recorder.0.events.lock().unwrap().push(event);
    }
}
