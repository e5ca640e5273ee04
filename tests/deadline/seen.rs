//! A layer that notes what the requests carry that come through it.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use ninelives::Tick;
use ninelives::deadline::{Carried, Carries};
use tower::Service;

/// What was seen, in order.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<Carried>>>);

/// The service in front of the one that is looked at.
#[derive(Clone)]
pub struct Looked<S>(S, Seen);

impl Seen {
    pub fn by<S>(&self, service: S) -> Looked<S> {
        Looked(service, self.clone())
    }

    pub fn all(&self) -> Vec<Carried> {
        self.0.lock().unwrap().clone()
    }

    /// The deadlines that came by.
    pub fn deadlines(&self) -> Vec<Option<Tick>> {
        let tick = |carried: &Carried| carried.deadline().map(|deadline| deadline.tick());
        self.all().iter().map(tick).collect()
    }

    /// The marks that came by.
    pub fn attempts(&self) -> Vec<u32> {
        self.all().iter().map(Carried::attempt).collect()
    }
}

impl<S: Service<R>, R: Carries> Service<R> for Looked<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.1.0.lock().unwrap().push(request.carried());
        self.0.call(request)
    }
}
