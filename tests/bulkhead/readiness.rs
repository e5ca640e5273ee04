//! What `poll_ready` says, and what it must not reserve.

use std::task::{Context, Waker};

use tower::load_shed::LoadShed;
use tower::{ServiceExt, service_fn};

use super::backend::Readiness;
use super::*;

fn ready<S: Service<Ask>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn s18_readied_three_times_and_dropped_reserves_nothing() {
    let mut rig = Plain::new(1);
    let mut idle = rig.service.clone();
    for _ in 0..3 {
        assert_eq!(ready(&mut idle), Poll::Ready(Ok(())));
        assert_eq!(rig.now(), (0, 1, 0));
    }
    drop(idle);
    assert_eq!((rig.now(), rig.ask(Ask::Answer)), ((0, 1, 0), Ok(())));
}

#[test]
fn s20_hc01_fifty_idle_readied_clones_and_the_next_caller_gets_through() {
    let (mut plain, mut line) = (Plain::new(1), Line::new(1, 1));
    let mut idle: Vec<_> = (0..50)
        .map(|_| (plain.service.clone(), line.service.clone()))
        .collect();
    for (one, other) in &mut idle {
        assert_eq!(
            (ready(one), ready(other)),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(())))
        );
    }
    assert_eq!(
        (plain.ask(Ask::Answer), line.ask(Ask::Answer)),
        (Ok(()), Ok(()))
    );
    let _calls = (plain.call(Ask::Hang), plain.service.clone());
    drop(idle);
    assert_eq!(plain.now(), (1, 0, 0));
}

#[test]
fn s19_call_without_readiness_admits_no_more_than_the_limit() {
    let mut rig = Plain::new(2);
    let calls: Vec<_> = (0..5)
        .map(|_| Box::pin(rig.service.call(Ask::Hang)))
        .collect();
    assert_eq!((rig.backend.calls(), rig.now()), (2, (2, 0, 0)));
    drop(calls);
    assert_eq!(rig.now(), (0, 2, 0));
}

#[test]
fn a_full_or_closed_bulkhead_is_ready_and_its_calls_are_told() {
    let mut rig = Plain::new(1);
    let _call = rig.call(Ask::Hang);
    assert_eq!(ready(&mut rig.service), Poll::Ready(Ok(())));
    rig.layer.close();
    assert_eq!(ready(&mut rig.service), Poll::Ready(Ok(())));
}

#[test]
fn readiness_of_the_backend_passes_through_and_costs_no_permit() {
    let (mut plain, mut line) = (Plain::new(1), Line::new(1, 1));
    for rig in [&plain.backend, &line.backend] {
        rig.set(Readiness::Pending);
    }
    assert_eq!(
        (ready(&mut plain.service), ready(&mut line.service)),
        (Poll::Pending, Poll::Pending)
    );
    for rig in [&plain.backend, &line.backend] {
        rig.set(Readiness::Broken);
    }
    let broken = Poll::Ready(Err(ResilienceError::Inner(Broken)));
    assert_eq!(ready(&mut plain.service), broken);
    assert_eq!(ready(&mut line.service), broken);
    assert_eq!((plain.now(), line.now()), ((0, 1, 0), (0, 1, 0)));
}

#[test]
fn hc16_a_waiter_calls_the_very_service_that_was_readied() {
    /// Panics when it is called unready; a clone is not ready.
    struct Strict(bool);
    impl Clone for Strict {
        fn clone(&self) -> Self {
            Self(false)
        }
    }
    impl Service<Ask> for Strict {
        type Response = ();
        type Error = Broken;
        type Future = std::future::Ready<Result<(), Broken>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
            self.0 = true;
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: Ask) -> Self::Future {
            assert!(std::mem::take(&mut self.0), "called unready");
            std::future::ready(Ok(()))
        }
    }
    let mut rig = Line::new(1, 1);
    let mut strict = rig.layer.layer(Strict(false));
    for _ in 0..3 {
        let (first, _) = rig.wait_at();
        let mut waiter = start(&mut strict, Ask::Answer);
        assert!(poll(&mut waiter).is_pending());
        drop(first);
        assert_eq!(poll(&mut waiter), Poll::Ready(Ok(())));
        assert_eq!(done(start(&mut strict, Ask::Answer)), Ok(()));
    }
}

#[tokio::test]
async fn hc10_ten_thousand_calls_in_one_task_are_never_shed() {
    let backend = service_fn(|()| async {
        tokio::task::consume_budget().await;
        Ok::<_, Broken>(())
    });
    let plain = BulkheadLayer::new(1).unwrap();
    let line = BulkheadLayer::queued(1, 1, WAIT).unwrap();
    let mut plain = LoadShed::new(plain.layer(backend));
    let mut line = LoadShed::new(line.layer(backend));
    for _ in 0..10_000 {
        plain.ready().await.unwrap().call(()).await.unwrap();
        line.ready().await.unwrap().call(()).await.unwrap();
    }
}

#[tokio::test]
async fn hc03_call_all_over_a_limit_of_one_finishes() {
    let layer = BulkheadLayer::queued(1, 1000, WAIT).unwrap();
    let service = layer.layer(service_fn(|n: u32| async move {
        tokio::task::yield_now().await;
        Ok::<_, Broken>(n)
    }));
    let answers = service.call_all(futures::stream::iter(0..1000));
    let answers: Vec<_> = futures::StreamExt::collect(answers).await;
    let answers: Result<Vec<u32>, _> = answers.into_iter().collect();
    assert_eq!(answers.unwrap(), (0..1000).collect::<Vec<_>>());
    assert_eq!(layer.in_flight(), 0);
}
