//! Calls that panic.

use std::future::Future;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
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
    // Another arm of it may panic too.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(call)));
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

/// Answers or waits, and panics when it is dropped.
struct Heavy(Poll<Result<(), io::Error>>);

impl Future for Heavy {
    type Output = Result<(), io::Error>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        mem::replace(&mut self.0, Poll::Pending)
    }
}

impl Drop for Heavy {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "planted");
    }
}

#[test]
fn a_panic_of_a_drop_in_a_poll_leaves_its_spans_in_that_poll() {
    noted(|notebook| {
        let down = || io::Error::other("down");
        let answers = || service_fn(|()| Heavy(Poll::Ready(Ok(()))));
        let fails = || service_fn(move |()| Heavy(Poll::Ready(Err(down()))));
        let hangs = || service_fn(|()| Heavy(Poll::Pending));
        let timeout = TimeoutLayer::new(MS)
            .unwrap()
            .with_timer(InstantSleeper)
            .with_sink(SpanSink);
        let breaker =
            CircuitBreakerLayer::new(CircuitBreakerConfig::new(1, MS, 1).unwrap()).unwrap();
        let breaker = breaker.with_sink(SpanSink);
        let retry = RetryPolicy::builder().build().unwrap().into_layer();
        let retry = retry.with_sink(SpanSink);
        let total = RetryPolicy::builder().with_timer(InstantSleeper);
        let total = total.with_total_timeout(MS).build().unwrap().into_layer();
        let total = total.with_sink(SpanSink);
        let bulkhead = BulkheadLayer::new(9).unwrap().with_sink(SpanSink);
        let queued = BulkheadLayer::queued(9, 1, MS).unwrap().with_sink(SpanSink);
        let pass = || Policy::tower(tower::layer::util::Identity::new());
        let either = (pass() | pass()).with_sink(SpanSink);
        let race = (pass() & pass()).with_sink(SpanSink);
        panics_in_a_poll(notebook, bulkhead.layer(answers()));
        panics_in_a_poll(notebook, bulkhead.layer(fails()));
        panics_in_a_poll(notebook, queued.layer(answers()));
        panics_in_a_poll(notebook, queued.layer(fails()));
        panics_in_a_poll(notebook, either.layer(answers()));
        panics_in_a_poll(notebook, either.layer(fails()));
        panics_in_a_poll(notebook, race.layer(answers()));
        panics_in_a_poll(notebook, race.layer(fails()));
        panics_in_a_poll(notebook, timeout.layer(answers()));
        panics_in_a_poll(notebook, timeout.layer(fails()));
        panics_in_a_poll(notebook, timeout.layer(hangs()));
        panics_in_a_poll(notebook, breaker.layer(answers()));
        breaker.reset();
        panics_in_a_poll(notebook, breaker.layer(fails()));
        panics_in_a_poll(notebook, retry.layer(answers()));
        panics_in_a_poll(notebook, retry.layer(fails()));
        panics_in_a_poll(notebook, total.layer(hangs()));
    });
}

#[test]
fn a_panic_of_what_a_retry_asks_leaves_its_spans_in_that_poll() {
    noted(|notebook| {
        let answers = || service_fn(|()| async { Ok::<_, io::Error>(()) });
        let fails = || service_fn(|()| async { Err::<(), _>(io::Error::other("down")) });
        let asks = RetryPolicy::builder()
            .retry_if(|_: Result<&(), &io::Error>| panic!("planted"))
            .build()
            .unwrap()
            .into_layer()
            .with_sink(SpanSink);
        let hints = RetryPolicy::builder()
            .with_delay_hint(MS, |_: &io::Error| panic!("planted"))
            .build()
            .unwrap()
            .into_layer()
            .with_sink(SpanSink);
        panics_in_a_poll(notebook, asks.layer(answers()));
        panics_in_a_poll(notebook, asks.layer(fails()));
        panics_in_a_poll(notebook, hints.layer(fails()));
    });
}

#[test]
fn a_panic_of_an_arm_that_is_dropped_leaves_its_spans_in_the_poll_in_which_it_came() {
    for answer in [Ok(()), Err(io::ErrorKind::Other)] {
        noted(|notebook| {
            let dies = || service_fn(move |()| Heavy(Poll::Ready(answer.map_err(io::Error::from))));
            let pass = || Policy::tower(tower::layer::util::Identity::new());
            let either = (pass() | pass()).with_sink(SpanSink);
            let race = (pass() & pass()).with_sink(SpanSink);
            panics_in_a_poll(notebook, either.layer(dies()));
            panics_in_a_poll(notebook, race.layer(dies()));
            let spans = notebook.spans("ninelives.policy");
            let causes = spans.iter().map(|one| notebook.field(*one, "error.type"));
            assert!(causes.eq(vec![Some("\"panicked\"".to_owned()); 2]));
        });
    }
}

#[test]
fn a_panic_of_a_fallbacks_predicate_leaves_its_spans_in_the_poll_in_which_it_came() {
    noted(|notebook| {
        let fails = service_fn(|()| async { Err::<(), _>(io::Error::other("down")) });
        let pass = || Policy::tower(tower::layer::util::Identity::new());
        let either = (pass() | pass()).when(|_: &ResilienceError<io::Error>| panic!("planted"));
        panics_in_a_poll(notebook, either.with_sink(SpanSink).layer(fails));
    });
}
