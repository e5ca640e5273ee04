//! Code written for the documented names of 0.2.0 compiles and does what it did.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::default_constructed_unit_structs
)]

use std::time::Duration;

use ninelives::prelude::*;
use ninelives::{
    CircuitState, CombinedLayer, FallbackLayer, ForkJoinLayer, Jitter, MonotonicClock,
};
use tower::{Service, ServiceBuilder, ServiceExt};

type AnyError = Box<dyn std::error::Error>;

#[derive(Debug, Clone, PartialEq)]
struct Refused(bool);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

async fn refuse(_: &'static str) -> Result<&'static str, Refused> {
    Err(Refused(true))
}

#[tokio::test]
async fn names_timeout() -> Result<(), AnyError> {
    let mut service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(Duration::from_secs(1))?)
        .service_fn(refuse);
    let error = service.ready().await?.call("x").await.unwrap_err();
    assert!(error.is_inner() && !error.is_timeout());
    assert_eq!(error.as_inner(), Some(&Refused(true)));
    assert_eq!(error.into_inner(), Some(Refused(true)));
    Ok(())
}

#[tokio::test]
async fn names_bulkhead() -> Result<(), AnyError> {
    let layer = BulkheadLayer::new(1)?;
    let mut service = ServiceBuilder::new().layer(layer).service_fn(refuse);
    let held = service.ready().await?.call("x");
    match service.ready().await?.call("y").await {
        Err(ResilienceError::Bulkhead { in_flight, max, .. }) => {
            assert_eq!((in_flight, max), (1, 1))
        }
        other => panic!("{other:?}"),
    }
    drop(held);
    let closed: ResilienceError<Refused> = ResilienceError::BulkheadClosed;
    assert!(closed.is_bulkhead_closed());
    Ok(())
}

#[tokio::test]
async fn names_circuit_breaker() -> Result<(), AnyError> {
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(10), 1)?;
    let by_default = CircuitBreakerLayer::new(config)?;
    let layer = CircuitBreakerLayer::with_clock(config, MonotonicClock::default())?;
    let mut service = ServiceBuilder::new()
        .layer(layer.clone())
        .service_fn(refuse);
    let _ = service.ready().await?.call("x").await;
    let error = service.ready().await?.call("x").await.unwrap_err();
    assert!(error.is_circuit_open());
    assert!(matches!(error, ResilienceError::CircuitOpen { .. }));
    assert_eq!(layer.state(), CircuitState::Open);
    assert_eq!(by_default.state(), CircuitState::Closed);
    assert!(CircuitBreakerConfig::new(0, Duration::from_secs(1), 1).is_err());

    let disabled = CircuitBreakerLayer::new(CircuitBreakerConfig::disabled())?;
    let mut service = ServiceBuilder::new().layer(disabled).service_fn(refuse);
    for _ in 0..100 {
        let error = service.ready().await?.call("x").await.unwrap_err();
        assert!(error.is_inner());
    }
    Ok(())
}

#[tokio::test]
async fn names_retry() -> Result<(), AnyError> {
    let sleeper = TrackingSleeper::new();
    let layer = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::exponential(Duration::from_millis(100)).with_max(Duration::from_secs(1))?)
        .with_jitter(Jitter::None)
        .should_retry(|refused: &Refused| refused.0)
        .with_sleeper(sleeper.clone())
        .build()?
        .into_layer();
    let mut service = ServiceBuilder::new().layer(layer).service_fn(refuse);
    let error = service.ready().await?.call("x").await.unwrap_err();
    assert!(error.is_retry_exhausted());
    assert!(matches!(
        error,
        ResilienceError::RetryExhausted { attempts: 3, .. }
    ));
    assert_eq!(sleeper.calls(), 2);
    assert_eq!(sleeper.call_at(0), Some(Duration::from_millis(100)));
    assert_eq!(sleeper.all_calls().len(), 2);
    sleeper.clear();
    Ok(())
}

#[test]
fn names_backoffs_jitters_and_sleepers() -> Result<(), AnyError> {
    let base = Duration::from_millis(10);
    for backoff in [
        Backoff::constant(base),
        Backoff::linear(base).with_max(base * 3)?,
        Backoff::exponential(base).with_max(base * 3)?,
    ] {
        assert_eq!(backoff.delay(1), base);
    }
    for jitter in [
        Jitter::None,
        Jitter::full(),
        Jitter::equal(),
        Jitter::decorrelated(base, base * 10)?,
    ] {
        let build =
            |builder: ninelives::retry::RetryPolicyBuilder| builder.with_jitter(jitter).build();
        assert!(build(RetryPolicy::builder()).is_ok());
        assert!(
            RetryPolicy::builder()
                .with_jitter(jitter)
                .with_sleeper(InstantSleeper)
                .build()
                .is_ok()
        );
        assert!(
            RetryPolicy::builder()
                .with_jitter(jitter)
                .with_sleeper(TokioSleeper)
                .build()
                .is_ok()
        );
    }
    let clock = MonotonicClock::new();
    assert!(clock.now() <= clock.now());
    Ok(())
}

#[tokio::test]
async fn names_algebra() -> Result<(), AnyError> {
    let fast = Policy(TimeoutLayer::new(Duration::from_millis(50))?);
    let sure = Policy(TimeoutLayer::new(Duration::from_secs(5))?);
    let guard = Policy(BulkheadLayer::new(10)?);
    let both: Policy<ForkJoinLayer<TimeoutLayer, TimeoutLayer>> = fast.clone() & sure.clone();
    let either: Policy<FallbackLayer<TimeoutLayer, TimeoutLayer>> = fast | sure;
    let guarded: Policy<CombinedLayer<BulkheadLayer, FallbackLayer<TimeoutLayer, TimeoutLayer>>> =
        guard + either;
    let mut service = ServiceBuilder::new().layer(guarded).service_fn(refuse);
    assert!(service.ready().await?.call("x").await.is_err());
    let mut service = ServiceBuilder::new().layer(both).service_fn(refuse);
    assert!(service.ready().await?.call("x").await.is_err());
    Ok(())
}

#[tokio::test]
async fn names_null_and_memory_sink() -> Result<(), AnyError> {
    let memory = MemorySink::with_capacity(16)?;
    let layer = TimeoutLayer::new(Duration::from_secs(1))?.with_sink(memory.clone());
    let mut service = ServiceBuilder::new().layer(layer).service_fn(refuse);
    let _ = service.ready().await?.call("x").await;
    let events: Vec<PolicyEvent> = memory.events();
    assert!(matches!(events[..], [PolicyEvent::RequestFailure { .. }]));

    let silent = BulkheadLayer::new(1)?.with_sink(NullSink);
    let mut service = ServiceBuilder::new().layer(silent).service_fn(refuse);
    assert!(service.ready().await?.call("x").await.is_err());
    assert!(MemorySink::new().events().is_empty());
    Ok(())
}

#[tokio::test]
async fn names_streaming_and_multicast_sink() -> Result<(), AnyError> {
    let streaming = StreamingSink::new(16)?;
    let memory = MemorySink::new();
    let mut events = streaming.subscribe();
    let config = CircuitBreakerConfig::new(1, Duration::from_secs(10), 1)?;
    let policy = Policy(CircuitBreakerLayer::new(config)?)
        + Policy(RetryPolicy::builder().build()?.into_layer());
    let policy = policy.with_sink(MulticastSink::new(streaming, memory.clone()));
    let mut service = ServiceBuilder::new().layer(policy).service_fn(refuse);
    let _ = service.ready().await?.call("x").await;
    let opened = |event: &PolicyEvent| matches!(event, PolicyEvent::CircuitOpened { .. });
    assert_eq!(
        memory.events().iter().filter(|event| opened(event)).count(),
        1
    );
    let heard: Vec<PolicyEvent> = std::iter::from_fn(|| events.try_recv())
        .filter_map(|delivery| delivery.event())
        .collect();
    assert_eq!(heard.iter().filter(|event| opened(event)).count(), 1);
    Ok(())
}

#[tokio::test]
async fn names_fallback_sink() -> Result<(), AnyError> {
    fn a_sink<S: TelemetrySink>(sink: S) -> S {
        sink
    }
    let streaming = StreamingSink::new(16)?;
    let layer = BulkheadLayer::new(1)?.with_sink(streaming.clone());
    let memory = MemorySink::new();
    let broken = tower::service_fn(|_: PolicyEvent| async { Err::<(), _>(Refused(true)) });
    let sink = a_sink(FallbackSink::new(broken, memory.clone()));
    let (pump, task) = Pump::new(streaming.subscribe(), sink).start();
    tokio::spawn(task);
    let mut service = ServiceBuilder::new().layer(layer).service_fn(refuse);
    let _ = service.ready().await?.call("x").await;
    let report = pump.shutdown().await;
    assert_eq!(report.failed, 0);
    assert_eq!(memory.events().len() as u64, report.delivered);
    assert!(report.delivered > 0);
    Ok(())
}

#[cfg(feature = "tracing")]
#[tokio::test]
async fn names_log_sink() -> Result<(), AnyError> {
    let layer = TimeoutLayer::new(Duration::from_secs(1))?.with_sink(LogSink);
    let mut service = ServiceBuilder::new().layer(layer).service_fn(refuse);
    let error = service.ready().await?.call("x").await.unwrap_err();
    assert!(error.is_inner());
    Ok(())
}
