//! Layers that wait on the wheel.

use std::future::pending;

use ninelives::prelude::*;
use ninelives::{ResilienceError, WheelTimer};
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt, service_fn};

use super::ms;

type Never = std::convert::Infallible;

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_timed_out_at_its_limit() {
    let layer = TimeoutLayer::new(ms(100)).unwrap().with_timer(WheelTimer);
    let mut service = layer.layer(service_fn(|()| pending::<Result<(), Never>>()));
    for _ in 0..3 {
        let began = Instant::now();
        let error = service.ready().await.unwrap().call(()).await.unwrap_err();
        assert_eq!(began.elapsed(), ms(100));
        let ResilienceError::Timeout {
            elapsed, timeout, ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((elapsed, timeout), (ms(100), ms(100)));
    }
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn w01_a_call_that_is_ready_at_once_arms_nothing() {
    let layer = TimeoutLayer::new(ms(100)).unwrap().with_timer(WheelTimer);
    let mut service = layer.layer(service_fn(|()| async {
        assert_eq!(WheelTimer.armed(), 0);
        Ok::<_, Never>(())
    }));
    service.ready().await.unwrap().call(()).await.unwrap();
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_answers_in_time_leaves_nothing_armed() {
    let layer = TimeoutLayer::new(ms(100)).unwrap().with_timer(WheelTimer);
    let mut service = layer.layer(service_fn(|()| async {
        tokio::time::sleep(ms(10)).await;
        assert_eq!(WheelTimer.armed(), 1);
        Ok::<_, Never>(7)
    }));
    let answer = service.ready().await.unwrap().call(()).await;
    assert_eq!((answer, WheelTimer.armed()), (Ok(7), 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_leaves_nothing_armed() {
    let layer = TimeoutLayer::new(ms(100)).unwrap().with_timer(WheelTimer);
    let mut service = layer.layer(service_fn(|()| pending::<Result<(), Never>>()));
    let call = service.ready().await.unwrap().call(());
    let mut call = Box::pin(call);
    assert!(futures::poll!(&mut call).is_pending());
    assert_eq!(WheelTimer.armed(), 1);
    drop(call);
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test]
async fn w08_a_call_that_uses_up_the_budget_of_its_task_is_timed_out() {
    let began = Instant::now();
    let hungry = service_fn(move |(): ()| async move {
        // Without end, but for a failing test's.
        while began.elapsed() < ms(10_000) {
            tokio::task::consume_budget().await;
        }
        Ok::<(), std::io::Error>(())
    });
    let layer = TimeoutLayer::new(ms(20)).unwrap().with_timer(WheelTimer);
    let error = layer.layer(hungry).oneshot(()).await.unwrap_err();
    assert!(error.is_timeout());
}
