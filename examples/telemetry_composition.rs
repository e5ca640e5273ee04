//! Events on their way to a collector that is not always well, with the library's own policies around it.
//!
//! `cargo run --example telemetry_composition`
//!
//! ```text
//! calls ─▶ policy ─▶ stream + recent           told at once: two rings
//!                      │
//!                      ▼
//!                     pump ─▶ guarded | spill   takes its time: one task
//!                               │
//!                               ▼
//!                    timeout + breaker ─▶ collector
//! ```
//!
//! The collector refuses some events and hangs on others. What it does not take goes to `spill`; when the pump is shut down its
//! report accounts for every event. The calls notice nothing of it. Tokio's clock is paused, so every run says the same.

#![allow(clippy::disallowed_methods)] // a program owns its runtime

use std::error::Error;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use ninelives::emit::PolicyEvent;
use ninelives::prelude::*;
use ninelives::telemetry::{FallbackSink, Pump};
use tower::{Layer, Service, ServiceExt};

const MS: Duration = Duration::from_millis(1);

/// Takes most events, refuses the 21st to the 25th, and never answers to the 61st.
async fn collect(number: u64) -> Result<(), io::Error> {
    match number {
        20..25 => Err(io::Error::other("the collector is full")),
        60 => pending().await,
        _ => Ok(()),
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    let stream = StreamingSink::new(1024)?.with_clock(TokioTimer);
    let recent = MemorySink::with_capacity(8)?.with_clock(TokioTimer);
    let spill = MemorySink::new();

    // The collector, as a sink: any tower service of events. Its guard has no sink of its own, or each event would make more.
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let collector = tower::service_fn(move |_: PolicyEvent| collect(count.fetch_add(1, Relaxed)));
    let breaker = CircuitBreakerConfig::new(3, 10 * MS, 1)?;
    let breaker = CircuitBreakerLayer::with_clock(breaker, TokioTimer)?;
    let guard = Policy(TimeoutLayer::new(50 * MS)?) + Policy(breaker);
    let sink = FallbackSink::new(guard.layer(collector), spill.clone());
    let (pump, task) = Pump::new(stream.subscribe(), sink).start();
    tokio::spawn(task);

    // The calls. They tell both rings, and know nothing of the rest.
    let policy = Policy(TimeoutLayer::new(20 * MS)?) + Policy(BulkheadLayer::new(4)?);
    let policy = policy.with_sink(stream + recent.clone());
    let mut service = policy.layer(tower::service_fn(|number: u32| async move {
        tokio::time::sleep(if number % 10 == 9 { 30 * MS } else { MS }).await;
        Ok::<_, io::Error>(number)
    }));
    let (mut answered, mut late) = (0, 0);
    for number in 0..50 {
        match service.ready().await?.call(number).await {
            Ok(_) => answered += 1,
            Err(_) => late += 1,
        }
    }
    println!("calls: {answered} answered, {late} too late");

    let report = pump.shutdown().await;
    println!("events: {} emitted", report.emitted());
    println!(
        "  {} delivered, {} of them to the spill",
        report.delivered,
        spill.len()
    );
    println!("  {} missed", report.missed());
    println!("the collector was asked {} times", asked.load(Relaxed));
    assert_eq!(report.emitted(), report.delivered + report.missed());
    assert_eq!(report.emitted(), recent.evicted() + recent.len() as u64);

    println!("the newest {}:", recent.len());
    for event in recent.events() {
        println!("  {event}");
    }
    Ok(())
}
