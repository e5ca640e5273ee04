//! Events as events of `tracing`.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ninelives::emit::{
    Arm, BulkheadRejection, Emitter, FailureCause, Kind, PolicyEvent, PolicyId, Sink, Stamp,
    Verdict,
};
use ninelives::name::Name;
use ninelives::telemetry::LogSink;
use ninelives::{CircuitState, MemorySink, Tick};
use tower::Service;
use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber, span};

/// Keeps what it is told, down to a level.
#[derive(Clone)]
struct Notebook {
    level: Level,
    lines: Arc<Mutex<Vec<Line>>>,
    // Told of each line, while it is being written.
    echo: Option<ninelives::telemetry::log::LogEmitter>,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    level: Level,
    target: String,
    fields: BTreeMap<&'static str, String>,
}

// === impl Notebook ===

impl Notebook {
    fn new(level: Level) -> Self {
        Self {
            level,
            lines: Arc::default(),
            echo: None,
        }
    }

    /// Runs `f` with this notebook listening.
    fn during<T>(&self, f: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(self.clone(), f)
    }

    fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }
}

impl Subscriber for Notebook {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line {
            level: *event.metadata().level(),
            target: event.metadata().target().to_owned(),
            fields: BTreeMap::new(),
        };
        event.record(&mut line);
        self.lines.lock().unwrap().push(line);
        if let Some(emitter) = &self.echo {
            emitter.emit(PolicyEvent::FallbackTaken { at: AT });
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }
}

const AT: Stamp = Stamp::new(PolicyId::new(7), Tick::ZERO);
const LATE: Duration = Duration::from_micros(11_500);

/// Every kind, what its fields are to be, and whether it is a warning.
fn table() -> Vec<(PolicyEvent, &'static str, bool)> {
    use PolicyEvent::*;
    let (at, elapsed, attempts, in_flight) = (AT, LATE, 3, 4);
    let (from, to) = (CircuitState::Closed, CircuitState::Open);
    let reason = BulkheadRejection::Full;
    let limit = Duration::from_millis(10);
    let rejected = |retry_after| CircuitRejected { at, retry_after };
    let failed = RequestFailure {
        at,
        elapsed,
        cause: FailureCause::Timeout,
    };
    let retried = RetryAttempt {
        at,
        attempt: 2,
        delay: elapsed,
    };
    let full = BulkheadRejected {
        at,
        in_flight,
        weight: 3,
        reason,
    };
    let late = TimeoutOccurred { at, elapsed, limit };
    let within = FallbackTaken {
        at: at.in_attempt(3),
    };
    vec![
        (retried, "attempt=2 delay_ms=11.5", false),
        (within, "in_attempt=3", false),
        (RetryExhausted { at, attempts }, "attempts=3", true),
        (RetryBudgetExhausted { at, attempts }, "attempts=3", true),
        (CircuitOpened { at, from, to }, "from=Closed to=Open", true),
        (CircuitHalfOpen { at, from: to }, "from=Open", false),
        (CircuitClosed { at, from, to }, "from=Closed to=Open", false),
        (rejected(Some(elapsed)), "retry_after_ms=11.5", true),
        (rejected(None), "", true),
        (
            BulkheadAcquired {
                at,
                in_flight,
                weight: 1,
            },
            "in_flight=4",
            false,
        ),
        (full, "in_flight=4 reason=Full weight=3", true),
        (late, "elapsed_ms=11.5 limit_ms=10.0", true),
        (FallbackTaken { at }, "", false),
        (ForkStarted { at, arm: Arm::Left }, "arm=Left", false),
        (
            ForkWon {
                at,
                arm: Arm::Right,
            },
            "arm=Right",
            false,
        ),
        (RequestSuccess { at, elapsed }, "elapsed_ms=11.5", false),
        (failed, "cause=Timeout elapsed_ms=11.5", true),
        (RequestCancelled { at, elapsed }, "elapsed_ms=11.5", false),
        (
            ShadowEvent {
                at,
                primary: Verdict::InTime,
                shadow: Verdict::TimedOut,
            },
            "primary=InTime shadow=TimedOut",
            false,
        ),
        (
            ShadowDropped {
                at,
                allowance: elapsed,
            },
            "allowance_ms=11.5",
            true,
        ),
    ]
}

#[test]
fn every_kind_has_its_level_and_its_fields() {
    for kind in Kind::ALL {
        assert!(table().iter().any(|(event, ..)| event.kind() == kind));
    }
    for (event, fields, warns) in table() {
        let notebook = Notebook::new(Level::DEBUG);
        let emitter = LogSink.attach(&Name::from("checkout"));
        notebook.during(|| emitter.emit(event));
        let [line] = &notebook.lines()[..] else {
            panic!("one line for {event:?}")
        };
        assert_eq!(line.level == Level::WARN, warns, "{event:?}");
        assert_eq!(line.level == Level::DEBUG, !warns, "{event:?}");
        assert_eq!(line.target, "ninelives");
        let mut told = line.fields.clone();
        let mut general = |name| told.remove(name).unwrap();
        assert_eq!(general("kind"), format!("{:?}", event.kind().name()));
        assert_eq!(general("policy"), "\"checkout\"");
        assert_eq!(general("policy_id"), "7");
        assert_eq!(general("message"), event.to_string());
        let told: Vec<_> = told
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(told.join(" "), fields, "{event:?}");
    }
}

#[test]
fn an_event_that_nobody_listens_to_is_not_made() {
    let emitter = LogSink.attach(&Name::from("quiet"));
    let tell = |kind| {
        let mut made = false;
        emitter.tell(kind, |at| {
            made = true;
            PolicyEvent::FallbackTaken { at }
        });
        made
    };
    assert!(!tell(Kind::CircuitOpened), "without a tracing subscriber");
    Notebook::new(Level::ERROR).during(|| assert!(!tell(Kind::CircuitOpened)));
    Notebook::new(Level::WARN).during(|| {
        assert!(tell(Kind::CircuitOpened) && !tell(Kind::RequestSuccess));
    });
    Notebook::new(Level::DEBUG).during(|| assert!(tell(Kind::RequestSuccess)));
}

#[test]
fn the_service_writes_the_number_of_the_policy_and_no_name() {
    let notebook = Notebook::new(Level::WARN);
    notebook.during(|| {
        for (event, ..) in table() {
            drop(LogSink.call(event));
        }
    });
    let lines = notebook.lines();
    assert_eq!(lines.len(), table().iter().filter(|row| row.2).count());
    for line in lines {
        assert_eq!(line.fields.get("policy"), None);
        assert_eq!(line.fields.get("policy_id").map(String::as_str), Some("7"));
    }
}

#[test]
fn e12_an_event_told_while_one_is_being_written_is_left_out_and_counted() {
    let emitter = LogSink.attach(&Name::from("looped"));
    let mut notebook = Notebook::new(Level::DEBUG);
    notebook.echo = Some(emitter.clone());
    let before = LogSink::suppressed();
    notebook.during(|| {
        for _ in 0..3 {
            emitter.emit(PolicyEvent::FallbackTaken { at: AT });
        }
    });
    assert_eq!(notebook.lines().len(), 3);
    assert_eq!(LogSink::suppressed() - before, 3);
}

#[test]
fn a_log_beside_another_sink_gets_the_same_events() {
    let memory = MemorySink::new();
    let notebook = Notebook::new(Level::DEBUG);
    let emitter = (LogSink + memory.clone()).attach(&Name::from("both"));
    notebook.during(|| {
        emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    });
    // Nobody listens to the log; the other one is told all the same.
    emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    assert_eq!((notebook.lines().len(), memory.len()), (1, 2));
}
