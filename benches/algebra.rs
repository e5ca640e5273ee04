//! What `+`, `|` and `&` cost against the same thing written by hand, and a fork-join against one arm after the other.
//!
//! ```text
//! cargo bench --bench algebra
//! ```
//!
//! By hand is what one would write without the algebra: layers put around each other, a `match`, a `select`. Compare ratios within one run.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[allow(dead_code)] // the other benchmarks use the rest
#[path = "support/subjects.rs"]
mod subjects;

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use futures::future::{Either, select};
use ninelives::prelude::*;
use tower::layer::util::Identity;
use tower::{Layer, Service};

use subjects::echo::{FAR, Refused};
use subjects::{Echo, call};

/// What policies wait on here: what they wait on by default.
type Waits = WheelTimer;
const TIMER: Waits = WheelTimer;

type Group<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// Around a service whose answers it makes failures of, after as many polls.
#[derive(Clone, Copy)]
struct Failing;

/// The service of [`Failing`].
#[derive(Clone)]
struct Fails<S>(S);

/// The future of [`Fails`].
struct Failed<F>(F);

/// An error that [`Fails`] can make.
trait Refusal {
    fn refusal() -> Self;
}

// === impl Failing ===

impl<S> Layer<S> for Failing {
    type Service = Fails<S>;

    fn layer(&self, inner: S) -> Fails<S> {
        Fails(inner)
    }
}

impl<S> Service<u64> for Fails<S>
where
    S: Service<u64, Response = u64, Future: Unpin, Error: Refusal>,
{
    type Response = u64;
    type Error = S::Error;
    type Future = Failed<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: u64) -> Failed<S::Future> {
        Failed(self.0.call(request))
    }
}

impl<F: Future<Output = Result<u64, E>> + Unpin, E: Refusal> Future for Failed<F> {
    type Output = Result<u64, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Not known before it runs, as of a real call.
        let answer = Pin::new(&mut self.0).poll(cx);
        answer.map(|answer| {
            let n = answer?;
            if black_box(true) {
                Err(E::refusal())
            } else {
                Ok(n)
            }
        })
    }
}

impl Refusal for Refused {
    fn refusal() -> Self {
        Self
    }
}

impl Refusal for ResilienceError<Refused> {
    fn refusal() -> Self {
        Self::Inner(Refused)
    }
}

// === running ===

fn short<'a>(c: &'a mut Criterion, name: &str) -> Group<'a> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    group
}

fn row<S>(group: &mut Group<'_>, name: &str, mut service: S)
where
    S: Service<u64, Response = u64>,
{
    group.bench_function(name, |b| b.iter(|| call(&mut service)));
}

/// A call that is written by hand, polled until it is answered.
fn row_by_hand<F>(group: &mut Group<'_>, name: &str, mut ask: impl FnMut(u64) -> F)
where
    F: Future<Output = Option<u64>>,
{
    group.bench_function(name, |b| {
        b.iter(|| {
            let cx = &mut Context::from_waker(Waker::noop());
            let mut future = pin!(ask(black_box(7)));
            loop {
                if let Poll::Ready(answer) = future.as_mut().poll(cx) {
                    return answer;
                }
            }
        });
    });
}

/// One arm, asked by hand.
async fn ask(
    mut service: impl Service<u64, Response = u64, Error = Refused>,
    request: u64,
) -> Result<u64, Refused> {
    std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

fn layers() -> (TimeoutLayer, BulkheadLayer, CircuitBreakerLayer) {
    let config = CircuitBreakerConfig::new(5, FAR, 1).unwrap();
    (
        TimeoutLayer::new(FAR).unwrap(),
        BulkheadLayer::new(64).unwrap(),
        CircuitBreakerLayer::new(config).unwrap(),
    )
}

/// `+` against layers that are put around each other.
fn plus(c: &mut Criterion) {
    let mut group = short(c, "plus");
    for (when, inner) in [("ready", Echo::ready()), ("pending", Echo::pending(1))] {
        let (timeout, bulkhead, breaker) = layers();
        let policy = Policy(timeout) + Policy(bulkhead) + Policy(breaker);
        row(&mut group, &format!("policy, {when}"), policy.layer(inner));
        let (timeout, bulkhead, breaker) = layers();
        let by_hand = timeout.wrap(bulkhead.wrap(breaker.layer(inner)));
        row(&mut group, &format!("by hand, {when}"), by_hand);
    }
}

/// `|` against a `match`.
fn or(c: &mut Criterion) {
    let mut group = short(c, "or");
    let backup = || Policy::respond(|request: u64| request);
    let well = Policy::tower(Identity::new()) | backup();
    row(&mut group, "policy, not used", well.layer(Echo::ready()));
    let down = Policy::tower(Failing) | backup();
    row(&mut group, "policy, used", down.layer(Echo::ready()));
    let well = Echo::ready();
    row_by_hand(&mut group, "by hand, not used", |request| async move {
        Some(ask(well, request).await.unwrap_or(request))
    });
    let down = Fails(Echo::ready());
    row_by_hand(&mut group, "by hand, used", |request| {
        let down = down.clone();
        async move { Some(ask(down, request).await.unwrap_or(request)) }
    });
}

/// `&` against a `select`, and against one arm after the other.
fn and(c: &mut Criterion) {
    let mut group = short(c, "and");
    for (when, polls) in [
        ("ready", 0),
        ("pending once", 1),
        ("pending eight times", 8),
    ] {
        let echo = Echo::pending(polls);
        let both = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
        row(&mut group, &format!("policy, {when}"), both.layer(echo));
        row_by_hand(
            &mut group,
            &format!("select, {when}"),
            |request| async move {
                let (one, other) = (pin!(ask(echo, request)), pin!(ask(echo, request)));
                match select(one, other).await {
                    Either::Left((Ok(answer), _)) | Either::Right((Ok(answer), _)) => Some(answer),
                    Either::Left((Err(_), other)) => other.await.ok(),
                    Either::Right((Err(_), one)) => one.await.ok(),
                }
            },
        );

        let both = Policy::tower(Failing) & Policy::tower(Identity::new());
        let name = format!("first arm fails, {when}: at once");
        row(&mut group, &name, both.layer(echo));
        let after = Policy::tower(Failing) | Policy::tower(Identity::new());
        let name = format!("first arm fails, {when}: one after the other");
        row(&mut group, &name, after.layer(echo));
    }
}

fn all(c: &mut Criterion) {
    subjects::enter_runtime();
    plus(c);
    or(c);
    and(c);
}

criterion_group!(algebra, all);
criterion_main!(algebra);
