//! Spans of tracing around policies and attempts, seen by a subscriber that writes everything down.
#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "telemetry_spans/panics.rs"]
mod panics;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::{Future, pending, ready};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::prelude::*;
use ninelives::telemetry::SpanSink;
use tower::{Layer, Service, service_fn};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The spans that were made, by their number, and those that are entered.
#[derive(Default)]
struct Seen {
    names: BTreeMap<u64, &'static str>,
    fields: BTreeMap<u64, BTreeMap<String, String>>,
    parents: BTreeMap<u64, u64>,
    entered: Vec<u64>,
}

#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<Seen>>);

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Notebook {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut seen = self.0.lock().unwrap();
        let number = seen.names.len() as u64 + 1;
        seen.names.insert(number, span.metadata().name());
        let parent = span.parent().map(Id::into_u64);
        let parent = parent.or_else(|| seen.entered.last().copied());
        seen.parents.extend(parent.map(|parent| (number, parent)));
        span.record(&mut Fields(seen.fields.entry(number).or_default()));
        Id::from_u64(number)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut seen = self.0.lock().unwrap();
        values.record(&mut Fields(seen.fields.entry(span.into_u64()).or_default()));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, _event: &Event<'_>) {}

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let left = self.0.lock().unwrap().entered.pop();
        assert_eq!(left, Some(span.into_u64()), "spans are left in turn");
    }
}

impl Notebook {
    fn spans(&self, name: &str) -> Vec<u64> {
        let seen = self.0.lock().unwrap();
        let named = seen.names.iter().filter(|(_, known)| **known == name);
        named.map(|(number, _)| *number).collect()
    }

    fn field(&self, span: u64, field: &str) -> Option<String> {
        self.0.lock().unwrap().fields[&span].get(field).cloned()
    }

    fn current(&self) -> Option<u64> {
        self.0.lock().unwrap().entered.last().copied()
    }

    fn parent(&self, span: u64) -> Option<u64> {
        self.0.lock().unwrap().parents.get(&span).copied()
    }
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs with a notebook as this thread's subscriber; afterwards no span is entered.
fn noted<T>(run: impl FnOnce(&Notebook) -> T) -> T {
    let notebook = Notebook::default();
    let result = tracing::subscriber::with_default(notebook.clone(), || run(&notebook));
    assert_eq!(notebook.current(), None, "every span was left");
    result
}

#[test]
fn a_request_has_a_span_with_its_policys_name() {
    noted(|notebook| {
        let layer = BulkheadLayer::new(1)
            .unwrap()
            .named("api")
            .with_sink(SpanSink);
        let mut service = layer.layer(service_fn(|()| ready(Ok::<_, io::Error>(()))));
        let call = std::pin::pin!(service.call(()));
        assert!(poll(call).is_ready());
        let spans = notebook.spans("ninelives.policy");
        assert_eq!(spans.len(), 1);
        assert_eq!(
            notebook.field(spans[0], "ninelives.policy").as_deref(),
            Some("\"api\"")
        );
        assert_eq!(notebook.field(spans[0], "error.type"), None);
    });
}

#[test]
fn each_attempt_has_a_span_inside_its_policys_and_the_service_runs_in_it() {
    noted(|notebook| {
        let retry = RetryPolicy::builder()
            .max_attempts(3)
            .with_sleeper(TrackingSleeper::new())
            .build()
            .unwrap();
        let inside = notebook.clone();
        let service = service_fn(move |()| {
            let inside = inside.clone();
            async move {
                let attempt = inside.current().unwrap();
                assert_eq!(
                    inside.0.lock().unwrap().names[&attempt],
                    "ninelives.attempt"
                );
                Err::<(), _>(io::Error::other("down"))
            }
        });
        let mut service = retry.into_layer().with_sink(SpanSink).layer(service);
        let call = std::pin::pin!(service.call(()));
        assert!(poll(call).is_ready());
        let policy = notebook.spans("ninelives.policy")[0];
        let attempts = notebook.spans("ninelives.attempt");
        let numbers = attempts
            .iter()
            .map(|span| notebook.field(*span, "ninelives.attempt").unwrap());
        assert_eq!(numbers.collect::<Vec<_>>(), ["1", "2", "3"]);
        assert!(
            attempts
                .iter()
                .all(|span| notebook.parent(*span) == Some(policy))
        );
        assert_eq!(
            notebook.field(policy, "error.type").as_deref(),
            Some("\"exhausted\"")
        );
    });
}

#[test]
fn the_service_behind_a_breaker_runs_in_its_span() {
    noted(|notebook| {
        let breaker = CircuitBreakerConfig::new(1, Duration::from_secs(1), 1);
        let breaker = CircuitBreakerLayer::new(breaker.unwrap()).unwrap();
        let inside = notebook.clone();
        let service = service_fn(move |()| {
            let (called, polled) = (inside.current(), inside.clone());
            async move { Ok::<_, io::Error>([called, polled.current()]) }
        });
        let mut service = breaker.with_sink(SpanSink).layer(service);
        let Poll::Ready(Ok(found)) = poll(std::pin::pin!(service.call(()))) else {
            panic!("it answers at once")
        };
        let policy = notebook.spans("ninelives.policy")[0];
        assert_eq!(found, [Some(policy); 2]);
    });
}

#[test]
fn policies_nest_as_their_spans_do() {
    noted(|notebook| {
        let policy = Policy(
            TimeoutLayer::new(Duration::from_secs(1))
                .unwrap()
                .named("outer"),
        ) + Policy(BulkheadLayer::new(1).unwrap().named("inner"));
        let mut service = policy
            .with_sink(SpanSink)
            .layer(service_fn(|()| ready(Ok::<_, io::Error>(()))));
        let call = std::pin::pin!(service.call(()));
        assert!(poll(call).is_ready());
        let spans = notebook.spans("ninelives.policy");
        assert_eq!(notebook.parent(spans[1]), Some(spans[0]));
    });
}

#[test]
fn a_rejection_and_a_panic_say_what_they_are() {
    noted(|notebook| {
        let layer = BulkheadLayer::new(1).unwrap().with_sink(SpanSink);
        let mut service = layer.layer(service_fn(|die: bool| async move {
            assert!(!die, "planted");
            pending::<Result<(), io::Error>>().await
        }));
        let first = Box::pin(service.call(true));
        drop(service.call(false));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let mut first = first;
            let _ = poll(first.as_mut());
        }));
        assert!(panicked.is_err());
        let causes = notebook
            .spans("ninelives.policy")
            .into_iter()
            .map(|span| notebook.field(span, "error.type").unwrap());
        assert_eq!(causes.collect::<Vec<_>>(), ["\"panicked\"", "\"rejected\""]);
    });
}

#[test]
fn a_dropped_request_leaves_its_span_without_a_cause() {
    noted(|notebook| {
        let layer = BulkheadLayer::new(1).unwrap().with_sink(SpanSink);
        let mut service = layer.layer(service_fn(|()| pending::<Result<(), io::Error>>()));
        let mut call = Box::pin(service.call(()));
        assert!(poll(call.as_mut()).is_pending());
        drop(call);
        let span = notebook.spans("ninelives.policy")[0];
        assert_eq!(notebook.field(span, "error.type"), None);
    });
}

#[test]
fn spans_stand_beside_another_sink() {
    noted(|notebook| {
        let memory = MemorySink::new();
        let sink = (SpanSink, memory.clone());
        let layer = BulkheadLayer::new(1).unwrap().with_sink(sink);
        let mut service = layer.layer(service_fn(|()| ready(Ok::<_, io::Error>(()))));
        let call = std::pin::pin!(service.call(()));
        assert!(poll(call).is_ready());
        assert_eq!(notebook.spans("ninelives.policy").len(), 1);
        let events = memory.events();
        assert_eq!(events.len(), 2, "a permit and an outcome");
        assert!(
            events
                .iter()
                .all(|event| event.policy() == layer.name().id())
        );
    });
}

#[test]
fn each_kind_of_failure_has_its_name_in_the_policys_span() {
    noted(|notebook| {
        let timer = ManualTimer::new();
        let timeout = TimeoutLayer::new(Duration::from_millis(1)).unwrap();
        let timeout = timeout.with_timer(timer.clone()).with_sink(SpanSink);
        let mut hangs = timeout.layer(service_fn(|()| pending::<Result<(), io::Error>>()));
        let mut call = Box::pin(hangs.call(()));
        assert!(poll(call.as_mut()).is_pending());
        timer.advance(Duration::from_millis(1));
        assert!(poll(call.as_mut()).is_ready());

        let pass = || Policy::tower(tower::layer::util::Identity::new());
        let fails = || service_fn(|()| ready(Err::<(), _>(io::Error::other("down"))));
        let mut either = (pass() | pass()).with_sink(SpanSink).layer(fails());
        assert!(poll(std::pin::pin!(either.call(()))).is_ready());

        let bulkhead = BulkheadLayer::new(1).unwrap().with_sink(SpanSink);
        let mut inner = bulkhead.layer(fails());
        assert!(poll(std::pin::pin!(inner.call(()))).is_ready());

        let causes = notebook
            .spans("ninelives.policy")
            .into_iter()
            .map(|span| notebook.field(span, "error.type").unwrap());
        assert_eq!(
            causes.collect::<Vec<_>>(),
            ["\"timeout\"", "\"all_failed\"", "\"inner\""]
        );
    });
}
