//! Calls of one policy alone, past the books of the others.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

use tower::{Layer, Service};

/// A call of what this layer makes of a service that is always ready, polled once.
pub fn begun<L, S>(layer: &L, service: S) -> Pin<Box<<L::Service as Service<()>>::Future>>
where
    L: Layer<S>,
    L::Service: Service<()>,
{
    let mut cx = Context::from_waker(Waker::noop());
    let mut guarded = layer.layer(service);
    let _ = guarded.poll_ready(&mut cx); // always ready
    let mut call = Box::pin(guarded.call(()));
    let _ = call.as_mut().poll(&mut cx); // nobody wants the answer
    call
}
