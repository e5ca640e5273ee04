//! A log whose subscriber uses policies that log. The subscriber is the whole program's: within one of a thread alone, `tracing` itself
//! leaves such events out.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninelives::Tick;
use ninelives::emit::{Emitter, PolicyEvent, PolicyId, Sink, Stamp};
use ninelives::name::Name;
use ninelives::telemetry::LogSink;
use ninelives::telemetry::log::LogEmitter;
use tracing::{Event, Metadata, Subscriber, span};

const AT: Stamp = Stamp::new(PolicyId::new(7), Tick::ZERO);

/// More than this are a line without end.
const MANY: usize = 50;

static LINES: AtomicUsize = AtomicUsize::new(0);
static SHIPPING: OnceLock<LogEmitter> = OnceLock::new();

/// Ships each line through a policy that tells the log of two events.
struct Ships;

// === impl Ships ===

impl Subscriber for Ships {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {
        if LINES.fetch_add(1, Ordering::SeqCst) < MANY {
            for _ in 0..2 {
                let shipping = SHIPPING.get().unwrap();
                shipping.emit(PolicyEvent::FallbackTaken { at: AT });
            }
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn e12_two_events_told_while_one_is_being_written_are_both_left_out() {
    let emitter = LogSink.attach(&Name::from("shipping"));
    SHIPPING.set(emitter.clone()).unwrap();
    tracing::subscriber::set_global_default(Ships).unwrap();
    for written in 1..=3 {
        emitter.emit(PolicyEvent::FallbackTaken { at: AT });
        assert_eq!(LINES.load(Ordering::SeqCst), written);
        assert_eq!(LogSink::suppressed(), 2 * written as u64);
    }
}
