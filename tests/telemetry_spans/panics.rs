//! Calls that panic.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Waker};
use std::time::Duration;

use ninelives::prelude::*;
use ninelives::telemetry::SpanSink;
use tower::{Layer, Service, service_fn};

use super::{Notebook, noted, poll};

const MS: Duration = Duration::from_millis(1);

/// The spans are left when the poll is, not when the call is dropped, by whoever does.
#[track_caller]
fn panics_in_a_poll<S: Service<()>>(notebook: &Notebook, mut service: S) {
    let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
    assert!(ready.is_ready());
    let mut call = Box::pin(service.call(()));
    let polled = catch_unwind(AssertUnwindSafe(|| drop(poll(call.as_mut()))));
    assert!(polled.is_err(), "it was to panic");
    assert_eq!(notebook.current(), None);
}

#[test]
fn a_panic_leaves_its_spans_in_the_poll_in_which_it_came() {
    noted(|notebook| {
        let dies = || {
            service_fn(|()| async {
                if true {
                    panic!("planted");
                }
                Ok::<_, io::Error>(())
            })
        };
        let pass = || Policy::tower(tower::layer::util::Identity::new());
        let bulkhead = BulkheadLayer::new(1).unwrap().with_sink(SpanSink);
        let queued = BulkheadLayer::queued(1, 1, MS).unwrap().with_sink(SpanSink);
        let timeout = TimeoutLayer::new(MS).unwrap();
        let timeout = timeout.with_timer(ManualTimer::new()).with_sink(SpanSink);
        let breaker =
            CircuitBreakerLayer::new(CircuitBreakerConfig::new(1, MS, 1).unwrap()).unwrap();
        let breaker = breaker.with_sink(SpanSink);
        let retry = RetryPolicy::builder().build().unwrap().into_layer();
        let retry = retry.with_sink(SpanSink);
        let either = (pass() | pass()).with_sink(SpanSink);
        let race = (pass() & pass()).with_sink(SpanSink);
        panics_in_a_poll(notebook, bulkhead.layer(dies()));
        panics_in_a_poll(notebook, queued.layer(dies()));
        panics_in_a_poll(notebook, timeout.layer(dies()));
        panics_in_a_poll(notebook, breaker.layer(dies()));
        panics_in_a_poll(notebook, retry.layer(dies()));
        panics_in_a_poll(notebook, either.layer(dies()));
        panics_in_a_poll(notebook, race.layer(dies()));
        let spans = notebook.spans("ninelives.policy");
        let causes = spans.iter().map(|one| notebook.field(*one, "error.type"));
        assert!(causes.eq(vec![Some("\"panicked\"".to_owned()); 7]));
    });
}
