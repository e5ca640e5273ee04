//! `Send`, `Sync`, `Unpin` and `Clone`, as their parts are.

use std::marker::PhantomPinned;
use std::rc::Rc;

use ninelives::algebra::{FallbackFuture, ForkJoinFuture, RespondFuture};
use ninelives::bulkhead::{BulkheadFuture, QueuedFuture};
use ninelives::circuit_breaker::CircuitBreakerFuture;
use ninelives::lift::{Lift, LiftFuture};
use ninelives::prelude::*;
use ninelives::retry::{RetryFuture, Transient};
use ninelives::timeout::TimeoutFuture;
use tower::{Layer, Service};

use crate::bearing::bearing;
use crate::contract::{Bare, Contract, Failed};
use crate::flavors::Local;
use crate::{breaker, bulkhead, heeding_retry, queue, retry, timeout};

/// Whether a type is what the trait says, answered at compile time: an inherent constant goes before one of a trait.
macro_rules! is {
    ($type:ty: $($bound:tt)+) => {{
        #[allow(dead_code)] // asked only when the answer is no
        trait No { const ANSWER: bool = false; }
        impl<T: ?Sized> No for T {}
        struct Ask<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Ask<T> { const ANSWER: bool = true; }
        Ask::<$type>::ANSWER
    }};
}

fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
fn sent<T: Send + Sync + 'static>(_: T) {}

#[test]
fn layers_services_and_futures_are_send_and_sync_when_their_parts_are() {
    macro_rules! check {
        ($($policy:expr),+ $(,)?) => {$({
            let policy = $policy;
            shared(&policy);
            let mut service = policy.layer(Contract::<Failed>::new(Default::default()).0);
            shared(&service);
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(Service::<u32>::poll_ready(&mut service, &mut cx).is_ready());
            sent(service.call(7_u32));
        })+};
    }
    check!(
        timeout(),
        Policy(timeout().0.covering_readiness()),
        bearing(timeout().0.with_deadline()),
        bearing(heeding_retry()),
        retry(),
        bulkhead(),
        queue(),
        breaker(),
        Policy(breaker().0.live()),
        Policy(retry().0.live()),
        (timeout() & retry()).live(),
        timeout() | retry(),
        timeout() & retry(),
        (timeout() & retry()).stagger(crate::SECOND),
        Policy::respond(|n: u32| n),
        Policy::tower(tower::limit::ConcurrencyLimitLayer::new(4)),
        timeout() + breaker() + bulkhead() + retry(),
        (timeout() + breaker() + queue() + retry()) | (timeout() & bulkhead()),
    );
    // As layers of their own, outside a policy.
    shared(&timeout().0);
    shared(&retry().0);
    shared(&bulkhead().0);
    shared(&queue().0);
    shared(&breaker().0);
    shared(
        &timeout()
            .0
            .layer(Contract::<Failed>::new(Default::default()).0),
    );
}

#[test]
fn futures_are_unpin_and_send_exactly_when_the_inner_future_is() {
    type Fine = std::future::Ready<Result<u32, ResilienceError<Failed>>>;
    struct Odd {
        _pinned: PhantomPinned,
        _local: Rc<()>,
    }
    macro_rules! check {
        ($($future:ident<$($parameter:ty),*>),+ $(,)?) => {$(
            assert!(is!($future<Fine $(, $parameter)*>: Unpin), stringify!($future));
            assert!(is!($future<Fine $(, $parameter)*>: Send), stringify!($future));
            assert!(is!($future<Fine $(, $parameter)*>: Sync), stringify!($future));
            assert!(!is!($future<Odd $(, $parameter)*>: Unpin), stringify!($future));
            assert!(!is!($future<Odd $(, $parameter)*>: Send), stringify!($future));
        )+};
    }
    type Inner = Lift<Contract<Failed>>;
    type Rated = ninelives::CircuitBreakerConfig<ninelives::circuit_breaker::Windowed>;
    check!(
        LiftFuture<>,
        BulkheadFuture<>,
        TimeoutFuture<ManualTimer>,
        CircuitBreakerFuture<MonotonicClock>,
        CircuitBreakerFuture<MonotonicClock, NullSink, Rated>,
        CircuitBreakerFuture<MonotonicClock, NullSink, ninelives::Live<Rated>>,
        FallbackFuture<Inner, ninelives::algebra::OnAnyError, u32, Failed>,
        ForkJoinFuture<Inner, ManualTimer, u32, Failed>,
    );
    assert!(is!(RespondFuture<Odd, Rc<()>>: Unpin));
    assert!(is!(RetryFuture<Inner, Transient, ManualTimer, u32>: Unpin));
    assert!(is!(QueuedFuture<Inner, ManualTimer, u32>: Unpin));
    assert!(is!(RetryFuture<Inner, Transient, ManualTimer, u32>: Send));
    assert!(is!(QueuedFuture<Inner, ManualTimer, u32>: Send));
    // The service and the request travel inside.
    type Bound = Lift<Local<Contract<Failed>>>;
    assert!(!is!(RetryFuture<Bound, Transient, ManualTimer, u32>: Send));
    assert!(!is!(QueuedFuture<Bound, ManualTimer, u32>: Send));
    assert!(!is!(RetryFuture<Inner, Transient, ManualTimer, Rc<u32>>: Send));
    assert!(!is!(QueuedFuture<Inner, ManualTimer, Rc<u32>>: Send));
}

#[test]
fn services_are_clone_exactly_when_the_inner_service_is() {
    use crate::flavors::Single;
    use ninelives::bulkhead::{Queue, Queued, Reject};
    use ninelives::{BulkheadConfig, Live};
    type LiveBulkhead = BulkheadLayer<Reject, NullSink, Live<BulkheadConfig>>;
    type Rated = ninelives::CircuitBreakerConfig<ninelives::circuit_breaker::Windowed>;
    type RatedBreaker = CircuitBreakerLayer<MonotonicClock, NullSink, Rated>;
    type LiveRatedBreaker = CircuitBreakerLayer<MonotonicClock, NullSink, Live<Rated>>;
    type LiveQueue = BulkheadLayer<Queued, NullSink, Live<BulkheadConfig<Queue>>>;
    macro_rules! check {
        ($($policy:ty),+ $(,)?) => {$(
            assert!(is!(<$policy as Layer<Contract>>::Service: Clone), stringify!($policy));
            assert!(!is!(<$policy as Layer<Single<Contract>>>::Service: Clone), stringify!($policy));
            assert!(is!(<$policy as Layer<Contract>>::Service: Send), stringify!($policy));
            assert!(!is!(<$policy as Layer<Local<Contract>>>::Service: Send), stringify!($policy));
        )+};
    }
    check!(
        Policy<TimeoutLayer>,
        Policy<BulkheadLayer>,
        Policy<BulkheadLayer<ninelives::bulkhead::Queued>>,
        Policy<LiveBulkhead>,
        Policy<LiveQueue>,
        Policy<CircuitBreakerLayer>,
        Policy<RatedBreaker>,
        Policy<LiveRatedBreaker>,
        Policy<RetryLayer>,
        Policy<CombinedLayer<TimeoutLayer, CircuitBreakerLayer>>,
        TimeoutLayer,
        BulkheadLayer,
        CircuitBreakerLayer,
        RetryLayer,
    );
}

#[test]
fn the_error_is_what_its_inner_error_is() {
    assert!(is!(ResilienceError<Failed>: std::error::Error));
    assert!(is!(ResilienceError<Failed>: Clone));
    assert!(is!(ResilienceError<Failed>: Send));
    assert!(is!(ResilienceError<Failed>: Sync));
    assert!(is!(ResilienceError<Failed>: Unpin));
    assert!(!is!(ResilienceError<Bare>: std::error::Error));
    assert!(!is!(ResilienceError<Bare>: Clone));
    assert!(!is!(ResilienceError<Rc<()>>: Send));
    assert!(is!(ResilienceError<tower::BoxError>: Send));
}
