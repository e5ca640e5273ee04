//! What `poll_ready` says, and what it must not take.

use std::task::{Context, Poll, Waker};

use ninelives::PolicyLayer;
use tower::load_shed::LoadShed;
use tower::{ServiceExt, service_fn};

use super::backend::Readiness;
use super::*;

fn ready(service: &mut Protected) -> Poll<Result<(), ResilienceError<Broken>>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn b22_hc25_readiness_takes_no_probe_and_its_drop_gives_none_back() {
    let mut rig = Rig::due(1, 1);
    let mut idle: Vec<Protected> = (0..50).map(|_| rig.service.clone()).collect();
    for service in &mut idle {
        assert_eq!(ready(service), Poll::Ready(Ok(())));
    }
    assert_eq!(
        (rig.state(), rig.view().probes_out),
        (CircuitState::Open, 0)
    );
    let _probe = rig.wait_at(&Gate::new());
    drop(idle);
    assert_eq!(rig.view().probes_out, 1);
}

#[test]
fn b22_readied_in_half_open_and_never_called_holds_nothing() {
    let mut rig = Rig::due(1, 2);
    let _probe = rig.wait_at(&Gate::new());
    let mut idle = rig.service.clone();
    assert_eq!(ready(&mut idle), Poll::Ready(Ok(())));
    drop(idle);
    assert_eq!(rig.view().probes_out, 1);
    let _second = rig.wait_at(&Gate::new());
    assert_eq!(rig.view().probes_out, 2);
}

#[test]
fn b23_open_rejects_without_asking_the_backend() {
    let mut rig = Rig::new(1, 1);
    rig.fail(1);
    rig.backend.set(Readiness::Pending);
    let asked = rig.backend.asked();
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
    assert_eq!(rig.backend.asked(), asked);
    rig.clock.advance(OPEN_FOR);
    assert_eq!(ready(&mut rig.service), Poll::Pending);
    assert_eq!(
        (rig.state(), rig.view().probes_out),
        (CircuitState::Open, 0)
    );
}

#[test]
fn b24_readiness_error_is_one_failure_and_stays_what_it_is() {
    let mut rig = Rig::new(2, 1);
    rig.backend.set(Readiness::Broken);
    let error = Poll::Ready(Err(ResilienceError::Inner(Broken)));
    assert_eq!(ready(&mut rig.service), error);
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 1)
    );
    assert_eq!(ready(&mut rig.service), error);
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(ready(&mut rig.service), Poll::Ready(Ok(())));
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn b24_readiness_error_at_the_end_of_the_open_time_opens_it_again() {
    let mut rig = Rig::due(1, 1);
    rig.backend.set(Readiness::Broken);
    assert!(matches!(ready(&mut rig.service), Poll::Ready(Err(_))));
    rig.backend.set(Readiness::Ready);
    assert_eq!(rig.view().probes_out, 0);
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn b24_hc88_rejection_by_the_readiness_of_an_inner_policy_counts_as_nothing() {
    struct Shut;
    impl Service<Ask> for Shut {
        type Response = ();
        type Error = ResilienceError<Broken>;
        type Future = std::future::Ready<Answer>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Answer> {
            Poll::Ready(Err(ResilienceError::BulkheadClosed))
        }
        fn call(&mut self, _: Ask) -> Self::Future {
            std::future::ready(Ok(()))
        }
    }
    let rig = Rig::due(1, 1);
    let mut service = rig.layer.wrap(Shut);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        let error = Poll::Ready(Err(ResilienceError::BulkheadClosed));
        assert_eq!(service.poll_ready(&mut cx), error);
        assert_eq!(
            (rig.state(), rig.view().probe_due),
            (CircuitState::Open, true)
        );
    }
    rig.layer.reset();
    assert!(service.poll_ready(&mut cx).is_ready());
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

#[test]
fn a_service_made_ready_while_open_is_not_called_unready_when_the_time_ends() {
    let mut rig = Rig::new(1, 1);
    rig.fail(1);
    assert_eq!(ready(&mut rig.service), Poll::Ready(Ok(())));
    rig.clock.advance(OPEN_FOR);
    let calls = rig.backend.calls();
    let error = done(Box::pin(rig.service.call(Ask::Answer))).unwrap_err();
    assert_eq!(error.retry_after(), Some(OPEN_FOR), "as readiness saw it");
    assert_eq!((rig.backend.calls(), rig.view().probes_out), (calls, 0));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn a_service_readied_before_the_trip_keeps_its_readiness_for_the_probe() {
    let mut rig = Rig::new(1, 1);
    let mut early = rig.service.clone();
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())));
    rig.fail(1);
    assert!(done(Box::pin(early.call(Ask::Answer))).is_err());
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())));
    rig.clock.advance(OPEN_FOR);
    assert_eq!(done(Box::pin(early.call(Ask::Answer))), Ok(()));
}

#[tokio::test]
async fn hc10_ten_thousand_calls_in_one_task_are_never_shed() {
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let layer = CircuitBreakerLayer::new(config).unwrap();
    let backend = service_fn(|()| async {
        tokio::task::consume_budget().await;
        Ok::<_, Broken>(())
    });
    let mut service = LoadShed::new(layer.layer(backend));
    for _ in 0..10_000 {
        service.ready().await.unwrap().call(()).await.unwrap();
    }
    assert_eq!(layer.state(), CircuitState::Closed);
}

#[test]
fn a_service_that_was_ready_and_is_not_any_more_is_not_called_when_the_time_ends() {
    let rig = Rig::new(1, 1);
    let mut early = rig.service.clone();
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())));
    rig.backend.set(Readiness::Pending);
    assert_eq!(ready(&mut early), Poll::Pending);
    rig.layer.trip();
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())), "it rejects");
    rig.clock.advance(OPEN_FOR);
    let error = done(Box::pin(early.call(Ask::Answer))).unwrap_err();
    assert_eq!(error.retry_after(), Some(OPEN_FOR));
    assert_eq!(rig.backend.calls(), 0);
}

#[test]
fn b24_a_service_whose_readiness_failed_after_it_was_ready_is_not_called() {
    let rig = Rig::new(1, 1);
    let mut early = rig.service.clone();
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())));
    rig.backend.set(Readiness::Broken);
    assert!(matches!(ready(&mut early), Poll::Ready(Err(_))));
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(ready(&mut early), Poll::Ready(Ok(())), "it rejects");
    rig.clock.advance(OPEN_FOR);
    assert!(done(Box::pin(early.call(Ask::Answer))).is_err());
    assert_eq!(rig.backend.calls(), 0);
}
