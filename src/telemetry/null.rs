//! The sink that nobody listens to, as a service.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use tower_service::Service;

use crate::emit::{NullSink, PolicyEvent};

impl Service<PolicyEvent> for NullSink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _event: PolicyEvent) -> Self::Future {
        ready(Ok(()))
    }
}
