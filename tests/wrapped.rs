//! What a policy's service wraps can be looked at, changed and taken back.
#![allow(missing_docs)]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::Carried;
use ninelives::prelude::*;
use tower::{Layer, Service};

type Request = ((), Carried);

const SECOND: Duration = Duration::from_secs(1);

/// A service that answers with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numbered(u32);

impl Service<Request> for Numbered {
    type Response = u32;
    type Error = Infallible;
    type Future = Ready<Result<u32, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request) -> Self::Future {
        ready(Ok(self.0))
    }
}

#[track_caller]
fn answer<S: Service<Request, Response = u32>>(service: &mut S) -> u32 {
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let call = std::pin::pin!(service.call(((), Carried::NOTHING)));
    match call.poll(cx) {
        Poll::Ready(Ok(answer)) => answer,
        _ => panic!("expected an answer at once"),
    }
}

/// A policy's own service around another one.
macro_rules! gives_back {
    ($($name:ident: $layer:expr;)*) => {$(
        #[test]
        fn $name() {
            let mut service = $layer.layer(Numbered(1));
            assert_eq!(service.get_ref().get_ref(), &Numbered(1));
            service.get_mut().get_mut().0 = 2;
            assert_eq!(answer(&mut service), 2);
            assert_eq!(service.into_inner().into_inner(), Numbered(2));
        }
    )*};
}

gives_back! {
    a_timeout_gives_back_what_it_wraps: TimeoutLayer::new(SECOND).unwrap();
    a_timeout_that_heeds_requests_gives_back_what_it_wraps:
        TimeoutLayer::new(SECOND).unwrap().with_deadline().with_timer(ManualTimer::new());
    a_bulkhead_gives_back_what_it_wraps: BulkheadLayer::new(1).unwrap();
    a_bulkhead_with_a_line_gives_back_what_it_wraps: BulkheadLayer::queued(1, 1, SECOND).unwrap();
    a_circuit_breaker_gives_back_what_it_wraps:
        CircuitBreakerLayer::new(CircuitBreakerConfig::new(1, SECOND, 1).unwrap()).unwrap();
    a_retry_gives_back_what_it_wraps: RetryPolicy::builder().build().unwrap().into_layer();
}

#[test]
fn a_layer_from_elsewhere_shows_the_service_that_it_made() {
    let policy = Policy::tower(tower::layer::util::Identity::new());
    let mut service = policy.layer(Numbered(1));
    assert_eq!(service.get_ref().get_ref(), &Numbered(1));
    service.get_mut().get_mut().0 = 2;
    assert_eq!(answer(&mut service), 2);
}
