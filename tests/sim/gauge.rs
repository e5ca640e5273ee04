//! What is inside a policy, counted without it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

use crate::order::Order;

/// Counts the calls that come through, and what of them is inside, by weight.
#[derive(Clone, Default)]
pub struct Gauge {
    counts: Rc<Counts>,
    weighed: bool,
    stutters: bool,
}

#[derive(Default)]
struct Counts {
    calls: Cell<u64>,
    inside: Cell<u64>,
    most: Cell<u64>,
}

#[derive(Clone)]
pub struct Gauged<S> {
    inner: S,
    gauge: Gauge,
}

/// A call that is inside until it is done or dropped.
pub struct Inside<F> {
    inner: Option<Pin<Box<F>>>,
    counts: Rc<Counts>,
    weight: u64,
}

// === impl Gauge ===

impl Gauge {
    pub fn weighed() -> Self {
        Self {
            weighed: true,
            ..Self::default()
        }
    }

    /// Counts one call in fifty twice: an attempt that nobody asked for.
    pub fn stuttering(mut self, stutters: bool) -> Self {
        self.stutters = stutters;
        self
    }

    pub fn calls(&self) -> u64 {
        self.counts.calls.get()
    }

    pub fn inside(&self) -> u64 {
        self.counts.inside.get()
    }

    pub const fn is_weighed(&self) -> bool {
        self.weighed
    }

    /// The most that ever was inside.
    pub fn most(&self) -> u64 {
        self.counts.most.get()
    }
}

impl<S> Layer<S> for Gauge {
    type Service = Gauged<S>;

    fn layer(&self, inner: S) -> Gauged<S> {
        let gauge = self.clone();
        Gauged { inner, gauge }
    }
}

impl<S: Service<Order>> Service<Order> for Gauged<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Inside<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, order: Order) -> Self::Future {
        let counts = Rc::clone(&self.gauge.counts);
        let weight = match self.gauge.weighed {
            true => order.weight as u64,
            false => 1,
        };
        let calls = counts.calls.get();
        let twice = self.gauge.stutters && calls % 50 == 20;
        counts.calls.set(calls + 1 + u64::from(twice));
        counts.inside.set(counts.inside.get() + weight);
        counts.most.set(counts.most.get().max(counts.inside.get()));
        Inside {
            inner: Some(Box::pin(self.inner.call(order))),
            counts,
            weight,
        }
    }
}

// === impl Inside ===

impl<F> Inside<F> {
    fn leave(&mut self) {
        if self.inner.take().is_some() {
            let inside = &self.counts.inside;
            inside.set(inside.get() - self.weight);
        }
    }
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let inner = self.inner.as_mut().expect("it is not over");
        let polled = inner.as_mut().poll(cx);
        if polled.is_ready() {
            self.leave();
        }
        polled
    }
}

impl<F> Drop for Inside<F> {
    fn drop(&mut self) {
        self.leave();
    }
}
