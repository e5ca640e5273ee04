//! How big services and futures are, and how deep policies may nest.

use std::future::{Ready, ready};
use std::mem::{size_of, size_of_val};
use std::task::{Context, Poll, Waker};

use ninelives::prelude::*;
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceExt};

use crate::contract::{Contract, Failed, Script};
use crate::{breaker, bulkhead, queue, retry, timeout};

/// A service as small as can be.
#[derive(Clone)]
struct Unit;

impl Service<()> for Unit {
    type Response = ();
    type Error = ();
    type Future = Ready<Result<(), ()>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(()))
    }
}

/// Asserts that a policy over [`Unit`] has a service and a future of at most so many bytes.
fn assert_sizes<P>(name: &str, policy: &P, service_cap: usize, future_cap: usize)
where
    P: Layer<Unit>,
    P::Service: Service<()>,
{
    let mut service = policy.layer(Unit);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut cx).is_ready());
    let sizes = (size_of_val(&service), size_of_val(&service.call(())));
    println!(
        "{name:40} service {:4} bytes, future {:4} bytes",
        sizes.0, sizes.1
    );
    assert!(
        sizes.0 <= service_cap,
        "{name}: service of {} bytes",
        sizes.0
    );
    assert!(sizes.1 <= future_cap, "{name}: future of {} bytes", sizes.1);
}

#[test]
fn f12_services_and_futures_stay_small() {
    println!(
        "tokio's own timer: {} bytes",
        size_of::<tokio::time::Sleep>()
    );
    println!("error over (): {} bytes", size_of::<ResilienceError<()>>());
    assert_sizes("timeout", &timeout(), 64, 176);
    assert_sizes("bulkhead", &bulkhead(), 24, 24);
    assert_sizes("queue", &queue(), 48, 224);
    assert_sizes("breaker", &breaker(), 32, 72);
    assert_sizes("breaker, live", &Policy(breaker().0.live()), 48, 80);
    assert_sizes("retry", &retry(), 16, 192);
    assert_sizes("retry, live", &Policy(retry().0.live()), 32, 304);
    assert_sizes("bulkhead | bulkhead", &(bulkhead() | bulkhead()), 48, 112);
    assert_sizes("bulkhead & bulkhead", &(bulkhead() & bulkhead()), 72, 240);
    let stack = timeout() + breaker() + bulkhead() + retry();
    assert_sizes("timeout + breaker + bulkhead + retry", &stack, 136, 448);
}

#[test]
fn f12_the_error_stays_small() {
    assert!(size_of::<ResilienceError<()>>() <= 40);
}

#[tokio::test]
async fn f12_eight_policies_nest_by_type() {
    let four = || bulkhead() + breaker() + bulkhead() + breaker();
    let policy = four() + four();
    let slow = Script {
        answer_after: 1,
        ..Script::default()
    };
    let (service, probe) = Contract::<Failed>::new(slow);
    let mut service = policy.layer(service);
    let ready = ServiceExt::<u32>::ready(&mut service).await.unwrap();
    let call = ready.call(7);
    // Each adds its handle and its state; nothing doubles.
    assert!(size_of_val(&call) <= 512, "{} bytes", size_of_val(&call));
    assert_eq!(call.await, Ok(7));
    let ready = ServiceExt::<u32>::ready(&mut service).await.unwrap();
    drop(ready.call(8));
    assert_eq!(probe.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn f12_a_hundred_boxed_policies_build_poll_and_drop() {
    let slow = Script {
        answer_after: 1,
        ..Script::default()
    };
    let (service, probe) = Contract::<Failed>::new(slow);
    let mut service = BoxCloneService::new(tower::ServiceExt::<u32>::map_err(
        service,
        ResilienceError::Inner,
    ));
    for _ in 0..25 {
        let stack = timeout() + breaker() + queue() + retry();
        service = BoxCloneService::new(PolicyLayer::wrap(&stack, service));
    }
    let call = service.ready().await.unwrap().call(7);
    assert_eq!(call.await, Ok(7));
    let mut call = service.ready().await.unwrap().call(8);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_pending());
    drop(call);
    assert_eq!(probe.alive(), 0);
}
