//! Layers that leave a mark on the request, and a service that says which marks it saw.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use ninelives::compose::{Describe, Node, Tells};
use ninelives::prelude::*;
use tower::{Layer, Service};

use super::stage::Down;

/// A request that knows through which marks it went.
pub type Way = Vec<&'static str>;

/// What the services at the bottom were asked, in order.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<String>>>);

/// Writes its name on every request.
#[derive(Clone, Debug)]
pub struct Mark(&'static str);

#[derive(Clone)]
pub struct Marked<S> {
    inner: S,
    name: &'static str,
}

/// Fails, after it has noted the way.
#[derive(Clone)]
pub struct Listener(Heard);

pub fn mark(name: &'static str, _heard: &Heard) -> Policy<Mark> {
    Policy(Mark(name))
}

impl Heard {
    /// Sends one request through the policy; every service at the bottom fails.
    #[track_caller]
    pub fn of<P>(&self, policy: &P) -> Vec<String>
    where
        P: Layer<Listener>,
        P::Service: Service<Way, Response = (), Error = ResilienceError<Down>>,
    {
        self.0.lock().unwrap().clear();
        let mut service = policy.layer(Listener(self.clone()));
        assert!(
            super::stage::call(&mut service, Way::new())
                .finish()
                .is_err()
        );
        self.0.lock().unwrap().clone()
    }
}

impl Tells for Mark {
    type Kept = ();
}

impl<S> PolicyLayer<S> for Mark {
    type Service = Marked<S>;

    fn wrap(&self, inner: S) -> Marked<S> {
        Marked {
            inner,
            name: self.0,
        }
    }
}

impl Describe for Mark {
    fn describe(&self) -> Node {
        Node::leaf(self.0)
    }
}

impl<S: Service<Way>> Service<Way> for Marked<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut way: Way) -> S::Future {
        way.push(self.name);
        self.inner.call(way)
    }
}

impl Service<Way> for Listener {
    type Response = ();
    type Error = Down;
    type Future = std::future::Ready<Result<(), Down>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, way: Way) -> Self::Future {
        self.0.0.lock().unwrap().push(way.join(" "));
        std::future::ready(Err(Down(0)))
    }
}
