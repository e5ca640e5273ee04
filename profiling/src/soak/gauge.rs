//! What is inside a policy, counted without it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use tower::{Layer, Service};

use super::count::{Count, Level};
use super::order::Order;
use super::plant::Plant;

/// Counts the calls that come through, and sabotages some if a plant says so.
#[derive(Clone, Debug)]
pub struct Gauge {
    passed: Arc<Passed>,
    weighed: bool,
    stalls: Arc<Count>,
    plant: Option<Plant>,
}

/// Calls that came through, and how they ended: `calls == ended + dropped` once none is inside.
#[derive(Debug, Default)]
pub struct Passed {
    /// Calls.
    pub calls: Count,
    /// Answered, one way or the other.
    pub ended: Count,
    /// Dropped before, or by a panic.
    pub dropped: Count,
    /// Those inside, by their weights.
    pub inside: Level,
}

/// The service of [`Gauge`].
#[derive(Clone, Debug)]
pub struct Gauged<S> {
    inner: S,
    gauge: Gauge,
}

/// A call that is inside until it is dropped.
pub struct Inside<F> {
    // Boxed, and in an option: a plant may forget it.
    inner: Option<Pin<Box<F>>>,
    passed: Arc<Passed>,
    weight: u64,
    stall: Option<(Duration, Arc<Count>)>,
    plant: Option<(Plant, u64)>,
}

/// One call in so many blocks its thread once, while it holds all that it holds.
const STALLS_ONE_IN: u64 = 1_500;

// === impl Gauge ===

impl Gauge {
    /// A gauge that counts each call as one, and the polls that block their thread in `stalls`.
    pub fn new(stalls: &Arc<Count>, plant: Option<Plant>) -> Self {
        Self {
            passed: Arc::default(),
            weighed: false,
            stalls: Arc::clone(stalls),
            plant,
        }
    }

    /// The same, counting what calls weigh.
    pub fn weighed(mut self) -> Self {
        self.weighed = true;
        self
    }

    /// What came through.
    pub fn passed(&self) -> &Arc<Passed> {
        &self.passed
    }
}

impl<S> Layer<S> for Gauge {
    type Service = Gauged<S>;

    fn layer(&self, inner: S) -> Gauged<S> {
        let gauge = self.clone();
        Gauged { inner, gauge }
    }
}

// === impl Gauged ===

impl<S: Service<Order>> Service<Order> for Gauged<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Inside<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, order: Order) -> Self::Future {
        let Gauge {
            passed,
            weighed,
            stalls,
            plant,
        } = &self.gauge;
        let weight = if *weighed { order.weight as u64 } else { 1 };
        let number = passed.calls.get();
        passed.calls.up();
        passed.inside.enter(weight);
        // From the number of the call, so that it repeats as far as calls do.
        let stall = (order.index % STALLS_ONE_IN == 7).then(|| {
            let span = Duration::from_millis(1 + order.index % 29);
            (span, Arc::clone(stalls))
        });
        Inside {
            inner: Some(Box::pin(self.inner.call(order.clone()))),
            passed: Arc::clone(passed),
            weight,
            stall,
            plant: plant.map(|plant| (plant, number)),
        }
    }
}

// === impl Inside ===

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if let Some((span, stalls)) = self.stall.take() {
            stalls.up();
            thread::sleep(span);
        }
        if let Some((plant, number)) = self.plant.take() {
            plant.strike(number);
        }
        let Some(inner) = self.inner.as_mut() else {
            panic!("the future was polled after it was done");
        };
        let polled = inner.as_mut().poll(cx);
        if polled.is_ready() {
            self.leave(true);
        }
        polled
    }
}

impl<F> Inside<F> {
    /// What is inside goes first: a call is inside for as long as it has anything.
    fn leave(&mut self, ended: bool) {
        if self.inner.take().is_none() {
            return;
        }
        let end = match ended {
            true => &self.passed.ended,
            false => &self.passed.dropped,
        };
        end.up();
        self.passed.inside.leave(self.weight);
    }
}

impl<F> Drop for Inside<F> {
    fn drop(&mut self) {
        self.leave(false);
    }
}
